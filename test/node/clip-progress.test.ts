import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProgressMeter } from '../../src/clips/clip-progress.ts';
import type { ClipProgress } from '../../src/clips/clip-types.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A job of 10 s of clip, 20 frames a second of work, 25 frames in a second of clip. */
function run(toldUntil: number): readonly ClipProgress[] {
  const told: ClipProgress[] = [];
  const meter = new ProgressMeter(2, 12, (progress) => told.push(progress));
  for (let frame = 1; frame <= toldUntil; frame++) {
    vi.advanceTimersByTime(50);
    meter.advance(2 + frame / 25, 1);
  }
  return told;
}

test('told ten times a second: the share of the time, the rate, and what is left', () => {
  const told = run(100);
  expect(told).toHaveLength(50);
  const last = told.at(-1);
  expect(last?.frames).toBe(99);
  expect(last?.share).toBeCloseTo(0.396);
  expect(last?.positionS).toBeCloseTo(2 + 99 / 25);
  expect(last?.fps).toBeCloseTo(20, 0);
  expect(last?.secondsLeft).toBeCloseTo((99 * 0.05 * (1 - 0.396)) / 0.396, 0);
});

test('the share only ever grows, and is 1 when all is done and not before', () => {
  const told: ClipProgress[] = [];
  const meter = new ProgressMeter(0, 1, (progress) => told.push(progress));
  for (const untilS of [0.2, 0.1, 0.5, 3]) {
    vi.advanceTimersByTime(150);
    meter.advance(untilS, 1);
  }
  meter.finish();
  const shares = told.map(({ share }) => share);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.slice(0, -1).every((share) => share < 1)).toBe(true);
  expect(told.at(-1)).toMatchObject({ share: 1, secondsLeft: 0, frames: 4, positionS: 1 });
});

test('frames that were left out, and those that were repeated, count as they went out', () => {
  const told: ClipProgress[] = [];
  const meter = new ProgressMeter(0, 1, (progress) => told.push(progress));
  meter.advance(0.1, 3);
  meter.advance(0.2, 0);
  meter.finish();
  expect(told.at(-1)?.frames).toBe(3);
});
