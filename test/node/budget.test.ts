/** Which frames the budget takes, what it measures, and what becomes of frames when something happens. */
import { describe, expect, it } from 'vitest';
import type { BudgetOptions } from '../../src/schedule/budget.ts';
import { initialBudget } from '../../src/schedule/reduce-budget.ts';
import { changesOf, close, ofType, Talk } from './schedule/talk.ts';

describe('options', () => {
  it.each([
    [{ targetFps: 0 }, 'options.targetFps must be 1 to 240 fps, got 0'],
    [{ targetFps: NaN }, 'options.targetFps must be a finite number, got NaN'],
    [{ inFlight: 3 }, 'options.inFlight must be 1 or 2, got 3'],
    [{ whenHidden: 'stop' }, "options.whenHidden must be 'continue' | 'pause', got \"stop\""],
    [{ degradationPreference: 'none' }, 'options.degradationPreference must be'],
  ])('refuses %o', (options, message) => {
    expect(() => initialBudget(options as BudgetOptions)).toThrow(message);
  });

  it('refuses a target that can not be', () => {
    expect(() => new Talk().tell({ type: 'target', fps: -1, nowMs: 0 })).toThrow(
      'target.fps must be 1 to 240 fps',
    );
  });
});

describe('admission', () => {
  it('computes the first frame, lets the newest wait and closes the one that waited', () => {
    const talk = new Talk();
    expect(talk.arrive(0, 0)).toMatchObject([
      { type: 'submit', id: 0, level: 0, scale: 1, predictedMs: NaN },
    ]);
    expect(talk.arrive(1, 33)).toEqual([]);
    expect(talk.arrive(2, 67)).toEqual([close(1, 'replaced')]);
    expect(talk.done(0, 70)).toMatchObject([{ type: 'submit', id: 2, predictedMs: 70 }]);
  });

  it('computes two at once where it may', () => {
    const talk = new Talk({ inFlight: 2 });
    talk.arrive(0, 0);
    expect(talk.arrive(1, 33)).toMatchObject([{ type: 'submit', id: 1 }]);
    expect(talk.arrive(2, 67)).toEqual([]);
    talk.tell({ type: 'target', inFlight: 1, nowMs: 70 });
    expect(talk.done(0, 80)).toEqual([]);
    expect(talk.done(1, 90)).toMatchObject([{ type: 'submit', id: 2 }]);
  });

  it('closes what was overtaken, and ignores it when it is done later', () => {
    const talk = new Talk({ inFlight: 2 });
    talk.arrive(0, 0);
    talk.arrive(1, 33);
    expect(talk.done(1, 40)).toEqual([close(0, 'replaced')]);
    expect(talk.done(0, 50)).toEqual([]);
  });

  it('closes a frame that waited for two periods when its turn comes', () => {
    const talk = new Talk();
    talk.steady(5, 10);
    talk.arrive(10, 334);
    talk.arrive(11, 367);
    expect(talk.done(10, 440)).toEqual([close(11, 'stale')]);
  });

  it('closes frames that are not newer than the last one, but not those of a clip that starts over', () => {
    const talk = new Talk();
    talk.arrive(0, 0, 5_000_000);
    talk.done(0, 5);
    expect(talk.arrive(1, 33, 5_000_000)).toEqual([close(1, 'replaced')]);
    // Half a second of a clip, again and again.
    let shown = 0;
    for (let id = 2; id < 92; id++) {
      shown += ofType(talk.arrive(id, id * 33.3, (id % 15) * 33_300), 'submit').length;
      talk.done(id, id * 33.3 + 5);
    }
    expect(shown).toBeGreaterThanOrEqual(89);
  });

  it('closes frames beyond the rate that is asked for, evenly, though some never came', () => {
    const talk = new Talk({ targetFps: 30 });
    const taken: number[] = [];
    for (let id = 0; id < 240; id++) {
      // One in nine is missing, now of those that would be taken, now of the others.
      if (id % 9 === 4) continue;
      const nowMs = (id * 1000) / 60;
      if (ofType(talk.arrive(id, nowMs), 'submit').length > 0) taken.push(id);
      talk.done(id, nowMs + 4);
    }
    const steps = taken.slice(10).map((id, at) => id - taken[at + 9]!);
    expect(Math.min(...steps)).toBe(2);
    expect(Math.max(...steps)).toBe(3);
    expect(talk.said).toContainEqual(close(taken[20]! + 1, 'decimated'));
    expect(talk.state.budgetMs).toBeCloseTo(1000 / 30, 0);
  });

  it('keeps its cadence when it knows but one step of the frames, after a pause', () => {
    const talk = new Talk({ targetFps: 10 });
    talk.steady(4, 30);
    const taken = [30, 31, 32, 33, 34, 35, 36].filter((id) => {
      const nowMs = 5000 + (id * 1000) / 30;
      const actions = talk.arrive(id, nowMs);
      talk.done(id, nowMs + 4);
      return ofType(actions, 'submit').length > 0;
    });
    expect(taken).toEqual([30, 33, 36]);
    expect(talk.state.cadence.dueUs).not.toBeNaN();
  });

  it('keeps to 24 of 60 on average', () => {
    const talk = new Talk({ targetFps: 24 });
    let taken = 0;
    for (let id = 0; id < 600; id++) {
      taken += ofType(talk.arrive(id, (id * 1000) / 60), 'submit').length;
      talk.done(id, (id * 1000) / 60 + 4);
    }
    expect(taken).toBeGreaterThan(232);
    expect(taken).toBeLessThan(248);
  });

  it('takes all of a source that is about as fast as asked for, though it comes in bursts', () => {
    const talk = new Talk({ targetFps: 30 });
    for (let id = 0; id < 300; id++) {
      const nowMs = Math.floor(id / 3) * 100 + (id % 3) * 20;
      talk.arrive(id, nowMs);
      talk.done(id, nowMs + 5);
    }
    expect(ofType(talk.said, 'close')).toEqual([]);
    expect(talk.state.budgetMs).toBeCloseTo(33.3, 0);
  });
});

