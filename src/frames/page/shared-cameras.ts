/**
 * Who holds which camera on this page: pipelines that ask for the same share one, so that a camera which only one can
 * open serves them all.
 */
import { PipelineError } from '../../core/errors.ts';
import {
  constraintsOf,
  onTrackEnded,
  openCamera,
  type CameraOptions,
  type CameraPatience,
} from './camera.ts';

export type HeldCamera = Readonly<{
  /** Borrowed: whoever reads it makes a clone, and stops that. */
  track: MediaStreamTrack;
  /** The camera goes with the last who holds it. Idempotent. */
  release: () => void;
}>;

type Shared = {
  readonly opening: Promise<MediaStreamTrack>;
  readonly nobody: AbortController;
  holders: number;
};

const open = new Map<string, Shared>();

/**
 * @param onEnded told once when the camera goes away.
 * @throws PipelineError as `openCamera`
 */
export async function holdCamera(
  options: CameraOptions,
  { retries = true, signal }: CameraPatience,
  onEnded: (error: PipelineError) => void,
): Promise<HeldCamera> {
  const key = JSON.stringify(constraintsOf(options));
  const shared = open.get(key) ?? openShared(key, options, retries);
  shared.holders++;
  let isHeld = true;
  let forget = (): void => undefined;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    forget();
    if (--shared.holders > 0) return;
    if (open.get(key) === shared) open.delete(key);
    shared.nobody.abort();
  };
  signal?.addEventListener('abort', release, { once: true });
  try {
    const track = await shared.opening;
    if (signal?.aborted === true) throw new PipelineError('aborted', 'The pipeline was stopped.');
    forget = onTrackEnded(track, onEnded);
    return { track, release };
  } catch (error) {
    release();
    throw error;
  } finally {
    signal?.removeEventListener('abort', release);
  }
}

function openShared(key: string, options: CameraOptions, retries: boolean): Shared {
  const nobody = new AbortController();
  const opening = openCamera(options, { retries, signal: nobody.signal });
  const shared: Shared = { opening, nobody, holders: 0 };
  open.set(key, shared);
  const forget = (): void => {
    if (open.get(key) === shared) open.delete(key);
  };
  opening.then((track) => {
    const stop = (): void => {
      track.stop();
    };
    if (nobody.signal.aborted) stop();
    else nobody.signal.addEventListener('abort', stop, { once: true });
    // The next who asks opens it anew.
    onTrackEnded(track, forget);
  }, forget);
  return shared;
}
