/** How far apart frames are, whatever comes between them. */
import { expect, test } from 'vitest';
import { FrameDistance } from '../../src/engine/frame-distance.ts';

function distanceAfter(...timesMs: readonly number[]): number {
  const distance = new FrameDistance();
  for (const timeMs of timesMs) distance.note(1000 * timeMs);
  return distance.ms;
}

test('is not known before two frames came', () => {
  expect(distanceAfter()).toBeNaN();
  expect(distanceAfter(0)).toBeNaN();
  expect(distanceAfter(0, 40)).toBe(40);
});

test('is the mean of the last eight, so that a rate that changes is soon told', () => {
  expect(distanceAfter(0, 33, 67, 100)).toBeCloseTo(100 / 3);
  const rare = Array.from({ length: 8 }, (_, index) => 1000 + 100 * index);
  expect(distanceAfter(0, 20, 40, ...rare.map((timeMs) => timeMs - 860))).toBe(100);
});

test('one that comes twice counts once', () => {
  expect(distanceAfter(0, 40, 40)).toBe(40);
  expect(distanceAfter(0, 40, 40, 80)).toBe(40);
});

test('begins anew after a pause, and where time goes back', () => {
  expect(distanceAfter(0, 40, 5000)).toBeNaN();
  expect(distanceAfter(0, 40, 5000, 5020)).toBe(20);
  expect(distanceAfter(5000, 5040, 0, 30)).toBe(30);
});

test('a time that is none does no harm for long', () => {
  expect(distanceAfter(0, NaN, 100, 140)).toBe(40);
});
