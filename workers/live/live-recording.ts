/** The recording of a live pipeline: from what is shown to the recorder, which is loaded for it, and its figures. */
import type { Recorder } from '../../src/clips/recorder.ts';
import type { Clip } from '../../src/clips/clip-types.ts';
import type { RecordingCommand, RecordingOptions } from '../../src/clips/recording-types.ts';
import { PipelineError } from '../../src/core/errors.ts';
import type { Ledger } from '../../src/core/ledger.ts';
import type { CaptureClock } from '../../src/frames/capture-clock.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import type { Sinks } from '../../src/frames/worker/sinks.ts';
import type { RecordingEvents } from './live.contract.ts';

export type RecordedPipeline = Readonly<{
  sinks: Sinks;
  ledger: Ledger;
  clock: CaptureClock;
  /** Frames' times say nothing of when they were captured. */
  isClockless: boolean;
  /** Frames that it let go so far. */
  dropped: () => number;
}>;

export class LiveRecording {
  /** Resolves when it is finished, or rejects with what it failed with. */
  readonly ended: Promise<Clip>;
  readonly #pipeline: RecordedPipeline;
  readonly #events: RecordingEvents;
  readonly #loading: Promise<Recorder>;
  #recorder: Recorder | null = null;
  #end: () => void = () => undefined;
  /** Of frames that the pipeline let go: those before now that count, and how many there were when counting began. */
  #dropped = 0;
  #droppedBefore: number | null = null;

  /** @consumes options */
  constructor(options: RecordingOptions, events: RecordingEvents, pipeline: RecordedPipeline) {
    this.#pipeline = pipeline;
    this.#events = events;
    const over = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    this.#loading = this.#load(options);
    this.ended = this.#run(over);
    // Whoever asked for it hears of it.
    this.ended.catch(() => undefined);
  }

  async command(command: RecordingCommand): Promise<void> {
    // One that could not be loaded is told of by `ended`.
    const recorder = await this.#loading.catch(() => null);
    if (recorder === null) return;
    if (command === 'stop') {
      this.#end();
      return;
    }
    recorder[command]();
    if (command === 'pause') this.#stopCounting();
    else this.#droppedBefore ??= this.#pipeline.dropped();
  }

  /** The figures of now. */
  tell(): void {
    if (this.#recorder === null) return;
    const { durationS, frames, lost, sizeBytes, queued } = this.#recorder.figures;
    const since = this.#droppedBefore === null ? 0 : this.#pipeline.dropped() - this.#droppedBefore;
    this.#events.stats({ durationS, frames, dropped: this.#dropped + since + lost, sizeBytes, queued });
  }

  async #load(options: RecordingOptions): Promise<Recorder> {
    const { clock, isClockless, dropped } = this.#pipeline;
    const { Recorder } = await loadRecorder(options);
    return new Recorder({
      ...options,
      clock,
      isClockless,
      onBegun: () => {
        this.#droppedBefore ??= dropped();
        this.#events.begun();
      },
      onFault: () => {
        this.#end();
      },
    });
  }

  async #run(over: Promise<void>): Promise<Clip> {
    const { sinks, ledger } = this.#pipeline;
    const recorder = await this.#loading;
    this.#recorder = recorder;
    sinks.tap = (frame) => recorder.add(new FrameLease(frame, frame.timestamp, ledger));
    await over;
    sinks.tap = null;
    try {
      return await recorder.stop();
    } finally {
      this.#stopCounting();
      this.tell();
    }
  }

  #stopCounting(): void {
    if (this.#droppedBefore === null) return;
    this.#dropped += this.#pipeline.dropped() - this.#droppedBefore;
    this.#droppedBefore = null;
  }
}

/** Only who records needs it. @throws PipelineError `worker-missing`; then nothing of `options` stays open. */
async function loadRecorder({ sound, sink }: RecordingOptions) {
  try {
    return await import('../../src/clips/recorder.ts');
  } catch (cause) {
    await sound?.readable.cancel();
    if (sink instanceof WritableStream) await sink.abort(cause).catch(() => undefined);
    throw new PipelineError(
      'worker-missing',
      'The part of this page that records could not be loaded. Check the connection, then record again.',
      { recoverable: true, cause },
    );
  }
}
