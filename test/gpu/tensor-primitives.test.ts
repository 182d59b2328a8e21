/** Each primitive on WebGL2 against its definition in float64, over tensors of every rank. */
import { afterAll, describe, expect, test } from 'vitest';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { sizeOf, toFloat64, type Shape, type Tensor } from '../../src/core/tensor.ts';
import { planTensors } from '../../src/plan/tensor-plan.ts';
import {
  binary,
  constant,
  operand,
  select,
  unary,
  type Expression,
} from '../../src/primitives/expression.ts';
import { EDGE_MODES, type Primitive } from '../../src/primitives/primitive.ts';
import { runPrimitives } from '../support/run-primitives.ts';

const ledger = new Ledger();
const backend = new WebGl2Backend({ ledger });

afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

/** Numbers in −1..1 that repeat with no short period. */
function numbers(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
}

const random = (shape: Shape, seed = 1): Tensor => ({ shape, data: numbers(sizeOf(shape), seed) });

/** The worst difference, relative to the larger of 1 and the value. */
async function worstError(inputs: readonly Tensor[], ...rest: readonly Primitive[]): Promise<number> {
  const named = Object.fromEntries(inputs.map((tensor, i) => [`in${i}`, tensor]));
  const leaves = inputs.map(({ shape }, i): Primitive => ({ kind: 'input', name: `in${i}`, shape }));
  const values = [...leaves, ...rest];
  const program = { values, output: values.length - 1 };
  const wide = Object.fromEntries(Object.entries(named).map(([name, tensor]) => [name, toFloat64(tensor)]));
  const expected = runPrimitives(program, wide);
  const prepared = await backend.prepare(planTensors(program, backend.capabilities));
  backend.writeTensors(prepared, named);
  backend.execute(prepared);
  const got = backend.readTensor(prepared);
  prepared.dispose();
  expect(got.shape).toEqual(expected.shape);
  let worst = 0;
  expected.data.forEach((value, i) => {
    const error = Math.abs(value - (got.data[i] ?? Number.NaN)) / Math.max(1, Math.abs(value));
    worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
  });
  return worst;
}

const EXACT = 1e-4;

describe('linear', () => {
  const linear = (shape: Shape, more: Partial<Extract<Primitive, { kind: 'linear' }>>): Primitive => ({
    kind: 'linear',
    input: 0,
    shape,
    taps: [[-1, 0], [0, 2], [1, -3]],
    strides: [1, 1],
    upsample: [1, 1],
    channels: 'dense',
    groups: 1,
    weights: numbers(0),
    bias: null,
    edge: 'zero',
    ...more,
  }); // prettier-ignore

  test.each(EDGE_MODES)('%s edges', async (edge) => {
    const value = linear([5, 6, 7], { edge, weights: numbers(3 * 3 * 7), bias: numbers(7, 2) });
    expect(await worstError([random([5, 6, 3])], value)).toBeLessThan(EXACT);
  });

  test.each([
    [1, 12, 20],
    [2, 12, 20],
    [3, 12, 21],
    [4, 12, 20],
    [6, 6, 18],
    [12, 12, 12],
    [5, 5, 5],
    [2, 6, 10],
    [3, 15, 9],
  ])('%i groups, %i → %i channels', async (groups, inputs, outputs) => {
    const weights = numbers((3 * inputs * outputs) / groups);
    const value = linear([4, 5, outputs], { groups, weights });
    expect(await worstError([random([4, 5, inputs])], value)).toBeLessThan(EXACT);
  });

  test('shared weights, strides, many channels', async () => {
    const value = linear([3, 2, 9], {
      channels: 'shared',
      weights: numbers(3),
      strides: [2, 3],
      edge: 'replicate',
    });
    expect(await worstError([random([6, 6, 9])], value)).toBeLessThan(EXACT);
  });

  test('upsampled inputs', async () => {
    const value = linear([9, 11, 3], { upsample: [2, 3], weights: numbers(3 * 2 * 3) });
    expect(await worstError([random([5, 4, 2])], value)).toBeLessThan(EXACT);
  });

  test('one and three dimensions', async () => {
    const row = linear([8, 4], {
      taps: [[-1], [0], [3]],
      strides: [1],
      upsample: [1],
      weights: numbers(3 * 3 * 4),
    });
    expect(await worstError([random([9, 3])], row)).toBeLessThan(EXACT);
    const taps = [[0, 0, 0], [1, 1, 0], [2, 0, -1]]; // prettier-ignore
    const strides = [1, 2, 1];
    const volume = linear([3, 2, 4, 5], { taps, strides, upsample: [1, 1, 1], weights: numbers(3 * 6 * 5) });
    expect(await worstError([random([5, 4, 4, 6])], volume)).toBeLessThan(EXACT);
  });

  test('1,024 channels to 8, and 8 to 1,024', async () => {
    const one = { taps: [[0, 0]], strides: [1, 1], upsample: [1, 1] };
    const narrow = linear([2, 2, 8], { ...one, weights: numbers(8 * 1024) });
    expect(await worstError([random([2, 2, 1024])], narrow)).toBeLessThan(EXACT);
    const wide = linear([2, 2, 1024], { ...one, weights: numbers(8 * 1024) });
    expect(await worstError([random([2, 2, 8])], wide)).toBeLessThan(EXACT);
  });
});

