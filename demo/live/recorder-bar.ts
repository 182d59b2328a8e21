/** The button "Record", and while something is recorded how long and how large it is, and "Pause". "Stop" ends it. */
import { combineLatest } from 'rxjs';
import type { RecordingStats } from 'convolux/clips';
import { element, quietButton } from '../shared/elements.ts';
import { required } from '../shared/required.ts';
import { byteSize, clock } from '../shared/words.ts';
import { whyNot, type Recorder } from './recorder.ts';
import type { RecorderStatus, Store } from './store.ts';

export function mountRecorder(store: Store, recorder: Recorder): void {
  const button = required('[data-action=record]', HTMLButtonElement);
  button.disabled = false;
  button.addEventListener('click', () => void recorder.start());
  store
    .select((state) => whyNot(state))
    .subscribe((reason) => {
      button.setAttribute('aria-disabled', String(reason !== null));
      button.title = reason ?? 'Records the filtered picture; it opens on the clip page';
    });

  const bar = required('[data-role=recorder]', HTMLElement);
  const dot = element('span', 'recorder-dot');
  const time = element('span', 'recorder-time');
  const figures = element('span', 'recorder-figures');
  const pause = quietButton('Pause', () => recorder.togglePause());
  bar.append(dot, time, figures, pause);
  const status$ = store.select((state) => state.recorder);
  combineLatest([status$, recorder.stats$]).subscribe(([status, stats]) => {
    bar.hidden = status === 'off';
    bar.dataset['status'] = status;
    button.classList.toggle('is-active', status !== 'off');
    time.textContent = clock(stats?.durationS ?? 0, 0);
    figures.textContent = figureWords(status, stats);
    pause.textContent = status === 'paused' ? 'Go on' : 'Pause';
    pause.disabled = status !== 'recording' && status !== 'paused';
  });
  addEventListener('beforeunload', (event) => {
    if (store.state.recorder !== 'off') event.preventDefault();
  });
}

function figureWords(status: RecorderStatus, stats: RecordingStats | null): string {
  if (status === 'starting') return 'Starting…';
  if (status === 'saving') return 'Saving…';
  if (stats === null) return '';
  const { sizeBytes, dropped } = stats;
  const lost = dropped === 0 ? 'no frame dropped' : `${dropped} dropped`;
  return `${byteSize(sizeBytes)} · ${lost}`;
}
