/** How the contenders of the operator benchmark take turns. */
import { expect, test } from 'vitest';
import type { Contender } from '../bench/page/contender.ts';
import { medians, samplesOf } from '../bench/page/measure.ts';

/** Longer than what is repeated within a sample. */
const SLOW_MS = 7;
const WARM_UPS = 3;

function busy(started: string[], name: string, samples?: number): Contender {
  return {
    run: () => {
      started.push(name);
      const end = performance.now() + SLOW_MS;
      while (performance.now() < end);
    },
    wait: () => undefined,
    output: () => new Float32Array(0),
    dispose: () => undefined,
    ...(samples === undefined ? {} : { samples }),
  };
}

test('takes few samples of what takes seconds, spread over the run', () => {
  const started: string[] = [];
  const [usual, rare] = [busy(started, 'usual'), busy(started, 'rare', 3)];
  const [usualMs = NaN, rareMs = NaN] = medians([usual, rare], 9);
  const turns = started.slice(WARM_UPS + 1);
  expect(turns.filter((name) => name === 'usual')).toHaveLength(9);
  expect(turns.filter((name) => name === 'rare')).toHaveLength(3);
  expect(turns.lastIndexOf('rare')).toBeGreaterThan(turns.length / 2);
  expect(usualMs).toBeGreaterThanOrEqual(SLOW_MS);
  expect(rareMs).toBeGreaterThanOrEqual(SLOW_MS);
});

test.each([
  [9, undefined, 9],
  [9, 3, 3],
  [9, 20, 9],
])('of %d runs with at most %j samples there are %d', (runs, samples, expected) => {
  expect(samplesOf(busy([], '', samples), runs)).toBe(expected);
});
