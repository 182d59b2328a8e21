/** The ways in: a chosen file, one that is dropped anywhere on the page, the sample, and what was recorded here. */
import sampleUrl from '../shared/assets/sample.webm?url';
import { asFault } from '../shared/faults.ts';
import { canKeepRecordings, keptRecordings, readRecording, recordingAddress } from '../shared/recordings.ts';
import { required } from '../shared/required.ts';
import { byteSize } from '../shared/words.ts';
import type { Desk } from './desk.ts';
import type { Store } from './store.ts';

/** That fit into the stage. */
const mostKept = 3;

export function mountChoose(store: Store, desk: Desk): void {
  const input = required('[data-role=file]', HTMLInputElement);
  const sample = required('[data-action=sample]', HTMLButtonElement);
  input.addEventListener('change', () => {
    if (input.files !== null) openFirst([...input.files], store, desk);
    // The same file can be chosen again.
    input.value = '';
  });
  sample.addEventListener('click', () => void openSample(desk));
  mountDrop(store, desk);
  // What is under way is not thrown away by a slip: it has a button of its own.
  store
    .select(({ job }) => job.status === 'running')
    .subscribe((isRunning) => {
      input.disabled = isRunning;
      sample.disabled = isRunning;
    });
}

function openFirst(files: readonly File[], store: Store, desk: Desk): void {
  const [file] = files;
  if (file === undefined) return;
  store.dismiss('files');
  if (files.length > 1)
    store.tell({ key: 'files', scope: 'page', text: `One clip at a time: of ${files.length} files, ${file.name} is open.` }); // prettier-ignore
  void desk.open({ name: file.name, blob: file, isRecording: false });
}

async function openSample(desk: Desk): Promise<void> {
  const name = 'sample.webm';
  try {
    const response = await fetch(sampleUrl);
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    await desk.open({ name, blob: await response.blob(), isRecording: false });
  } catch (cause) {
    desk.refuse(name, asFault(cause));
  }
}

/** Opens a recording by its name in the address. */
export async function openRecording(name: string, store: Store, desk: Desk): Promise<void> {
  const file = await readRecording(name);
  if (file !== null && file.size > 0) {
    await desk.open({ name, blob: file, isRecording: true });
    return;
  }
  store.tell({
    key: 'recording',
    scope: 'page',
    text: `The recording ${name} is no longer here. Recordings are kept in this browser for a day, or until they are deleted.`,
  });
}

/** In the empty stage: what was recorded here and is still kept. */
export async function showKept(): Promise<void> {
  if (!canKeepRecordings()) return;
  const kept = (await keptRecordings()).slice(0, mostKept);
  required('[data-role=kept]', HTMLElement).hidden = kept.length === 0;
  required('[data-role=kept-list]', HTMLElement).replaceChildren(
    ...kept.map(({ name, sizeBytes, at }) => {
      const link = document.createElement('a');
      link.href = recordingAddress('./', name);
      link.textContent = `${at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}, ${byteSize(sizeBytes)}`;
      const item = document.createElement('li');
      item.append(link);
      return item;
    }),
  );
}

function mountDrop(store: Store, desk: Desk): void {
  const page = required('[data-role=page]', HTMLElement);
  const isWanted = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes('Files') === true && store.state.job.status !== 'running';
  // Enter and leave come for each element that is crossed; over comes as long as something is there.
  let leaving: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('dragover', (event) => {
    if (!isWanted(event)) return;
    event.preventDefault();
    clearTimeout(leaving);
    page.classList.add('is-dropping');
    leaving = setTimeout(() => page.classList.remove('is-dropping'), 400);
  });
  document.addEventListener('drop', (event) => {
    if (!isWanted(event)) return;
    event.preventDefault();
    page.classList.remove('is-dropping');
    openFirst([...(event.dataTransfer?.files ?? [])], store, desk);
  });
}
