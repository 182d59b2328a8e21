/** Programs that became smaller compute what they computed; sliders that pass 0 or 1 change no program. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../src/core/assert.ts';
import { tensor, toFloat64, type Tensor64 } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import { concat, conv2d, mul, relu } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { box } from '../../src/kernels/box.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { lower } from '../../src/plan/lower.ts';
import { dropZeroTaps, mergePointwise, simplify } from '../../src/plan/simplify.ts';
import {
  binary,
  constant,
  evaluate,
  operand,
  select,
  unary,
  type Expression,
} from '../../src/primitives/expression.ts';
import type { Linear, PrimitiveProgram } from '../../src/primitives/primitive.ts';
import { simplifyExpression } from '../../src/primitives/simplify-expression.ts';
import { runPrimitives } from '../support/run-primitives.ts';
import { noise } from './fakes/images.ts';
import { anyExpression } from './random-expression.ts';

const lowered = (one: Graph): PrimitiveProgram =>
  lower(one, { frame: [6, 8, 3] }, { luma: [0.2126, 0.7152, 0.0722] });
const frame = toFloat64(noise(6, 8, 3));
const run = (program: PrimitiveProgram): Tensor64 => runPrimitives(program, { frame });

function linear(one: Graph): Linear {
  const { values, output } = simplify(lowered(one));
  const value = at(values, output);
  if (value.kind !== 'linear') throw new Error('the output must be a filter');
  return value;
}

const numbers = (count: number, seed = 1) =>
  Array.from({ length: count }, (_, i) => Math.sin(seed + i * 78.233) / 4);
const weights = (shape: readonly number[], seed?: number) =>
  tensor(shape, numbers(shape.reduce((a, b) => a * b, 1), seed)); // prettier-ignore

describe('zero taps', () => {
  test('are dropped, with their positions', () => {
    const { taps, weights: kept } = linear(graph(({ frame }) => conv2d(frame, kernel([[0, 3, 0], [0, 0, -5]])))); // prettier-ignore
    expect(taps).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect([...kept]).toEqual([3, -5]);
  });

  test('of a layer are dropped when they weigh nothing in any channel', () => {
    const some = tensor([1, 3, 3, 1], [0, 0, 0, 0, 7, 0, 0, 0, 0]);
    const { taps, weights: kept } = linear(graph(({ frame }) => conv2d(frame, { weights: some, padding: 'same' }))); // prettier-ignore
    expect(taps).toEqual([[0, 0]]);
    expect([...kept]).toEqual([0, 7, 0]);
  });

  test('of nothing but zeros leave one, so that the value has a pass', () => {
    const { taps, weights: kept } = linear(graph(({ frame }) => conv2d(frame, kernel([[0, 0], [0, 0]])))); // prettier-ignore
    expect(taps).toHaveLength(1);
    expect([...kept]).toEqual([0]);
  });

  test('weights of a program without any are left as they are', () => {
    const program = lowered(graph(({ frame }) => conv2d(frame, box(3))));
    expect(simplify(program)).toEqual(program);
    const value = program.values.at(-1) as Linear;
    expect(dropZeroTaps(value)).toBe(value);
  });
});

/** A filter, then a mix of its channels. */
type Pair = Readonly<{
  channels: readonly [between: number, out: number];
  side: number;
  edge: 'zero' | 'replicate';
  strides: number;
  biases: readonly [inner: boolean, outer: boolean];
}>;

const pairs: fc.Arbitrary<Pair> = fc.record({
  channels: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  side: fc.integer({ min: 1, max: 3 }),
  edge: fc.constantFrom('zero', 'replicate'),
  strides: fc.integer({ min: 1, max: 2 }),
  biases: fc.tuple(fc.boolean(), fc.boolean()),
});

const biasOf = (isThere: boolean, count: number, seed: number) =>
  isThere ? { bias: Float32Array.from(numbers(count, seed)) } : {};

const inner = ({ channels: [between], side, edge, strides, biases: [has] }: Pair, frame: GraphValue) =>
  conv2d(frame, {
    weights: weights([side, side, 3, between]),
    padding: 'same',
    edge,
    strides,
    ...biasOf(has, between, 5),
  });
const outer = ({ channels: [between, out], biases: [, has] }: Pair, value: GraphValue) =>
  conv2d(value, { weights: weights([1, 1, between, out], 9), ...biasOf(has, out, 7) });

function expectSame(program: PrimitiveProgram): PrimitiveProgram {
  const smaller = simplify(program);
  const [expected, got] = [run(program), run(smaller)];
  expect(got.shape).toEqual(expected.shape);
  expected.data.forEach((value, i) => {
    expect(Math.abs(at(got.data, i) - value)).toBeLessThan(1e-6);
  });
  return smaller;
}

