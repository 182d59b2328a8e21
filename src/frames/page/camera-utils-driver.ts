/**
 * The portable camera driver: `Camera` of @mediapipe/camera_utils, given by the caller, with its habits mended:
 *  - `start()` calls alert() when there is no camera or no permission: both are settled before it is called;
 *  - a rejected `onFrame` ends its loop silently: ours never rejects;
 *  - `stop()` leaves the loop running and the stream attached: `onFrame` turns into a wait that never ends, and
 *    the stream is detached; each start makes a new Camera;
 *  - its loop stands still while the page is hidden: there `onFrame` is called for it.
 */
import { PipelineError } from '../../core/errors.ts';
import { onTrackEnded, openCamera, type CameraOptions, type CameraPatience } from './camera.ts';
import { VideoCapture, type PushFrame } from './frame-push.ts';
import { goOnHidden, type HiddenPage } from './hidden-page.ts';

/** The part of @mediapipe/camera_utils that is used. */
export type CameraUtilsConstructor = new (
  video: HTMLVideoElement,
  options: { onFrame: () => Promise<void>; width?: number; height?: number; facingMode?: string },
) => { start(): Promise<void>; stop(): Promise<void> };

export type CameraUtilsDriver = Readonly<{
  track: MediaStreamTrack;
  /** Releases the camera. Idempotent. */
  stop: () => void;
}>;

export type CameraUtilsOptions = Pick<CameraOptions, 'width' | 'height' | 'facingMode'> &
  CameraPatience &
  Readonly<{
    push: PushFrame;
    hiddenPage: HiddenPage;
    /** A frame could not be taken; the next one is tried. */
    onFault: (error: PipelineError) => void;
    /** The camera went away. */
    onEnd: (error: PipelineError) => void;
  }>;

/**
 * Starts the camera and pushes frame after frame.
 * @throws PipelineError as `openCamera`
 */
export async function startCameraUtils(
  Camera: CameraUtilsConstructor,
  { width, height, facingMode, push, hiddenPage, onFault, onEnd, ...patience }: CameraUtilsOptions,
): Promise<CameraUtilsDriver> {
  const asked = {
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(facingMode === undefined ? {} : { facingMode }),
  };
  // Asked for here first: what can go wrong gets an error with a code instead of the library's alert().
  const permission = await openCamera(asked, patience);
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  const capture = new VideoCapture(video);
  let stopped = false;
  const onFrame = async (): Promise<void> => {
    // The library's loop can't be ended from outside; a promise that never settles parks it for the collector.
    if (stopped) return new Promise<void>(() => undefined);
    try {
      await capture.push(push);
    } catch (cause) {
      // Stopped meanwhile, the worker is gone and the push with it.
      if (!stopped as boolean) onFault(PipelineError.from(cause, 'frame-failed', { recoverable: true }));
    }
  };
  try {
    const camera = new Camera(video, { onFrame, ...asked });
    await camera.start();
    const track = streamOf(video)?.getVideoTracks()[0];
    if (track === undefined) {
      throw new PipelineError('camera-busy', 'The camera did not start. Start again.', { recoverable: true });
    }
    const endHidden = goOnHidden(video, hiddenPage, onFrame);
    const forget = onTrackEnded(track, onEnd);
    const stop = (): void => {
      if (stopped) return;
      stopped = true;
      forget();
      endHidden();
      void camera.stop();
      track.stop();
      video.srcObject = null;
    };
    return { track, stop };
  } finally {
    // The library opened the camera a second time; this one only kept the permission.
    permission.stop();
  }
}

function streamOf(video: HTMLVideoElement): MediaStream | null {
  return video.srcObject instanceof MediaStream ? video.srcObject : null;
}
