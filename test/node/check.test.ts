/** The words of a refusal: the option, the value and what is allowed. */
import { describe, expect, test } from 'vitest';
import { assert, assertNever, at } from '../../src/core/assert.ts';
import { checkFinite, checkInteger, checkNumber, checkOneOf, show } from '../../src/core/check.ts';

describe('checkNumber', () => {
  test.each([Number.NaN, Infinity, -Infinity, '3', null, undefined, true, [1]])('refuses %o', (value) => {
    expect(() => checkNumber('options.sigma', value)).toThrow(TypeError);
    expect(() => checkNumber('options.sigma', value)).toThrow(
      `options.sigma must be a finite number, got ${show(value)}`,
    );
  });

  test.each([
    [{ min: 1, max: 4 }, 0.5, '1 to 4'],
    [{ min: 1, max: 4 }, 4.5, '1 to 4'],
    [{ min: 0, max: 9, exclusiveMin: true, unit: 'px' }, 0, '> 0 and ≤ 9 px'],
    [{ min: 0, exclusiveMin: true, unit: 'px' }, -1, '> 0 px'],
    [{ min: 2 }, 1, '≥ 2'],
    [{ max: 2, unit: 'ms' }, 3, '≤ 2 ms'],
  ] as const)('names the bounds of %j', (bounds, value, allowed) => {
    expect(() => checkNumber('x', value, bounds)).toThrow(RangeError);
    expect(() => checkNumber('x', value, bounds)).toThrow(`x must be ${allowed}, got ${value}`);
  });

  test('takes the bounds themselves, unless the lower one is left out', () => {
    expect(checkNumber('x', 1, { min: 1, max: 4 })).toBe(1);
    expect(checkNumber('x', 4, { min: 1, max: 4 })).toBe(4);
    expect(checkNumber('x', 1e-9, { min: 0, exclusiveMin: true })).toBe(1e-9);
    expect(checkNumber('x', -1e9)).toBe(-1e9);
  });
});

test('checkInteger refuses fractions and what is out of bounds', () => {
  expect(() => checkInteger('size', 2.5)).toThrow(new TypeError('size must be an integer, got 2.5'));
  expect(() => checkInteger('size', '2')).toThrow(new TypeError('size must be an integer, got "2"'));
  expect(() => checkInteger('size', 64, { min: 1, max: 63, unit: 'taps' })).toThrow(
    new RangeError('size must be 1 to 63 taps, got 64'),
  );
  expect(checkInteger('size', 63, { min: 1, max: 63 })).toBe(63);
});

test('checkOneOf lists what is allowed', () => {
  expect(checkOneOf('edge', 'zero', ['zero', 'replicate'])).toBe('zero');
  expect(() => checkOneOf('edge', 'wrap', ['zero', 'replicate'])).toThrow(
    new TypeError(`edge must be 'zero' | 'replicate', got "wrap"`),
  );
});

test('checkFinite names the place', () => {
  checkFinite('bias', [0, -1, 1e30]);
  expect(() => checkFinite('bias', [0, Number.NaN])).toThrow(
    new TypeError('bias[1] must be a finite number, got NaN'),
  );
  expect(() => checkFinite('bias', Float32Array.of(-Infinity))).toThrow('bias[0] must be a finite number');
});

describe('show', () => {
  test.each([
    ['a "quoted" word', '"a \\"quoted\\" word"'],
    ['x'.repeat(50), `"${'x'.repeat(40)}…"`],
    [-0.5, '-0.5'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1, 'a'], '[1, "a"]'],
    [Array.from({ length: 9 }, () => 0), 'an array of 9'],
    [new Float32Array(2), 'a Float32Array'],
    [new Map(), 'a Map'],
    [() => 0, 'a function'],
    [10n, 'a bigint'],
  ])('%o', (value, text) => {
    expect(show(value)).toBe(text);
  });

  test('an object without a class does not break the message', () => {
    expect(() => checkNumber('x', Object.create(null))).toThrow('x must be a finite number, got a');
  });
});

describe('assertions', () => {
  test('at refuses an index that is not there', () => {
    expect(at([4, 5], 1)).toBe(5);
    expect(() => at([4, 5], 2)).toThrow('no element 2 of 2');
    expect(() => at([4, 5], -1)).toThrow('no element -1 of 2');
  });

  test('assert takes values that are falsy but there', () => {
    assert(0, 'zero is a value');
    assert('', 'so is no text');
    for (const broken of [false, null, undefined]) {
      expect(() => assert(broken, 'why')).toThrow('convolux invariant broken: why');
    }
  });

  test('assertNever shows what it met', () => {
    expect(() => assertNever({ kind: 'odd' } as never)).toThrow('unexpected value {"kind":"odd"}');
  });
});
