/** What the new file is to be: its kind, and behind a disclosure what is rarely wanted otherwise. */
import type { ClipContainer, ClipInfo, ClipVideoCodec } from 'convolux/clips';
import { from, of, switchMap } from 'rxjs';
import { element } from '../shared/elements.ts';
import { choice, segments } from '../shared/fields.ts';
import { required } from '../shared/required.ts';
import { codecName } from '../shared/words.ts';
import { containerCodecs, encodableCodecs } from './encoders.ts';
import type { CodecChoice, OutputSettings, Store } from './store.ts';

const rates: readonly number[] = [24, 25, 30, 60];
const shortSides: readonly number[] = [2160, 1440, 1080, 720, 480, 360];

export function mountOutputSettings(store: Store): void {
  const group = required('[data-role=output]', HTMLFieldSetElement);
  const container = segments<ClipContainer>({
    name: 'container',
    choices: [
      { value: 'mp4', title: 'MP4' },
      { value: 'webm', title: 'WebM' },
    ],
    value: store.state.settings.output.container,
    onChange: (value) => {
      const { codec } = store.state.settings.output;
      const isKept = codec === 'auto' || containerCodecs[value].includes(codec);
      store.chooseOutput({ container: value, codec: isKept ? codec : 'auto' });
    },
  });
  const more = element('details', 'try-it more-output');
  const summary = element('summary', '', 'More settings');
  const codecPlace = document.createElement('div');
  const sizePlace = document.createElement('div');
  const fields = element('div', 'fields');
  fields.append(codecPlace, rateField(store), sizePlace, soundField(store), damageField(store));
  more.append(summary, fields);
  group.append(container.element, more);
  followClip(store, codecPlace, sizePlace);
}

/** Codecs are known for a size, and sizes for a clip. */
function followClip(store: Store, codecPlace: HTMLElement, sizePlace: HTMLElement): void {
  let codecs: ReadonlySet<ClipVideoCodec> = new Set();
  const showCodecs = (): void => codecPlace.replaceChildren(codecField(store, codecs));
  const info$ = store.select(({ clip }) => (clip.status === 'open' ? clip.info : null));
  info$.subscribe((info) => sizePlace.replaceChildren(sizeField(store, info)));
  info$
    .pipe(
      switchMap((info) =>
        info === null
          ? of<ReadonlySet<ClipVideoCodec>>(new Set())
          : from(encodableCodecs(info.width, info.height)),
      ),
    )
    .subscribe((found) => {
      codecs = found;
      showCodecs();
    });
  store.select(({ settings }) => settings.output.container).subscribe(showCodecs);
}

function codecField(store: Store, encodable: ReadonlySet<ClipVideoCodec>): HTMLElement {
  const { container, codec } = store.state.settings.output;
  const possible = containerCodecs[container].filter((name) => encodable.has(name) || name === codec);
  return choice<CodecChoice>({
    label: 'Codec',
    choices: [
      { value: 'auto', title: 'Automatic' },
      ...possible.map((value) => ({ value, title: codecName(value) })),
    ],
    value: codec,
    onChange: (value) => store.chooseOutput({ codec: value }),
  }).element;
}

function rateField(store: Store): HTMLElement {
  return choice({
    label: 'Frame rate',
    choices: [
      { value: 'keep', title: 'Each frame at its own time' },
      ...rates.map((rate) => ({ value: String(rate), title: `${rate} fps` })),
    ],
    value: String(store.state.settings.output.frameRate),
    onChange: (value) => store.chooseOutput({ frameRate: value === 'keep' ? value : Number(value) }),
  }).element;
}

/** Only what is smaller: pixels that are not there can not be chosen. */
function sizeField(store: Store, info: ClipInfo | null): HTMLElement {
  const side = info === null ? Infinity : Math.min(info.width, info.height);
  const smaller = shortSides.filter((candidate) => candidate < side);
  const { shortSide } = store.state.settings.output;
  if (shortSide !== 'keep' && !smaller.includes(shortSide)) store.chooseOutput({ shortSide: 'keep' });
  return choice({
    label: 'Size',
    choices: [
      { value: 'keep', title: 'As it is' },
      ...smaller.map((value) => ({ value: String(value), title: `${value}p` })),
    ],
    value: String(store.state.settings.output.shortSide),
    onChange: (value) => store.chooseOutput({ shortSide: value === 'keep' ? value : Number(value) }),
  }).element;
}

function soundField(store: Store): HTMLElement {
  return choice<OutputSettings['audio']>({
    label: 'Sound',
    choices: [
      { value: 'keep', title: 'Keep' },
      { value: 'none', title: 'None' },
    ],
    value: store.state.settings.output.audio,
    onChange: (audio) => store.chooseOutput({ audio }),
  }).element;
}

function damageField(store: Store): HTMLElement {
  const field = choice<OutputSettings['onError']>({
    label: 'Where the clip is damaged',
    choices: [
      { value: 'stop', title: 'Stop' },
      { value: 'skip', title: 'Go on behind it' },
    ],
    value: store.state.settings.output.onError,
    onChange: (onError) => store.chooseOutput({ onError }),
  });
  store.select(({ settings }) => settings.output.onError).subscribe(field.show);
  return field.element;
}
