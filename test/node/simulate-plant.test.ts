/** The plant: the same fate for everybody, each frame accounted for, and what a policy must not do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BudgetEvent } from '../../src/schedule/budget.ts';
import { budgetPolicy } from '../simulate/budget-policy.ts';
import { fateOf, type Fate } from '../simulate/fate.ts';
import { runPlant, type PlantAction, type Policy } from '../simulate/plant.ts';
import { noSchedulerPolicy } from '../simulate/policies.ts';
import { costOf, traceOf } from './simulate-traces.ts';

/** Computes each frame that comes when nothing else is computed, and closes the others. */
function greedy(extra: (event: BudgetEvent) => readonly PlantAction[] = () => []): Policy {
  let isBusy = false;
  return {
    waiting: 1,
    handle: (event) => {
      const more = extra(event);
      if (event.type === 'done') isBusy = false;
      if (event.type === 'failed') {
        isBusy = false;
        return [{ type: 'close', id: event.id, reason: 'failed' }, ...more];
      }
      if (event.type !== 'arrive') return more;
      if (isBusy) return [{ type: 'close', id: event.id, reason: 'replaced' }, ...more];
      isBusy = true;
      return [{ type: 'submit', id: event.id, level: 0 }, ...more];
    },
  };
}

const typesOf = (fate: Fate, policy: (seen: BudgetEvent[]) => Policy) => {
  const seen: BudgetEvent[] = [];
  return { run: runPlant(fate, policy(seen)), seen };
};

