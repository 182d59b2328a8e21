/** A fresh device after one was lost. Browsers and drivers need a moment, and refuse meanwhile. */
import { PipelineError } from '../core/errors.ts';
import { aborted } from './faults.ts';

/** Before each try; together about as long as people wait. */
const PAUSES_MS = [0, 250, 500, 1000, 2000, 4000];

/**
 * @param isOver whether nobody waits for it any more.
 * @throws PipelineError `context-lost` when every try failed. @throws PipelineError `aborted` when nobody waits.
 */
export async function reopen<Device>(open: () => Device, isOver: () => boolean): Promise<Device> {
  let refusal: unknown;
  for (const pauseMs of PAUSES_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (isOver()) throw aborted();
    try {
      return open();
    } catch (error) {
      refusal = error;
    }
  }
  throw new PipelineError(
    'context-lost',
    'The graphics device was reset and does not come back. Reload the page, or start the browser again.',
    { recoverable: true, cause: refusal },
  );
}
