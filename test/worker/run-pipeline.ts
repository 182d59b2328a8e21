/** Opens pipelines in the page of a test and waits for what they say. */
import { filter, firstValueFrom, timeout } from 'rxjs';
import { edge } from '../../pipelines/index.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import {
  openPipeline,
  type Pipeline,
  type PipelineOptions,
  type PipelineState,
  type PipelineStats,
} from '../../src/session/open-pipeline.ts';

const PATIENCE_MS = 20_000;

/** A small test pattern into a canvas, or what `options` say. */
export function open(options: Partial<PipelineOptions> = {}): Pipeline {
  return openPipeline({
    source: { kind: 'pattern', width: 64, height: 48 },
    filter: edge,
    output: document.createElement('canvas'),
    ...options,
  });
}

/** The figures once `isEnough` of them. */
export function statsWhen(
  pipeline: Pipeline,
  isEnough: (stats: PipelineStats) => boolean,
): Promise<PipelineStats> {
  return firstValueFrom(pipeline.stats$.pipe(filter(isEnough), timeout(PATIENCE_MS)));
}

export function statusWhen(pipeline: Pipeline, status: PipelineState['status']): Promise<PipelineState> {
  return firstValueFrom(
    pipeline.state$.pipe(
      filter((state) => state.status === status),
      timeout(PATIENCE_MS),
    ),
  );
}

export async function failureOf(pipeline: Pipeline): Promise<PipelineError> {
  const state = await statusWhen(pipeline, 'failed');
  if (state.status !== 'failed') throw new Error('the pipeline did not fail');
  return state.error;
}
