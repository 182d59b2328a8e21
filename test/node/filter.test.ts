import { describe, expect, test } from 'vitest';
import { graph } from '../../src/graph/builder.ts';
import { defineFilter, resolveParams } from '../../src/graph/filter.ts';
import { mul } from '../../src/graph/operators.ts';

const glow = defineFilter({
  name: 'glow',
  title: 'Glow',
  description: 'for tests',
  params: {
    amount: { type: 'number', title: 'Amount', min: 0, max: 2, step: 0.5, default: 1, unit: '×' },
    shape: { type: 'choice', title: 'Shape', choices: ['round', 'square'], default: 'round' },
    soft: { type: 'boolean', title: 'Soft', default: true },
  },
  build: ({ amount, shape, soft }) =>
    graph(({ frame }) => mul(mul(frame, amount), shape === 'round' ? (soft ? 1 : 2) : soft ? 3 : 4)),
});

const bare = defineFilter({
  name: 'bare',
  title: 'Bare',
  description: 'for tests',
  params: {},
  build: () => graph(({ frame }) => frame),
});

describe('resolveParams', () => {
  test('fills in the defaults', () => {
    expect(resolveParams(glow)).toEqual({ amount: 1, shape: 'round', soft: true });
    expect(resolveParams(glow, { soft: false, amount: 0 })).toEqual({
      amount: 0,
      shape: 'round',
      soft: false,
    });
    expect(resolveParams(bare, {})).toEqual({});
  });

  test('does not touch what it is given', () => {
    const given = Object.freeze({ amount: 2 });
    expect(resolveParams(glow, given)).not.toBe(given);
    expect(given).toEqual({ amount: 2 });
  });

  test.each([
    [{ amount: 2.5 }, RangeError, 'glow.amount must be 0 to 2 ×, got 2.5'],
    [{ amount: -0.1 }, RangeError, 'glow.amount must be 0 to 2 ×, got -0.1'],
    [{ amount: '1' }, TypeError, 'glow.amount must be a finite number, got "1"'],
    [{ amount: Number.NaN }, TypeError, 'glow.amount must be a finite number, got NaN'],
    [{ shape: 'oval' }, TypeError, `glow.shape must be 'round' | 'square', got "oval"`],
    [{ shape: 1 }, TypeError, `glow.shape must be 'round' | 'square', got 1`],
    [{ soft: 'yes' }, TypeError, 'glow.soft must be true or false, got "yes"'],
    [{ blur: 1 }, TypeError, "filter 'glow' has no parameter 'blur': it has amount, shape, soft"],
    [
      { amuont: 1 },
      TypeError,
      "has no parameter 'amuont': it has amount, shape, soft; did you mean 'amount'?",
    ],
    [{ constructor: 1 }, TypeError, "filter 'glow' has no parameter 'constructor'"],
  ])('refuses %j', (params, Class, message) => {
    expect(() => resolveParams(glow, params)).toThrow(Class);
    expect(() => resolveParams(glow, params)).toThrow(message);
    expect(() => glow.build(params as Record<string, number>)).toThrow(message);
  });

  test('says so when there is nothing to set', () => {
    expect(() => resolveParams(bare, { amount: 1 })).toThrow(
      "filter 'bare' has no parameter 'amount': it has none",
    );
  });
});

test('a logarithmic scale starts above 0', () => {
  const sized = (min: number, scale: 'linear' | 'log') => () =>
    defineFilter({
      ...bare,
      params: { size: { type: 'number', title: 'Size', min, max: 8, step: 1, default: 8, scale } },
      build: () => bare.build(),
    });
  expect(sized(0, 'log')).toThrow(RangeError);
  expect(sized(-1, 'log')).toThrow('bare.size.min must be > 0, got -1');
  expect(sized(1, 'log')).not.toThrow();
  expect(sized(0, 'linear')).not.toThrow();
});

test('build takes checked values and defaults', () => {
  const constants = (params?: Record<string, number | string | boolean>) =>
    glow.build(params).nodes.flatMap((node) => (node.op === 'mul' ? [node.options.constant] : []));
  expect(constants()).toEqual([1, 1]);
  expect(constants({ amount: 2, shape: 'square', soft: false })).toEqual([2, 4]);
});
