/**
 * What stands below the picture while a volume is shown: play and pause, the slice, and which volume it is: the phantom, PNG
 * files, or a folder of them.
 */
import type { VolumeState } from 'convolux';
import { distinctUntilChanged, map } from 'rxjs';
import { slider, type Field } from '../shared/fields.ts';
import { required } from '../shared/required.ts';
import type { Runner } from './runner.ts';
import type { Store } from './store.ts';

export function mountVolume(store: Store, runner: Runner): void {
  const bar = required('[data-role=slices]', HTMLElement);
  const play = button('Pause');
  play.addEventListener('click', () => {
    const isPlaying = play.dataset['playing'] === 'true';
    runner.commandVolume((volume) => (isPlaying ? volume.pause() : volume.play()));
  });
  const place = document.createElement('div');
  place.className = 'field';
  bar.append(play, place, ...sourceButtons(runner));

  // After a fault too: another choice of files is the way out of it.
  store
    .select(({ phase }) => phase.status !== 'idle' && phase.source === 'volume')
    .subscribe((isVolume) => (bar.hidden = !isVolume));
  const isPlaying$ = runner.volume$.pipe(map((state) => state?.isPlaying));
  isPlaying$.pipe(distinctUntilChanged()).subscribe((isPlaying) => {
    play.textContent = isPlaying === false ? 'Play' : 'Pause';
    play.dataset['playing'] = String(isPlaying !== false);
    play.disabled = isPlaying === undefined;
  });
  followSlices(runner, place);
}

/** A slider for as many slices as there are. */
function followSlices(runner: Runner, place: HTMLElement): void {
  let slices = 0;
  let field: Field<number> | null = null;
  /** Asked for and not shown yet: what was shown before does not move the thumb back. */
  let wanted: number | null = null;
  const choose = (number: number): void => {
    wanted = number - 1;
    runner.commandVolume(async (volume) => {
      await volume.pause();
      await volume.goTo(number - 1);
    });
  };
  runner.volume$.subscribe((state: VolumeState | undefined) => {
    if (state === undefined) {
      wanted = null;
      return;
    }
    if (state.slices !== slices) {
      slices = state.slices;
      const options = { label: 'Slice', unit: `of ${slices}`, min: 1, max: slices, step: 1 };
      field = slider({ ...options, value: state.slice + 1, onChange: choose });
      place.replaceChildren(field.element);
    }
    if (state.slice === wanted) wanted = null;
    if (wanted === null) field?.show(state.slice + 1);
  });
}

function sourceButtons(runner: Runner): readonly HTMLElement[] {
  const phantom = button('Phantom');
  phantom.addEventListener('click', () => void runner.startVolume(undefined));
  return [phantom, chooser('PNG files…', false, runner), chooser('Folder…', true, runner)];
}

/** A button that opens the browser's choice of files, or of a folder. */
function chooser(title: string, isFolder: boolean, runner: Runner): HTMLElement {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', multiple: true, hidden: true, webkitdirectory: isFolder });
  if (!isFolder) input.accept = 'image/png';
  input.addEventListener('change', () => {
    if (input.files !== null && input.files.length > 0) void runner.startVolume([...input.files]);
    // The same files can be chosen again.
    input.value = '';
  });
  const open = button(title);
  open.addEventListener('click', () => input.click());
  const both = document.createElement('span');
  both.append(open, input);
  return both;
}

function button(title: string): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'button';
  element.textContent = title;
  return element;
}
