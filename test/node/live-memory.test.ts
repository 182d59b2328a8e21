/** The engine and what graphs remember: when it goes on, and when it begins anew. */
import { describe, expect, test } from 'vitest';
import type { GpuTiming, PreparedGraph } from '../../src/backends/port.ts';
import { UPRIGHT } from '../../src/core/frame-turn.ts';
import { graph } from '../../src/graph/builder.ts';
import { gaussianBlur, luma, temporal } from '../../src/graph/operators.ts';
import { deferred, settled } from './fakes/deferred.ts';
import { formOf } from './fakes/device.ts';
import { expectSettled, memory, remembering, story } from './fakes/remembering-engine.ts';
import { boxGraph, RunningEngine } from './fakes/running-engine.ts';

describe('a frame', () => {
  test('is computed as of its own time', async () => {
    const run = remembering();
    for (const timestampUs of [0, 33_333, 133_333, 133_333, 20_000]) await run.frame({ timestampUs });
    expect(run.backend.execute.mock.calls.map(([, timestampUs]) => timestampUs)).toEqual([
      ...[0, 33_333, 133_333, 133_333, 20_000],
    ]);
    expectSettled(run);
  });

  test('after frames that were left out, a pause or a seek is for the memories to judge: the engine does nothing', async () => {
    const run = remembering();
    const steps: unknown[] = [];
    // Every third frame; a hidden page for 0.9 s and for 5 s; a clip that starts over.
    for (const ms of [0, 100, 200, 1100, 6100, 6200, 40]) {
      await run.frame({ timestampUs: 1000 * ms });
      steps.push(run.backend.prepared[0]!.moments[0]!.step);
    }
    expect(steps).toEqual(['first', 'next', 'next', 'next', 'first', 'next', 'first']);
    expect(run.backend.carry).not.toHaveBeenCalled();
    expect(run.backend.forget).not.toHaveBeenCalled();
    expectSettled(run);
  });
});

describe('what is remembered goes on, once for each exchange,', () => {
  const goesOn = async (run: RunningEngine): Promise<void> => {
    const agesMs = run.backend.prepared.at(-1)!.moments[0]!.agesMs;
    expect(agesMs.length).toBeGreaterThan(1);
    await run.engine.dispose();
    expect(run.backend.alive).toEqual([]);
  };

  test('at another level, and back', async () => {
    const run = remembering();
    await run.frame();
    await run.frame({ scale: 0.5 });
    await run.frame({ scale: 0.5 });
    await run.frame();
    const [first, half, again] = run.backend.prepared;
    expect(run.backend.carry.mock.calls).toEqual([
      [first, half],
      [half, again],
    ]);
    expect(again!.moments[0]!.agesMs).toEqual([0, 40, 80]);
    expectSettled(run);
    await goesOn(run);
  });

  test('with another graph, when the first frame takes it', async () => {
    const run = remembering();
    await run.frame();
    await run.engine.setGraph(boxGraph(3));
    expect(run.backend.carry).not.toHaveBeenCalled();
    expect(run.backend.alive).toEqual(['direct 4', 'direct 9']);
    await run.frame();
    await run.frame();
    expect(story(run)).toEqual([
      ...['execute direct 4', 'carry direct 4 to direct 9', 'execute direct 9', 'execute direct 9'],
    ]);
    expectSettled(run);
    await goesOn(run);
  });

  test('past graphs that no frame took', async () => {
    const run = remembering();
    await run.frame();
    for (const side of [3, 4, 5]) await run.engine.setGraph(boxGraph(side));
    expect(run.backend.alive).toEqual(['direct 4', 'direct 25']);
    await run.frame();
    expect(story(run)).toEqual(['execute direct 4', 'carry direct 4 to direct 25', 'execute direct 25']);
    expectSettled(run);
    await goesOn(run);
  });

  test('while a frame is still computed by the old graph, which is given back after it', async () => {
    const run = remembering();
    await run.frame();
    const computing = deferred<GpuTiming>();
    run.backend.finished.mockReturnValueOnce(computing.promise);
    const old = run.frame();
    await settled();
    await run.engine.setGraph(boxGraph(3));
    await run.frame();
    expect(story(run)).toEqual([
      ...['execute direct 4', 'execute direct 4', 'carry direct 4 to direct 9', 'execute direct 9'],
    ]);
    expect(run.backend.alive).toEqual(['direct 4', 'direct 9']);
    computing.resolve({ gpuMs: null, pollMs: 2 });
    await old;
    expectSettled(run);
    await goesOn(run);
  });

  test('when the frame that ran on the old graph is done before another one comes', async () => {
    const run = remembering();
    const computing = deferred<GpuTiming>();
    run.backend.finished.mockReturnValueOnce(computing.promise);
    const old = run.frame();
    await settled();
    await run.engine.setGraph(boxGraph(3));
    computing.resolve({ gpuMs: null, pollMs: 2 });
    await old;
    expect(run.backend.alive).toEqual(['direct 4', 'direct 9']);
    await run.frame();
    expect(story(run)).toEqual(['execute direct 4', 'carry direct 4 to direct 9', 'execute direct 9']);
    expectSettled(run);
    await goesOn(run);
  });

  test('in other planes of the same pictures', async () => {
    const run = remembering();
    await run.frame();
    run.backend.form = formOf(8, 6, 'planar420');
    await run.frame();
    expect(run.backend.carry).toHaveBeenCalledTimes(1);
    expectSettled(run);
  });

  test('under the names that plans of one filter share: at another level, and with a slider moved', async () => {
    const mist = (sigma: number, ms: number) =>
      graph(({ frame }) =>
        temporal(gaussianBlur(luma(frame), { sigma }), { window: { ms }, shape: 'gaussian', frames: 4 }),
      );
    const run = new RunningEngine(mist(1, 100));
    await run.frame();
    await run.frame({ scale: 0.5 });
    await run.engine.setGraph(mist(1.5, 300));
    await run.frame({ scale: 0.5 });
    const [first, half, other] = run.backend.prepared;
    expect(run.backend.carry.mock.calls).toEqual([
      [first, half],
      [half, other],
    ]);
    expect(other!.moments.map(({ agesMs }) => agesMs)).toEqual([[0, 40, 80]]);
    expectSettled(run);
  });

  test('and what can not be carried costs that frame only', async () => {
    const run = remembering();
    await run.frame();
    run.backend.carry.mockImplementationOnce(() => {
      throw new Error('no room');
    });
    await run.frame({ scale: 0.5 });
    await run.frame({ scale: 0.5 });
    expect(run.diagnostics).toMatchObject([{ code: 'frame-failed', message: 'no room' }]);
    expect(run.account.counts()).toMatchObject({ shown: 2, droppedBy: { failed: 1 } });
    expect(run.backend.carry).toHaveBeenCalledTimes(1);
    expectSettled(run);
  });
});

