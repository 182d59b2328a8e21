/** The button "Process", and in its place while it runs how far it is and "Cancel". Also why it did not work. */
import type { ClipProgress } from 'convolux/clips';
import { button, element, quietButton } from '../shared/elements.ts';
import { asFault } from '../shared/faults.ts';
import { required } from '../shared/required.ts';
import { clock, plural, timeLeft } from '../shared/words.ts';
import { canSkip, messageFor } from './messages.ts';
import { outputName, type Processor } from './processor.ts';
import type { JobState, Store } from './store.ts';

/** Absent where a browser lets no page write a file of the visitor's choice. */
type SavePicker = (
  options: Readonly<{
    suggestedName: string;
    types: readonly Readonly<{ accept: Readonly<Record<string, readonly string[]>> }>[];
  }>,
) => Promise<FileSystemFileHandle>;

export function mountJob(store: Store, processor: Processor): void {
  const place = required('[data-role=job]', HTMLElement);
  const start = startButtons(store, processor);
  const progress = progressView(processor);
  const fault = faultView(store, processor);
  place.append(fault.element, start.element, progress.element);

  store.select(({ clip }) => clip.status === 'open').subscribe((isOpen) => start.enable(isOpen));
  store
    .select(({ job }) => job)
    .subscribe((job) => {
      const hadFocus = place.contains(document.activeElement);
      const isRunning = job.status === 'running';
      const wasRunning = !progress.element.hidden;
      start.element.hidden = isRunning;
      progress.element.hidden = !isRunning;
      fault.show(job);
      if (isRunning) progress.show(job.progress);
      // The button that was pressed has just gone.
      if (hadFocus && isRunning !== wasRunning) (isRunning ? progress.cancel : start.process).focus();
    });
}

type StartButtons = Readonly<{
  element: HTMLElement;
  process: HTMLButtonElement;
  enable: (isOpen: boolean) => void;
}>;

function startButtons(store: Store, processor: Processor): StartButtons {
  const box = element('div', 'job-start');
  const run = (begin: () => Promise<void>) => (): void => {
    if (store.state.clip.status === 'open') void begin();
  };
  const process = button('button button-primary', 'Process', run(() => processor.start(null))); // prettier-ignore
  const hint = element('p', 'hint', 'Choose a clip first.');
  hint.id = 'process-hint';
  process.setAttribute('aria-describedby', hint.id);
  box.append(process);
  const picker = Reflect.get(window, 'showSaveFilePicker') as SavePicker | undefined;
  const save = quietButton('Save to disk…', run(() => saveToDisk(store, processor, picker))); // prettier-ignore
  save.title = 'For large clips: the file is written as it is made, and never lies in memory';
  if (picker !== undefined) box.append(save);
  box.append(hint);
  return {
    element: box,
    process,
    enable: (isOpen) => {
      hint.hidden = isOpen;
      for (const one of [process, save]) one.setAttribute('aria-disabled', String(!isOpen));
    },
  };
}

async function saveToDisk(store: Store, processor: Processor, picker?: SavePicker): Promise<void> {
  const { clip, settings } = store.state;
  if (picker === undefined || clip.status !== 'open') return;
  const { container } = settings.output;
  try {
    const handle = await picker({
      suggestedName: outputName(clip.source.name, settings.filter.name, container),
      types: [{ accept: { [`video/${container}`]: [`.${container}`] } }],
    });
    await processor.start(handle);
  } catch (cause) {
    // Closed without a choice: nothing is to be done.
    if (cause instanceof DOMException && cause.name === 'AbortError') return;
    store.update({ job: { status: 'failed', fault: asFault(cause) } });
  }
}

function progressView(processor: Processor): Readonly<{
  element: HTMLElement;
  cancel: HTMLButtonElement;
  show: (progress: ClipProgress | null) => void;
}> {
  const box = element('div', 'job-running');
  const bar = document.createElement('progress');
  bar.max = 1;
  bar.setAttribute('aria-label', 'Progress');
  const share = element('p', 'job-share');
  const figures = element('p', 'job-figures');
  const cancel = button('button', 'Cancel', () => processor.cancel());
  box.append(share, bar, figures, cancel);
  return {
    element: box,
    cancel,
    show: (progress) => {
      if (progress === null) {
        bar.removeAttribute('value');
        share.textContent = 'Starting…';
        figures.textContent = '';
        return;
      }
      bar.value = progress.share;
      share.textContent = `${Math.floor(progress.share * 100)} %`;
      figures.textContent = progressWords(progress);
    },
  };
}

function progressWords({ frames, fps, secondsLeft, positionS }: ClipProgress): string {
  const parts = [
    fps > 0 ? `${fps.toFixed(fps < 10 ? 1 : 0)} fps` : '',
    secondsLeft === null ? '' : `${timeLeft(secondsLeft)} left`,
    plural(frames, 'frame'),
    `at ${clock(positionS)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function faultView(
  store: Store,
  processor: Processor,
): { element: HTMLElement; show: (job: JobState) => void } {
  const box = element('div', 'job-fault');
  box.setAttribute('role', 'alert');
  const title = element('p', 'job-fault-title');
  const detail = element('p', '');
  const advice = element('p', 'hint');
  const skip = quietButton('Go on behind the damage', () => {
    store.chooseOutput({ onError: 'skip' });
    void processor.start(null);
  });
  box.append(title, detail, advice, skip);
  return {
    element: box,
    show: (job) => {
      box.hidden = job.status !== 'failed';
      if (job.status !== 'failed') return;
      const message = messageFor(job.fault);
      title.textContent = message.title;
      detail.textContent = job.fault.detail;
      skip.hidden = !canSkip(job.fault) || store.state.settings.output.onError === 'skip';
      advice.textContent = message.text;
    },
  };
}