describe('a mix of channels after a filter', () => {
  test('is written into the filter where that multiplies no more, and computes the same', () => {
    let merged = 0;
    fc.assert(
      fc.property(pairs, (pair) => {
        const { channels: [between, out], side } = pair; // prettier-ignore
        const smaller = expectSame(lowered(graph(({ frame }) => outer(pair, inner(pair, frame)))));
        const isCheaper = side * side * 3 * out <= side * side * 3 * between + between * out;
        expect(smaller.values).toHaveLength(isCheaper ? 2 : 3);
        merged += isCheaper ? 1 : 0;
      }),
      { numRuns: 100 },
    );
    expect(merged).toBeGreaterThan(10);
  });

  test('goes on through several of them, and leaves nothing behind', () => {
    const mix = (value: GraphValue, seed: number) => conv2d(value, { weights: weights([1, 1, 3, 3], seed) });
    const one = lowered(graph(({ frame }) => mix(mix(mix(frame, 2), 3), 4)));
    expect(expectSame(one).values).toHaveLength(2);
    // What is too wide for images in between does not make the program one of tensors.
    const wide = graph(({ frame }) => conv2d(conv2d(frame, weights([1, 1, 3, 9])), weights([1, 1, 9, 3])));
    expect(expectSame(lowered(wide)).values.map(({ shape }) => shape[2])).toEqual([3, 3]);
  });

  test.each<[string, (frame: GraphValue) => GraphValue, number]>([
    ['a filter that others read too', (frame) => {
      const mixed = conv2d(frame, weights([1, 1, 3, 3]));
      return mul(conv2d(mixed, weights([1, 1, 3, 3], 4)), mixed);
    }, 4],
    ['a mix that looks at neighbours', (frame) => conv2d(conv2d(frame, weights([1, 1, 3, 3])), weights([2, 1, 3, 3])), 3],
    ['a mix one pixel aside', (frame) => conv2d(conv2d(frame, weights([1, 1, 3, 3])), { weights: tensor([1, 3, 3, 3], [...numbers(9), ...new Array<number>(18).fill(0)]), padding: 'same' }), 3],
    ['a filter of groups', (frame) => conv2d(conv2d(frame, { weights: weights([3, 3, 1, 3]), groups: 3 }), weights([1, 1, 3, 3])), 3],
    ['a mix of every second pixel', (frame) => conv2d(conv2d(frame, weights([1, 1, 3, 3])), { weights: weights([1, 1, 3, 3]), strides: 2 }), 3],
    ['what is not linear between them', (frame) => conv2d(relu(conv2d(frame, weights([1, 1, 3, 3]))), weights([1, 1, 3, 3])), 4],
  ])('%s stays as it is', (_name, build, values) => {
    expect(expectSame(lowered(graph(({ frame }) => build(frame)))).values).toHaveLength(values);
  }); // prettier-ignore

  test('the output itself is not merged away', () => {
    const { values } = lowered(
      graph(({ frame }) => conv2d(conv2d(frame, weights([1, 1, 3, 3])), weights([1, 1, 3, 3]))),
    );
    expect(simplify({ values, output: 1 }).values).toHaveLength(2);
    expect(expectSame({ values, output: 1 }).output).toBe(1);
  });

  test('shared weights are no mix', () => {
    const { values } = lowered(graph(({ frame }) => conv2d(conv2d(frame, box(3)), weights([1, 1, 3, 3]))));
    expect(mergePointwise(values[2] as Linear, values[1] as Linear)).toBeNull();
  });
});

test('values that nobody needs are gone, whatever kind reads the others', () => {
  const one = graph(({ frame }) => {
    const narrow = conv2d(conv2d(frame, weights([1, 1, 3, 4])), weights([1, 1, 4, 2]));
    return concat([narrow, frame, narrow], { axis: 2 });
  });
  expect(expectSame(lowered(one)).values.map(({ kind }) => kind)).toEqual(['input', 'linear', 'move']);
});

describe('expressions', () => {
  const [x, zero, one] = [operand(0), constant(0), constant(1)];

  test.each<[Expression, Expression]>([
    [binary('add', constant(2), constant(3)), constant(5)],
    [binary('mul', x, binary('sub', constant(2), one)), binary('mul', x, one)],
    [unary('neg', unary('sqrt', constant(4))), constant(-2)],
    [select(constant(1), x, zero), x],
    [select(constant(0), x, binary('add', one, one)), constant(2)],
    [select(binary('less', constant(3), constant(2)), x, one), one],
    // A shader has no literal for these.
    [binary('div', one, zero), binary('div', one, zero)],
    [unary('log', constant(-1)), unary('log', constant(-1))],
  ])('%j', (expression, expected) => {
    expect(simplifyExpression(expression)).toEqual(expected);
  });

  test('of numbers that mean nothing keep them: x + 0, x · 1, x · 0', () => {
    for (const expression of [binary('add', x, zero), binary('mul', x, one), binary('mul', x, zero), binary('sub', x, zero), binary('pow', x, one)]) {
      expect(simplifyExpression(expression)).toEqual(expression);
    } // prettier-ignore
  });

  /** The expression without its numbers. */
  const formOf = (expression: Expression): unknown =>
    JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === 'value' ? '#' : value)));
  const withNumber = (expression: Expression, number: number): Expression =>
    JSON.parse(JSON.stringify(expression), (key, value: unknown) =>
      key === 'value' ? number : value,
    ) as Expression;

  test('give what they gave', () => {
    fc.assert(
      fc.property(
        anyExpression,
        fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        (expression, values) => {
          const [expected, got] = [
            evaluate(expression, values),
            evaluate(simplifyExpression(expression), values),
          ];
          expect(
            Object.is(got, expected) ||
              Math.abs(got - expected) <= 1e-9 * Math.abs(expected) ||
              got === expected,
          ).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('have one form for every number, 0 and 1 too', () => {
    // Sums and products of numbers and operands, which is what sliders move in.
    const sums = fc.letrec<{ tree: Expression }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constant(x),
        fc.constant(operand(1)),
        fc.double({ min: 0.5, max: 2, noNaN: true }).map(constant),
        fc
          .tuple(
            fc.constantFrom('add' as const, 'mul' as const, 'min' as const, 'max' as const),
            tie('tree'),
            tie('tree'),
          )
          .map(([op, a, b]) => binary(op, a, b)),
      ),
    })).tree;
    fc.assert(
      fc.property(sums, fc.constantFrom(0, 1, -1, 0.5), (expression, number) => {
        expect(formOf(simplifyExpression(withNumber(expression, number)))).toEqual(
          formOf(simplifyExpression(expression)),
        );
      }),
      { numRuns: 500 },
    );
  });
});
