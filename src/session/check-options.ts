/** Checks of what a pipeline is asked for. */
import type { LiveBudget } from '../../workers/live/live.client.ts';
import { checkNumber, checkOneOf, show } from '../core/check.ts';
import { FAILURE_POLICIES } from '../frames/failure-policy.ts';
import { DEGRADATION_PREFERENCES } from '../schedule/budget.ts';
import { checkSource } from './check-source.ts';
import { checkOutput } from './output.ts';
import { CONTENT_HINTS } from './content-hint.ts';
import type { BudgetChange, PipelineOptions } from './pipeline-types.ts';

/** @throws TypeError | RangeError that name the option. */
export function checkOptions(options: PipelineOptions): void {
  const { source, output, whenHidden, failurePolicy, contentHint, createWorker } = options;
  checkSource(source);
  checkOutput(output);
  checkBudget('options', options);
  if (whenHidden !== undefined) checkOneOf('options.whenHidden', whenHidden, ['continue', 'pause']);
  if (failurePolicy !== undefined) checkOneOf('options.failurePolicy', failurePolicy, FAILURE_POLICIES);
  if (contentHint !== undefined) checkOneOf('options.contentHint', contentHint, CONTENT_HINTS);
  if (createWorker !== undefined && typeof createWorker !== 'function')
    throw new TypeError(`options.createWorker must be a function, got ${show(createWorker)}`);
}

export function budgetOf({ targetFps, degradationPreference, load }: BudgetChange): LiveBudget {
  return {
    targetFps: targetFps ?? null,
    degradationPreference: degradationPreference ?? 'maintain-framerate',
    load: load ?? 0,
  };
}

/** @throws TypeError | RangeError */
export function checkBudget(where: string, { targetFps, degradationPreference, load }: BudgetChange): void {
  if (targetFps !== undefined && targetFps !== null) {
    checkNumber(`${where}.targetFps`, targetFps, { min: 1, max: 240, unit: 'frames per second' });
  }
  if (degradationPreference !== undefined) {
    checkOneOf(`${where}.degradationPreference`, degradationPreference, DEGRADATION_PREFERENCES);
  }
  if (load !== undefined) checkNumber(`${where}.load`, load, { min: 0, max: 20 });
}
