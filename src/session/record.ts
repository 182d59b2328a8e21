/**
 * Records what a pipeline shows, from the page: asks for the microphone where sound is wanted, and leaves the rest to the
 * pipeline's worker, which has the frames; where that can't encode, to the browser's own recorder.
 */
import { ReplaySubject, type Observable } from 'rxjs';
import type { Clip } from '../clips/clip-types.ts';
import { show } from '../core/check.ts';
import { PipelineError } from '../core/errors.ts';
import { openMicrophone } from '../frames/page/microphone.ts';
import { checkEncoding, checkSink } from './check-clip.ts';
import { recordWithBrowser } from './browser-recording.ts';
import type { Pipeline } from './pipeline-types.ts';
import { endsOf } from './pipeline-ends.ts';
import type { Recording, RecordingState, RecordingStats, RecordOptions } from './record-types.ts';
import type { RecordingDriver } from './recording-driver.ts';
import { untilRunning } from './until-running.ts';
import { canRecordInWorker, recordInWorker } from './worker-recording.ts';

export type { Recording, RecordingState, RecordingStats, RecordOptions } from './record-types.ts';

/** One recording of a pipeline at a time. */
const recorded = new WeakSet<Pipeline>();

/**
 * Records what a pipeline shows, each frame at the time when it was captured. Returns at once; `state$` tells how it goes.
 * When the pipeline ends first, the recording is finished and kept.
 * @throws TypeError | RangeError for wrong options. Whatever goes wrong later is a state, and what `stop` rejects with.
 */
export function record(pipeline: Pipeline, options: RecordOptions = {}): Recording {
  checkOptions(options);
  endsOf(pipeline);
  if (recorded.has(pipeline)) throw new TypeError('pipeline is being recorded already: stop that first');
  recorded.add(pipeline);
  return new LiveRecordingSession(pipeline, options);
}

function checkOptions(options: RecordOptions): void {
  const { audio, sink } = options;
  checkEncoding('options', options);
  if (sink !== undefined) checkSink(sink);
  if (audio === undefined || audio === 'microphone' || audio === 'none') return;
  if (audio instanceof MediaStreamTrack && audio.readyState === 'ended')
    throw new TypeError('options.audio must be a track that has not ended');
  if (!(audio instanceof MediaStreamTrack) || audio.kind !== 'audio')
    throw new TypeError(
      `options.audio must be 'microphone' | 'none' or a track of sound, got ${show(audio)}`,
    );
}

class LiveRecordingSession implements Recording {
  readonly #state$ = new ReplaySubject<RecordingState>(1);
  readonly #stats$ = new ReplaySubject<RecordingStats>(1);
  readonly #clip: Promise<Clip>;
  #status: RecordingState['status'] = 'starting';
  #driver: RecordingDriver | null = null;
  #isPaused = false;
  #isStopAsked = false;

  constructor(pipeline: Pipeline, options: RecordOptions) {
    this.#tell({ status: 'starting' });
    this.#clip = this.#run(pipeline, options);
    // Told as a state as well.
    this.#clip.catch(() => undefined);
  }

  get state$(): Observable<RecordingState> {
    return this.#state$.asObservable();
  }

  get stats$(): Observable<RecordingStats> {
    return this.#stats$.asObservable();
  }

  pause(): void {
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
  }

  stop(): Promise<Clip> {
    if (!this.#isStopAsked) {
      this.#isStopAsked = true;
      if (this.#status !== 'stopped' && this.#status !== 'failed') this.#tell({ status: 'stopping' });
      this.#driver?.command('stop');
    }
    return this.#clip;
  }

  #setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#driver?.command(isPaused ? 'pause' : 'resume');
    if (this.#status === 'recording' || this.#status === 'paused')
      this.#tell({ status: isPaused ? 'paused' : 'recording' });
  }

  async #run(pipeline: Pipeline, options: RecordOptions): Promise<Clip> {
    try {
      const clip = await this.#record(pipeline, options);
      this.#end({ status: 'stopped', clip });
      return clip;
    } catch (cause) {
      const error = PipelineError.from(cause, 'clip-unwritable');
      if (this.#driver === null && options.sink instanceof WritableStream && !options.sink.locked)
        await options.sink.abort(error).catch(() => undefined);
      this.#end({ status: 'failed', error });
      throw error;
    } finally {
      recorded.delete(pipeline);
    }
  }

  async #record(pipeline: Pipeline, options: RecordOptions): Promise<Clip> {
    const { container = 'mp4', audio = 'none', sink, ...rest } = options;
    await untilRunning(pipeline);
    this.#mustGoOn();
    const own = audio === 'microphone' ? await openMicrophone() : null;
    try {
      this.#mustGoOn();
      const sound = own ?? (audio instanceof MediaStreamTrack ? audio : null);
      const isInWorker = await canRecordInWorker(pipeline, sound);
      this.#mustGoOn();
      const driver = (isInWorker ? recordInWorker : recordWithBrowser)(pipeline, {
        ...rest,
        container,
        sound,
        sink: sink ?? null,
        onBegun: () => {
          if (this.#status === 'starting') this.#tell({ status: this.#isPaused ? 'paused' : 'recording' });
        },
        onStats: (stats) => {
          this.#stats$.next(stats);
        },
      });
      this.#driver = driver;
      if (this.#isPaused) driver.command('pause');
      return await driver.ended;
    } finally {
      own?.stop();
    }
  }

  /** @throws PipelineError `aborted` when it was stopped before it began. */
  #mustGoOn(): void {
    if (this.#isStopAsked) throw new PipelineError('aborted', 'The recording was stopped before it began.');
  }

  #tell(state: RecordingState): void {
    this.#status = state.status;
    this.#state$.next(state);
  }

  #end(state: RecordingState): void {
    this.#tell(state);
    this.#state$.complete();
    this.#stats$.complete();
  }
}
