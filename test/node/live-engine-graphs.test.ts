/** The engine and its graph: which one runs, when it is compiled, and who gives it back. */
import { describe, expect, test } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { graph } from '../../src/graph/builder.ts';
import { conv2d } from '../../src/graph/operators.ts';
import { box } from '../../src/kernels/box.ts';
import type { GpuTiming, PreparedGraph } from '../../src/backends/port.ts';
import { deferred, settled, type Deferred } from './fakes/deferred.ts';
import { formOf } from './fakes/device.ts';
import { boxGraph, RunningEngine } from './fakes/running-engine.ts';

const refused = new PipelineError('shader-failed', 'refused');
/** What ran for each frame. */
const ran = ({ backend }: RunningEngine): string[] =>
  backend.log.flatMap((line) => (line.startsWith('execute ') ? [line.slice('execute '.length)] : []));

/** Lets the next compiles wait until the test ends them. */
function holdCompiles({ backend }: RunningEngine): Deferred<void>[] {
  const held: Deferred<void>[] = [];
  backend.prepare.mockImplementation(async (plan): Promise<PreparedGraph> => {
    const one = deferred();
    held.push(one);
    await one.promise;
    return backend.keep(plan);
  });
  return held;
}

describe('setGraph', () => {
  test('before the first frame compiles nothing; the frame then runs the newest', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.engine.setGraph(boxGraph(3));
    await run.engine.setGraph(boxGraph(4));
    expect(run.backend.prepare).not.toHaveBeenCalled();
    await run.frame();
    expect(ran(run)).toEqual(['direct 16']);
    expect(run.engine.preparations).toBe(1);
  });

  test('while running swaps when it is ready, and disposes of the old', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    const held = holdCompiles(run);
    const switched = run.engine.setGraph(boxGraph(3));
    await run.frame();
    held[0]!.resolve();
    await switched;
    await run.frame();
    expect(ran(run)).toEqual(['direct 4', 'direct 4', 'direct 9']);
    expect(run.backend.alive).toEqual(['direct 9']);
    expect(run.backend.prepared.map(({ disposals }) => disposals)).toEqual([1, 0]);
  });

  test.each([
    [[0, 1, 2]],
    [[2, 1, 0]],
    [[1, 2, 0]],
  ])('of several the newest wins, in whatever order they are ready: %j', async (order) => {
    const run = new RunningEngine(boxGraph(1));
    await run.frame();
    const held = holdCompiles(run);
    const switches = [2, 3, 4].map((side) => run.engine.setGraph(boxGraph(side)));
    for (const one of order) {
      held[one]!.resolve();
      await settled();
    }
    await Promise.all(switches);
    await run.frame();
    expect(ran(run)).toEqual(['read', 'direct 16']);
    expect(run.backend.alive).toEqual(['direct 16']);
  }); // prettier-ignore

  test.each(['canvas', 'pixels'] as const)(
    'while a frame is computed, for %s, leaves that frame its graph',
    async (kind) => {
      const run = new RunningEngine(boxGraph(2), { outputPath: kind });
      await run.frame();
      const computing = deferred<GpuTiming>();
      run.backend.finished.mockReturnValueOnce(computing.promise);
      const frame = run.frame();
      await settled();
      await run.engine.setGraph(boxGraph(3));
      await run.engine.setGraph(boxGraph(4));
      expect(run.backend.alive).toEqual(['direct 4', 'direct 16']);
      computing.resolve({ gpuMs: null, pollMs: 2 });
      await frame;
      expect(run.backend.alive).toEqual(['direct 16']);
      await run.frame();
      expect(ran(run)).toEqual(['direct 4', 'direct 4', 'direct 16']);
      expect(run.backend.prepared.map(({ disposals }) => disposals)).toEqual([1, 1, 0]);
      expect(run.diagnostics).toEqual([]);
      void run.engine.dispose();
      expect(run.backend.alive).toEqual([]);
    },
  );

  test('after the end disposes of what was still being compiled', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    const held = holdCompiles(run);
    const switched = run.engine.setGraph(boxGraph(3));
    void run.engine.dispose();
    held[0]!.resolve();
    await switched;
    expect(run.backend.alive).toEqual([]);
  });
});

