/** Which way is taken, by figures that are made up. */
import { describe, expect, test, vi } from 'vitest';
import {
  byCost,
  outputWays,
  partsOf,
  pick,
  planOutputOf,
  type Candidate,
} from '../../src/engine/transport-choice.ts';

type Way = 'usual' | 'other' | 'third';

const way = (name: Way, ms: number, fault = ''): Candidate<Way> => ({ way: name, ms, fault });
const order = (...candidates: Candidate<Way>[]) => byCost(candidates).map((one) => one.way);

describe('the order', () => {
  test('is that of the costs', () => {
    expect(order(way('usual', 5), way('other', 3), way('third', 1))).toEqual(['third', 'other', 'usual']);
  });

  test('keeps the usual way first, unless another one is clearly cheaper', () => {
    expect(order(way('usual', 10), way('other', 9.2))).toEqual(['usual', 'other']);
    expect(order(way('usual', 10), way('other', 8.8))).toEqual(['other', 'usual']);
    expect(order(way('usual', 0), way('other', 0))).toEqual(['usual', 'other']);
  });

  test('leaves out what can not be gone', () => {
    expect(order(way('usual', Infinity, 'no'), way('other', 3))).toEqual(['other']);
    expect(order(way('usual', Number.NaN, 'no'), way('other', 3))).toEqual(['other']);
  });
});

describe('the pick', () => {
  const wrong =
    (...names: Way[]) =>
    (name: Way): Promise<string> =>
      Promise.resolve(names.includes(name) ? `${name} is wrong` : '');

  test('is the cheapest right one, and nobody looks further', async () => {
    const faultOf = vi.fn(wrong('third'));
    const picked = await pick([way('usual', 5), way('other', 3), way('third', 1)], faultOf);
    expect(picked).toMatchObject({ way: 'other', isCorrect: true });
    expect([...picked.checked]).toEqual([
      ['third', 'third is wrong'],
      ['other', ''],
    ]);
    expect(faultOf).toHaveBeenCalledTimes(2);
  });

  test('is the usual one where none is right', async () => {
    const picked = await pick([way('usual', 5), way('other', 3)], wrong('usual', 'other'));
    expect(picked).toMatchObject({ way: 'usual', isCorrect: false });
    expect(picked.checked.size).toBe(2);
  });

  test('is the usual one where none can be gone', async () => {
    const faultOf = vi.fn(wrong());
    expect(await pick([way('usual', Infinity, 'no')], faultOf)).toMatchObject({ way: 'usual', isCorrect: false }); // prettier-ignore
    expect(faultOf).not.toHaveBeenCalled();
  });

  test('is never one that can not be gone, however right', async () => {
    const picked = await pick([way('usual', Infinity, 'no'), way('other', 100)], wrong());
    expect(picked.way).toBe('other');
  });
});

describe('ways out', () => {
  test('begin with pixels into a video on software GL, with the canvas on a GPU', () => {
    const both = ['canvas', 'video'] as const;
    expect(outputWays(both, true)).toEqual(['video pixels', 'canvas pixels', 'video canvas', 'canvas canvas']); // prettier-ignore
    expect(outputWays(both, false)).toEqual(['canvas canvas', 'video canvas', 'canvas pixels', 'video pixels']); // prettier-ignore
  });

  test('are those of the elements that there are', () => {
    expect(outputWays(['canvas'], true)).toEqual(['canvas pixels', 'canvas canvas']);
    expect(outputWays(['video'], false, 'pixels')).toEqual(['video pixels']);
  });

  test('are planned for as they go out', () => {
    expect(partsOf('video pixels')).toEqual(['video', 'pixels']);
    expect(planOutputOf('video', 'pixels')).toBe('bytes');
    expect(planOutputOf('canvas', 'pixels')).toBe('colours');
    expect(planOutputOf('video', 'canvas')).toBe('canvas');
    expect(planOutputOf('canvas', 'canvas')).toBe('canvas');
  });
});
