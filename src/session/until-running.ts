import { filter, firstValueFrom } from 'rxjs';
import { PipelineError } from '../core/errors.ts';
import type { Pipeline } from './pipeline-types.ts';

/** Resolves when it runs. @throws PipelineError why it never will. */
export async function untilRunning({ state$ }: Pick<Pipeline, 'state$'>): Promise<void> {
  const state = await firstValueFrom(state$.pipe(filter(({ status }) => status !== 'starting')));
  if (state.status === 'failed') throw state.error;
  if (state.status === 'stopped') throw notRunning();
}

export function notRunning(): PipelineError {
  return new PipelineError('aborted', 'The pipeline is not running.');
}
