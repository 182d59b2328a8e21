import { describe, expect, test } from 'vitest';
import { StageTimings, type StageTimes } from '../../src/engine/stage-timings.ts';

/** A frame that took `ms` in all, and a share of that in each stage. */
const times = (ms: number): StageTimes => ({
  upload: ms / 8,
  passes: ms / 2,
  readback: ms / 4,
  total: ms,
  latency: 2 * ms,
});

/** Frames at a steady rate from `startMs` on, each taking the given time. */
function shown(
  timings: StageTimings,
  fps: number,
  count: number,
  tookMs: (frame: number) => number = () => 5,
) {
  let nowMs = 0;
  for (let frame = 0; frame < count; frame++) {
    nowMs = 10_000 + (frame * 1000) / fps;
    timings.shown(nowMs, times(tookMs(frame)));
  }
  return nowMs;
}

describe('frames per second', () => {
  test.each([15, 30, 60, 120])('%d of them, steadily, whether the window is full or not', (fps) => {
    for (const count of [10, 2 * fps, 5 * fps]) {
      const timings = new StageTimings();
      expect(timings.stats(shown(timings, fps, count)).fps).toBeCloseTo(fps, 6);
    }
  });

  test('a stall counts down, to nothing', () => {
    const timings = new StageTimings();
    const nowMs = shown(timings, 30, 90);
    const fps = [0, 500, 1000, 1500, 2001].map((later) => timings.stats(nowMs + later).fps);
    expect(fps[0]).toBeCloseTo(30, 6);
    expect(fps).toEqual(fps.toSorted((a, b) => b - a));
    expect(fps[2]).toBeCloseTo(15, 0);
    expect(fps[4]).toBe(0);
  });

  test('none and one frame have no rate', () => {
    const timings = new StageTimings();
    expect(timings.stats(0)).toMatchObject({ fps: 0, stages: { total: { p50: 0, p95: 0 } } });
    timings.shown(100, times(7));
    expect(timings.stats(100)).toMatchObject({ fps: 0, stages: { total: { p50: 7, p95: 7 } } });
    expect(timings.stats(600).fps).toBe(0);
  });

  test('a new rate shows within the window', () => {
    const timings = new StageTimings();
    const nowMs = shown(timings, 60, 120);
    for (let frame = 1; frame <= 40; frame++) timings.shown(nowMs + frame * 100, times(5));
    expect(timings.stats(nowMs + 4000).fps).toBeCloseTo(10, 6);
  });
});

describe('percentiles', () => {
  test('are the nearest ranks of what the last frames took', () => {
    const timings = new StageTimings();
    // 1 to 20 ms, shuffled.
    const nowMs = shown(timings, 30, 20, (frame) => ((frame * 7) % 20) + 1);
    expect(timings.stats(nowMs)).toMatchObject({ stages: { total: { p50: 10, p95: 19 } } });
  });

  test('one slow frame in twenty-one is the 95th, one in forty is not', () => {
    const slowFirst = (count: number) => {
      const timings = new StageTimings();
      const nowMs = shown(timings, 30, count, (frame) => (frame < 2 ? 100 : 4));
      return timings.stats(nowMs).stages.total.p95;
    };
    expect(slowFirst(21)).toBe(100);
    expect(slowFirst(41)).toBe(4);
  });

  test('forget what the window forgets', () => {
    const timings = new StageTimings();
    timings.shown(0, times(900));
    const nowMs = shown(timings, 30, 30);
    expect(timings.stats(nowMs)).toMatchObject({ stages: { total: { p50: 5, p95: 5 } } });
  });

  test('are of each stage by itself', () => {
    const timings = new StageTimings();
    const nowMs = shown(timings, 30, 30, () => 8);
    expect(timings.stats(nowMs).stages).toEqual({
      upload: { p50: 1, p95: 1 },
      passes: { p50: 4, p95: 4 },
      readback: { p50: 2, p95: 2 },
      total: { p50: 8, p95: 8 },
      latency: { p50: 16, p95: 16 },
    });
  });
});
