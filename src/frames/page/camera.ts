/** The camera, asked for in the page: what goes wrong becomes an error with a code and words for users. */
import { PipelineError } from '../../core/errors.ts';
import { trackEnded } from '../track-ended.ts';
import { cameraOpened, type FacingMode } from './camera-list.ts';
import { mediaDevices } from './media-devices.ts';
import { afterMs } from './wait.ts';

export type CameraOptions = Readonly<{
  /** Asked for, in pixels; the camera may give less. Default: the camera's own. */
  width?: number;
  height?: number;
  /** Frames per second, asked for. */
  frameRate?: number;
  /** This one and no other; see `listCameras`. */
  deviceId?: string;
  /** Asked for, where there are several. */
  facingMode?: FacingMode;
}>;

export type CameraPatience = Readonly<{
  /** Whether a camera that is busy is asked for again for some seconds. Default true. */
  retries?: boolean;
  /** Nobody waits for it any more. */
  signal?: AbortSignal;
}>;

/** Whoever had the camera may just be letting it go. */
const RETRY_AFTER_MS = [250, 500, 1000, 2000] as const;

/** What `getUserMedia` is asked for: all of it but the device may turn out otherwise. */
export function constraintsOf({
  width,
  height,
  frameRate,
  deviceId,
  facingMode,
}: CameraOptions): MediaStreamConstraints {
  const video: MediaTrackConstraints = {
    ...(width === undefined ? {} : { width: { ideal: width } }),
    ...(height === undefined ? {} : { height: { ideal: height } }),
    ...(frameRate === undefined ? {} : { frameRate: { ideal: frameRate } }),
    ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
    ...(facingMode === undefined ? {} : { facingMode: { ideal: facingMode } }),
  };
  return { video: Object.keys(video).length === 0 ? true : video, audio: false };
}

/**
 * Opens the camera; the browser may ask the user. The caller stops the track.
 * @throws PipelineError `camera-denied` | `camera-missing` | `camera-busy` | `camera-unsupported` | `aborted`
 */
export async function openCamera(
  options: CameraOptions,
  { retries = true, signal }: CameraPatience = {},
): Promise<MediaStreamTrack> {
  const constraints = constraintsOf(options);
  for (const delayMs of retries ? RETRY_AFTER_MS : []) {
    try {
      return await askForCamera(constraints);
    } catch (error) {
      if (!(error instanceof PipelineError && error.code === 'camera-busy')) throw error;
      await afterMs(delayMs, signal);
    }
  }
  return askForCamera(constraints);
}

async function askForCamera(constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  const devices = mediaDevices();
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia(constraints);
  } catch (cause) {
    throw cameraError(cause);
  }
  const track = stream.getVideoTracks()[0];
  if (track === undefined) throw missing(undefined);
  cameraOpened();
  return track;
}

/** https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia lists the names. */
export function cameraError(cause: unknown): PipelineError {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new PipelineError(
        'camera-denied',
        "The camera was not allowed. Allow it in the browser's address bar or settings, then start again.",
        { recoverable: true, cause },
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return missing(cause);
    case 'NotReadableError':
    case 'AbortError':
      return new PipelineError(
        'camera-busy',
        'The camera is there but can not be opened: another program may be using it. Close that, then start again.',
        { recoverable: true, cause },
      );
    default:
      return PipelineError.from(cause, 'camera-unsupported');
  }
}

function missing(cause: unknown): PipelineError {
  return new PipelineError('camera-missing', 'No camera was found. Connect one, then start again.', {
    recoverable: true,
    cause,
  });
}

/** A camera may give another rate than was asked for by this much, as one of 29.97 does. */
const RATE_TOLERANCE = 0.1;

/**
 * What to tell of a camera that gives something else than was asked for; null where it gives that. A size that is turned is
 * the size of a device that was.
 */
export function constrainedBy(options: CameraOptions, given: MediaTrackSettings): PipelineError | null {
  const asked: string[] = [];
  const got: string[] = [];
  const { width, height, frameRate = 0 } = options;
  const sides = [given.width ?? 0, given.height ?? 0];
  const isSize = [width, height].every(
    (side, i) => side === undefined || sides[i] === 0 || side === sides[i],
  );
  if (!isSize && !(width === sides[1] && height === sides[0])) {
    asked.push(`${width ?? 'any'}×${height ?? 'any'}`);
    got.push(sides.join('×'));
  }
  if (given.frameRate !== undefined && given.frameRate < frameRate * (1 - RATE_TOLERANCE)) {
    asked.push(`${frameRate} fps`);
    got.push(`${Math.round(given.frameRate)} fps`);
  }
  if (options.facingMode !== undefined && (given.facingMode ?? options.facingMode) !== options.facingMode) {
    asked.push(`facing ${options.facingMode}`);
    got.push(`facing ${given.facingMode ?? ''}`);
  }
  if (asked.length === 0) return null;
  const [wanted, found] = [asked.join(', '), got.join(', ')];
  return new PipelineError('camera-constrained', `The camera has no ${wanted}: it gives ${found}.`, {
    recoverable: true,
    context: { asked: wanted, given: found },
  });
}

/** Told once when the camera goes away under way: unplugged, or its permission taken back. */
export function onTrackEnded(track: MediaStreamTrack, told: (error: PipelineError) => void): () => void {
  const listener = (): void => {
    told(trackEnded());
  };
  track.addEventListener('ended', listener, { once: true });
  return () => {
    track.removeEventListener('ended', listener);
  };
}
