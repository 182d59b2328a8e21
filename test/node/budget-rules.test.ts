/** What the budget gives up when frames take too long, and when it takes that back. */
import { describe, expect, it } from 'vitest';
import type { BudgetOptions } from '../../src/schedule/budget.ts';
import { TUNING } from '../../src/schedule/tuning.ts';
import { CALM_SCHEDULE, runSchedule, type Schedule } from './schedule/machine.ts';
import { changesOf, close, ofType, Talk } from './schedule/talk.ts';

/** Frame 30 · n comes after n seconds. */
const stepAt =
  (seconds: number, before: number, after: number) =>
  (frame: number): number =>
    frame < seconds * 30 ? before : after;

const RESOLUTION: BudgetOptions = { degradationPreference: 'maintain-resolution' };

describe('down and up', () => {
  it('stays at the full level while frames just fit', () => {
    expect(changesOf({ frames: 900, load: () => 0.98, noise: 0.15 }).changes).toEqual([]);
  });

  it('goes straight to the level that fits a 2.5-fold overload, with the numbers that say why', () => {
    const { changes } = changesOf({ frames: 90, load: () => 2.5 });
    expect(changes).toMatchObject([{ type: 'setLevel', from: 0, level: 2, scale: 0.5, reason: 'overload' }]);
    expect(changes[0]).toMatchObject({ numbers: { serviceMs: expect.closeTo(83.3, 0) as number } });
    expect(changes[0]!.atMs).toBeLessThan(350);
  });

  it('comes back one level at a time, each after its hold', () => {
    const { changes } = changesOf({ frames: 300, load: stepAt(2, 2.5, 0.4) });
    expect(changes.slice(1)).toMatchObject([
      { type: 'setLevel', from: 2, level: 1, reason: 'relief' },
      { type: 'setLevel', from: 1, level: 0, reason: 'relief' },
    ]);
    const [, first, second] = changes;
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(TUNING.holdMs);
    expect(second!.atMs - 2000).toBeLessThan(2 * TUNING.holdMs + 300);
  });

  it('doubles the hold when a way up was wrong, and forgets that after four holds of quiet', () => {
    // Each time it is back at the top, the load is too.
    let level = 0;
    let isOver = false;
    const holds = new Set<number>();
    const schedule: Partial<Schedule> = {
      frames: 2000,
      load: (frame) => {
        if (frame > 600) return 0.4;
        isOver = isOver ? level === 0 : level === 0 && frame % 40 === 0;
        return isOver ? 1.6 : 0.4;
      },
    };
    const last = runSchedule({ ...CALM_SCHEDULE, ...schedule }, ({ step: { state } }) => {
      level = state.level;
      holds.add(state.backOff.holdMs);
    });
    expect([...holds].slice(0, 2)).toEqual([2000, 4000]);
    expect(last.level).toBe(0);
    expect(last.backOff.holdMs).toBe(TUNING.holdMs);
  });

  it('is not moved by one spike of 60 ms in ten', () => {
    const { changes } = changesOf({ frames: 1800, load: () => 0.15, spikeProbability: 0.1, noise: 0.1 });
    expect(changes.length).toBeLessThanOrEqual(2);
  });

  it('makes room for spikes that would be shown too late', () => {
    const { changes, last } = changesOf({ frames: 900, load: () => 0.6, spikeProbability: 0.12 });
    expect(changes).toMatchObject([{ type: 'setLevel', reason: 'overload' }]);
    expect(last.predictedMs! + 60).toBeLessThanOrEqual(2 * 33.4);
  });
});

