/** The frame budget's invariants under random schedules. Each runs hundreds of them; together more than ten thousand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEGRADATION_PREFERENCES, type BudgetEvent } from '../../src/schedule/budget.ts';
import { reduceBudget, type BudgetState } from '../../src/schedule/reduce-budget.ts';
import { TUNING } from '../../src/schedule/tuning.ts';
import { areaOf, CALM_SCHEDULE, runSchedule, type Schedule, type Told } from './schedule/machine.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const rates = fc.constantFrom(24, 30, 60);
const share = (max: number) => fc.double({ min: 0, max, noNaN: true });

/** All that can happen, at any load. */
const wild: fc.Arbitrary<Schedule> = fc
  .record({
    seed: seeds,
    fps: rates,
    jitter: share(1.5),
    burst: fc.constantFrom(1, 1, 2, 3),
    level: fc.double({ min: 0.05, max: 12, noNaN: true }),
    later: fc.double({ min: 0.05, max: 12, noNaN: true }),
    fixedShare: share(1),
    noise: share(0.5),
    spikeProbability: share(0.2),
    chaos: fc.constantFrom(0, 0.05, 0.3),
    options: fc.record(
      {
        targetFps: fc.integer({ min: 1, max: 240 }),
        degradationPreference: fc.constantFrom(...DEGRADATION_PREFERENCES),
        inFlight: fc.constantFrom(1 as const, 2 as const),
        whenHidden: fc.constantFrom('continue' as const, 'pause' as const),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ level, later, ...rest }) => ({
    ...CALM_SCHEDULE,
    ...rest,
    frames: 60,
    load: (frame: number) => (frame < 30 ? level : later),
  }));

/** As `expect(…)`, in loops that run a million times. */
function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** No rate is faster: what a frame may leave out follows from it, and is tried one by one. */
const LEAST_PERIOD_MS = TUNING.knownAfterMs / TUNING.gapsKept;

const RUNS = 1250;
const holds = (check: (schedule: Schedule) => void, numRuns = RUNS) => {
  fc.assert(fc.property(wild, check), { numRuns });
};

/** What became of each frame. */
function fatesOf(schedule: Schedule) {
  const arrived = new Set<number>();
  const submitted = new Map<number, number>();
  const closed = new Map<number, number>();
  const shown = new Map<number, number>();
  const last = runSchedule(schedule, ({ event, before, step }) => {
    if (event.type === 'arrive') arrived.add(event.id);
    if (event.type === 'done' && isShown(event, before, step.state)) count(shown, event.id);
    for (const action of step.actions) {
      if (action.type === 'submit') count(submitted, action.id);
      if (action.type === 'close') count(closed, action.id);
    }
  });
  return { arrived, submitted, closed, shown, last };
}

const count = (counts: Map<number, number>, id: number) => counts.set(id, (counts.get(id) ?? 0) + 1);

const isIn = ({ inFlight }: BudgetState, id: number) => inFlight.some((frame) => frame.id === id);

const isShown = (event: Extract<BudgetEvent, { type: 'done' }>, before: BudgetState, after: BudgetState) =>
  isIn(before, event.id) && !isIn(after, event.id);

describe('the frame budget', () => {
  it('I1 answers every frame once: shown, or closed with a reason, or in flight at the end', () => {
    holds((schedule) => {
      const { arrived, submitted, closed, shown, last } = fatesOf(schedule);
      expect(last.pending).toBeNull();
      for (const id of arrived) {
        const ends = (closed.get(id) ?? 0) + (shown.get(id) ?? 0) + (isIn(last, id) ? 1 : 0);
        must(ends === 1, `frame ${id} ended ${ends} times`);
        must((submitted.get(id) ?? 0) <= 1, `frame ${id} was submitted twice`);
        must(!shown.has(id) || submitted.get(id) === 1, `frame ${id} was shown unasked`);
      }
      for (const id of [...submitted.keys(), ...closed.keys()])
        must(arrived.has(id), `there is no frame ${id}`);
    });
  });

  it('I2 lets one frame wait, and computes no more at once than it may', () => {
    holds((schedule) => {
      runSchedule(schedule, ({ before, step: { state } }) => {
        const most = Math.max(state.inFlightLimit, before.inFlight.length);
        must(state.inFlight.length <= most && most <= 2, `${state.inFlight.length} in flight`);
        must(state.pending === null || !isIn(state, state.pending.id), 'waits and is computed');
      });
    });
  });

  it('I3 shows frames in the order of their own time', () => {
    holds((schedule) => {
      let newest = -1;
      runSchedule(schedule, ({ event, before, step }) => {
        if (event.type !== 'done' || !isShown(event, before, step.state)) return;
        must(event.id > newest, `${event.id} after ${newest}`);
        newest = event.id;
      });
    });
  });

  it('I4 is never idle while a fresh frame waits', () => {
    holds((schedule) => {
      runSchedule(schedule, ({ step: { state } }) => {
        if (state.pending === null || state.lost) return;
        must(state.inFlight.length >= state.inFlightLimit, `${state.pending.id} waits for nothing`);
      });
    });
  });

  it('I5 shows no frame older than two of the times that frames have, its service and the look', () => {
    holds((schedule) => {
      runSchedule(schedule, ({ event, before, step: { state, actions } }) => {
        for (const action of actions) {
          if (action.type !== 'submit') continue;
          const isNew = event.type === 'arrive' && event.id === action.id;
          const waitedMs = isNew ? 0 : state.clock.nowMs - before.pending!.arrivedMs;
          must(waitedMs <= 2 * state.budgetMs + 1e-6, `${action.id} waited for ${waitedMs} ms`);
        }
      });
    });
  });

  it('I6 changes its mind finitely often under a constant load, and never where the margin exceeds the noise', () => {
    const constant = fc.record({
      seed: seeds,
      fps: rates,
      level: fc.double({ min: 0.2, max: 6, noNaN: true }),
      fixedShare: share(1),
      noise: share(0.2),
    });
    fc.assert(
      fc.property(constant, ({ level, ...rest }) => {
        const seconds = 60;
        const changes = changesOf({
          ...CALM_SCHEDULE,
          ...rest,
          frames: seconds * rest.fps,
          load: () => level,
        });
        // Four at first; then holds double from half a second and from two to sixty, so that seven pairs fit, two of each
        // kind into the last 30 s.
        expect(changes.length).toBeLessThanOrEqual(18);
        expect(changes.filter(({ atMs }) => atMs > 30_000).length).toBeLessThanOrEqual(9);
        if (level * (1 + rest.noise) <= 1) expect(changes).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('I7 settles within five completions for each two levels of an overload', () => {
    const overload = fc.record({
      fps: rates,
      level: fc.double({ min: 1.3, max: 14, noNaN: true }),
      before: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    });
    fc.assert(
      fc.property(overload, ({ fps, level, before }) => {
        const load = (frame: number) => (frame < 60 ? before : level);
        let completions = 0;
        let needed = 0;
        let lowest = 0;
        runSchedule({ ...CALM_SCHEDULE, fps, frames: 60 + 2 * fps, load }, ({ event, step }) => {
          if (event.type === 'done' && event.id >= 60) completions++;
          const { state } = step;
          // What is over by less than this is no overload.
          if (event.type === 'done' && level * areaOf(state.level) > 1.05 * state.every)
            needed = completions + 1;
          lowest = Math.max(lowest, state.level);
        });
        expect(lowest).toBeGreaterThan(0);
        expect(needed).toBeLessThanOrEqual(5 * Math.ceil(lowest / 2));
      }),
      { numRuns: 600 },
    );
  });

  it('I8 is back at the top within the sum of the holds', () => {
    const relief = fc.record({
      seed: seeds,
      fps: rates,
      level: fc.double({ min: 1.3, max: 10, noNaN: true }),
      after: fc.double({ min: 0.1, max: 0.75, noNaN: true }),
      fixedShare: share(1),
      noise: share(0.1),
      preference: fc.constantFrom(...DEGRADATION_PREFERENCES),
    });
    fc.assert(
      fc.property(relief, ({ level, after, preference, ...rest }) => {
        const { fps } = rest;
        const reliefMs = 3000;
        const seen: Told[] = [];
        const schedule = {
          ...CALM_SCHEDULE,
          ...rest,
          frames: 40 * fps,
          load: (frame: number) => (frame < 3 * fps ? level : after),
          options: { degradationPreference: preference },
        };
        runSchedule(schedule, (told) => void seen.push(told));
        const relieved = seen.filter(({ atMs }) => atMs >= reliefMs).map(({ step }) => step.state);
        const back = seen.find(
          ({ atMs, step: { state } }) => atMs >= reliefMs && state.level === 0 && state.every === 1,
        );
        // A way up that met the last of the load was wrong: it ends after the relief, and doubles the hold.
        const steps = Math.max(...relieved.map((state) => state.level + state.every - 1));
        const holdMs = Math.max(...relieved.map((state) => state.backOff.holdMs));
        const budgetMs = Math.max(...relieved.map((state) => state.budgetMs));
        const allowedMs = steps * (holdMs + 10 * budgetMs) + 200;
        expect(back?.atMs ?? Infinity).toBeLessThanOrEqual(reliefMs + allowedMs);
      }),
      { numRuns: 60 },
    );
  });

  it('I9 never settles worse on a machine that is uniformly faster', () => {
    const pair = fc.record({
      fps: rates,
      level: fc.double({ min: 0.3, max: 8, noNaN: true }),
      faster: fc.double({ min: 0.3, max: 0.95, noNaN: true }),
      fixedShare: share(1),
    });
    fc.assert(
      fc.property(pair, ({ fps, level, faster, fixedShare }) => {
        const settle = (load: number) =>
          runSchedule({ ...CALM_SCHEDULE, fps, fixedShare, frames: 15 * fps, load: () => load });
        const [slow, fast] = [settle(level), settle(level * faster)];
        expect(fast.every).toBeLessThanOrEqual(slow.every);
        if (fast.every === slow.every) expect(fast.level).toBeLessThanOrEqual(slow.level);
      }),
      { numRuns: 80 },
    );
  });

  it('I10 is not harmed by clocks that jump and by numbers that are none', () => {
    holds((schedule) => {
      const last = runSchedule(schedule, ({ before, step: { state } }) => {
        must(state.clock.nowMs >= before.clock.nowMs, 'time went back');
        must(state.budgetMs >= LEAST_PERIOD_MS * state.every, `no time: ${state.budgetMs}`);
      });
      for (const value of numbersOf(last)) must(Number.isFinite(value), JSON.stringify(last));
      must(JSON.stringify(JSON.parse(JSON.stringify(last))) === JSON.stringify(last), 'not what JSON keeps');
      must(last.level <= 4 && last.every >= 1, `level ${last.level}, every ${last.every}`);
    });
  });

  it('I11 ignores what is done for no frame of its own, or in an older epoch', () => {
    holds((schedule) => {
      runSchedule(schedule, ({ event, before, step }) => {
        if (event.type !== 'done' && event.type !== 'failed') return;
        const isOld = event.epoch !== undefined && event.epoch !== before.epoch;
        if (isIn(before, event.id) && !isOld) return;
        const { state, actions } = step;
        must(actions.length === 0, JSON.stringify(actions));
        must(state.inFlight === before.inFlight && state.pending === before.pending, 'frames changed');
        must(state.level === before.level && state.every === before.every, 'the rung changed');
      });
    });
  });

  it('I12 asks for nothing when pixels were taken: the frame is closed by its upload, whatever follows', () => {
    holds((schedule) => {
      const uploaded = new Set<number>();
      runSchedule(schedule, ({ event, before, step }) => {
        if (event.type === 'uploaded') {
          must(step.actions.length === 0, JSON.stringify(step.actions));
          if (isIn(before, event.id)) uploaded.add(event.id);
        }
        for (const action of step.actions)
          must(action.type !== 'submit' || !uploaded.has(action.id), 'submitted again');
      });
    });
  });

  it('is pure: the state that is given stays as it is, and the same again gives the same', () => {
    holds((schedule) => {
      runSchedule(schedule, ({ event, before, step }) => {
        if (event.type !== 'done') return;
        const copy = JSON.stringify(before);
        expect(reduceBudget(before, event)).toEqual(step);
        expect(JSON.stringify(before)).toBe(copy);
      });
    }, 200);
  });
});

function changesOf(schedule: Schedule): readonly Told[] {
  const changes: Told[] = [];
  runSchedule(schedule, (told) => {
    const { before, step } = told;
    if (before.level !== step.state.level || before.every !== step.state.every) changes.push(told);
  });
  return changes;
}

function numbersOf(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersOf);
}