describe('a graph that is refused', () => {
  test('leaves the old one running, and is not compiled again for each frame', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    run.backend.prepare.mockRejectedValueOnce(refused);
    await expect(run.engine.setGraph(boxGraph(3))).rejects.toBe(refused);
    await run.frame();
    await run.frame();
    expect(ran(run)).toEqual(['direct 4', 'direct 4', 'direct 4']);
    expect(run.backend.prepare).toHaveBeenCalledTimes(2);
    expect(run.diagnostics).toEqual([]);
  });

  test('by the planner leaves the old one running as well', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    const tooLarge = graph(({ frame }) => conv2d(frame, { weights: box(9), padding: 'valid' }));
    await expect(run.engine.setGraph(tooLarge)).rejects.toBeInstanceOf(RangeError);
    expect(run.engine.isPreparing).toBe(false);
    await run.frame();
    expect(ran(run)).toEqual(['direct 4', 'direct 4']);
  });

  test('is healed by the next good one', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    run.backend.prepare.mockRejectedValueOnce(refused);
    await expect(run.engine.setGraph(boxGraph(3))).rejects.toBe(refused);
    await run.engine.setGraph(boxGraph(4));
    await run.frame();
    expect(ran(run)).toEqual(['direct 4', 'direct 16']);
    expect(run.backend.alive).toEqual(['direct 16']);
  });

  test('late does not undo a newer good one', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    const held = holdCompiles(run);
    const bad = run.engine.setGraph(boxGraph(3));
    const good = run.engine.setGraph(boxGraph(4));
    held[1]!.resolve();
    await good;
    held[0]!.reject(refused);
    await expect(bad).rejects.toBe(refused);
    run.backend.form = formOf(16, 6);
    const frame = run.frame();
    await settled();
    held[2]!.resolve();
    await frame;
    expect(ran(run)).toEqual(['direct 4', 'direct 16']);
  });

  test('twice at once: the last good one is what frames of a new form get', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    const held = holdCompiles(run);
    const both = [run.engine.setGraph(boxGraph(3)), run.engine.setGraph(boxGraph(4))];
    held.forEach((one) => one.reject(refused));
    await Promise.allSettled(both);
    run.backend.form = formOf(16, 6);
    const frame = run.frame();
    await settled();
    held[2]!.resolve();
    await frame;
    expect(ran(run)).toEqual(['direct 4', 'direct 4']);
  });
});

describe('frames of another form', () => {
  test('while a graph is about to be refused run the old one', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    const held = holdCompiles(run);
    const switched = run.engine.setGraph(boxGraph(3));
    run.backend.form = formOf(16, 6);
    const outcomes = Promise.allSettled([switched, run.frame()]);
    await settled();
    held.forEach((one) => one.reject(refused));
    await settled();
    held.slice(2).forEach((one) => one.resolve());
    expect(await outcomes).toMatchObject([{ status: 'rejected', reason: refused }, { status: 'fulfilled' }]);
    expect(ran(run)).toEqual(['direct 4', 'direct 4']);
  });

  test.each([
    ['width', formOf(12, 6)],
    ['height', formOf(8, 12)],
    ['layout', formOf(8, 6, 'planar420')],
    ['matrix', { ...formOf(8, 6), color: { matrix: 'bt601', fullRange: false } }],
    ['range', { ...formOf(8, 6), color: { matrix: 'bt709', fullRange: true } }],
  ] as const)('in %s are compiled for anew, and the old is given back', async (_name, form) => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    run.backend.form = form;
    await run.frame();
    await run.frame();
    expect(run.engine.figures).toMatchObject({ width: form.width, height: form.height });
    expect(run.backend.prepared.map(({ plan, disposals }) => [plan.frame, disposals])).toEqual([
      [formOf(8, 6), 1],
      [form, 0],
    ]);
    expect(run.account.counts()).toMatchObject({ shown: 3, dropped: 0 });
  });

  describe('while a switch is compiled for the old form', () => {
    /** The switch and the frame's own compile end in this order, with so many microtasks between. */
    async function race(first: 'switch' | 'frame', ticks: number): Promise<RunningEngine> {
      const run = new RunningEngine(boxGraph(2));
      await run.frame();
      const held = holdCompiles(run);
      const switched = run.engine.setGraph(boxGraph(3));
      run.backend.form = formOf(16, 6);
      const frame = run.frame();
      await settled();
      const order = first === 'switch' ? held.toReversed() : [...held];
      order.pop()!.resolve();
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      order.pop()!.resolve();
      await settled();
      held.slice(2).forEach((one) => one.resolve());
      await Promise.all([switched, frame]);
      return run;
    }

    const orders = ['switch', 'frame'] as const;
    const moments = Array.from({ length: 8 }, (_, ticks) => ticks);

    test.each(orders)('each frame runs what was compiled for it: the %s is ready first', async (first) => {
      for (const ticks of moments) {
        const run = await race(first, ticks);
        expect(run.diagnostics).toEqual([]);
        expect(ran(run)).toEqual(['direct 4', 'direct 9']);
        expect(run.backend.alive).toEqual(['direct 9']);
      }
    });

    test.each(orders)('nothing is compiled once more for it: the %s is ready first', async (first) => {
      for (const ticks of moments) {
        const run = await race(first, ticks);
        await run.frame();
        expect(run.engine.preparations).toBe(3);
      }
    });
  });
});

describe('isPreparing', () => {
  test('is true exactly while something is compiled', async () => {
    const run = new RunningEngine(boxGraph(2));
    const held = holdCompiles(run);
    const frame = run.frame();
    expect(run.engine.isPreparing).toBe(false);
    await settled();
    expect(run.engine.isPreparing).toBe(true);
    held[0]!.resolve();
    await frame;
    expect(run.engine.isPreparing).toBe(false);
    const switches = Promise.allSettled([3, 4].map((side) => run.engine.setGraph(boxGraph(side))));
    expect(run.engine.isPreparing).toBe(true);
    held[1]!.reject(refused);
    await settled();
    expect(run.engine.isPreparing).toBe(true);
    held[2]!.resolve();
    await switches;
    expect(run.engine.isPreparing).toBe(false);
    expect(run.engine.preparations).toBe(3);
  });
});
