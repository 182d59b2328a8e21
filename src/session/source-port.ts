/** A source that is open, for whoever runs it. */
import type { LiveSource, VolumeState } from '../../workers/live/live.client.ts';
import type { PipelineError } from '../core/errors.ts';
import type { CameraControl } from '../frames/page/camera-control.ts';
import type { PushFrame } from '../frames/page/frame-push.ts';
import type { HiddenPage } from '../frames/page/hidden-page.ts';
import type { SourceOptions } from './source-types.ts';

export type SourceEvents = Readonly<{
  push: PushFrame;
  hiddenPage: HiddenPage;
  onFault: (error: PipelineError) => void;
  /** No more frames; null when that is no fault. */
  onEnd: (error: PipelineError | null) => void;
  /** The worker is to be connected anew. */
  onChange: () => void;
  /** Of a volume: what was last shown. */
  volume: () => VolumeState | null;
}>;

export type Opening = Readonly<{
  workerHasProcessor: boolean;
  /** Whether a camera that is busy is asked for again for some seconds. */
  retries: boolean;
  signal: AbortSignal;
}>;

export type OpenSource = Readonly<{
  kind: SourceOptions['kind'];
  /** For the stats: the driver, 'video', 'pattern' or 'volume'. */
  driver: string;
  /** Of a volume; 0 of all others. */
  slices: number;
  /** Of a camera; null of all others. */
  camera: CameraControl | null;
  /** What is known of a track that is read. */
  settings: () => MediaTrackSettings;
  /** The far end, for one worker: what an earlier one has of it is worth nothing from then on. */
  connect: () => LiveSource;
  /** Begins to push, for sources that the page drives. Called once, when the worker is ready. */
  begin: () => Promise<void>;
  /** The frames as they come, until the next `connect`; null where this browser can't read them twice. */
  raw: () => ReadableStream<VideoFrame> | null;
  /** Releases the camera or the clip. Idempotent. */
  close: () => void;
}>;
