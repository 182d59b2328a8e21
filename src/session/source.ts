/** Where a pipeline takes its frames from, opened in the page: the far end goes to the worker. */
import { assertNever } from '../core/assert.ts';
import { checkInteger } from '../core/check.ts';
import { PipelineError } from '../core/errors.ts';
import { constrainedBy } from '../frames/page/camera.ts';
import { controlOf } from '../frames/page/camera-control.ts';
import { startCameraUtils } from '../frames/page/camera-utils-driver.ts';
import { trackProcessor } from '../frames/page/insertable-streams.ts';
import { openScreen } from '../frames/page/screen.ts';
import { holdCamera } from '../frames/page/shared-cameras.ts';
import { loadVideo } from '../frames/page/video-source.ts';
import { readVolume } from '../frames/page/volume-files.ts';
import {
  CAMERA_DRIVERS,
  type CameraDriver,
  type CameraSource,
  type ScreenSource,
  type SourceOptions,
  type TrackSource,
  type VideoSource,
  type VolumeSource,
} from './source-types.ts';
import type { OpenSource, Opening, SourceEvents } from './source-port.ts';
import { readTrack, type TrackDriver } from './track-reader.ts';

const nothing = {
  slices: 0,
  camera: null,
  settings: () => ({}),
  begin: () => Promise.resolve(),
  raw: () => null,
  close: () => undefined,
};

/** @throws PipelineError `camera-…` | `screen-…` | `video-unreadable` | `volume-unreadable` | `aborted` */
export async function openSource(
  source: SourceOptions,
  opening: Opening,
  events: SourceEvents,
): Promise<OpenSource> {
  const { kind } = source;
  switch (kind) {
    case 'camera':
      return openCameraSource(source, opening, events);
    case 'track':
      return openTrack(source, opening, events);
    case 'screen':
      return openScreenSource(source, opening, events);
    case 'video':
      return openVideo(source, events);
    case 'pattern': {
      const { width = 640, height = 480, frameRate = 30 } = source;
      return { ...nothing, kind, driver: kind, connect: () => ({ kind, width, height, frameRate }) };
    }
    case 'volume':
      return openVolume(source, events);
    default:
      return assertNever(kind);
  }
}

async function openVolume(
  { voxels, files, sliceMs = 40, slice = 0, playing = true }: VolumeSource,
  events: SourceEvents,
): Promise<OpenSource> {
  const read = voxels ?? (await readVolume(files ?? []));
  const [slices] = read.shape;
  // A folder tells only now how many it has.
  checkInteger('options.source.slice', slice, { min: 0, max: slices - 1 });
  return {
    ...nothing,
    kind: 'volume',
    driver: 'volume',
    slices,
    connect: () => {
      const now = events.volume() ?? { slice, isPlaying: playing };
      return { kind: 'volume', voxels: read, sliceMs, slice: now.slice, isPlaying: now.isPlaying };
    },
  };
}

async function openVideo({ url = '', file, loop }: VideoSource, events: SourceEvents): Promise<OpenSource> {
  const { play, close } = await loadVideo({
    clip: file ?? url,
    ...(loop === undefined ? {} : { loop }),
    push: events.push,
    hiddenPage: events.hiddenPage,
    onFault: events.onFault,
    onEnd: () => {
      events.onEnd(null);
    },
  });
  return {
    ...nothing,
    kind: 'video',
    driver: 'video',
    connect: () => ({ kind: 'push' }),
    begin: play,
    close,
  };
}

async function openTrack(
  { track }: TrackSource,
  opening: Opening,
  events: SourceEvents,
): Promise<OpenSource> {
  const driver = trackDriver(opening);
  const reader = await readTrack({ track, driver, isGiven: true, events });
  return { ...nothing, kind: 'track', driver, settings: () => track.getSettings(), ...reader };
}

async function openScreenSource(
  source: ScreenSource,
  opening: Opening,
  events: SourceEvents,
): Promise<OpenSource> {
  const track = await openScreen(source);
  const ended = (): void => {
    events.onEnd(null);
  };
  track.addEventListener('ended', ended);
  const driver = trackDriver(opening);
  const reader = await readTrack({ track, driver, isGiven: false, events });
  const close = (): void => {
    track.removeEventListener('ended', ended);
    reader.close();
    track.stop();
  };
  return { ...nothing, kind: 'screen', driver, ...reader, close };
}

/** Every browser can show a track in a `<video>`. */
function trackDriver({ workerHasProcessor }: Opening): TrackDriver {
  if (trackProcessor() !== null) return 'processor';
  return workerHasProcessor ? 'worker-processor' : 'video';
}

function chooseDriver(source: CameraSource, { workerHasProcessor }: Opening): Exclude<CameraDriver, 'auto'> {
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
  opening: Opening,
  events: SourceEvents,
): Promise<OpenSource> {
  const driver = chooseDriver(source, opening);
  if (driver === 'camera-utils') return openCameraUtils(source, opening, events);
  const { track, release } = await holdCamera(source, opening, events.onEnd);
  tellOfLess(source, track, events);
  const reader = await readTrack({ track, driver, isGiven: false, events });
  const close = (): void => {
    reader.close();
    release();
  };
  return { ...nothing, kind: 'camera', driver, ...controls(track), ...reader, close };
}

/** It asks for the camera itself, so it shares none; and frames may come before anybody wants them. */
async function openCameraUtils(
  source: CameraSource,
  { retries, signal }: Opening,
  events: SourceEvents,
): Promise<OpenSource> {
  const Camera = await source.loadCamera?.();
  if (Camera === undefined)
    throw new PipelineError('camera-unsupported', 'No portable camera driver was given.');
  let hasBegun = false;
  const { track, stop } = await startCameraUtils(Camera, {
    ...source,
    retries,
    signal,
    push: async (frame, timestampUs) => {
      if (hasBegun) await events.push(frame, timestampUs);
      else frame.close();
    },
    hiddenPage: events.hiddenPage,
    onFault: events.onFault,
    onEnd: events.onEnd,
  });
  tellOfLess(source, track, events);
  return {
    ...nothing,
    kind: 'camera',
    driver: 'camera-utils',
    ...controls(track),
    connect: () => ({ kind: 'push' }),
    begin: () => {
      hasBegun = true;
      return Promise.resolve();
    },
    close: stop,
  };
}

function controls(track: MediaStreamTrack): Pick<OpenSource, 'camera' | 'settings'> {
  return { camera: controlOf(track), settings: () => track.getSettings() };
}

function tellOfLess(source: CameraSource, track: MediaStreamTrack, { onFault }: SourceEvents): void {
  const fault = constrainedBy(source, track.getSettings());
  if (fault !== null) onFault(fault);
}
