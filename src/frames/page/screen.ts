/** The screen, or a part of it that the user picks. */
import { PipelineError } from '../../core/errors.ts';
import { mediaDevices } from './media-devices.ts';

export type ScreenOptions = Readonly<{ width?: number; height?: number; frameRate?: number }>;

/**
 * Asks the user what to show, which browsers allow after a click only. The caller stops the track.
 * @throws PipelineError `screen-denied` | `screen-unsupported`
 */
export async function openScreen({ width, height, frameRate }: ScreenOptions): Promise<MediaStreamTrack> {
  try {
    const stream = await mediaDevices().getDisplayMedia({
      video: {
        ...(width === undefined ? {} : { width: { max: width } }),
        ...(height === undefined ? {} : { height: { max: height } }),
        ...(frameRate === undefined ? {} : { frameRate: { ideal: frameRate } }),
      },
      audio: false,
    });
    const track = stream.getVideoTracks()[0];
    if (track !== undefined) return track;
    throw new TypeError('the screen came without a picture');
  } catch (cause) {
    throw screenError(cause);
  }
}

/** https://w3c.github.io/mediacapture-screen-share/#dom-mediadevices-getdisplaymedia lists the names. */
function screenError(cause: unknown): PipelineError {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  const isDenied = name === 'NotAllowedError' || name === 'InvalidStateError' || name === 'AbortError';
  return isDenied
    ? new PipelineError(
        'screen-denied',
        'The screen was not given. Choose what to show when the browser asks, which it does after a click.',
        { recoverable: true, cause },
      )
    : new PipelineError('screen-unsupported', 'This browser can not show the screen to this page.', {
        cause,
      });
}
