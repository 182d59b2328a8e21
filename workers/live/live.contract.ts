/** What page and worker say to each other: a live pipeline. Everything here is cloneable or transferable. */
import type { SerializedError } from '../../src/core/errors.ts';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import type { FrameCounts } from '../../src/frames/frame-account.ts';
import type { FrameImage } from '../../src/frames/frame-lease.ts';
import type { Graph } from '../../src/graph/graph.ts';

/** Where the worker takes frames from. Streams, tracks and frames are transferred. */
export type LiveSource =
  | Readonly<{ kind: 'readable'; readable: ReadableStream<VideoFrame> }>
  | Readonly<{ kind: 'track'; track: Readonly<{ stop(): void }> }>
  | Readonly<{ kind: 'push' }>
  | Readonly<{ kind: 'pattern'; width: number; height: number; frameRate: number }>;

/** Where the worker shows them. Both are transferred. */
export type LiveOutput =
  | Readonly<{ kind: 'canvas'; canvas: OffscreenCanvas }>
  | Readonly<{ kind: 'video'; writable: WritableStream<VideoFrame> }>;

export type LiveStats = FrameCounts &
  Readonly<{
    fps: number;
    frameMsP50: number;
    frameMsP95: number;
    /** Size of the frames, 0 before the first one. */
    width: number;
    height: number;
    /** Share of the full resolution that is computed, on a side. */
    level: number;
    /** How frames come in: 'planes' | 'rgbx' | 'texture'. */
    upload: string;
    backend: string;
    /** Programs compiled so far: a new filter needs some, a slider none. */
    programs: number;
    /** How the filter is computed, in words; empty before the first frame. */
    plan: string;
  }>;

/** What the worker tells. The page gives it as a Comlink proxy. */
export type LiveEvents = Readonly<{
  stats: (stats: LiveStats) => void;
  diagnostic: (error: SerializedError) => void;
  /** The source ended or the pipeline can't go on; null where the source simply has no more frames. */
  ended: (error: SerializedError | null) => void;
}>;

export interface LiveContract {
  /** Whether this worker can read a MediaStreamTrack; also the sign that it runs. */
  hasTrackProcessor(): boolean;
  /** Starts. Once per worker. @throws PipelineError `webgl2-missing` */
  open(source: LiveSource, output: LiveOutput, graph: Graph, events: LiveEvents): void;
  /** For sources of kind 'push'. @consumes frame */
  push(frame: FrameImage, timestampUs: number): void;
  setGraph(graph: Graph): Promise<void>;
  /** Ends and gives everything back; answers what is still open, which is nothing. Idempotent. */
  stop(): Promise<LedgerBalance>;
}
