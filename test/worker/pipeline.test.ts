/** Whole pipelines in a page: source → worker → output, and every way to end. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { blur, edge, filters, none } from '../../pipelines/index.ts';
import { graph } from '../../src/graph/builder.ts';
import { conv2d } from '../../src/graph/operators.ts';
import { tensor } from '../../src/core/tensor.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import type { PipelineStats } from '../../src/session/open-pipeline.ts';
import { failureOf, open, statsWhen, statusWhen } from './run-pipeline.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const shows = (count: number) => (stats: PipelineStats) => stats.shown >= count;
const expectSum = ({ arrived, shown, dropped, pending, droppedBy }: PipelineStats) => {
  expect(arrived).toBe(shown + dropped + pending);
  expect(dropped).toBe(Object.values(droppedBy).reduce((sum, count) => sum + count, 0));
};

describe('the test pattern', () => {
  test.each(filters)(
    '$name is shown in a canvas, and the account adds up at every emission',
    async (filter) => {
      const pipeline = open({ filter });
      pipeline.stats$.subscribe(expectSum);
      const stats = await statsWhen(pipeline, shows(5));
      expect(stats).toMatchObject({ width: 64, height: 48, scale: 1, backend: 'webgl2', source: 'pattern' });
      expect(stats.transport).toMatch(/^pattern → (rgbx|texture) → (pixels|canvas) → canvas$/);
      expect(stats.stages.total.p50).toBeGreaterThan(0);
      expect(stats.stages.total.p95).toBeGreaterThanOrEqual(stats.stages.total.p50);
      await pipeline.stop();
    },
  );

  test('in a <video>, with the size of the frames', async () => {
    const output = document.createElement('video');
    const pipeline = open({ output });
    await statsWhen(pipeline, shows(3));
    await vi.waitFor(() => {
      expect([output.videoWidth, output.videoHeight]).toEqual([64, 48]);
    });
    await pipeline.stop();
  });

  test('an odd size goes through both outputs', async () => {
    const source = { kind: 'pattern', width: 67, height: 45 } as const;
    for (const kind of ['canvas', 'video'] as const) {
      for (const filter of [edge, none]) {
        const pipeline = open({ source, filter, output: document.createElement(kind) });
        const faults: PipelineError[] = [];
        pipeline.diagnostics$.subscribe((error) => faults.push(error));
        expect(await statsWhen(pipeline, shows(3))).toMatchObject({ width: 67, height: 45 });
        expect(faults).toEqual([]);
        await pipeline.stop();
      }
    }
  });
});

describe('a filter that changes under way', () => {
  test('switches, and frames go on', async () => {
    const pipeline = open({ filter: none });
    await statsWhen(pipeline, shows(3));
    await pipeline.setFilter(blur, { sigma: 1 });
    await pipeline.setParams({ sigma: 2.5 });
    const { shown } = await statsWhen(pipeline, shows(1));
    await statsWhen(pipeline, shows(shown + 5));
    await pipeline.stop();
  });

  test('before the worker is ready is the one that it starts with', async () => {
    const pipeline = open({ filter: blur });
    await pipeline.setFilter(edge, { strength: 2 });
    await pipeline.setParams({ strength: 3 });
    await statsWhen(pipeline, shows(3));
    await pipeline.stop();
  });

  test('wrong parameters are refused by name, and the old filter goes on', async () => {
    const pipeline = open({ filter: blur });
    await statsWhen(pipeline, shows(2));
    await expect(pipeline.setParams({ sigma: -1 })).rejects.toThrow(
      /blur\.sigma must be 0\.3 to 200 px, got -1/,
    );
    await expect(pipeline.setParams({ sigmas: 1 })).rejects.toThrow(
      /no parameter 'sigmas'.*did you mean 'sigma'/,
    );
    const { shown } = await statsWhen(pipeline, shows(2));
    await statsWhen(pipeline, shows(shown + 3));
    await pipeline.stop();
  });

  test('a graph too small a frame for it is refused with its reason across the worker, the old one goes on', async () => {
    const tooLarge = graph(({ frame }) =>
      conv2d(frame, { weights: tensor([50, 1], new Float32Array(50).fill(0.02)), padding: 'valid' }),
    );
    const pipeline = open({ filter: edge });
    await statsWhen(pipeline, shows(2));
    const change = pipeline.setFilter({ ...edge, name: 'tall', build: () => tooLarge });
    await expect(change).rejects.toThrow(RangeError);
    await expect(change).rejects.toThrow(/node 1 \(conv2d\): an input height of 48/);
    const { shown } = await statsWhen(pipeline, shows(2));
    await statsWhen(pipeline, shows(shown + 3));
    await pipeline.stop();
  });
});

describe('ends', () => {
  test('stop is final and idempotent: the streams complete, nothing stays open', async () => {
    const pipeline = open();
    const faults: PipelineError[] = [];
    const ended = vi.fn();
    pipeline.diagnostics$.subscribe({ next: (error) => faults.push(error), complete: ended });
    pipeline.stats$.subscribe({ complete: ended });
    pipeline.state$.subscribe({ complete: ended });
    await statsWhen(pipeline, shows(3));
    await Promise.all([pipeline.stop(), pipeline.stop()]);
    await pipeline.stop();
    expect((await statusWhen(pipeline, 'stopped')).status).toBe('stopped');
    // A worker that ends with frames, textures or contexts open says so here.
    expect(faults).toEqual([]);
    expect(ended).toHaveBeenCalledTimes(3);
    await expect(pipeline.setParams({})).rejects.toMatchObject({ code: 'aborted' });
  });

  test('at once, before anything was ready, and many times over', async () => {
    for (let i = 0; i < 10; i++) {
      await using pipeline = open();
      if (i % 2 === 0) await statsWhen(pipeline, () => true);
    }
  });

  test('a worker script that is not there', async () => {
    const pipeline = open({ createWorker: () => new Worker('/nowhere/live.worker.js', { type: 'module' }) });
    expect(await failureOf(pipeline)).toMatchObject({ code: 'worker-missing', recoverable: true });
    await pipeline.stop();
    const next = open();
    await statsWhen(next, shows(1));
    await next.stop();
  });

  test('a worker that dies under way', async () => {
    const pipeline = open({
      createWorker: () => new Worker(new URL('./crashing.worker.ts', import.meta.url), { type: 'module' }),
    });
    expect(await failureOf(pipeline)).toMatchObject({
      code: 'worker-crashed',
      context: { message: expect.stringContaining('struck by lightning') as string },
    });
  });

  test.each(['webgl2-missing', 'shader-failed'] as const)('%s in the worker', async (code) => {
    const pipeline = open({
      createWorker: () =>
        new Worker(new URL('./broken-gl.worker.ts', import.meta.url), { type: 'module', name: code }),
    });
    expect(await failureOf(pipeline)).toMatchObject({ code });
  });

  test('a canvas that is in use', async () => {
    const output = document.createElement('canvas');
    const first = open({ output });
    await statsWhen(first, shows(1));
    const second = open({ output });
    expect(await failureOf(second)).toMatchObject({
      code: 'output-in-use',
      message: expect.stringContaining('fresh') as string,
    });
    await first.stop();
  });
});
