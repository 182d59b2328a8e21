/** Where a pipeline can take its frames from, as a caller says it. */
import type { Voxels } from '../core/voxels.ts';
import type { CameraOptions } from '../frames/page/camera.ts';
import type { CameraUtilsConstructor } from '../frames/page/camera-utils-driver.ts';

export const CAMERA_DRIVERS = ['auto', 'processor', 'worker-processor', 'camera-utils'] as const;

/**
 * processor: the window's MediaStreamTrackProcessor, its stream transferred to the worker (Chromium).
 * worker-processor: the track is transferred and read in the worker (Safari, the specification).
 * camera-utils: @mediapipe/camera_utils, everywhere. auto: the first of these that the browser has.
 */
export type CameraDriver = (typeof CAMERA_DRIVERS)[number];

export type CameraSource = CameraOptions &
  Readonly<{
    kind: 'camera';
    /** Default 'auto'. */
    driver?: CameraDriver;
    /** Gives `Camera` of @mediapipe/camera_utils when that driver is needed; the library never loads it itself. */
    loadCamera?: () => Promise<CameraUtilsConstructor>;
  }>;

/**
 * A video track of the caller's, as a call has it: read as it is, so that one that is turned off gives black, and never
 * stopped. When it ends the pipeline waits for `setSource`.
 */
export type TrackSource = Readonly<{ kind: 'track'; track: MediaStreamTrack }>;

/** What the user picks of the screen: the browser asks, and only after a click. Ends when the user ends it. */
export type ScreenSource = Readonly<{
  kind: 'screen';
  /** Asked for, in pixels; a larger screen is scaled down. Default: the screen's own. */
  width?: number;
  height?: number;
  /** Frames per second, asked for. */
  frameRate?: number;
}>;

export type VideoSource = Readonly<{
  kind: 'video';
  /** The clip's address, or the clip itself: one of the two. */
  url?: string;
  /** A page with a strict policy needs `media-src blob:` for it. */
  file?: Blob;
  /** Default true. */
  loop?: boolean;
}>;

export type PatternSource = Readonly<{
  kind: 'pattern';
  /** In pixels, 16 to 4096. Default 640×480. */
  width?: number;
  height?: number;
  /** Frames per second, 1 to 120. Default 30. */
  frameRate?: number;
}>;

/** Slices are frames: whatever filters time filters the depth. */
export type VolumeSource = Readonly<{
  kind: 'volume';
  /** The voxels, or PNG files of which each is a slice, as `readVolume` takes them: one of the two. */
  voxels?: Voxels;
  files?: Iterable<Blob>;
  /**
   * From one slice to the next, 1 to 1000 ms: for windows over seconds, and on the clock while it plays (where the machine or
   * `targetFps` asks for more time, it takes more). Default 40.
   */
  sliceMs?: number;
  /** Shown first. Default 0. */
  slice?: number;
  /** Default true. */
  playing?: boolean;
}>;

export type SourceOptions =
  CameraSource | TrackSource | ScreenSource | VideoSource | PatternSource | VolumeSource;

/** The kinds of sources there are. */
export const SOURCE_KINDS = [
  'camera',
  'track',
  'screen',
  'video',
  'pattern',
  'volume',
] as const satisfies readonly SourceOptions['kind'][];
