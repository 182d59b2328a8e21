/** Every built-in filter, at its defaults and at both ends of each parameter. */
import { describe, expect, test } from 'vitest';
import * as pipelines from '../../pipelines/index.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Filter, NumberParam, ParamValues } from '../../src/graph/filter.ts';
import { noise } from './fakes/images.ts';

const { filters, blur, edge, network, none, sharpen } = pipelines;
const frame = noise(9, 11, 3);

const numbers = (filter: Filter): [string, NumberParam][] =>
  Object.entries(filter.params).flatMap(([name, spec]) => (spec.type === 'number' ? [[name, spec]] : []));
const choices = (filter: Filter): ParamValues[] =>
  Object.entries(filter.params).flatMap(([name, spec]) =>
    spec.type === 'choice' ? spec.choices.map((choice) => ({ [name]: choice })) : [],
  );
/** The defaults, then each parameter at its least and its most, and each choice. */
const settings = (filter: Filter): ParamValues[] => [
  {},
  ...numbers(filter).flatMap(([name, { min, max }]) => [{ [name]: min }, { [name]: max }]),
  ...choices(filter),
];
/** [height, width] of what becomes of a frame of 9 × 11. */
const outputSize = ({ name }: Filter, params: ParamValues): readonly number[] =>
  name === network.name ? networkSizes[String(params['scale'] ?? '1/8')]! : [9, 11];
const networkSizes: Readonly<Record<string, readonly number[]>> = {
  '1/8': [1, 1],
  '1/4': [3, 3],
  '1/2': [5, 5],
};
const flat = (level: number): Tensor => ({
  shape: [6, 7, 3],
  data: new Float32Array(6 * 7 * 3).fill(level),
});

test('the list has each filter of the folder once', () => {
  const exported = Object.values(pipelines).filter((one): one is Filter => 'build' in one);
  expect(new Set(filters)).toEqual(new Set(exported));
  expect(filters).toHaveLength(exported.length);
  expect(new Set(filters.map(({ name }) => name)).size).toBe(filters.length);
});

describe.each(filters.map((filter) => [filter.name, filter] as const))('%s', (_name, filter) => {
  test.each(settings(filter).map((params) => [params]))('%j: finite, within 0..1, in its size', (params) => {
    const { shape, data } = runReference(filter.build(params), { frame });
    expect(shape.slice(0, 2)).toEqual(outputSize(filter, params));
    expect([1, 3]).toContain(shape[2]);
    for (const value of data) {
      expect(value).toBeGreaterThanOrEqual(0);
      // Where nothing clamps, weights rounded to float32 may sum to a little more than 1.
      expect(value).toBeLessThanOrEqual(1 + 1e-6);
    }
  }); // prettier-ignore

  test('has sliders that reach their default and their end in whole steps', () => {
    for (const [, { min, max, step, default: initial }] of numbers(filter)) {
      for (const value of [initial, max]) {
        const steps = (value - min) / step;
        expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-9);
      }
      expect(initial).toBeGreaterThanOrEqual(min);
      expect(initial).toBeLessThanOrEqual(max);
    }
  });
});

describe('what they do', () => {
  test('none is the frame', () => {
    expect(runReference(none.build(), { frame })).toEqual(frame);
  });

  test('edge is dark on flat pictures, and a step is as strong as it is high', () => {
    expect(Math.max(...runReference(edge.build(), { frame: flat(0.6) }).data)).toBeLessThan(1e-6);
    const step = { ...flat(0), data: flat(0).data.map((_, i) => (Math.floor(i / 3) % 7 < 3 ? 0.5 : 0.6)) };
    const row = [...runReference(edge.build({ strength: 2 }), { frame: step }).data].slice(0, 7);
    // Sobel weighs a step by 4; the strength doubles it.
    [0, 0, 0.8, 0.8, 0, 0, 0].forEach((expected, x) => {
      expect(row[x]).toBeCloseTo(expected, 5);
    });
  });

  test('blur and sharpen leave flat pictures as they are', () => {
    for (const filter of [blur, sharpen]) {
      for (const value of runReference(filter.build(), { frame: flat(0.7) }).data) {
        expect(value).toBeCloseTo(0.7, 5);
      }
    }
  });

  test('blur lowers contrast, sharpen raises it, and an amount of 0 is nothing', () => {
    const spread = ({ data }: Tensor): number => {
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      return data.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    };
    const own = spread(frame);
    expect(spread(runReference(blur.build(), { frame }))).toBeLessThan(own / 4);
    expect(spread(runReference(sharpen.build(), { frame }))).toBeGreaterThan(own * 1.5);
    const nothing = runReference(sharpen.build({ amount: 0 }), { frame });
    nothing.data.forEach((value, i) => expect(value).toBe(frame.data[i]));
  });
});
