/** Records pipelines in the page of a test and waits for what they say. */
import { filter, firstValueFrom, timeout } from 'rxjs';
import { afterEach, expect } from 'vitest';
import type { PipelineError } from '../../src/core/errors.ts';
import { graph } from '../../src/graph/builder.ts';
import { defineFilter } from '../../src/graph/filter.ts';
import { globalAveragePool, luma } from '../../src/graph/operators.ts';
import type { Pipeline, PipelineOptions } from '../../src/session/open-pipeline.ts';
import type { Recording, RecordingState, RecordingStats } from '../../src/session/record.ts';
import { open } from './run-pipeline.ts';

const PATIENCE_MS = 20_000;

/** Shows frames as they are and measures each, so that their capture times are told. */
export const timed = defineFilter({
  name: 'timed',
  title: 'Timed',
  description: 'Each frame, and how bright it is.',
  params: {},
  build: () =>
    graph(({ frame }) => ({ output: frame, measurements: { brightness: globalAveragePool(luma(frame)) } })),
});

/** The capture times of all frames that are shown from now on, in µs. */
export function captureTimes(pipeline: Pipeline): readonly number[] {
  const times: number[] = [];
  pipeline.measurements$.subscribe(({ timestampUs }) => times.push(timestampUs));
  return times;
}

/** The distances between frames, of which those that were recorded must be some in a row. */
export const distances = (times: readonly number[]): readonly number[] =>
  times.slice(1).map((time, index) => time - times[index]!);

export function recordedWhen(
  recording: Recording,
  isEnough: (stats: RecordingStats) => boolean,
): Promise<RecordingStats> {
  return firstValueFrom(recording.stats$.pipe(filter(isEnough), timeout(PATIENCE_MS)));
}

export function recordingStatus(
  recording: Recording,
  status: RecordingState['status'],
): Promise<RecordingState> {
  return firstValueFrom(
    recording.state$.pipe(
      filter((state) => state.status === status),
      timeout(PATIENCE_MS),
    ),
  );
}

/** Collects what a pipeline complains of: frames that its worker left open are told here when it stops. */
export function faultsOf(pipeline: Pipeline): readonly PipelineError[] {
  const faults: PipelineError[] = [];
  pipeline.diagnostics$.subscribe((error) => faults.push(error));
  return faults;
}

const opened: Pipeline[] = [];

/** Whatever a test does, the camera is free for the next one. */
afterEach(async () => {
  await Promise.all(opened.splice(0).map((pipeline) => pipeline.stop()));
});

/** As `open`; stopped after the test at the latest. */
export function openRecorded(options: Partial<PipelineOptions> = {}): Pipeline {
  const pipeline = open(options);
  opened.push(pipeline);
  return pipeline;
}

/** Ends a pipeline and expects that nothing stayed open. */
export async function stopCleanly(pipeline: Pipeline, faults: readonly PipelineError[]): Promise<void> {
  await pipeline.stop();
  expect(faults).toEqual([]);
}
