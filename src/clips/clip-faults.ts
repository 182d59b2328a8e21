/** What clips fail with, worded for users: what is read, and what is written. */
import { PipelineError, type ErrorContext } from '../core/errors.ts';

/** A clip that can't be read, or not further than `context.positionS`. */
export function unreadable(message: string, cause?: unknown, context: ErrorContext = {}): PipelineError {
  return new PipelineError('clip-unreadable', message, {
    context,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Whatever a reader throws, as a fault of the clip. */
export function asUnreadable(error: unknown, positionS?: number): PipelineError {
  if (error instanceof PipelineError) return error;
  const detail = detailOf(error);
  const where = positionS === undefined ? '' : ` at ${positionS.toFixed(2)} s`;
  const message = `The clip can not be read${where}: it is damaged, cut off, or was changed meanwhile.`;
  return unreadable(message, error, { detail, ...(positionS === undefined ? {} : { positionS }) });
}

/** Whatever a place that is written to throws. */
export function asUnwritable(error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  // Browsers have a class of its own for it, and errors that crossed a worker have none: the name stays.
  const isFull = error instanceof Error && error.name === 'QuotaExceededError';
  return isFull
    ? new PipelineError('disk-full', 'There is no room left for the clip. Make room, or choose another place or a lower bitrate.', { recoverable: true, cause: error }) // prettier-ignore
    : new PipelineError('clip-unwritable', 'The clip could not be written to the place that was chosen. Choose another one.', { recoverable: true, cause: error, context: { detail: detailOf(error) } }); // prettier-ignore
}

/** The caller's own signal. */
export function cancelled(): PipelineError {
  return new PipelineError('aborted', 'The clip was cancelled.');
}

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
