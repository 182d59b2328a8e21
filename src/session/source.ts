/** Where a pipeline takes its frames from, opened in the page: the far end goes to the worker. */
import { assertNever } from '../core/assert.ts';
import { checkInteger, checkNumber, checkOneOf, show } from '../core/check.ts';
import { PipelineError } from '../core/errors.ts';
import { checkVoxels, type Voxels } from '../core/voxels.ts';
import { onTrackEnded, openCamera, type CameraOptions } from '../frames/page/camera.ts';
import { startCameraUtils, type CameraUtilsConstructor } from '../frames/page/camera-utils-driver.ts';
import type { PushFrame } from '../frames/page/frame-push.ts';
import type { HiddenPage } from '../frames/page/hidden-page.ts';
import { trackProcessor } from '../frames/page/insertable-streams.ts';
import { startVideo } from '../frames/page/video-source.ts';
import { readVolume } from '../frames/page/volume-files.ts';
import type { LiveSource } from '../../workers/live/live.client.ts';

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

export type VideoSource = Readonly<{
  kind: 'video';
  url: string;
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

export type SourceOptions = CameraSource | VideoSource | PatternSource | VolumeSource;

/** The kinds of sources there are. */
const KINDS = ['camera', 'video', 'pattern', 'volume'] as const satisfies readonly SourceOptions['kind'][];

export type SourceEvents = Readonly<{
  push: PushFrame;
  hiddenPage: HiddenPage;
  onFault: (error: PipelineError) => void;
  /** No more frames; null when that is no fault. */
  onEnd: (error: PipelineError | null) => void;
}>;

export type OpenSource = Readonly<{
  live: LiveSource;
  /** For the stats: the driver, 'video', 'pattern' or 'volume'. */
  driver: string;
  /** Of a volume; 0 of all others. */
  slices: number;
  /** Begins to push, for sources that the page drives. Called when the worker is ready. */
  begin: () => Promise<void>;
  /** Releases the camera or the clip. Idempotent. */
  close: () => void;
}>;

/** @throws TypeError | RangeError that name the option. */
export function checkSource(source: SourceOptions): void {
  switch (source.kind) {
    case 'camera':
      if (source.driver !== undefined) checkOneOf('options.source.driver', source.driver, CAMERA_DRIVERS);
      for (const side of ['width', 'height'] as const) {
        if (source[side] !== undefined)
          checkInteger(`options.source.${side}`, source[side], { min: 1, unit: 'px' });
      }
      break;
    case 'video':
      if (typeof source.url !== 'string' || source.url === '') {
        throw new TypeError(`options.source.url must be the address of a clip, got ${show(source.url)}`);
      }
      break;
    case 'pattern':
      for (const side of ['width', 'height'] as const) {
        checkInteger(`options.source.${side}`, source[side] ?? 640, { min: 16, max: 4096, unit: 'px' });
      }
      checkNumber('options.source.frameRate', source.frameRate ?? 30, {
        min: 1,
        max: 120,
        unit: 'frames per second',
      });
      break;
    case 'volume':
      checkVolume(source);
      break;
    default:
      checkOneOf('options.source.kind', (source as { kind: unknown }).kind, KINDS);
  }
}

function checkVolume({ voxels, files, sliceMs = 40, slice = 0, playing }: VolumeSource): void {
  if ((voxels === undefined) === (files === undefined)) {
    throw new TypeError('options.source must have one of voxels and files');
  }
  if (voxels !== undefined) checkVoxels('options.source.voxels', voxels);
  const most = voxels === undefined ? {} : { max: voxels.shape[0] - 1 };
  checkInteger('options.source.slice', slice, { min: 0, ...most });
  checkNumber('options.source.sliceMs', sliceMs, { min: 1, max: 1000, unit: 'ms' });
  if (playing !== undefined && typeof playing !== 'boolean') {
    throw new TypeError(`options.source.playing must be true | false, got ${show(playing)}`);
  }
}

/** @throws PipelineError `camera-…` | `video-unreadable` | `volume-unreadable` */
export async function openSource(
  source: SourceOptions,
  workerHasProcessor: boolean,
  events: SourceEvents,
): Promise<OpenSource> {
  switch (source.kind) {
    case 'camera':
      return openCameraSource(source, workerHasProcessor, events);
    case 'video':
      return pushed('video', () =>
        startVideo({
          ...source,
          push: events.push,
          hiddenPage: events.hiddenPage,
          onFault: events.onFault,
          onEnd: () => {
            events.onEnd(null);
          },
        }),
      );
    case 'pattern': {
      const { width = 640, height = 480, frameRate = 30 } = source;
      return {
        live: { kind: 'pattern', width, height, frameRate },
        driver: 'pattern',
        slices: 0,
        begin: () => Promise.resolve(),
        close: () => undefined,
      };
    }
    case 'volume':
      return openVolume(source);
    default:
      return assertNever(source);
  }
}

async function openVolume({
  voxels,
  files,
  sliceMs = 40,
  slice = 0,
  playing = true,
}: VolumeSource): Promise<OpenSource> {
  const read = voxels ?? (await readVolume(files ?? []));
  const [slices] = read.shape;
  // A folder tells only now how many it has.
  checkInteger('options.source.slice', slice, { min: 0, max: slices - 1 });
  return {
    live: { kind: 'volume', voxels: read, sliceMs, slice, isPlaying: playing },
    driver: 'volume',
    slices,
    begin: () => Promise.resolve(),
    close: () => undefined,
  };
}

/** A source that the page drives: it starts when the worker is ready, and may be closed while it starts. */
function pushed(driver: string, start: () => Promise<() => void>): OpenSource {
  let stop: (() => void) | null = null;
  const closed = new AbortController();
  return {
    live: { kind: 'push' },
    driver,
    slices: 0,
    begin: async () => {
      stop = await start();
      if (closed.signal.aborted) stop();
    },
    close: () => {
      closed.abort();
      stop?.();
    },
  };
}

function chooseDriver(source: CameraSource, workerHasProcessor: boolean): Exclude<CameraDriver, 'auto'> {
  const { driver = 'auto' } = source;
  const has = {
    processor: trackProcessor() !== null,
    'worker-processor': workerHasProcessor,
    'camera-utils': source.loadCamera !== undefined,
  };
  const found = driver === 'auto' ? CAMERA_DRIVERS.find((one) => one !== 'auto' && has[one]) : driver;
  if (found !== undefined && found !== 'auto' && has[found]) return found;
  throw new PipelineError(
    'camera-unsupported',
    driver === 'auto'
      ? 'This browser has no way to read camera frames here, and no portable camera driver was given.'
      : `This browser does not have the camera driver '${driver}'. Use 'auto'.`,
    { context: { driver } },
  );
}

async function openCameraSource(
  source: CameraSource,
  workerHasProcessor: boolean,
  events: SourceEvents,
): Promise<OpenSource> {
  const driver = chooseDriver(source, workerHasProcessor);
  if (driver === 'camera-utils') return openCameraUtils(source, events);
  const track = await openCamera(source);
  const forget = onTrackEnded(track, events.onEnd);
  const close = (): void => {
    forget();
    track.stop();
  };
  const common = { driver, slices: 0, begin: () => Promise.resolve(), close };
  if (driver === 'worker-processor') {
    // The track itself moves; a clone stays so that the page hears of its end and can stop the camera.
    const moved = track.clone();
    return { ...common, live: { kind: 'track', track: moved } };
  }
  const Processor = trackProcessor();
  if (Processor === null)
    throw new PipelineError('camera-unsupported', 'This browser can not read camera frames.');
  const { readable } = new Processor({ track, maxBufferSize: 1 });
  return { ...common, live: { kind: 'readable', readable } };
}

function openCameraUtils(source: CameraSource, events: SourceEvents): OpenSource {
  return pushed('camera-utils', async () => {
    const Camera = await source.loadCamera?.();
    if (Camera === undefined)
      throw new PipelineError('camera-unsupported', 'No portable camera driver was given.');
    const { track, stop } = await startCameraUtils(Camera, {
      ...source,
      push: events.push,
      hiddenPage: events.hiddenPage,
      onFault: events.onFault,
    });
    const forget = onTrackEnded(track, events.onEnd);
    return () => {
      forget();
      stop();
    };
  });
}