describe('measuring', () => {
  it('counts from the frame before where both were in flight, less half the poll', () => {
    const talk = new Talk({ inFlight: 2 });
    talk.arrive(0, 0);
    talk.arrive(1, 10);
    talk.done(0, 20, { pollMs: 8 });
    expect(talk.state.predictedMs).toBe(16);
    talk.done(1, 40, { pollMs: 8 });
    expect(talk.state.cost.recentMs).toEqual([16, 16]);
  });

  it('prefers what a timer query says, and adds the upload', () => {
    const talk = new Talk();
    talk.arrive(0, 0);
    talk.tell({ type: 'uploaded', id: 0, ms: 2, nowMs: 3 });
    talk.done(0, 30, { gpuMs: 7 });
    expect(talk.state.predictedMs).toBe(9);
  });

  it.each([NaN, Infinity, -1])('ignores a time of %d ms', (ms) => {
    const talk = new Talk();
    talk.arrive(0, 0);
    talk.tell({ type: 'uploaded', id: 0, ms, nowMs: 3 });
    talk.done(0, 30, { gpuMs: ms, pollMs: ms });
    expect(talk.state.predictedMs).toBe(30);
  });

  it('tells apart what shrinks with the pixels and what does not', () => {
    const { last } = changesOf({ frames: 90, load: () => 1.5, fixedShare: 0.4 });
    expect(last.level).toBe(2);
    expect(last.fixedMs).toBeCloseTo(0.4 * 50, 0);
    expect(last.perAreaMs).toBeCloseTo(0.6 * 50, 0);
    expect(last.predictedMs).toBeCloseTo(50 * (0.4 + 0.6 / 4), 1);
  });

  it('knows how often frames come: half as often after five frames, and through a hiccup', () => {
    const talk = new Talk();
    for (let id = 0; id < 60; id++) talk.arrive(id, id * 16.7);
    expect(talk.state.budgetMs).toBeCloseTo(16.7, 1);
    talk.arrive(60, 59 * 16.7 + 400);
    expect(talk.state.budgetMs).toBeCloseTo(16.7, 1);
    for (let id = 61; id < 65; id++) talk.arrive(id, 59 * 16.7 + 400 + (id - 60) * 33.3);
    expect(talk.state.budgetMs).toBeCloseTo(33.3, 1);
  });

  it.each([2, 3, 4])('knows it where %d frames come at once, and before that gives them time', (burst) => {
    const talk = new Talk();
    const atMs = (id: number) => (id - (id % burst)) * 33.3;
    for (let id = 0; id < 2 * burst; id++) {
      talk.arrive(id, atMs(id), id * 33_300);
      expect(talk.state.budgetMs).toBeCloseTo(33.3, 1);
    }
    for (let id = 2 * burst; id < 48; id++) talk.arrive(id, atMs(id), id * 33_300);
    expect(Math.abs(talk.state.budgetMs / 33.3 - 1)).toBeLessThan(0.2);
  });

  it('leaves frames some time though the clock stands still, and more once it goes on', () => {
    const talk = new Talk();
    for (let id = 0; id < 30; id++) talk.arrive(id, id * 33.3);
    for (let id = 30; id < 60; id++) talk.arrive(id, 29 * 33.3, id * 33_300);
    expect(talk.state.budgetMs).toBeGreaterThan(3);
    talk.arrive(60, 29 * 33.3 + 113, 60 * 33_300);
    expect(talk.state.budgetMs).toBeGreaterThan(3);
    for (let id = 61; id < 66; id++) talk.arrive(id, (id - 31) * 33.3 + 113, id * 33_300);
    expect(talk.state.budgetMs).toBeCloseTo(33.3, 1);
  });
});