describe('alarm and panic', () => {
  it.each([60, 110, 190])('lets a hiccup of %d ms pass', (ms) => {
    const talk = new Talk();
    talk.steady(4, 30);
    talk.arrive(30, 1000);
    for (let nowMs = 1010; nowMs < 1000 + ms; nowMs += 10) talk.tell({ type: 'tick', nowMs });
    talk.done(30, 1000 + ms);
    talk.steady(4, 60, 40);
    expect(talk.state.level).toBe(0);
    expect(ofType(talk.said, 'setLevel')).toEqual([]);
  });

  it('closes what waits at the alarm', () => {
    const talk = new Talk();
    talk.steady(4, 30);
    talk.arrive(30, 1000);
    talk.arrive(31, 1033);
    expect(talk.tell({ type: 'tick', nowMs: 1110 })).toEqual([close(31, 'stale')]);
  });

  it.each([4, 5, 6, 8])('settles a %d-fold step of load within half a second', (load) => {
    const { changes, last } = changesOf({ frames: 90, load: stepAt(1, 0.5, load) });
    expect(changes.at(-1)!.atMs).toBeLessThan(1500);
    expect(last.predictedMs!).toBeLessThan(34);
  });

  it('goes two levels down when nothing was done for long, and no further for the same frame', () => {
    const talk = new Talk();
    talk.steady(4, 30);
    talk.arrive(30, 1000);
    talk.tell({ type: 'tick', nowMs: 1110 });
    expect(talk.tell({ type: 'tick', nowMs: 1210 })).toMatchObject([
      { type: 'setLevel', level: 2, reason: 'panic' },
    ]);
    expect(talk.tell({ type: 'tick', nowMs: 1500 }, { type: 'tick', nowMs: 1900 })).toEqual([]);
  });

  it('asks for the context after a second, and once a second', () => {
    const talk = new Talk();
    talk.arrive(0, 0);
    const asked = [250, 500, 750, 1000, 1250, 1500, 1750, 2000].filter(
      (nowMs) => ofType(talk.tell({ type: 'tick', nowMs }), 'checkContext').length > 0,
    );
    expect(asked).toEqual([1000, 2000]);
  });

  it('does not panic while programs are compiled, and closes as compiling what that replaces', () => {
    const talk = new Talk();
    talk.steady(4, 30);
    talk.tell({ type: 'compiling', compiling: true, nowMs: 1000 });
    talk.arrive(30, 1000);
    talk.arrive(31, 1033);
    expect(talk.arrive(32, 1067)).toEqual([close(31, 'compiling')]);
    for (let nowMs = 1100; nowMs < 1900; nowMs += 50) talk.tell({ type: 'tick', nowMs });
    talk.done(30, 1900);
    expect(talk.state.level).toBe(0);
    expect(talk.state.predictedMs).toBeCloseTo(4);
    talk.tell({ type: 'compiling', compiling: false, nowMs: 1950 });
    expect(talk.state.predictedMs).toBeNull();
  });

  it('keeps what it knows where compiling changed nothing', () => {
    const talk = new Talk();
    talk.steady(4, 30);
    talk.tell({ type: 'compiling', compiling: true, nowMs: 1000 });
    talk.arrive(30, 1000);
    talk.tell({ type: 'compiling', compiling: false, changed: false, nowMs: 1050 });
    talk.done(30, 1090);
    expect(talk.state.predictedMs).toBeCloseTo(4);
  });
});

describe('what pixels can not help', () => {
  it('brings the pixels back and leaves out every second frame', () => {
    const { changes, last } = changesOf({ fps: 60, frames: 180, load: () => 1.8, fixedShare: 0.9 });
    expect(changes.at(-1)).toMatchObject({ type: 'setDecimation', every: 2, reason: 'ineffective' });
    expect(changes.at(-2)).toMatchObject({ type: 'setLevel', level: 0, reason: 'ineffective' });
    expect(last).toMatchObject({ level: 0, every: 2 });
    expect(last.budgetMs).toBeCloseTo(33.3, 1);
  });

  it('leaves out no frames where smaller ones do fit, however little that saves', () => {
    const { last } = changesOf({ frames: 180, load: () => 1.06, fixedShare: 0.8 });
    expect(last.every).toBe(1);
  });

  it('takes each frame again as soon as it can, at one go', () => {
    const { changes } = changesOf({ frames: 240, load: stepAt(4, 5.5, 0.3), options: RESOLUTION });
    expect(changes.at(-1)).toMatchObject({ type: 'setDecimation', every: 1, reason: 'relief' });
    expect(changes.at(-1)!.atMs).toBeLessThan(5500);
  });
});

describe('preferences', () => {
  it.each([
    ['maintain-framerate', 3, { level: 2, every: 1 }],
    ['maintain-framerate', 6, { level: 3, every: 1 }],
    ['maintain-resolution', 1.5, { level: 0, every: 2 }],
    ['maintain-resolution', 2.6, { level: 0, every: 3 }],
    ['balanced', 3, { level: 2, every: 1 }],
    ['balanced', 6, { level: 2, every: 2 }],
    ['balanced', 12, { level: 3, every: 2 }],
  ] as const)('%s at %d times the load: %o', (degradationPreference, load, rung) => {
    const { last } = changesOf({ frames: 300, load: () => load, options: { degradationPreference } });
    expect(last).toMatchObject(rung);
  });

  it('changes at once to what another preference, or another rate, asks for', () => {
    const talk = new Talk();
    talk.busy(60, 16);
    expect(talk.state.level).toBeGreaterThan(0);
    const actions = talk.tell({ type: 'target', degradationPreference: 'maintain-resolution', nowMs: 560 });
    expect(actions).toMatchObject([
      { type: 'setLevel', level: 0, reason: 'target' },
      { type: 'setDecimation', every: 2, reason: 'target' },
    ]);
    expect(talk.tell({ type: 'target', fps: 10, nowMs: 570 })).toMatchObject([
      { type: 'setDecimation', every: 1, reason: 'target' },
    ]);
    expect(talk.state.budgetMs).toBe(100);
  });
});
