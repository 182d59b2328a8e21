/** What can go wrong with a frame, and which of it every later frame would meet as well. */
import { PipelineError, type PipelineErrorCode } from '../core/errors.ts';

const FINAL_CODES: ReadonlySet<PipelineErrorCode> = new Set(['frame-too-large']);

/** Whether a fault of one frame is one of all. */
export function isFinalFault(error: unknown): boolean {
  return error instanceof PipelineError && (FINAL_CODES.has(error.code) || error.context['isFinal'] === true);
}

/** The graph can't run on frames of this form: there is nothing to show, now or later. */
export class NoPicture extends Error {
  constructor(cause: unknown) {
    super('the graph could not be prepared', { cause });
  }
}

/** What a caller is told of it: its cause, as a final fault. */
export function noPicture({ cause }: NoPicture): PipelineError {
  const { code, message, recoverable, context } = PipelineError.from(cause, 'frame-failed');
  return new PipelineError(code, message, { recoverable, context: { ...context, isFinal: true }, cause });
}

export function aborted(): PipelineError {
  return new PipelineError('aborted', 'The pipeline was stopped.');
}

export function contextLost(cause: unknown): PipelineError {
  return new PipelineError('context-lost', 'The graphics device was reset; the picture goes on by itself.', {
    recoverable: true,
    cause,
  });
}
