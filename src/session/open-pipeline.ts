/** Starts pipelines: what a live picture begins with. */
import { resolveParams } from '../graph/filter.ts';
import { checkOptions } from './check-options.ts';
import { PipelineSession } from './pipeline-session.ts';
import type { Pipeline, PipelineOptions } from './pipeline-types.ts';

export type {
  BudgetChange,
  ContentHint,
  FrameMeasurements,
  Pipeline,
  PipelineOptions,
  PipelineState,
  PipelineStats,
} from './pipeline-types.ts';

/**
 * Starts a pipeline: source → worker → output. Returns at once; `state$` tells how it goes.
 * @throws TypeError | RangeError for wrong options. Whatever goes wrong later is a state.
 */
export function openPipeline(options: PipelineOptions): Pipeline {
  checkOptions(options);
  const params = resolveParams(options.filter, options.params);
  // Built now, so that a graph with a mistake throws here.
  options.filter.build(params);
  return new PipelineSession(options, params);
}
