/** Lost frames, from nothing but timestamps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GapDetector } from '../../src/frames/gap-detector.ts';

const INTERVAL_US = 33_333;

/** How many frames are lost before each timestamp. */
const losses = (timestamps: readonly number[]): number[] => {
  const detector = new GapDetector();
  return timestamps.map((timestampUs) => detector.next(timestampUs));
};
/** Timestamps from intervals. */
const after = (intervals: readonly number[]): number[] =>
  intervals.reduce<number[]>((all, interval) => [...all, all.at(-1)! + interval], [1_000_000]);
const steady = (count: number): number[] => Array.from({ length: count }, () => INTERVAL_US);
const lostBefore = (intervals: readonly number[]): number[] => losses(after(intervals)).slice(1);
const none = (count: number): number[] => Array.from({ length: count }, () => 0);

describe('the gap detector', () => {
  test('finds nothing in a steady stream', () => {
    expect(losses([0])).toEqual([0]);
    expect(lostBefore(steady(100))).toEqual(none(100));
  });

  test.each([1, 2, 3, 7])('finds %d lost frames once, and none after', (count) => {
    const intervals = [...steady(10), (count + 1) * INTERVAL_US, ...steady(10)];
    expect(lostBefore(intervals)).toEqual([...none(10), count, ...none(10)]);
  });

  test('finds loss after loss', () => {
    const intervals = [...steady(10), 2 * INTERVAL_US, INTERVAL_US, 4 * INTERVAL_US, 2 * INTERVAL_US];
    expect(lostBefore(intervals).slice(10)).toEqual([1, 0, 3, 1]);
  });

  test('takes the latest frame after the earliest ones for late, not for a loss', () => {
    const early = Array.from({ length: 9 }, () => 0.8 * INTERVAL_US);
    expect(lostBefore([...early, 1.2 * INTERVAL_US])).toEqual(none(10));
  });

  test('takes jitter of ±20 % for what it is, at any rate', () => {
    const jitter = fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(jitter, fc.integer({ min: 5_000, max: 200_000 }), (factors, interval) => {
        expect(lostBefore(factors.map((factor) => Math.round(factor * interval)))).toEqual(
          none(factors.length),
        );
      }),
    );
  });

  test('finds a loss within jitter', () => {
    const jitter = fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), {
      minLength: 9,
      maxLength: 30,
    });
    fc.assert(
      fc.property(jitter, fc.double({ min: 0.95, max: 1.05, noNaN: true }), (factors, last) => {
        const intervals = [...factors, last + 1].map((factor) => factor * INTERVAL_US);
        expect(lostBefore(intervals).at(-1)).toBe(1);
      }),
    );
  });

  test('waits until it knows the rhythm', () => {
    expect(lostBefore([...steady(4), 3 * INTERVAL_US])).toEqual(none(5));
    expect(lostBefore([...steady(5), 3 * INTERVAL_US])).toEqual([...none(5), 2]);
  });

  test('takes a second or more for a pause, and learns the rhythm anew', () => {
    expect(lostBefore([...steady(10), 1_000_000, 50_000])).toEqual(none(12));
    expect(lostBefore([...steady(10), 999_999]).at(-1)).toBe(29);
    const slower = Array.from({ length: 8 }, () => 3 * INTERVAL_US);
    expect(lostBefore([...steady(10), 2_000_000, ...slower])).toEqual(none(19));
  });

  test('takes timestamps that go back, or stand, for a new start', () => {
    expect(lostBefore([...steady(10), -5_000_000, ...steady(3)])).toEqual(none(14));
    expect(lostBefore([...steady(10), 0, 3 * INTERVAL_US])).toEqual(none(12));
  });

  test('follows a change of rate within nine frames', () => {
    const half = Array.from({ length: 12 }, () => 2 * INTERVAL_US);
    const found = lostBefore([...steady(12), ...half]);
    expect(found.slice(-7)).toEqual(none(7));
  });
});
