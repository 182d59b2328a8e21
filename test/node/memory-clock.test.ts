/** When a sequence begins, goes on and begins anew, and what of it is remembered. */
import { describe, expect, test } from 'vitest';
import { MemoryClock, type MemoryMoment, type MemoryRules } from '../../src/core/memory-clock.ts';

const RULES: MemoryRules = { frames: 3, warmUp: 'replicate', maxGapMs: 100 };

/** What a clock says of frames at these times, in ms. */
function moments(times: readonly number[], rules: Partial<MemoryRules> = {}): readonly MemoryMoment[] {
  const clock = new MemoryClock({ ...RULES, ...rules });
  return times.map((ms) => clock.next(1000 * ms));
}

const lastOf = (times: readonly number[], rules?: Partial<MemoryRules>): MemoryMoment =>
  moments(times, rules).at(-1)!;

test('frames are remembered, the newest first, up to as many as asked for', () => {
  expect(moments([5, 15, 30, 40])).toEqual([
    { step: 'first', elapsedMs: 0, agesMs: [0], isFull: false },
    { step: 'next', elapsedMs: 10, agesMs: [0, 10], isFull: false },
    { step: 'next', elapsedMs: 15, agesMs: [0, 15, 25], isFull: true },
    { step: 'next', elapsedMs: 10, agesMs: [0, 10, 25], isFull: true },
  ]);
});

test('a memory of one frame knows how long ago the one before was, and is full at once', () => {
  expect(moments([0, 20], { frames: 1 })).toEqual([
    { step: 'first', elapsedMs: 0, agesMs: [0], isFull: true },
    { step: 'next', elapsedMs: 20, agesMs: [0], isFull: true },
  ]);
});

test('some frames may be remembered for other ends than the output', () => {
  const full = moments([0, 10, 20], { fullAt: 2 }).map(({ isFull }) => isFull);
  expect(full).toEqual([false, true, true]);
});

describe('begins anew', () => {
  const begun = { step: 'first', elapsedMs: 0, agesMs: [0], isFull: false };

  test('when the time goes back, as after a seek', () => {
    expect(lastOf([0, 10, 20, 15])).toEqual(begun);
  });

  test('after more than the longest gap, and not after exactly that', () => {
    expect(lastOf([0, 10, 110])).toEqual({
      step: 'next',
      elapsedMs: 100,
      agesMs: [0, 100, 110],
      isFull: true,
    });
    expect(lastOf([0, 10, 110.001])).toEqual(begun);
  });

  test('and counts from there', () => {
    expect(lastOf([0, 10, 20, 5, 10])).toEqual({ step: 'next', elapsedMs: 5, agesMs: [0, 5], isFull: false });
  });

  test('when it is told to forget', () => {
    const clock = new MemoryClock(RULES);
    clock.next(0);
    clock.next(10_000);
    clock.forget();
    expect(clock.kept).toBe(0);
    expect(clock.next(20_000)).toEqual(begun);
  });
});

describe('the time of the last frame once more', () => {
  test('the frame takes its place, and is as far from the one before as that was', () => {
    expect(moments([0, 10, 10, 10]).slice(1)).toEqual([
      { step: 'next', elapsedMs: 10, agesMs: [0, 10], isFull: false },
      { step: 'again', elapsedMs: 10, agesMs: [0, 10], isFull: false },
      { step: 'again', elapsedMs: 10, agesMs: [0, 10], isFull: false },
    ]);
    expect(lastOf([0, 10, 20, 30, 30])).toEqual({
      step: 'again',
      elapsedMs: 10,
      agesMs: [0, 10, 20],
      isFull: true,
    });
  });

  test('of the first one: it is the first one still', () => {
    expect(lastOf([7, 7])).toEqual({ step: 'first', elapsedMs: 0, agesMs: [0], isFull: false });
  });

  test('and the next one goes on from it', () => {
    expect(lastOf([0, 10, 10, 25])).toEqual({
      step: 'next',
      elapsedMs: 15,
      agesMs: [0, 15, 25],
      isFull: true,
    });
  });
});

describe('goes on where another clock is', () => {
  const followed = (from: number, to: number, ms: number): MemoryMoment => {
    const before = new MemoryClock({ ...RULES, frames: from });
    [0, 10, 20, 30, 40].forEach((one) => before.next(1000 * one));
    const after = new MemoryClock({ ...RULES, frames: to });
    after.follow(before);
    return after.next(1000 * ms);
  };

  test('with the same memory: as if nothing had been', () => {
    expect(followed(3, 3, 50)).toEqual({ step: 'next', elapsedMs: 10, agesMs: [0, 10, 20], isFull: true });
    expect(followed(3, 3, 40)).toEqual({ step: 'again', elapsedMs: 10, agesMs: [0, 10, 20], isFull: true });
  });

  test('with a shorter one: with the newest', () => {
    expect(followed(4, 2, 50)).toEqual({ step: 'next', elapsedMs: 10, agesMs: [0, 10], isFull: true });
  });

  test('with a longer one: only with frames that were remembered', () => {
    expect(followed(2, 4, 50)).toEqual({ step: 'next', elapsedMs: 10, agesMs: [0, 10, 20], isFull: false });
  });
});
