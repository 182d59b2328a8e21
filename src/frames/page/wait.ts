import { PipelineError } from '../../core/errors.ts';

/** Resolves after so many ms. @throws PipelineError `aborted` as soon as nobody waits for it any more. */
export function afterMs(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      clearTimeout(timer);
      reject(new PipelineError('aborted', 'The pipeline was stopped.'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', give);
      resolve();
    }, ms);
    if (signal?.aborted === true) give();
    else signal?.addEventListener('abort', give, { once: true });
  });
}