describe('pauses and faults', () => {
  it('forgets what it measured after a gap, and keeps the level', () => {
    const talk = new Talk();
    talk.busy(60, 20);
    const { level } = talk.state;
    expect(level).toBeGreaterThan(0);
    talk.arrive(30, 5000);
    expect(talk.state).toMatchObject({ level, predictedMs: null });
    expect(talk.state.periodMs).toBeCloseTo(33.3, 0);
  });

  it('closes frames while the page is hidden, if it is to pause', () => {
    const talk = new Talk({ whenHidden: 'pause' });
    talk.arrive(0, 0);
    talk.arrive(1, 33);
    expect(talk.tell({ type: 'visible', visible: false, nowMs: 40 })).toEqual([close(1, 'hidden')]);
    expect(talk.state.paused).toBe(true);
    expect(talk.done(0, 50)).toEqual([]);
    expect(talk.arrive(2, 67)).toEqual([close(2, 'hidden')]);
    talk.tell({ type: 'visible', visible: true, nowMs: 30_000 });
    expect(talk.arrive(3, 30_010)).toMatchObject([{ type: 'submit', id: 3 }]);
  });

  it('goes on while the page is hidden, if not, but decides nothing by timers that are held back', () => {
    const talk = new Talk();
    talk.tell({ type: 'visible', visible: false, nowMs: 0 });
    for (let id = 0; id < 30; id++) {
      expect(ofType(talk.arrive(id, id * 100), 'submit')).toHaveLength(1);
      talk.done(id, id * 100 + 90);
    }
    expect(talk.state.level).toBe(0);
  });

  it('forgets what was in flight when the context is lost, and begins again with the newest frame', () => {
    const talk = new Talk();
    talk.arrive(0, 0);
    talk.arrive(1, 33);
    expect(talk.tell({ type: 'lost', nowMs: 40 })).toEqual([
      close(0, 'failed'),
      { type: 'rebuild', epoch: 1 },
    ]);
    expect(talk.tell({ type: 'lost', nowMs: 41 })).toEqual([]);
    expect(talk.arrive(2, 67)).toEqual([close(1, 'replaced')]);
    expect(talk.done(0, 70, { epoch: 0 })).toEqual([]);
    expect(talk.tell({ type: 'restored', nowMs: 80 })).toMatchObject([{ type: 'submit', id: 2, epoch: 1 }]);
    expect(talk.done(2, 90, { epoch: 0 })).toEqual([]);
    talk.done(2, 90, { epoch: 1 });
    expect(talk.state.inFlight).toEqual([]);
  });

  it('counts what failed, and goes on', () => {
    const talk = new Talk();
    talk.arrive(0, 0);
    talk.arrive(1, 33);
    expect(talk.tell({ type: 'failed', id: 0, nowMs: 40 })).toMatchObject([
      close(0, 'failed'),
      { type: 'submit', id: 1 },
    ]);
    expect(talk.tell({ type: 'failed', id: 7, nowMs: 41 })).toEqual([]);
  });

  it('closes what waits at the end, and all that comes later', () => {
    const talk = new Talk();
    talk.arrive(0, 0);
    talk.arrive(1, 33);
    expect(talk.tell({ type: 'stop', nowMs: 40 })).toEqual([close(1, 'stopped')]);
    expect(talk.arrive(2, 67)).toEqual([close(2, 'stopped')]);
    expect(talk.done(0, 70)).toEqual([]);
    expect(talk.state.inFlight).toEqual([]);
  });

  it.each([NaN, -1e9, 1e12])('goes on after a clock that says %d', (nowMs) => {
    const talk = new Talk();
    talk.steady(5, 30);
    talk.tell({ type: 'tick', nowMs });
    talk.steady(5, 30, 31);
    expect(talk.state).toMatchObject({ level: 0, every: 1, predictedMs: expect.closeTo(5, 3) as number });
    expect(ofType(talk.said, 'close')).toEqual([]);
  });

  it('serves a source of one frame a second', () => {
    const talk = new Talk();
    for (let id = 0; id < 12; id++) {
      talk.arrive(id, id * 1003);
      talk.done(id, id * 1003 + 100);
    }
    expect(talk.state.budgetMs).toBeCloseTo(1003, 0);
    expect(talk.state.predictedMs).toBeCloseTo(100, 0);
  });
});