describe('stencil', () => {
  const add: Expression = binary('add', operand(0), binary('mul', operand(1), constant(0.5)));
  const pairs: [Shape, Shape, Shape][] = [
    [[], [], []],
    [[5], [5], [5]],
    [[3, 5], [5], [3, 5]],
    [
      [2, 3, 5],
      [3, 1],
      [2, 3, 5],
    ],
    [
      [2, 1, 5],
      [4, 1],
      [2, 4, 5],
    ],
    [
      [2, 3, 2, 3, 6],
      [1, 3, 1, 1, 1],
      [2, 3, 2, 3, 6],
    ],
    [
      [2, 1, 2, 3, 1],
      [3, 1, 1, 7],
      [2, 3, 2, 3, 7],
    ],
  ];
  test.each(pairs)('%j with %j', async (a, b, shape) => {
    const value: Primitive = { kind: 'stencil', inputs: [0, 1], shape, expression: add };
    expect(await worstError([random(a), random(b, 2)], value)).toBeLessThan(EXACT);
  });

  const x = operand(0);
  const unaries = ['neg', 'abs', 'exp', 'tanh', 'erf', 'floor', 'sign'] as const;
  const expressions: [string, Expression][] = [
    ...unaries.map((op): [string, Expression] => [op, unary(op, binary('mul', x, constant(3)))]),
    ['sqrt', unary('sqrt', unary('abs', x))],
    ['log', unary('log', binary('add', unary('abs', x), constant(0.1)))],
    ['tanh of 10,000', unary('tanh', binary('mul', x, constant(1e4)))],
    ['pow', binary('pow', x, constant(2.5))],
    ['less', binary('less', x, constant(0.3))],
    ['min', binary('min', x, constant(0.3))],
    ['max', binary('max', x, constant(0.3))],
    ['div', binary('div', x, constant(0.3))],
    ['select leaves NaN behind', select(x, unary('log', x), unary('sqrt', unary('neg', x)))],
  ];
  test.each(expressions)('%s', async (_name, expression) => {
    const value: Primitive = { kind: 'stencil', inputs: [0], shape: [7, 5], expression };
    expect(await worstError([random([7, 5])], value)).toBeLessThan(EXACT);
  });

  test('is written into the pass before it', async () => {
    const twice: Primitive = { kind: 'stencil', inputs: [0], shape: [4, 6], expression: binary('mul', x, x) };
    const more: Primitive = { kind: 'stencil', inputs: [1], shape: [4, 6], expression: unary('neg', x) };
    expect(await worstError([random([4, 6])], twice, more)).toBeLessThan(EXACT);
  });
});

describe('fold and reduce', () => {
  const [acc, v] = [operand(0), operand(1)];
  const window = [[0, 0], [0, 1], [1, 0], [1, 1], [-1, 2]]; // prettier-ignore
  const fold = (more: Partial<Extract<Primitive, { kind: 'fold' }>>): Primitive => ({
    kind: 'fold', input: 0, shape: [3, 4, 5], taps: window, strides: [2, 1], initial: 0,
    fold: binary('add', acc, v), finish: binary('div', acc, operand(1)), ...more,
  }); // prettier-ignore

  test('a maximum from −∞, and a mean of what is inside', async () => {
    const largest = fold({ initial: -Infinity, fold: binary('max', acc, v), finish: acc });
    expect(await worstError([random([6, 5, 5])], largest)).toBeLessThan(EXACT);
    expect(await worstError([random([6, 5, 5])], fold({}))).toBeLessThan(EXACT);
  });

  test.each<[Shape, number[]]>([
    [[7], [0]],
    [[3, 7], [0]],
    [[3, 7], [1]],
    [
      [3, 4, 5],
      [0, 1],
    ],
    [
      [3, 4, 5],
      [0, 1, 2],
    ],
    [
      [2, 3, 4, 5, 6],
      [1, 3],
    ],
    [
      [2, 3, 4, 5, 6],
      [0, 4],
    ],
  ])('%j over axes %j', async (shape, axes) => {
    const out = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const common = { kind: 'reduce', input: 0, shape: out, axes } as const;
    const sum: Primitive = {
      ...common,
      initial: 0,
      fold: binary('add', acc, v),
      finish: binary('mul', acc, acc),
    };
    const least: Primitive = { ...common, initial: Infinity, fold: binary('min', acc, v), finish: acc };
    expect(await worstError([random(shape)], sum)).toBeLessThan(EXACT);
    expect(await worstError([random(shape)], least)).toBeLessThan(EXACT);
  });
});

