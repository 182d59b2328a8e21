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

const opened = new Set<Pipeline>();

/** A small test pattern into a canvas, or what `options` say. */
export function open(options: Partial<PipelineOptions> = {}): Pipeline {
  return openTracked({ output: document.createElement('canvas'), ...options });
}

/** The same without an element: its track alone has the frames. */
export function openTracked(options: Partial<PipelineOptions> = {}): Pipeline {
  const pipeline = openPipeline({
    source: { kind: 'pattern', width: 64, height: 48 },
    filter: edge,
    ...options,
  });
  opened.add(pipeline);
  return pipeline;
}

/** After a test: one that failed must not leave a camera to the next. */
export async function stopAll(): Promise<void> {
  for (const pipeline of opened) await pipeline.stop();
  opened.clear();
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
