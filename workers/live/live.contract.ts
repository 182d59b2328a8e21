/** What page and worker say to each other: a live pipeline. Everything here is cloneable or transferable. */
import type { Clip } from '../../src/clips/clip-types.ts';
import type { RecordingCommand, RecordingOptions, RecordingStats } from '../../src/clips/recording-types.ts';
import type { SerializedError } from '../../src/core/errors.ts';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { TimingStats } from '../../src/engine/stage-timings.ts';
import type { ForcedTransport } from '../../src/engine/transport.ts';
import type { FrameCounts } from '../../src/frames/frame-account.ts';
import type { FailurePolicy } from '../../src/frames/failure-policy.ts';
import type { FrameImage } from '../../src/frames/frame-lease.ts';
import type { OutletEvents } from '../../src/frames/outlet.ts';
import type { OutputKind, OutputPath } from '../../src/frames/worker/frame-sink.ts';
import type { SinkEnds } from '../../src/frames/worker/sinks.ts';
import type { StoppableTrack } from '../../src/frames/worker/track-source.ts';
import type { VolumeOptions, VolumeState } from '../../src/frames/worker/volume-source.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { BudgetDecision, DegradationPreference } from '../../src/schedule/budget.ts';

/** Where the worker takes frames from. Streams, tracks and frames are transferred. */
export type LiveSource =
  | Readonly<{ kind: 'readable'; readable: ReadableStream<VideoFrame> }>
  | Readonly<{ kind: 'track'; track: StoppableTrack }>
  | Readonly<{ kind: 'push' }>
  | Readonly<{ kind: 'pattern'; width: number; height: number; frameRate: number }>
  | (Readonly<{ kind: 'volume' }> & VolumeOptions);

/** What can be asked of a source of kind 'volume'. */
export type VolumeCommand =
  Readonly<{ type: 'play' }> | Readonly<{ type: 'pause' }> | Readonly<{ type: 'go'; slice: number }>;

export type { VolumeState } from '../../src/frames/worker/volume-source.ts';

/** Where the worker shows them, transferred. Of two the cheaper one is used. */
export type LiveOutput = SinkEnds;

export type { FailurePolicy } from '../../src/frames/failure-policy.ts';
export type { OutletEvents } from '../../src/frames/outlet.ts';

/** What can be asked for while it runs. */
export type LiveBudget = Readonly<{
  /** Frames per second; null for as many as come. */
  targetFps: number | null;
  degradationPreference: DegradationPreference;
  /** Extra work per pixel: 1 fills a thirtieth of a second at the full resolution. */
  load: number;
}>;

export type LiveOptions = Readonly<{
  budget: LiveBudget;
  /** What becomes of frames while the page is hidden. */
  whenHidden: 'continue' | 'pause';
  /** What is not to be found out by measuring. */
  transport: ForcedTransport;
  /** What is shown while frames fail or the device is lost. */
  failurePolicy: FailurePolicy;
  /** The worker holds the Web Lock of this name from `open` on until it ends, however it ends; '' for none. */
  lock: string;
}>;

export type LiveStats = FrameCounts &
  TimingStats &
  Readonly<{
    /** Of `pending`: being computed now. */
    inFlight: number;
    /** Frames per second that are asked for; null for as many as come. */
    targetFps: number | null;
    /** The time that a frame has, and what one should take now, in ms. NaN before anything was measured. */
    budgetMs: number;
    predictedMs: number;
    /** Index into `SCALES`: 0 is the full resolution. */
    level: number;
    /** Share of the full resolution that is computed, on a side. */
    scale: number;
    /** Every `every`-th frame is taken: 1 is each. */
    every: number;
    /** Size of the picture as it is computed and at its full resolution; 0 before the first frame. */
    width: number;
    height: number;
    fullWidth: number;
    fullHeight: number;
    /** How frames come in: 'planes' | 'rgbx' | 'texture'. */
    upload: string;
    /** How they go out; empty before the first frame. */
    output: OutputKind | '';
    outputPath: OutputPath | '';
    backend: string;
    /** Programs compiled so far: a new filter needs some, a slider none. */
    programs: number;
    textureBytes: number;
    /** Of `textureBytes`: what a filter over several frames remembers; 0 for all others. */
    memoryBytes: number;
    /**
     * How far what is shown lies behind the newest frame, for filters that look at later frames than the one they show:
     * (T − 1) / 2 for a centred stack of T. In ms by the frames' real distance: NaN until two of them came.
     */
    latencyFrames: number;
    latencyMs: number;
    /** How the filter is computed, in words; empty before the first frame. */
    plan: string;
  }>;

