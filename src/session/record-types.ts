/** What a recording is to whoever made it. */
import type { Observable } from 'rxjs';
import type { Clip, ClipContainer, ClipSink, ClipVideoCodec } from '../clips/clip-types.ts';
import type { RecordingStats } from '../clips/recording-types.ts';
import type { PipelineError } from '../core/errors.ts';

export type { RecordingStats } from '../clips/recording-types.ts';

export type RecordOptions = Readonly<{
  /** Default 'mp4'. */
  container?: ClipContainer;
  /** Default the first that this browser encodes at the size of the picture; see `ClipOutputOptions`. */
  codec?: ClipVideoCodec;
  /** Bits per second of the picture, 10,000 to 1,000,000,000. Default by its size, of high quality. */
  bitrate?: number;
  /** A track is read, and stays the caller's to stop; 'microphone' asks the user. Default 'none'. */
  audio?: MediaStreamTrack | 'microphone' | 'none';
  /**
   * Default memory. A file is written as it goes on, so that what was recorded is there whatever happens to the page: the
   * browser's own file system keeps all but the last second or two, another disk as much as was last saved.
   */
  sink?: ClipSink;
}>;

export type RecordingState =
  /** Until the first frame is there. */
  | Readonly<{ status: 'starting' }>
  | Readonly<{ status: 'recording' }>
  | Readonly<{ status: 'paused' }>
  /** What was recorded is made whole. */
  | Readonly<{ status: 'stopping' }>
  | Readonly<{ status: 'stopped'; clip: Clip }>
  | Readonly<{ status: 'failed'; error: PipelineError }>;

export interface Recording {
  /** The state now, then each change. Ends after 'stopped' or 'failed'. */
  readonly state$: Observable<RecordingState>;
  /** The figures, as often as the pipeline's own. */
  readonly stats$: Observable<RecordingStats>;
  /** Leaves out what is captured from now on, picture and sound. */
  pause(): void;
  /** Goes on where the pause began: no gap is left. */
  resume(): void;
  /**
   * Finishes it. Idempotent; also tells of one that the end of the pipeline finished.
   * @throws PipelineError what it failed with; `aborted` where no frame was recorded.
   */
  stop(): Promise<Clip>;
}
