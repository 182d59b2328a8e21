/**
 * Records what is seen into a file of the browser's own storage, and shows it on the clip page when it is stopped. Owns the
 * Recording, one at a time. A recording that ends with its picture is kept too, and told of.
 */
import { record, type Recording, type RecordingState, type RecordingStats } from 'convolux/clips';
import { BehaviorSubject, Subscription, type Observable } from 'rxjs';
import { asFault, faultWords } from '../shared/faults.ts';
import {
  canKeepRecordings,
  deleteRecording,
  keptRecordings,
  newRecording,
  readRecording,
  recordingAddress,
} from '../shared/recordings.ts';
import type { Runner } from './runner.ts';
import type { PageState, RecorderStatus, Store } from './store.ts';

type Run = Readonly<{ recording: Recording; name: string; subscription: Subscription }>;

const clipPage = './clip/';

const statuses: Readonly<Record<RecordingState['status'], RecorderStatus>> = {
  starting: 'starting',
  recording: 'recording',
  paused: 'paused',
  stopping: 'saving',
  stopped: 'off',
  failed: 'off',
};

export class Recorder {
  readonly #store: Store;
  readonly #runner: Runner;
  readonly #stats$ = new BehaviorSubject<RecordingStats | null>(null);
  #run: Run | null = null;
  /** Whether the visitor ended it, and is to see it. */
  #isAsked = false;

  constructor(store: Store, runner: Runner) {
    this.#store = store;
    this.#runner = runner;
    // Those that nobody fetched for a day go.
    if (canKeepRecordings()) void keptRecordings();
  }

  /** Of what is recorded; null while nothing is. */
  get stats$(): Observable<RecordingStats | null> {
    return this.#stats$;
  }

  async start(): Promise<void> {
    const { pipeline } = this.#runner;
    if (pipeline === null || whyNot(this.#store.state) !== null) return;
    this.#store.update({ recorder: 'starting' });
    this.#store.dismiss('recording');
    try {
      const { sound } = this.#store.state.settings;
      const sink = await newRecording('mp4');
      const recording = record(pipeline, { audio: sound, sink });
      const subscription = new Subscription();
      this.#run = { recording, name: sink.name, subscription };
      if (this.#isAsked) void recording.stop();
      subscription.add(recording.stats$.subscribe((stats) => this.#stats$.next(stats)));
      subscription.add(recording.state$.subscribe((state) => this.#follow(sink.name, state)));
    } catch (cause) {
      this.#close();
      this.#tell(cause);
    }
  }

  /** Ends it; it is opened on the clip page when it is whole. */
  stop(): void {
    this.#isAsked = true;
    // What it ends with is a state too.
    this.#run?.recording.stop().catch(() => undefined);
  }

  togglePause(): void {
    if (this.#store.state.recorder === 'paused') this.#run?.recording.resume();
    else this.#run?.recording.pause();
  }

  #follow(name: string, state: RecordingState): void {
    if (state.status !== 'stopped' && state.status !== 'failed') {
      this.#store.update({ recorder: statuses[state.status] });
      return;
    }
    const isAsked = this.#isAsked;
    this.#close();
    if (state.status === 'failed') void this.#keepRest(name, state.error);
    else if (isAsked) location.assign(recordingAddress(clipPage, name));
    else this.#offer(name, 'The recording ended with the picture.');
  }

  /** What was written before the fault plays. */
  async #keepRest(name: string, cause: unknown): Promise<void> {
    const rest = await readRecording(name);
    if (rest !== null && rest.size > 0) {
      const { title } = faultWords[asFault(cause).code];
      this.#offer(name, `The recording ended early: ${title}. What was recorded until then is kept.`);
      return;
    }
    await deleteRecording(name).catch(() => undefined);
    this.#tell(cause);
  }

  #close(): void {
    this.#run?.subscription.unsubscribe();
    this.#run = null;
    this.#isAsked = false;
    this.#stats$.next(null);
    this.#store.update({ recorder: 'off' });
  }

  #offer(name: string, text: string): void {
    const link = { text: 'Open it', href: recordingAddress(clipPage, name) };
    this.#store.tell({ key: 'recording', scope: 'page', text, link });
  }

  #tell(cause: unknown): void {
    const fault = asFault(cause);
    // An end before the first frame is no mishap: there is nothing to do about it.
    const words = fault.code === 'aborted' ? '' : ` ${faultWords[fault.code].title}.`;
    this.#store.tell({
      key: 'recording',
      scope: 'page',
      text: `Nothing was recorded.${words} ${fault.detail}`,
    });
  }
}

/** Why nothing can be recorded now; null where it can. */
export function whyNot({ phase, recorder }: Pick<PageState, 'phase' | 'recorder'>): string | null {
  if (!canKeepRecordings()) return 'This browser keeps no files for this page';
  if (recorder !== 'off') return 'It is being recorded already';
  if (phase.status !== 'running') return 'Start a picture first';
  return null;
}
