import { PipelineError } from '../core/errors.ts';

/** The camera went away under way: page and worker both may notice first. */
export function trackEnded(cause?: unknown): PipelineError {
  return new PipelineError(
    'track-ended',
    'The camera stopped: it was unplugged, or its permission was taken back. Check it, then start again.',
    { recoverable: true, ...(cause === undefined ? {} : { cause }) },
  );
}
