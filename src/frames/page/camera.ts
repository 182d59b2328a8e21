/** The camera, asked for in the page: what goes wrong becomes an error with a code and words for users. */
import { PipelineError } from '../../core/errors.ts';
import { trackEnded } from '../track-ended.ts';

export type CameraOptions = Readonly<{
  /** Asked for, in pixels; the camera may give less. Default: the camera's own. */
  width?: number;
  height?: number;
  /** Frames per second, asked for. */
  frameRate?: number;
  deviceId?: string;
}>;

/** @throws PipelineError `camera-unsupported` when the page can't have a camera at all. */
export function mediaDevices(): MediaDevices {
  // Missing on pages that are not served securely, whatever the types say.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices !== undefined) return devices;
  throw new PipelineError(
    'camera-unsupported',
    'This page can not use the camera: browsers give it only to pages served over https or from localhost.',
  );
}

/**
 * Opens the camera; the browser may ask the user. The caller stops the track.
 * @throws PipelineError `camera-denied` | `camera-missing` | `camera-busy` | `camera-unsupported`
 */
export async function openCamera({
  width,
  height,
  frameRate,
  deviceId,
}: CameraOptions): Promise<MediaStreamTrack> {
  const devices = mediaDevices();
  const video: MediaTrackConstraints = {
    ...(width === undefined ? {} : { width: { ideal: width } }),
    ...(height === undefined ? {} : { height: { ideal: height } }),
    ...(frameRate === undefined ? {} : { frameRate: { ideal: frameRate } }),
    ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
  };
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia({
      video: Object.keys(video).length === 0 ? true : video,
      audio: false,
    });
  } catch (cause) {
    throw cameraError(cause);
  }
  const track = stream.getVideoTracks()[0];
  if (track === undefined) throw missing(undefined);
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