describe('resample, deform, move, reshape', () => {
  test.each(['nearest', 'linear'] as const)('%s', async (mode) => {
    const up: Primitive = {
      kind: 'resample',
      input: 0,
      shape: [9, 10, 5],
      mode,
      scale: [0.4, 0.5],
      offset: [-0.3, -0.25],
    };
    const down: Primitive = {
      kind: 'resample',
      input: 0,
      shape: [2, 2, 5],
      mode,
      scale: [2, 2.5],
      offset: [0.5, 0.75],
    };
    for (const value of [up, down]) expect(await worstError([random([4, 5, 5])], value)).toBeLessThan(EXACT);
  });

  test.each<[Shape, Shape, number[], number[]]>([
    [
      [4, 5, 5],
      [11, 5, 5],
      [0.25, 1],
      [-0.3, 0],
    ],
    [
      [4, 5, 5],
      [9, 13, 5],
      [0.4, 0.25],
      [-0.7, 0.1],
    ],
    [
      [3, 4, 5, 2],
      [7, 4, 9, 2],
      [0.4, 1, 0.5],
      [-0.2, 0, 0.3],
    ],
  ])('the cubic B-spline, %j → %j', async (from, shape, scale, offset) => {
    const value: Primitive = { kind: 'resample', input: 0, shape, mode: 'cubic', scale, offset };
    expect(await worstError([random(from)], value)).toBeLessThan(EXACT);
  });

  test('deformable reads, with and without a mask', async () => {
    const taps = [[-1, -1], [0, 0], [1, 2]]; // prettier-ignore
    const offsets = random([4, 3, 2 * 3 * 2], 5);
    offsets.data.forEach((value, i) => (offsets.data[i] = 3 * value));
    const common = {
      kind: 'deform',
      input: 0,
      offsets: 1,
      shape: [4, 3, 18],
      taps,
      strides: [1, 2],
      offsetGroups: 2,
    } as const;
    const inputs = [random([4, 6, 6]), offsets];
    expect(await worstError(inputs, { ...common, mask: null })).toBeLessThan(EXACT);
    expect(await worstError([...inputs, random([4, 3, 6], 9)], { ...common, mask: 2 })).toBeLessThan(EXACT);
  });

  test.each(EDGE_MODES)('padding by %s', async (edge) => {
    const piece = {
      input: 0,
      start: [0, 0, 0],
      size: [8, 9, 6],
      from: [-2, -3, -1],
      step: [1, 1, 1],
      axes: [0, 1, 2],
      edge,
    };
    const value: Primitive = { kind: 'move', inputs: [0], shape: [8, 9, 6], pieces: [piece], fill: 0 };
    expect(await worstError([random([4, 4, 4])], value)).toBeLessThan(EXACT);
  });

  test('pieces of two tensors, a step, turned axes and a fill', async () => {
    const common = { step: [1, 2], axes: [1, 0], edge: 'zero' } as const;
    const value: Primitive = {
      kind: 'move', inputs: [0, 1], shape: [5, 7], fill: -3,
      pieces: [
        { ...common, input: 0, start: [0, 0], size: [3, 3], from: [1, 1] },
        { ...common, input: 1, start: [1, 4], size: [4, 2], from: [0, 0] },
      ],
    }; // prettier-ignore
    expect(await worstError([random([8, 4]), random([5, 6], 3)], value)).toBeLessThan(EXACT);
  });

  test.each<[Shape, Shape]>([
    [[6], [2, 3]],
    [
      [2, 3, 5],
      [5, 6],
    ],
    [[2, 3, 4, 5, 6], [720]],
    [[720], [3, 1, 8, 2, 15]],
    [[1], []],
  ])('%j as %j', async (from, shape) => {
    expect(await worstError([random(from)], { kind: 'reshape', input: 0, shape })).toBe(0);
  });

  test('constants belong to the plan', async () => {
    const data = numbers(5, 4);
    const scale: Primitive = { kind: 'constant', shape: [5], data };
    const value: Primitive = {
      kind: 'stencil',
      inputs: [0, 1],
      shape: [2, 3, 5],
      expression: binary('mul', operand(0), operand(1)),
    };
    expect(await worstError([random([2, 3, 5])], scale, value)).toBeLessThan(EXACT);
  });
});

test('a tensor that no texture holds is refused with both sizes', () => {
  const program = { values: [{ kind: 'input', name: 'x', shape: [100_000, 1] } as const], output: 0 };
  expect(() => planTensors(program, { ...backend.capabilities, maxTextureSize: 4096 })).toThrow(
    new RangeError(
      'a tensor [100000, 1] needs a texture of 100000×1 texels, and this device holds at most 4096 on a side',
    ),
  );
});
