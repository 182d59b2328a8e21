/** How late frames are, without knowing the source's zero. */
import { expect, test } from 'vitest';
import { CaptureClock } from '../../src/frames/capture-clock.ts';

/** Frames of a camera whose zero is far from ours, each delivered after `delayMs` of it. */
function deliver(clock: CaptureClock, delaysMs: readonly number[], zeroMs = 123_456): number {
  let nowMs = 0;
  delaysMs.forEach((delayMs, frame) => {
    nowMs = zeroMs + frame * 33 + delayMs;
    clock.arrive(frame * 33_000, nowMs);
  });
  return nowMs;
}

test('before any frame nothing is late', () => {
  expect(new CaptureClock().since(5_000_000, 17)).toBe(0);
});

test('the frame that came soonest is the measure', () => {
  const clock = new CaptureClock();
  deliver(clock, [9, 4, 12, 30, 6]);
  // Frame 3, shown 40 ms after its capture; the fastest took 4.
  expect(clock.since(99_000, 123_456 + 99 + 40)).toBeCloseTo(36, 0);
});

test('a route that became slower for good is the measure after a while', () => {
  const clock = new CaptureClock();
  deliver(clock, [4, ...Array.from({ length: 3000 }, () => 24)]);
  expect(clock.since(3000 * 33_000, 123_456 + 3000 * 33 + 24)).toBeLessThan(1);
});

test('a source that starts over has a new zero', () => {
  const clock = new CaptureClock();
  deliver(clock, [4, 4, 4]);
  clock.arrive(0, 500_000);
  expect(clock.since(0, 500_007)).toBeCloseTo(7, 6);
});

test('is never negative', () => {
  const clock = new CaptureClock();
  deliver(clock, [4, 4]);
  expect(clock.since(33_000, 0)).toBe(0);
});

test('of a source without a clock nothing is late that comes in', () => {
  const clock = new CaptureClock();
  clock.arrive(0, 1000);
  // Half a second of standing still, of which the frame's time knows nothing.
  clock.restart();
  clock.arrive(40_000, 1540);
  expect(clock.since(40_000, 1547)).toBeCloseTo(7, 6);
});
