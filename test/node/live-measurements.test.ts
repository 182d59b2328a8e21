/** What graphs measure of frames, and what the engine tells of those that remember. */
import { describe, expect, test } from 'vitest';
import type { GpuTiming } from '../../src/backends/port.ts';
import { graph } from '../../src/graph/builder.ts';
import { frameAt, luma, stack, temporal } from '../../src/graph/operators.ts';
import { deferred, settled } from './fakes/deferred.ts';
import { expectSettled, remembering } from './fakes/remembering-engine.ts';
import { boxGraph, RunningEngine } from './fakes/running-engine.ts';

describe('measurements', () => {
  const timesOf = ({ results }: RunningEngine): unknown[] =>
    results.map(({ timestampUs, measurements }) => [timestampUs, measurements?.['amount']?.data[0]]);

  test.each(['canvas', 'pixels'] as const)(
    'are those of their frame, in order, with %s',
    async (outputPath) => {
      const run = new RunningEngine(boxGraph(2), { outputPath });
      run.backend.measured = ['amount'];
      await run.frame();
      await Promise.all([run.frame(), run.frame()]);
      await run.frame();
      expect(timesOf(run)).toEqual([0, 1, 2, 3].map((index) => [40_000 * index, 40_000 * index]));
      // Read when the device is done, where reading does not wait.
      const { log } = run.backend;
      expect(log.indexOf('measure direct 4')).toBeGreaterThan(log.indexOf('finished'));
      expectSettled(run);
    },
  );

  test('are read before the next frame is taken, whose own would take their place', async () => {
    const run = new RunningEngine();
    run.backend.measured = ['amount'];
    await run.frame();
    const computing = deferred<GpuTiming>();
    run.backend.finished.mockReturnValueOnce(computing.promise);
    const both = [run.frame(), run.frame()];
    await settled();
    expect(run.backend.upload).toHaveBeenCalledTimes(2);
    computing.resolve({ gpuMs: null, pollMs: 2 });
    await Promise.all(both);
    expect(run.backend.upload).toHaveBeenCalledTimes(3);
    expectSettled(run);
  });

  test('are not asked for where there are none', async () => {
    const run = new RunningEngine();
    await run.frame();
    expect(run.results).toEqual([{ timestampUs: 0, isShown: true, measurements: null }]);
    expect(run.backend.readMeasurements).not.toHaveBeenCalled();
  });

  test('that can not be read cost that frame only', async () => {
    const run = new RunningEngine();
    run.backend.measured = ['amount'];
    run.backend.readMeasurements.mockImplementationOnce(() => {
      throw new Error('unreadable');
    });
    await run.frame();
    await run.frame();
    expect(run.account.counts()).toMatchObject({ shown: 1, droppedBy: { failed: 1 } });
    expect(run.diagnostics).toMatchObject([{ code: 'frame-failed', message: 'unreadable' }]);
    expectSettled(run);
  });
});

describe('the figures', () => {
  test('tell how much is remembered', async () => {
    const run = remembering();
    expect(run.engine.figures.memoryBytes).toBe(0);
    await run.frame();
    expect(run.engine.figures.memoryBytes).toBe(3000);
    run.backend.memories = [];
    await run.engine.setGraph(boxGraph(3));
    expect(run.engine.figures.memoryBytes).toBe(0);
  });

  test('tell by how many frames a filter is late, and how long that is at the rate at which frames are taken', async () => {
    const centred = graph(({ frame }) =>
      frameAt(stack(luma(frame), { frames: 5, alignment: 'centered' }), 2),
    );
    const run = new RunningEngine(centred);
    await run.frame({ timestampUs: 0 });
    expect(run.engine.figures).toMatchObject({ latencyFrames: 2, latencyMs: NaN });
    await run.frame({ timestampUs: 40_000 });
    expect(run.engine.figures).toMatchObject({ latencyFrames: 2, latencyMs: 80 });
    // Every third frame from here on: the mean is of the last eight distances.
    for (let i = 1; i <= 8; i++) await run.frame({ timestampUs: 40_000 + 120_000 * i });
    expect(run.engine.figures).toMatchObject({ latencyFrames: 2, latencyMs: 240 });
  });

  test('tell the middle of a window in seconds as it is', async () => {
    const slope = graph(({ frame }) => temporal(luma(frame), { window: { ms: 200 }, shape: 'derivative' }));
    const run = new RunningEngine(slope);
    await run.frame();
    expect(run.engine.figures).toMatchObject({ latencyFrames: 0, latencyMs: 100 });
  });

  test('tell no latency of a filter that waits for no later frame', async () => {
    const run = remembering();
    expect(run.engine.figures).toMatchObject({ latencyFrames: 0, latencyMs: 0 });
    await run.frame();
    expect(run.engine.figures).toMatchObject({ latencyFrames: 0, latencyMs: 0 });
  });
});