/** What the filter measured of one frame that was shown, by name. */
export type FrameMeasurements = Readonly<{
  /** The frame's own time. */
  timestampUs: number;
  values: Readonly<Record<string, Tensor>>;
}>;

/** What the worker tells. The page gives it as a Comlink proxy. */
export type LiveEvents = Readonly<{
  /** The figures, and what the budget decided since the last ones. */
  stats: (stats: LiveStats, decisions: readonly BudgetDecision[]) => void;
  /** Of each frame that is shown, where the filter measures something. */
  measurements: (measurements: FrameMeasurements) => void;
  /** Of a volume: which slice is shown now, and whether it plays. */
  volume: (state: VolumeState) => void;
  diagnostic: (error: SerializedError) => void;
  /**
   * The source ended (`track-ended`; null where it simply has no more frames, told when the last one is done), and
   * `setSource` goes on; or, with any other error, the pipeline can't go on.
   */
  ended: (error: SerializedError | null) => void;
}>;

export type { RecordingCommand, RecordingOptions, RecordingStats } from '../../src/clips/recording-types.ts';

/** What the worker tells of a recording. The page gives it as a Comlink proxy. */
export type RecordingEvents = Readonly<{
  /** The first frame came: the codecs are being chosen. */
  begun: () => void;
  /** The figures, as often as those of the pipeline. */
  stats: (stats: RecordingStats) => void;
}>;

/** A worker computes (`open`) or it is an outlet (`openOutlet`), never both. */
export interface LiveContract {
  /** Whether this worker can read a MediaStreamTrack; also the sign that it runs. */
  hasTrackProcessor(): boolean;
  /** Whether this worker can make a MediaStreamTrack: the specification's VideoTrackGenerator. */
  hasTrackGenerator(): boolean;
  /**
   * Starts; answers when it holds its lock. Once per worker.
   * @throws PipelineError `webgl2-missing`
   */
  open(source: LiveSource, output: LiveOutput, graph: Graph, options: LiveOptions, events: LiveEvents): Promise<void>; // prettier-ignore
  /**
   * The frames come from elsewhere now, and what was remembered of those before is forgotten; graph, output, budget and figures
   * stay. The old source is stopped. Its times go on, whatever the new source's are. Frames that are pushed after this are
   * the new source's.
   * @consumes source
   */
  setSource(source: LiveSource): void;
  /**
   * Makes this worker an outlet: it writes frames that others computed. Once per worker.
   * @param target null: it makes a track of its own, where `hasTrackGenerator`.
   * @returns that track, transferred; null where a target was given.
   */
  openOutlet(target: WritableStream<VideoFrame> | null, events: OutletEvents): StoppableTrack | null;
  /** Of an outlet: who writes from now on, whose `LiveOutput.outlet` is the port's other end. The one before is not heard any more. */
  connectOutlet(port: MessagePort): void;
  /** Of an outlet: writes one black frame in the size of the last one. */
  blacken(): void;
  /** Of an outlet: these frames are written, as they are, until `connectOutlet`, other ones or null. */
  passThrough(frames: ReadableStream<VideoFrame> | null): void;
  /** Of an outlet: ends the track. Idempotent. */
  closeOutlet(): Promise<void>;
  /** For sources of kind 'push'. @consumes frame */
  push(frame: FrameImage, timestampUs: number): void;
  /** For sources of kind 'volume'. */
  volume(command: VolumeCommand): void;
  setGraph(graph: Graph): Promise<void>;
  /** What is not given stays. */
  setBudget(change: Partial<LiveBudget>): void;
  /** The page was hidden, or is seen again. */
  setVisible(visible: boolean): void;
  /** Whether this worker can encode what it shows. */
  hasVideoEncoder(): boolean;
  /**
   * Records what is shown, one recording at a time; answers when it is finished. `stop` finishes it too.
   * @throws PipelineError `codec-unsupported` | `clip-unwritable` | `disk-full` | `aborted`
   */
  record(options: RecordingOptions, events: RecordingEvents): Promise<Clip>;
  /** Of the recording that goes on; nothing where none does. */
  commandRecording(command: RecordingCommand): void;
  /** The figures of now. */
  stats(): LiveStats;
  /** Resolves after so many ms: a worker's timers keep their time while the page is hidden, the page's do not. */
  wake(afterMs: number): Promise<void>;
  /** Ends and gives everything back; answers what is still open, which is nothing. Idempotent. */
  stop(): Promise<LedgerBalance>;
}
