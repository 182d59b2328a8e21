/** What the engine does in quiet moments: programs before they are needed, faster ones for a filter that stays. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { graph } from '../../src/graph/builder.ts';
import { gaussianBlur } from '../../src/graph/operators.ts';
import { PriceBook } from '../../src/engine/price-book.ts';
import type { PriceStore } from '../../src/engine/price-store.ts';
import { DEFAULT_PRICES, type Prices } from '../../src/plan/prices.ts';
import { deferred, settled } from './fakes/deferred.ts';
import { boxGraph, RunningEngine } from './fakes/running-engine.ts';

const blurGraph = (sigma: number) => graph(({ frame }) => gaussianBlur(frame, { sigma }));

/** Keeps nothing. */
const noStore: PriceStore = {
  load: () => Promise.resolve(undefined),
  save: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Frames 40 ms apart. */
async function frames(run: RunningEngine, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await run.frame();
    vi.advanceTimersByTime(40);
  }
}

describe('a filter with a radius', () => {
  test('has what other radii need compiled after its first frames, a program at a time and 100 ms apart', async () => {
    const run = new RunningEngine(blurGraph(1));
    run.backend.warmings = 3;
    await frames(run, 3);
    expect(run.backend.compiledPrograms).toBe(0);
    await frames(run, 1);
    expect(run.backend.compiledPrograms).toBe(1);
    await frames(run, 2);
    expect(run.backend.compiledPrograms).toBe(1);
    await frames(run, 40);
    expect(run.backend.compiledPrograms).toBe(3);
    const asked = run.backend.warmed.map(({ passes }) => passes.map(({ label }) => label).join(', '));
    expect(new Set(asked).size).toBeGreaterThan(3);
    expect(asked.join()).toContain('shrink 4');
    const before = asked.length;
    await frames(run, 5);
    expect(run.backend.warm).toHaveBeenCalledTimes(before);
  });

  test('that changes starts again, with what is known already', async () => {
    const run = new RunningEngine(blurGraph(1));
    await frames(run, 10);
    const before = run.backend.warm.mock.calls.length;
    await run.engine.setGraph(blurGraph(2));
    await frames(run, 10);
    expect(run.backend.warm.mock.calls.length).toBeGreaterThan(before);
    expect(run.backend.compiledPrograms).toBe(0);
  });

  test('goes on when a program is refused: said once, not tried again', async () => {
    const run = new RunningEngine(blurGraph(1));
    run.backend.warm.mockRejectedValue(new PipelineError('shader-failed', 'refused'));
    await frames(run, 5);
    expect(run.diagnostics.map(({ code }) => code)).toEqual(['shader-failed']);
    expect(run.account.counts()).toMatchObject({ shown: 5, dropped: 0 });
  });
});

describe('a filter that stays', () => {
  test('is refined after 2 s, a program at a time, until there is nothing left', async () => {
    const run = new RunningEngine(boxGraph(3));
    run.backend.refinements = 2;
    await frames(run, 50);
    expect(run.backend.refine).not.toHaveBeenCalled();
    await frames(run, 2);
    expect(run.backend.refine).toHaveBeenCalledTimes(1);
    await frames(run, 30);
    expect(run.backend.refine).toHaveBeenCalledTimes(2);
  });

  test('not while a slider is dragged', async () => {
    const run = new RunningEngine(boxGraph(3));
    for (let i = 0; i < 8; i++) {
      await frames(run, 20);
      await run.engine.setGraph(boxGraph(2 + (i % 2)));
    }
    expect(run.backend.refine).not.toHaveBeenCalled();
  });

  test('frames that are lost to it count as lost to compiling', async () => {
    const run = new RunningEngine(boxGraph(3));
    let isPreparing = false;
    run.backend.refine.mockImplementation(async () => {
      isPreparing = run.engine.isPreparing;
      run.backend.compiledPrograms++;
      return false;
    });
    const before = run.engine.preparations;
    await frames(run, 53);
    expect(isPreparing).toBe(true);
    expect(run.engine.isPreparing).toBe(false);
    expect(run.engine.preparations).toBe(before + 2);
  });
});

describe('prices', () => {
  const cheap: Prices = { ...DEFAULT_PRICES, passMs: 1e-6, texelNs: 1e-6 };

  test('are asked for before the first plan, and plans are made with them', async () => {
    const opened = deferred();
    const store = { ...noStore, load: () => opened.promise.then(() => cheap) };
    const run = new RunningEngine(boxGraph(3), { prices: new PriceBook({ store, userAgent: 'test' }) });
    const shown = run.frame();
    await settled();
    expect(run.backend.prepare).not.toHaveBeenCalled();
    opened.resolve();
    await shown;
    expect(run.backend.prepare).toHaveBeenCalledOnce();
    expect(run.engine.figures.plan).toContain('0.00 ms expected');
  });

  test('that a device does not tell leave the defaults', async () => {
    const run = new RunningEngine(boxGraph(3), { prices: new PriceBook({ store: noStore, userAgent: 'test' }) }); // prettier-ignore
    run.backend.calibrate.mockRejectedValue(new PipelineError('context-lost', 'gone'));
    await run.frame();
    expect(run.account.counts()).toMatchObject({ shown: 1 });
  });

  test('that have drifted are measured anew between two frames, and the graph is planned again', async () => {
    const book = new PriceBook({ store: noStore, userAgent: 'test' });
    const run = new RunningEngine(boxGraph(3), { prices: book });
    run.backend.calibrate.mockResolvedValue(cheap);
    await frames(run, 60);
    const plans = run.backend.prepare.mock.calls.length;
    const stale = vi.spyOn(book, 'isStale', 'get').mockReturnValue(true);
    await frames(run, 1);
    stale.mockRestore();
    await frames(run, 5);
    expect(run.backend.calibrate).toHaveBeenCalledTimes(2);
    expect(run.backend.prepare).toHaveBeenCalledTimes(plans + 1);
  });

  test.each([
    { device: 'a fake device', what: 'kept where the same device is back', forgotten: 0 },
    { device: 'another one', what: 'forgotten where another device took its place', forgotten: 1 },
  ])('of a lost context are $what', async ({ device, forgotten }) => {
    const book = new PriceBook({ store: noStore, userAgent: 'test' });
    const forget = vi.spyOn(book, 'forget');
    const run = new RunningEngine(boxGraph(3), { prices: book });
    await run.frame();
    run.backend.isLost = true;
    const open = run.openBackend.getMockImplementation()!;
    run.openBackend.mockImplementation(() => Object.assign(open(), { deviceName: device }));
    await run.engine.rebuild();
    expect(forget).toHaveBeenCalledTimes(forgotten);
    await run.frame();
    expect(run.account.counts()).toMatchObject({ shown: 2, pending: 0 });
  });
});
