/** The microphone, asked for in the page: what goes wrong becomes an error with a code and words for users. */
import { PipelineError } from '../../core/errors.ts';

/**
 * Opens the microphone; the browser may ask the user. The caller stops the track.
 * @throws PipelineError `microphone-denied` | `microphone-missing` | `microphone-busy`
 */
export async function openMicrophone(): Promise<MediaStreamTrack> {
  // Missing on pages that are not served securely, whatever the types say.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices === undefined) {
    throw new PipelineError(
      'microphone-denied',
      'This page can not use the microphone: browsers give it only to pages served over https or from localhost.',
    );
  }
  try {
    const [track] = (await devices.getUserMedia({ audio: true })).getAudioTracks();
    if (track === undefined) throw missing(undefined);
    return track;
  } catch (cause) {
    throw microphoneError(cause);
  }
}

/** https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia lists the names. */
function microphoneError(cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  switch (name) {
    case 'NotFoundError':
    case 'OverconstrainedError':
      return missing(cause);
    case 'NotReadableError':
    case 'AbortError':
      return new PipelineError(
        'microphone-busy',
        'The microphone is there but can not be opened: another program may be using it. Close that, then record again.',
        { recoverable: true, cause },
      );
    default:
      return new PipelineError(
        'microphone-denied',
        "The microphone was not allowed. Allow it in the browser's address bar or settings, or record without sound.",
        { recoverable: true, cause },
      );
  }
}

function missing(cause: unknown): PipelineError {
  return new PipelineError(
    'microphone-missing',
    'No microphone was found. Connect one, or record without sound.',
    {
      recoverable: true,
      cause,
    },
  );
}
