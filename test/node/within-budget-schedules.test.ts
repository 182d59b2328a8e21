/**
 * withinBudget under random schedules: whatever happens when, each frame is closed exactly once, results come in order, and
 * the account adds up after each event.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSettled } from '../../src/core/ledger.ts';
import { DEGRADATION_PREFERENCES, type BudgetOptions } from '../../src/schedule/budget.ts';
import { BudgetedStream } from './fakes/budgeted-stream.ts';
import { settled } from './fakes/deferred.ts';

const USUAL = ['send', 'send', 'send', 'wait', 'wait', 'done', 'done', 'settle'] as const;
const SELDOM = [
  'fail',
  'measure',
  'lose',
  'loseSilently',
  'restore',
  'rebuilt',
  'hide',
  'show',
  'target',
] as const;
const STRANGE = ['compile', 'compiled', 'jump', 'sendWithin', 'controlWithin', 'rebuildFailed'] as const;
const LAST = ['final', 'complete', 'break', 'unsubscribe', 'unsubscribeWithin', 'throwWithin'] as const;
type Name =
  (typeof USUAL)[number] | (typeof SELDOM)[number] | (typeof STRANGE)[number] | (typeof LAST)[number];

/** Does something from within what the operator tells next. */
function within(run: BudgetedStream, act: () => void): void {
  run.onEvent = () => {
    run.onEvent = () => {};
    act();
  };
}

const ACTS: Readonly<Record<Name, (run: BudgetedStream, n: number) => void | Promise<void>>> = {
  send: (run) => {
    run.send();
  },
  wait: (run, n) => {
    run.scheduler.advance(n);
  },
  done: (run, n) => {
    run.end(n);
    return settled();
  },
  settle: () => settled(),
  fail: (run, n) => {
    run.end(n, 'one');
    return settled();
  },
  measure: ({ jobs }, n) => {
    const run = jobs[n % Math.max(1, jobs.length)]?.run;
    run?.uploaded(n / 10);
    run?.computed(n % 2 === 0 ? { gpuMs: n } : { pollMs: n });
  },
  lose: (run) => {
    run.control$.next({ type: 'lost' });
  },
  loseSilently: (run, n) => {
    run.isLost = n % 2 === 0;
  },
  restore: (run) => {
    run.control$.next({ type: 'restored' });
  },
  rebuilt: (run) => {
    run.rebuilds.shift()?.resolve();
    return settled();
  },
  rebuildFailed: (run) => {
    run.rebuilds.shift()?.reject(new Error('no context'));
    return settled();
  },
  hide: (run) => {
    run.control$.next({ type: 'visible', visible: false });
  },
  show: (run) => {
    run.control$.next({ type: 'visible', visible: true });
  },
  target: (run, n) => {
    run.control$.next({ type: 'target', fps: n % 3 === 0 ? null : 1 + n });
  },
  compile: (run) => {
    run.control$.next({ type: 'compiling', compiling: true });
  },
  compiled: (run) => {
    run.control$.next({ type: 'compiling', compiling: false });
  },
  jump: (run, n) => {
    run.scheduler.jump((n - 60) * 100);
  },
  sendWithin: (run) => {
    within(run, () => {
      run.send();
    });
  },
  controlWithin: (run, n) => {
    within(run, () => {
      run.control$.next({ type: n % 2 === 0 ? 'lost' : 'restored' });
    });
  },
  unsubscribeWithin: (run) => {
    within(run, () => {
      run.subscription.unsubscribe();
    });
  },
  throwWithin: (run) => {
    run.onTold = () => {
      throw new Error('a listener is broken');
    };
  },
  final: (run, n) => {
    run.end(n, 'final');
    return settled();
  },
  complete: (run) => {
    run.source.complete();
  },
  break: (run) => {
    run.source.error(new Error('unplugged'));
  },
  unsubscribe: (run) => {
    run.subscription.unsubscribe();
  },
};

const step = fc.tuple(
  fc.oneof(
    { weight: 24, arbitrary: fc.constantFrom<Name>(...USUAL) },
    { weight: 5, arbitrary: fc.constantFrom<Name>(...SELDOM) },
    { weight: 2, arbitrary: fc.constantFrom<Name>(...STRANGE) },
    { weight: 1, arbitrary: fc.constantFrom<Name>(...LAST) },
  ),
  fc.nat(120),
);

const options: fc.Arbitrary<BudgetOptions> = fc.record(
  {
    targetFps: fc.integer({ min: 1, max: 60 }),
    degradationPreference: fc.constantFrom(...DEGRADATION_PREFERENCES),
    inFlight: fc.constantFrom(1 as const, 2 as const),
    whenHidden: fc.constantFrom('continue' as const, 'pause' as const),
  },
  { requiredKeys: [] },
);

test('each frame is closed once, results come in order, and the account adds up', async () => {
  const play = async (given: BudgetOptions, steps: readonly [Name, number][]): Promise<void> => {
    const run = new BudgetedStream(given);
    for (const [name, n] of steps) {
      await ACTS[name](run, n);
      if (!run.isOpen) continue;
      const { inFlight, pending } = run.state ?? { inFlight: [], pending: null };
      expect(run.left).toBe(inFlight.length + (pending === null ? 0 : 1));
      expect(inFlight.length).toBeLessThanOrEqual(given.inFlight ?? 1);
      expect(run.scheduler.timers).toBeLessThanOrEqual(1);
    }
    run.subscription.unsubscribe();
    expect(run.source.observed || run.control$.observed).toBe(false);
    expect(run.scheduler.timers).toBe(0);
    while (run.jobs.length > 0) run.end(0);
    await settled();
    expect(run.frames.map(({ closed }) => closed)).toEqual(run.frames.map(() => 1));
    expect(isSettled(run.ledger.balance())).toBe(true);
    expect(run.results).toEqual([...new Set(run.results)].sort((a, b) => a - b));
    expect(run.endings.length).toBeLessThanOrEqual(1);
    expect(run.left).toBeGreaterThanOrEqual(0);
  };
  await fc.assert(fc.asyncProperty(options, fc.array(step, { minLength: 1, maxLength: 80 }), play), {
    numRuns: 500,
  });
});
