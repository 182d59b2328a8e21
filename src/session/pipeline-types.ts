/** A running pipeline as its caller sees it: what is asked for, and what is told. */
import type { Observable } from 'rxjs';
import type { FrameMeasurements, LiveOptions, LiveStats } from '../../workers/live/live.client.ts';
import type { PipelineError } from '../core/errors.ts';
import type { FailurePolicy } from '../frames/failure-policy.ts';
import type { CameraControl } from '../frames/page/camera-control.ts';
import type { Filter } from '../graph/filter.ts';
import type { BudgetDecision, DegradationPreference } from '../schedule/budget.ts';
import type { ContentHint } from './content-hint.ts';
import type { OutputElement, OutputElements } from './output.ts';
import type { Recording, RecordOptions } from './record-types.ts';
import type { SourceOptions } from './source-types.ts';
import type { VolumeControl } from './volume-control.ts';

export type { ContentHint } from './content-hint.ts';
export type { FrameMeasurements } from '../../workers/live/live.client.ts';

export type PipelineOptions = Readonly<{
  source: SourceOptions;
  filter: Filter;
  /** Values of the filter's parameters; what is not given takes its default. */
  params?: Readonly<Record<string, unknown>>;
  /**
   * Shows the frames. Default: nothing does, `track` has them. A canvas must be fresh: it is handed to the worker for good.
   * Of two elements the one is used that costs less on this machine, and `stats.output` says which; the other stays empty.
   */
  output?: OutputElement | OutputElements;
  /** Frames per second that are asked for, 1 to 240. Default null: as many as come. */
  targetFps?: number | null;
  /** What gives way when a frame costs more than its time. Default 'maintain-framerate': the resolution. */
  degradationPreference?: DegradationPreference;
  /**
   * Extra work per pixel, 0 to 20, for trying out how the rate is held: 1 fills a thirtieth of a second at the full
   * resolution. Default 0.
   */
  load?: number;
  /**
   * What becomes of frames while nobody sees the page. Default 'continue': others may still see the output.
   * 'pause' spares the battery.
   */
  whenHidden?: 'continue' | 'pause';
  /**
   * What is shown while frames can't be filtered. Default 'freeze': the last one that was. Only 'passthrough' ever shows an
   * unfiltered one.
   */
  failurePolicy?: FailurePolicy;
  /** Of `track`. Default 'motion'. */
  contentHint?: ContentHint;
  /** How pixels come in and go out, where that is not to be found out by measuring, as tests want it. */
  transport?: LiveOptions['transport'];
  /** Makes a worker, where a bundler or a policy wants it made otherwise. Called for each one. */
  createWorker?: () => Worker;
}>;

export type PipelineState =
  | Readonly<{ status: 'starting' }>
  | Readonly<{ status: 'running' }>
  /** Nobody sees the page, and this source or output stands still meanwhile; goes on by itself. */
  | Readonly<{ status: 'paused-hidden' }>
  /**
   * No frames for now, and why; the track lives on. A camera that was unplugged is waited for, a worker that died is
   * replaced, a given track that ended waits for `setSource`.
   */
  | Readonly<{ status: 'interrupted'; error: PipelineError }>
  | Readonly<{ status: 'stopped' }>
  | Readonly<{ status: 'failed'; error: PipelineError }>;

export type PipelineStats = LiveStats &
  Readonly<{
    /** How frames travel: 'processor → planes → pixels → video' is driver → upload → way out → element. */
    transport: string;
    /** The source's kind: 'camera' | 'track' | 'screen' | 'video' | 'pattern' | 'volume' */
    source: string;
  }>;

export interface Pipeline extends AsyncDisposable {
  /** The state now, then each change. Ends after 'stopped' or 'failed'. */
  readonly state$: Observable<PipelineState>;
  /** The figures, every 250 ms while frames may flow: arrived = shown + dropped + pending. */
  readonly stats$: Observable<PipelineStats>;
  /** Faults that did not end it: a frame that was lost, a filter that could not be prepared, a camera that gives less. */
  readonly diagnostics$: Observable<PipelineError>;
  /** What the frame budget decides, and why: each frame that is dropped, each change of resolution or rate. */
  readonly decisions$: Observable<BudgetDecision>;
  /** What the filter measures of each frame that is shown, in their order; nothing where it measures nothing. */
  readonly measurements$: Observable<FrameMeasurements>;
  /**
   * The filtered frames as a track, there when the pipeline runs: the same one until the pipeline ends, whatever becomes of
   * source, filter and worker. Stopping it, with what was cloned of it, ends the pipeline. Where a canvas shows the frames,
   * it is the canvas's.
   * @throws PipelineError why it never ran; `output-unsupported` where this browser can't make a track.
   */
  readonly track: Promise<MediaStreamTrack>;
  /** Of a source of kind 'volume': which slice is shown; null of all others. */
  readonly volume: VolumeControl | null;
  /** Of a camera that is open: what it can do. null of all other sources. */
  readonly camera: CameraControl | null;
  /**
   * The figures of this moment.
   * @throws PipelineError `aborted` before it runs and after it ended.
   */
  stats(): Promise<PipelineStats>;
  /**
   * Switches at a frame boundary; the old filter goes on until the new one is ready.
   * @throws TypeError | RangeError for wrong parameters.
   * @throws PipelineError `shader-failed` | `float-missing`; the old filter goes on then.
   */
  setFilter(filter: Filter, params?: Readonly<Record<string, unknown>>): Promise<void>;
  /** As `setFilter` with the filter that runs. */
  setParams(params: Readonly<Record<string, unknown>>): Promise<void>;
  /**
   * Takes frames from elsewhere: the old source goes on until the new one is open, and is released then. Of several calls
   * each is done in its turn.
   * @throws TypeError | RangeError for wrong options.
   * @throws PipelineError why it can't be opened; the old source goes on then.
   */
  setSource(source: SourceOptions): Promise<void>;
  /**
   * Asks for something else from now on; what is not given stays.
   * @throws TypeError | RangeError that name the option.
   */
  setBudget(change: BudgetChange): Promise<void>;
  /**
   * Records what is shown, one recording at a time; see `record` of 'convolux/clips'.
   * @throws TypeError | RangeError for wrong options. Whatever goes wrong later is a state of the recording.
   */
  record(options?: RecordOptions): Recording;
  /** Ends it and releases the camera. Idempotent. */
  stop(): Promise<void>;
}

/** What can be asked of the frame budget while it runs; see `PipelineOptions`. */
export type BudgetChange = Pick<PipelineOptions, 'targetFps' | 'degradationPreference' | 'load'>;