describe('what is remembered begins anew', () => {
  test.each([
    ['width', formOf(12, 6)],
    ['height', formOf(8, 12)],
    ['matrix', { ...formOf(8, 6), color: { matrix: 'bt601', fullRange: false } }],
    ['range', { ...formOf(8, 6), color: { matrix: 'bt709', fullRange: true } }],
  ] as const)('with another %s', async (_name, form) => {
    const run = remembering();
    await run.frame();
    run.backend.form = form;
    await run.frame();
    expect(story(run)).toEqual(['execute direct 4', 'execute direct 4']);
    expect(run.backend.prepared[1]!.moments[0]!.step).toBe('first');
    expectSettled(run);
  });

  test('with another full size, though what is computed of it has the same', async () => {
    const run = remembering();
    for (const width of [22, 20, 20]) await run.frame({ full: { width, height: 12 }, scale: 0.375 });
    await run.frame({ full: { width: 8, height: 4 } });
    expect(run.backend.carry).not.toHaveBeenCalled();
    expect(run.backend.prepared.map(({ plan, moments }) => [plan.frame?.width, moments[0]!.step])).toEqual([
      ...[[8, 'first'], [8, 'next'], [8, 'first']],
    ]); // prettier-ignore
    expectSettled(run);
  });

  test('in frames that lie otherwise: the graph stays, and forgets', async () => {
    const run = remembering();
    const upsideDown = { rotation: 180, flip: false } as const;
    for (const turn of [UPRIGHT, UPRIGHT, upsideDown, upsideDown, { ...upsideDown, flip: true }])
      await run.frame({ turn });
    expect(story(run)).toEqual([
      ...['execute direct 4', 'execute direct 4', 'forget direct 4', 'execute direct 4'],
      ...['execute direct 4', 'forget direct 4', 'execute direct 4'],
    ]);
    expect(run.backend.prepared).toHaveLength(1);
    expectSettled(run);
  });

  test('in a graph that was switched to while the frames turned', async () => {
    const run = remembering();
    await run.frame({ turn: UPRIGHT });
    await run.engine.setGraph(boxGraph(3));
    await run.frame({ turn: { rotation: 0, flip: true } });
    expect(story(run)).toEqual(['execute direct 4', 'execute direct 9']);
    expectSettled(run);
  });

  test('in a graph that remembers nothing of the kind, and the old one is given back at once', async () => {
    const run = remembering();
    await run.frame();
    run.backend.memories = [memory('another ring')];
    await run.engine.setGraph(boxGraph(3));
    expect(run.backend.alive).toEqual(['direct 9']);
    run.backend.memories = [];
    await run.frame();
    await run.engine.setGraph(boxGraph(4));
    expect(run.backend.alive).toEqual(['direct 16']);
    await run.frame();
    expect(story(run)).toEqual(['execute direct 4', 'execute direct 9', 'execute direct 16']);
    expectSettled(run);
  });

  test('on a new device', async () => {
    const run = new RunningEngine();
    run.backend.memories = [memory('ring')];
    await run.frame();
    await run.engine.setGraph(boxGraph(3));
    await run.engine.rebuild();
    const [lost, young] = run.backends;
    young!.memories = [memory('ring')];
    await run.frame();
    expect([lost!.alive, lost!.carry.mock.calls, young!.carry.mock.calls]).toEqual([[], [], []]);
    expect(young!.prepared[0]!.moments[0]!.step).toBe('first');
  });
});

test('a graph that is being prepared when the device goes away takes nothing over', async () => {
  const run = remembering();
  await run.frame();
  const one = deferred();
  run.backend.prepare.mockImplementationOnce(async (plan): Promise<PreparedGraph> => {
    await one.promise;
    return run.backend.keep(plan);
  });
  const switched = run.engine.setGraph(boxGraph(3));
  await run.engine.dispose();
  one.resolve();
  await switched;
  expect(run.backend.carry).not.toHaveBeenCalled();
  expect(run.backend.alive).toEqual([]);
});
