/** What can be played: the result or the recording, with its facts, what is to be known of it, and the way to keep it. */
import { button, element, factList } from '../shared/elements.ts';
import { segments, type Field } from '../shared/fields.ts';
import { deleteRecording } from '../shared/recordings.ts';
import { required } from '../shared/required.ts';
import { clock, plural } from '../shared/words.ts';
import { resultFacts } from './facts.ts';
import type { PageState, Result, Store, View } from './store.ts';

type Playable = Readonly<{
  file: Blob;
  actions: readonly HTMLElement[];
  parts: readonly HTMLElement[];
}>;

export function mountOutcome(store: Store): void {
  const section = required('[data-role=outcome]', HTMLElement);
  const player = required('[data-role=player]', HTMLVideoElement);
  const actions = required('[data-role=outcome-actions]', HTMLElement);
  const address = new ObjectAddress();
  player.addEventListener('error', () => {
    if (player.src !== '') section.prepend(element('p', 'mistake', 'This browser does not play this clip.'));
  });

  store.select(playableKey).subscribe(() => {
    const { view } = store.state;
    const playable = view === 'preview' ? null : playableOf(store, address);
    section.hidden = playable === null;
    section.replaceChildren(...(playable?.parts ?? []));
    actions.replaceChildren(...(playable?.actions ?? []));
    player.pause();
    if (playable === null) return;
    player.src = address.of(playable.file);
    player.setAttribute('aria-label', view === 'result' ? 'The finished clip' : 'The recording');
  });
  mountViews(store);
}

/** Another clip, another result or another view: then what is played is another. */
function playableKey({ clip, result, view }: PageState): unknown {
  if (clip.status !== 'open' || view === 'preview') return null;
  return view === 'result' ? result : clip.source;
}

function playableOf(store: Store, address: ObjectAddress): Playable | null {
  const { clip, result, view } = store.state;
  if (view === 'result') return result === null ? null : resultParts(result, address);
  if (clip.status !== 'open') return null;
  const { name, blob } = clip.source;
  return {
    file: blob,
    actions: [download(address.of(blob), name), deletion(name)],
    parts: [element('p', 'hint', 'Kept in this browser for a day. Download it to keep it for longer.')],
  };
}

function resultParts(result: Result, address: ObjectAddress): Playable {
  const { clip, file, name, savedAs } = result;
  const notes = [...damageNotes(result), ...clip.notes];
  const list = element('ul', 'notes');
  list.append(...notes.map((note) => element('li', '', note)));
  const parts = [element('h2', 'clip-name', savedAs ?? name), factList(resultFacts(result))];
  return {
    file,
    actions: savedAs === null ? [download(address.of(file), name)] : [element('p', 'saved', 'Saved to disk')],
    parts: notes.length === 0 ? parts : [...parts, list],
  };
}

function damageNotes({ clip: { skippedFrames, skippedAtS } }: Result): readonly string[] {
  if (skippedFrames === 0) return [];
  const places = skippedAtS.length === 0 ? '' : `, at ${skippedAtS.map((at) => clock(at)).join(' and ')}`;
  const were = skippedFrames === 1 ? 'was' : 'were';
  return [`${plural(skippedFrames, 'frame')} could not be decoded and ${were} left out${places}.`];
}

function download(url: string, name: string): HTMLAnchorElement {
  const link = element('a', 'button button-primary', 'Download');
  link.href = url;
  link.download = name;
  return link;
}

/** Asks by its own words: the second press deletes. */
function deletion(name: string): HTMLButtonElement {
  let isAsked = false;
  const made = button('button', 'Delete recording', () => {
    if (!isAsked) {
      isAsked = true;
      made.textContent = 'Delete it for good';
      return;
    }
    void deleteRecording(name).then(() => location.assign('./'));
  });
  made.addEventListener('blur', () => {
    isAsked = false;
    made.textContent = 'Delete recording';
  });
  return made;
}

/** What the stage shows, once there is more than the preview. */
function mountViews(store: Store): void {
  const bar = required('[data-role=view-bar]', HTMLElement);
  const place = required('[data-role=views]', HTMLFieldSetElement);
  const legend = required('legend', HTMLLegendElement, place);
  const titles: Readonly<Record<View, string>> = {
    recording: 'Recording',
    preview: 'Before and after',
    result: 'Result',
  };
  let field: Field<View> | null = null;
  store.select(viewsOf).subscribe((key) => {
    const views = key.split(' ').filter((view) => view in titles) as View[];
    bar.hidden = views.length < 2;
    field = segments<View>({
      name: 'view',
      choices: views.map((value) => ({ value, title: titles[value] })),
      value: store.state.view,
      onChange: (view) => store.update({ view }),
    });
    place.replaceChildren(legend, field.element);
  });
  store.select(({ view }) => view).subscribe((view) => field?.show(view));
}

function viewsOf({ clip, result }: PageState): string {
  if (clip.status !== 'open') return '';
  return `${clip.source.isRecording ? 'recording ' : ''}preview${result === null ? '' : ' result'}`;
}

/** One address at a time for what is played and downloaded: an old one would keep its file in memory. */
class ObjectAddress {
  #file: Blob | null = null;
  #url = '';

  of(file: Blob): string {
    if (file !== this.#file) {
      if (this.#url !== '') URL.revokeObjectURL(this.#url);
      this.#file = file;
      this.#url = URL.createObjectURL(file);
    }
    return this.#url;
  }
}
