/** Random graphs of one to six ops on random sizes: WebGL2 gives what the reference gives, within 1e-4. */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { sizeOf, tensor, type Tensor } from '../../src/core/tensor.ts';
import { TensorRunner } from '../../src/engine/run-tensors.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import {
  abs,
  add,
  averagePool2d,
  clamp,
  concat,
  conv2d,
  convTranspose2d,
  depthwiseConv2d,
  gelu,
  instanceNorm,
  l2Pool2d,
  maxPool2d,
  mish,
  mul,
  pad,
  reduceMean,
  resample2d,
  selu,
  separableConv2d,
  sigmoid,
  sliceChannels,
  softmax,
  softplus,
  sub,
  tanh,
} from '../../src/graph/operators.ts';
import { EDGE_MODES } from '../../src/primitives/primitive.ts';

const ledger = new Ledger();
const runner = new TensorRunner(ledger);

afterAll(() => {
  runner.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

type Dice = (sides: number) => number;
type Step = (x: GraphValue, dice: Dice) => GraphValue;

const sizeAt = (x: GraphValue, axis: number) => x.shape[axis] ?? 1;
const channelsOf = (x: GraphValue) => sizeAt(x, 2);
const sideOf = (x: GraphValue) => Math.min(sizeAt(x, 0), sizeAt(x, 1));

function weights(shape: readonly number[], dice: Dice): Tensor {
  const seed = dice(1000);
  const gain = 1 / Math.sqrt(sizeOf(shape) / (shape.at(-1) ?? 1));
  return tensor(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => gain * Math.sin(seed + i * 78.233)),
  );
}

const bias = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.cos(i) / 4);
const pick = <T>(values: readonly T[], dice: Dice): T => values[dice(values.length)] as T;

const convolve: Step = (x, dice) => {
  const channels = channelsOf(x);
  const groups = pick([1, channels].concat(channels % 2 === 0 ? [2] : []), dice);
  const out = groups * (1 + dice(4));
  const [height, width] = [1 + dice(5), 1 + dice(5)];
  return conv2d(x, {
    weights: weights([height, width, channels / groups, out], dice),
    bias: bias(out),
    groups,
    strides: 1 + dice(3),
    dilations: 1 + dice(2),
    padding: 'same',
    edge: pick(EDGE_MODES, dice),
    ...(dice(2) === 0 ? {} : { activation: pick(['relu', 'tanh', 'sigmoid'] as const, dice) }),
  });
};

const transposed: Step = (x, dice) => {
  const channels = channelsOf(x);
  if (sideOf(x) > 20) return x;
  const strides = 1 + dice(3);
  const shape = [strides + dice(3), strides + dice(3), 1 + dice(5), channels];
  return convTranspose2d(x, {
    weights: weights(shape, dice),
    strides,
    padding: pick(['same', 'valid'] as const, dice),
  });
};

const pool: Step = (x, dice) => {
  const apply = pick([maxPool2d, averagePool2d, l2Pool2d], dice);
  const window = 1 + dice(Math.min(4, sideOf(x)));
  return apply(x, {
    windowDimensions: [window, window],
    strides: 1 + dice(2),
    padding: pick(['same', 'valid'] as const, dice),
  });
};

const depthwise: Step = (x, dice) =>
  depthwiseConv2d(x, { weights: weights([3, 2, channelsOf(x), 1 + dice(3)], dice), padding: 'same' });

const separable: Step = (x, dice) => {
  const channels = channelsOf(x);
  const out = 1 + dice(9);
  return separableConv2d(x, {
    weights: weights([3, 3, channels, 2], dice),
    pointwiseWeights: weights([2 * channels, out], dice),
    padding: 'same',
  });
};

const pointwise: Step = (x, dice) => pick([tanh, sigmoid, softplus, mish, gelu, selu, abs, clamp], dice)(x);
const residual: Step = (x, dice) => add(x, mul(sub(pointwise(x, dice), 0.25), 0.5));
const widen: Step = (x, dice) => concat([x, pointwise(x, dice)], { axis: 2 });
const narrow: Step = (x, dice) => {
  const start = dice(channelsOf(x));
  return sliceChannels(x, start, 1 + dice(channelsOf(x) - start));
};
const border: Step = (x, dice) => {
  const reach = Math.min(2, sideOf(x) - 1);
  const mode = pick(['constant', 'reflect', 'edge', 'symmetric'] as const, dice);
  return pad(x, { padding: [[reach, 0], [reach, reach], [0, 0]], mode }); // prettier-ignore
};
const resize: Step = (x, dice) =>
  resample2d(x, {
    mode: pick(['nearest-neighbor', 'linear'] as const, dice),
    sizes: [1 + dice(24), 1 + dice(24)],
  });
const normalize: Step = (x, dice) =>
  dice(2) === 0 ? softmax(x, pick([0, 1, 2, -1], dice)) : instanceNorm(x, { epsilon: 0.1 });
const centre: Step = (x, dice) =>
  sub(x, reduceMean(x, { axes: pick([[0, 1], [2], [0, 1, 2]], dice), keepDimensions: true }));

const steps: readonly Step[] = [
  convolve, convolve, transposed, pool, depthwise, separable, pointwise, residual, widen, narrow, border, resize, normalize, centre,
]; // prettier-ignore

type Recipe = Readonly<{
  shape: readonly [number, number, number];
  rolls: readonly number[];
  length: number;
}>;

const recipe: fc.Arbitrary<Recipe> = fc.record({
  shape: fc.tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 9 }),
  ),
  rolls: fc.array(fc.nat(1_000_000), { minLength: 64, maxLength: 64 }),
  length: fc.integer({ min: 1, max: 6 }),
});

function build({ shape, rolls, length }: Recipe): Graph {
  let next = 0;
  const dice: Dice = (sides) => (rolls[next++ % rolls.length] ?? 0) % sides;
  return graph({ x: shape }, ({ x }) => {
    let value = x;
    for (let i = 0; i < length; i++) value = pick(steps, dice)(value, dice);
    return value;
  });
}

test('WebGL2 is the reference', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(recipe, async (one) => {
      const of = build(one);
      const x = tensor(
        one.shape,
        Float64Array.from({ length: sizeOf(one.shape) }, (_, i) => Math.sin(i * 12.9898) * 2),
      );
      const [got, expected] = [await runner.run(of, { x }), runReference(of, { x })];
      expect(got.shape).toEqual(expected.shape);
      const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      expected.data.forEach((value, i) => {
        const error = Math.abs(value - (got.data[i] ?? Number.NaN)) / scale;
        if (!(error <= 1e-4)) {
          const ops = of.nodes.map(({ op }) => op).join(' → ');
          throw new Error(`${ops}: element ${i} is ${String(got.data[i])}, expected ${value}`);
        }
      });
    }),
    { numRuns: 100, plugins: [fc.interruptAfterTimeLimit(100_000, { failOnInterrupt: true })] },
  );
});
