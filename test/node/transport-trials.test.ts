/** Measuring in turns, with a clock and costs that are made up. */
import { describe, expect, test } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import {
  attempt,
  candidateOf,
  faultOf,
  measureInTurns,
  newTrial,
} from '../../src/engine/transport-trials.ts';

/** Runs ways that take what they are told to, one time after another; the last cost stays. */
async function measured(costs: Readonly<Record<string, readonly (number | Error)[]>>) {
  let nowMs = 0;
  const order: string[] = [];
  const trials = Object.entries(costs).map(([way, times]) => {
    let runs = 0;
    return newTrial(way, async () => {
      order.push(way);
      const cost = times[Math.min(runs++, times.length - 1)]!;
      if (cost instanceof Error) throw cost;
      nowMs += cost;
    });
  });
  await measureInTurns(trials, () => nowMs);
  return {
    order: order.join(' '),
    found: Object.fromEntries(trials.map(({ way, ms }) => [way, ms])),
    trials,
  };
}

describe('measuring', () => {
  test('takes the least of four rounds, in turns', async () => {
    const { order, found } = await measured({ a: [9, 3, 4, 5], b: [6, 5, 4, 6] });
    expect(order).toBe('a b a b a b a b');
    expect(found).toEqual({ a: 3, b: 4 });
  });

  test('does not repeat what is dear', async () => {
    const { order, found } = await measured({ a: [1], b: [66], c: [2] });
    expect(order).toBe('a b c a c a c a c');
    expect(found).toEqual({ a: 1, b: 66, c: 2 });
  });

  test('gives cheap ways that are far behind a second chance', async () => {
    expect((await measured({ a: [1], b: [14, 0.5] })).found).toEqual({ a: 1, b: 0.5 });
    expect((await measured({ a: [1], b: [14, 14, 0.5] })).found).toEqual({ a: 1, b: 14 });
  });

  test('the usual way is not beaten by having been held up', async () => {
    expect((await measured({ a: [80, 80, 1], b: [3] })).found).toEqual({ a: 1, b: 3 });
  });

  test('ends in time: what was not reached is out, and the usual way is still measured well', async () => {
    const { order, found, trials } = await measured({ a: [40, 8], b: [30], c: [150], d: [1] });
    expect(order).toBe('a b c a a a');
    expect(found).toEqual({ a: 8, b: 30, c: 150, d: Infinity });
    expect(trials[3]!.fault).toBe('There was no time to measure it.');
  });

  test('a way that throws is out, with its reason, and not tried again', async () => {
    const { order, trials } = await measured({ a: [1, new TypeError('no')], b: [2] });
    expect(order).toBe('a b a b b b');
    expect(trials[0]).toMatchObject({ ms: Infinity, fault: 'no' });
    expect(await candidateOf(trials[0]!, () => 1)).toEqual({ way: 'a', ms: Infinity, fault: 'no' });
  });
});

test('what a frame costs is its way and its passes; who can not be planned for is out', async () => {
  const { trials } = await measured({ a: [2], b: [3] });
  expect(await candidateOf(trials[0]!, () => 5)).toEqual({ way: 'a', ms: 7, fault: '' });
  const refused = await candidateOf(trials[1]!, () => {
    throw new RangeError('too large');
  });
  expect(refused).toEqual({ way: 'b', ms: Infinity, fault: 'too large' });
});

test.each(['context-lost', 'frame-too-large'] as const)('%s is no fault of a way', async (code) => {
  const error = new PipelineError(code, 'for all');
  await expect(
    attempt(
      newTrial('a', async () => {}),
      () => Promise.reject(error),
    ),
  ).rejects.toBe(error);
  await expect(faultOf(() => Promise.reject(error))).rejects.toBe(error);
  await expect(measured({ a: [error] })).rejects.toBe(error);
});
