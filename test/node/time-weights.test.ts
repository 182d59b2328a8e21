/** What each remembered frame counts, by how many are there and what stands for those that are not. */
import { describe, expect, test } from 'vitest';
import { MemoryClock, type MemoryRules, type WarmUp } from '../../src/core/memory-clock.ts';
import { temporalWeights, type TemporalWindow } from '../../src/kernels/temporal-window.ts';
import { weightsNow } from '../../src/plan/time-weights.ts';

/** A memory after frames at these times, in ms. */
function momentAfter(times: readonly number[], rules: MemoryRules) {
  const clock = new MemoryClock(rules);
  const moments = times.map((ms) => clock.next(1000 * ms));
  return { ...moments.at(-1)!, rules };
}

const rules = (warmUp: WarmUp, frames = 4): MemoryRules => ({ frames, warmUp, maxGapMs: 1000 });

describe('fixed weights', () => {
  const weights = Float32Array.of(1, 2, 4, 8);

  test.each(['replicate', 'ramp', 'none'] as const)('%s: all that are there count as they are', (warmUp) => {
    expect([...weightsNow(weights, momentAfter([0, 30, 60, 90, 120], rules(warmUp)))]).toEqual([1, 2, 4, 8]);
  });

  test.each(['replicate', 'none'] as const)('%s: the oldest stands for what is missing', (warmUp) => {
    expect([...weightsNow(weights, momentAfter([0], rules(warmUp)))]).toEqual([15, 0, 0, 0]);
    expect([...weightsNow(weights, momentAfter([0, 30, 60], rules(warmUp)))]).toEqual([1, 2, 12, 0]);
  });

  test('ramp: nothing stands for what is missing', () => {
    expect([...weightsNow(weights, momentAfter([0], rules('ramp')))]).toEqual([1, 0, 0, 0]);
    expect([...weightsNow(weights, momentAfter([0, 30], rules('ramp')))]).toEqual([1, 2, 0, 0]);
  });

  test('fewer weights than frames: the older ones count nothing', () => {
    const few = Float32Array.of(1, 2);
    expect([...weightsNow(few, momentAfter([0, 30, 60, 90], rules('replicate')))]).toEqual([1, 2, 0, 0]);
    expect([...weightsNow(few, momentAfter([0], rules('replicate')))]).toEqual([3, 0, 0, 0]);
  });

  test('a repeat, a seek and a gap', () => {
    expect([...weightsNow(weights, momentAfter([0, 30, 30], rules('replicate')))]).toEqual([1, 14, 0, 0]);
    expect([...weightsNow(weights, momentAfter([0, 30, 10], rules('replicate')))]).toEqual([15, 0, 0, 0]);
    expect([...weightsNow(weights, momentAfter([0, 30, 2000], rules('replicate')))]).toEqual([15, 0, 0, 0]);
  });

  test('more weights than frames are a fault', () => {
    expect(() => weightsNow(weights, momentAfter([0], rules('replicate', 3)))).toThrow('invariant');
  });
});

describe('one frame by its age', () => {
  test('as far back as there is one', () => {
    const { agesMs } = momentAfter([0, 30, 60], rules('replicate'));
    expect(agesMs).toHaveLength(3);
    for (const age of [0, 1, 2]) {
      const now = weightsNow({ age }, momentAfter([0, 30, 60], rules('replicate')));
      expect([...now]).toEqual([0, 1, 2, 3].map((one) => (one === age ? 1 : 0)));
    }
  });

  test.each([
    ['replicate', [0, 0, 1, 0]],
    ['none', [0, 0, 1, 0]],
    ['ramp', [0, 0, 0, 0]],
  ] as const)('%s: one that is not there', (warmUp, expected) => {
    expect([...weightsNow({ age: 3 }, momentAfter([0, 30, 60], rules(warmUp)))]).toEqual(expected);
  });
});

describe('a window over seconds', () => {
  const window: TemporalWindow = { shape: 'gaussian', ms: 100, centered: false };

  test.each(['replicate', 'ramp', 'none'] as const)('%s: of the frames that are there', (warmUp) => {
    const now = weightsNow(window, momentAfter([0, 20, 65], rules(warmUp)));
    const expected = temporalWeights(window, [0, 45, 65]);
    expect(now).toHaveLength(4);
    expected.forEach((weight, age) => {
      expect(now[age]).toBeCloseTo(weight, 6);
    });
    expect(now[3]).toBe(0);
  });

  test('of one frame: that frame', () => {
    expect([...weightsNow(window, momentAfter([500], rules('ramp')))]).toEqual([1, 0, 0, 0]);
  });
});
