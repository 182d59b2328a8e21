/** Filters over several frames in a whole pipeline: what is not shown, what is measured, and what is told of it. */
import { firstValueFrom, map, take, toArray } from 'rxjs';
import { expect, test } from 'vitest';
import { motion } from '../../pipelines/index.ts';
import { graph } from '../../src/graph/builder.ts';
import { defineFilter } from '../../src/graph/filter.ts';
import { frameAt, globalAveragePool, luma, stack } from '../../src/graph/operators.ts';
import { motionEvents, motionOf } from '../../src/session/motion.ts';
import { open, statsWhen } from './run-pipeline.ts';

/** Shows the frame in the middle of five, once they are there, and tells how bright the newest one is. */
const middle = defineFilter({
  name: 'middle',
  title: 'Middle',
  description: 'The frame in the middle of five.',
  params: {},
  build: () =>
    graph(({ frame }) => {
      const y = luma(frame);
      const frames = stack(y, { frames: 5, alignment: 'centered', warmUp: 'none', maxGapMs: 10_000 });
      return { output: frameAt(frames, 2), measurements: { brightness: globalAveragePool(y) } };
    }),
});

test('frames are gathered first, then each that is shown is measured, and the figures tell of it', async () => {
  const pipeline = open({ filter: middle });
  const measured = firstValueFrom(pipeline.measurements$.pipe(take(8), toArray()));
  const stats = await statsWhen(pipeline, ({ shown }) => shown >= 10);
  expect(stats.droppedBy).toMatchObject({ warming: 4, failed: 0 });
  expect(stats.arrived).toBe(stats.shown + stats.dropped + stats.pending);
  expect(stats).toMatchObject({ latencyFrames: 2, width: 64, height: 48 });
  expect(stats.latencyMs).toBeGreaterThan(2 * 20);
  expect(stats.memoryBytes).toBeGreaterThanOrEqual(5 * 64 * 48);
  expect(stats.memoryBytes).toBeLessThan(stats.textureBytes);
  const told = await measured;
  const timestamps = told.map(({ timestampUs }) => timestampUs);
  expect(timestamps).toEqual(timestamps.toSorted((a, b) => a - b));
  expect(new Set(timestamps).size).toBe(8);
  for (const { values } of told) {
    expect(Object.keys(values)).toEqual(['brightness']);
    expect(values['brightness']!.data[0]).toBeGreaterThan(0.05);
    expect(values['brightness']!.data[0]).toBeLessThan(0.95);
  }
  await pipeline.stop();
});

test('a switch to a filter that measures nothing ends the measurements, not the pipeline', async () => {
  const pipeline = open({ filter: middle });
  const { shown } = await statsWhen(pipeline, (stats) => stats.shown >= 3);
  const still = defineFilter({ ...middle, name: 'still', build: () => graph(({ frame }) => luma(frame)) });
  await pipeline.setFilter(still);
  let more = 0;
  const { shown: later } = await statsWhen(pipeline, (stats) => stats.shown >= shown + 3);
  const listening = pipeline.measurements$.subscribe(() => more++);
  const { memoryBytes, latencyFrames } = await statsWhen(pipeline, (stats) => stats.shown >= later + 3);
  expect({ more, memoryBytes, latencyFrames }).toEqual({ more: 0, memoryBytes: 0, latencyFrames: 0 });
  listening.unsubscribe();
  await pipeline.stop();
});

test('motion begins where the pattern moves', async () => {
  const pipeline = open({ filter: motion, source: { kind: 'pattern', width: 320, height: 240 } });
  const motions$ = pipeline.measurements$.pipe(
    map(({ timestampUs, values }) => ({ timestampUs, ...motionOf(values['cells']!) })),
    motionEvents({ startAbove: 0.001, endBelow: 0.0005 }),
  );
  const { type, amount, box } = await firstValueFrom(motions$);
  expect(type).toBe('motionstart');
  expect(amount).toBeGreaterThan(0.001);
  expect(amount).toBeLessThanOrEqual(1);
  expect(box === null || (box.x >= 0 && box.x + box.width <= 1 && box.y + box.height <= 1)).toBe(true);
  await pipeline.stop();
});