describe('the fate of a trace', () => {
  const trace = traceOf({
    durationMs: 60_000,
    arrivals: { fps: 30, jitterMs: 5 },
    cost: [costOf({ fixedMs: 10, perAreaMs: 20, noise: 0.2, spikeProbability: 0.1, spikeMs: 60 })],
  });

  test('is the same each time, and another for another seed', () => {
    const draw = (seed: number) => {
      const { frames, serviceMs } = fateOf({ ...trace, seed });
      return frames.map(({ id, arrivalMs }) => [arrivalMs, serviceMs(id, 0, arrivalMs)]);
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  test('costs what the trace says', () => {
    const { frames, serviceMs } = fateOf(trace);
    const all = frames.map(({ id }) => serviceMs(id, 2, 0));
    const usual = all.filter((ms) => ms < 60);
    // 10 + 20 · 0.25 = 15, ± 20 %.
    expect(Math.min(...usual)).toBeGreaterThan(12);
    expect(Math.max(...usual)).toBeLessThan(18);
    expect(usual.reduce((sum, ms) => sum + ms, 0) / usual.length).toBeCloseTo(15, 0);
    expect(all.length - usual.length).toSatisfy((count) => count > 140 && count < 220);
    expect(Math.max(...all)).toBeLessThan(78);
    expect(serviceMs(7, 0, 0) - serviceMs(7, 4, 0)).toBeGreaterThan(20 * 0.9375 * 0.8);
  });

  test('changes with the time', () => {
    const { serviceMs } = fateOf(
      traceOf({ cost: [costOf({ perAreaMs: 8 }), costOf({ fromMs: 100, perAreaMs: 9 })] }),
    );
    expect([serviceMs(0, 0, 99.9), serviceMs(0, 0, 100), serviceMs(0, 1, 100)]).toEqual([8, 9, 9 * 0.5625]);
  });

  test('asks for no more than the target, and for nothing while hidden', () => {
    const { frames } = fateOf(
      traceOf({
        durationMs: 4000,
        arrivals: { fps: 60, jitterMs: 1 },
        events: [
          { atMs: 1000, type: 'hidden' },
          { atMs: 2000, type: 'visible' },
          { atMs: 3000, type: 'target', fps: 15 },
        ],
      }),
    );
    const perSecond = [0, 1, 2, 3].map(
      (second) =>
        frames.filter(({ arrivalMs, isAsked }) => isAsked && Math.floor(arrivalMs / 1000) === second).length,
    );
    expect(perSecond[0]).toSatisfy((count) => count >= 29 && count <= 31);
    expect(perSecond[1]).toBe(0);
    expect(perSecond[2]).toSatisfy((count) => count >= 29 && count <= 33);
    expect(perSecond[3]).toSatisfy((count) => count >= 14 && count <= 16);
  });

  test('asks for all of a camera that delivers its frames in bunches', () => {
    const arrivals = Array.from({ length: 300 }, (_, at) => Math.floor(at / 4) * 133.3 + (at % 4) * 2);
    const { frames } = fateOf(traceOf({ durationMs: 11_000, arrivals }));
    expect(frames.filter(({ isAsked }) => !isAsked).length).toBeLessThan(5);
    expect(frames[150]?.periodMs).toBeCloseTo(1000 / 30, 0);
  });

  test('a frame may be two periods old, unless that can be reached by nobody', () => {
    const limits = (fields: Parameters<typeof traceOf>[0]) => {
      const { frames } = fateOf(traceOf(fields));
      return [...new Set(frames.map(({ limitMs }) => Math.round(limitMs)))];
    };
    expect(limits({ cost: [costOf({ perAreaMs: 300 })] })).toEqual([67]);
    expect(limits({ cost: [costOf({ fixedMs: 70 })] })).toEqual([133]);
    expect(
      limits({ cost: [costOf({ perAreaMs: 70 })], degradationPreference: 'maintain-resolution' }),
    ).toEqual([133]);
    expect(limits({ cost: [costOf({ perAreaMs: 15, spikeProbability: 0.1, spikeMs: 60 })] })).toEqual([67]);
    expect(limits({ cost: [costOf({ perAreaMs: 15, spikeProbability: 0.3, spikeMs: 80 })] })).toEqual([133]);
  });

  test('changes where a step, an event or the camera says so', () => {
    const times = [
      ...Array.from({ length: 300 }, (_, at) => (at * 1000) / 60),
      ...Array.from({ length: 150 }, (_, at) => 5000 + (at * 1000) / 30),
    ];
    const { changes } = fateOf(
      traceOf({
        durationMs: 10_000,
        targetFps: 60,
        arrivals: times,
        cost: [
          costOf({ perAreaMs: 20 }),
          costOf({ fromMs: 1000, perAreaMs: 22 }),
          costOf({ fromMs: 2000, perAreaMs: 50 }),
          costOf({ fromMs: 3000, perAreaMs: 10 }),
        ],
        events: [{ atMs: 8000, type: 'target', fps: 15 }],
      }),
    );
    expect(changes.map(({ atMs, kind }) => [Math.round(atMs), kind])).toEqual([
      [0, 'rise'],
      [2000, 'rise'],
      [3000, 'relief'],
      [5000, 'relief'],
      [8000, 'relief'],
      [8000, 'event'],
    ]);
  });

  test('a step that nobody sees counts from when somebody does', () => {
    const { changes } = fateOf(
      traceOf({
        durationMs: 9000,
        cost: [costOf({ perAreaMs: 10 }), costOf({ fromMs: 4000, perAreaMs: 80 })],
        events: [
          { atMs: 3000, type: 'hidden' },
          { atMs: 6000, type: 'visible' },
        ],
      }),
    );
    expect(changes.filter(({ kind }) => kind === 'rise')).toEqual([{ atMs: 6000, kind: 'rise' }]);
  });
});

describe('a run', () => {
  test('shows each frame when it is done', () => {
    const fate = fateOf(traceOf({ durationMs: 200, cost: [costOf({ perAreaMs: 40 })] }));
    const { outcomes, faults, rungs } = runPlant(fate, noSchedulerPolicy(fate));
    const shown = outcomes.flatMap((outcome) =>
      outcome?.type === 'shown' ? [[outcome.startMs, outcome.shownMs].map(Math.round)] : [],
    );
    // Frames come at 0, 33, 67 …: the one of 33 waits until 40, that of 67 until 80, that of 133 replaces that of 100.
    expect(shown).toEqual([
      [0, 40],
      [40, 80],
      [80, 120],
      [120, 160],
      [160, 200],
      [200, 240],
    ]);
    expect([faults, rungs]).toEqual([[], [{ atMs: 0, level: 0, every: 1 }]]);
  });

  test('is told time at least every 50 ms, and the end once', () => {
    const fate = fateOf(traceOf({ durationMs: 1000, arrivals: [0, 990] }));
    const { seen } = typesOf(fate, (events) => greedy((event) => (events.push(event), [])));
    const ticks = seen.flatMap(({ type, nowMs }) => (type === 'tick' ? [nowMs] : []));
    expect(ticks.length).toBeGreaterThanOrEqual(19);
    expect(seen.filter(({ type }) => type === 'stop')).toHaveLength(1);
    expect(seen.at(-1)?.type).toBe('stop');
    const times = seen.map(({ nowMs }) => nowMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('a context that is lost fails what is computed, and answers when it is asked', () => {
    const fate = fateOf(
      traceOf({
        durationMs: 500,
        cost: [costOf({ perAreaMs: 30 })],
        events: [
          { atMs: 110, type: 'lost' },
          { atMs: 300, type: 'restored' },
        ],
      }),
    );
    const { run, seen } = typesOf(fate, (events) =>
      greedy((event) => {
        events.push(event);
        const isLate = event.type === 'tick' && event.nowMs === 150;
        return isLate ? [{ type: 'checkContext' }, { type: 'rebuild' }] : [];
      }),
    );
    const told = seen.filter(({ type }) => ['lost', 'failed', 'restored'].includes(type));
    expect(told.slice(0, 2).map(({ type, nowMs }) => [type, nowMs])).toEqual([
      ['lost', 110],
      ['failed', 110],
    ]);
    expect(told.filter(({ type }) => type === 'lost').map(({ nowMs }) => nowMs)).toEqual([110, 150]);
    expect(told.filter(({ type }) => type === 'restored').map(({ nowMs }) => nowMs)).toEqual([300]);
    const shownBetween = run.outcomes.filter(
      (outcome) => outcome?.type === 'shown' && outcome.shownMs > 110 && outcome.shownMs < 300,
    );
    expect(shownBetween).toEqual([]);
    expect(run.outcomes.some((outcome) => outcome?.type === 'shown' && outcome.shownMs > 300)).toBe(true);
  });

  test('a rebuild forgets what is computed, and is answered at once', () => {
    const fate = fateOf(traceOf({ durationMs: 100, arrivals: [0], cost: [costOf({ fixedMs: 500 })] }));
    const { run, seen } = typesOf(fate, (events) =>
      greedy((event) => {
        events.push(event);
        return event.type === 'tick' && event.nowMs === 50 ? [{ type: 'rebuild' }] : [];
      }),
    );
    expect(
      seen.filter(({ type }) => type === 'failed' || type === 'restored').map(({ type }) => type),
    ).toEqual(['failed', 'restored']);
    expect(run.outcomes).toEqual([{ type: 'dropped', reason: 'failed', atMs: 50 }]);
  });

  test.each<[string, (event: BudgetEvent) => readonly PlantAction[], string]>([
    [
      'closes a frame twice',
      (event) =>
        event.type === 'arrive' && event.id === 1
          ? [
              { type: 'close', id: 1, reason: 'stale' },
              { type: 'close', id: 1, reason: 'stale' },
            ]
          : [],
      'frame 1 is closed a second time',
    ],
    [
      'closes one that did not come yet',
      (event) =>
        event.type === 'arrive' && event.id === 0 ? [{ type: 'close', id: 5, reason: 'stale' }] : [],
      'frame 5 is closed before it came',
    ],
    [
      'computes one that was shown',
      (event) => (event.type === 'done' && event.id === 0 ? [{ type: 'submit', id: 0, level: 0 }] : []),
      'frame 0, which is not there, is submitted at 40.0 ms',
    ],
    [
      'computes at a level that it did not set',
      (event) => (event.type === 'done' && event.id === 0 ? [{ type: 'submit', id: 1, level: 3 }] : []),
      'frame 1 is submitted at a level that was not set',
    ],
    [
      'computes two at a time',
      (event) => (event.type === 'arrive' && event.id === 1 ? [{ type: 'submit', id: 1, level: 0 }] : []),
      'two frames are computed at 33.3 ms',
    ],
    ['keeps many', () => [], '2 frames wait at 66.7 ms'],
    ['forgets some', () => [], 'frame 2 was neither shown nor closed'],
  ])('a policy that %s is told so', (_, misdo, fault) => {
    const fate = fateOf(traceOf({ durationMs: 200, cost: [costOf({ perAreaMs: 40 })] }));
    const policy: Policy = {
      waiting: 1,
      handle: (event) =>
        event.type === 'arrive' && event.id === 0
          ? [{ type: 'submit', id: 0, level: 0 }, ...misdo(event)]
          : misdo(event),
    };
    expect(runPlant(fate, policy).faults).toContain(fault);
  });

  test('accounts for each frame, whatever happens', () => {
    const spans = fc.tuple(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 1500 }));
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(['hidden', 'visible'] as const, ['lost', 'restored'] as const),
        spans,
        (seed, fps, perAreaMs, [from, to], [fromMs, forMs]) => {
          const fate = fateOf(
            traceOf({
              seed,
              durationMs: 3000,
              arrivals: { fps, jitterMs: 10 },
              cost: [costOf({ perAreaMs, noise: 0.3, spikeProbability: 0.1, spikeMs: 60 })],
              events: [
                { atMs: fromMs, type: from },
                { atMs: fromMs + forMs, type: to },
              ],
            }),
          );
          for (const policy of [noSchedulerPolicy(fate), budgetPolicy(fate)]) {
            const { faults, outcomes } = runPlant(fate, policy);
            expect(faults).toEqual([]);
            expect(outcomes).toHaveLength(fate.frames.length);
            expect(outcomes).not.toContain(undefined);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
