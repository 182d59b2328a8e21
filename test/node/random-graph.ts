/**
 * Random graphs for property tests: every op of images, shared values, kernels with zeros and kernels of low rank;
 * values stay of moderate size.
 */
import fc from 'fast-check';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import {
  abs,
  add,
  clamp,
  conv2d,
  gaussianBlur,
  luma,
  magnitude,
  max,
  min,
  mul,
  sub,
} from '../../src/graph/operators.ts';
import type { EdgeMode } from '../../src/primitives/primitive.ts';

const OPS = ['luma', 'filter', 'product', 'blur', 'layer', 'abs', 'clamp', 'scale', 'offset', 'add', 'sub', 'mul', 'min', 'max', 'magnitude'] as const; // prettier-ignore
type StepOp = (typeof OPS)[number];

type Step = Readonly<{
  op: StepOp;
  /** Which of the values so far, counted from the newest. */
  a: number;
  b: number;
  side: readonly [number, number];
  out: number;
  edge: EdgeMode;
  bias: boolean;
  numbers: readonly number[];
}>;

const stepOf = (ops: readonly StepOp[]): fc.Arbitrary<Step> =>
  fc.record({
    op: fc.constantFrom(...ops),
    a: fc.nat(3),
    b: fc.nat(3),
    side: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })),
    out: fc.integer({ min: 1, max: 4 }),
    edge: fc.constantFrom('zero', 'replicate'),
    bias: fc.boolean(),
    numbers: fc.array(fc.constantFrom(0, 0, 1, -1, 0.5, -0.25), { minLength: 12, maxLength: 12 }),
  });

/** Weights in turn from `numbers`, scaled so that a result is no larger than what it is made of. */
function weightsOf(shape: readonly number[], numbers: readonly number[], perOutput: number): Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return tensor(shape, Array.from({ length: size }, (_, i) => numbers[(i * 5) % numbers.length]! / perOutput)); // prettier-ignore
}

/**
 * A kernel over both axes is -1, 0 and 1 times one number: so its singular values are 0 or far from it, and its factors
 * are exact.
 */
const whole = (numbers: readonly number[]) => numbers.map((value) => Math.round(value));

/** The sum of two columns times two rows, of whole numbers too. */
function productOf([height, width]: readonly [number, number], numbers: readonly number[]): Tensor {
  const of = whole(numbers);
  const line = (start: number, i: number) => of[(start + i) % of.length]!;
  const weights = Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return (line(0, y) * line(4, x) + line(5, y) * line(9, x)) / (height * width);
  });
  return tensor([height, width], weights);
}

const channelsOf = ({ shape }: GraphValue): number => shape[2]!;

function apply({ op, side, out, edge, bias, numbers }: Step, a: GraphValue, b: GraphValue): GraphValue {
  const biasOf = (channels: number) => (bias ? { bias: Float32Array.from(numbers.slice(0, channels)) } : {});
  const taps = side[0] * side[1];
  const fitting = channelsOf(a) === channelsOf(b) || channelsOf(a) === 1 || channelsOf(b) === 1 ? b : a;
  switch (op) {
    case 'luma':
      return channelsOf(a) === 3 ? luma(a) : abs(a);
    case 'filter': {
      const of = Math.min(...side) === 1 ? numbers : whole(numbers);
      return conv2d(a, { weights: weightsOf(side, of, taps), edge, ...biasOf(channelsOf(a)) });
    }
    case 'product':
      return conv2d(a, {
        weights: productOf([side[0] + 1, side[1] + 2], numbers),
        edge,
        ...biasOf(channelsOf(a)),
      });
    case 'blur':
      return gaussianBlur(a, { sigma: 0.4 + 0.3 * side[1], edge });
    case 'layer': {
      const weights = weightsOf([...side, channelsOf(a), out], numbers, taps * channelsOf(a));
      return conv2d(a, { weights, edge, padding: 'same', ...biasOf(out) });
    }
    case 'abs':
      return abs(a);
    case 'clamp':
      return clamp(a, { min: -0.5, max: 0.75 });
    case 'scale':
      return mul(a, numbers[0]!);
    case 'offset':
      return sub(a, numbers[1]!);
    case 'mul':
      return mul(clamp(a, { min: -1 }), clamp(fitting));
    default:
      return { add, sub, min, max, magnitude }[op](a, fitting);
  }
}

function graphsOf(
  ops: readonly StepOp[],
  last: (value: GraphValue) => GraphValue = (value) => value,
): fc.Arbitrary<Graph> {
  return fc.array(stepOf(ops), { minLength: 1, maxLength: 9 }).map((steps) =>
    graph(({ frame }) => {
      const values = [frame];
      for (const one of steps) {
        const pick = (back: number) => values[Math.max(0, values.length - 1 - back)]!;
        values.push(apply(one, pick(one.a), pick(one.b)));
      }
      return last(values.at(-1)!);
    }),
  );
}

const EXACT = OPS.filter((op) => op !== 'blur');

/** Graphs of up to nine steps whose values all have the frame's size; none is a Gaussian, so plans of them are exact. */
export const randomGraph: fc.Arbitrary<Graph> = graphsOf([...EXACT, 'filter', 'product']);

/** Gaussians among the other steps. */
export const randomBlurs: fc.Arbitrary<Graph> = graphsOf([...OPS, 'blur', 'blur']);

/** A Gaussian of anything in 0..1, of one channel or of three. */
export const blurLast: fc.Arbitrary<Graph> = fc
  .double({ min: 0.3, max: 30, noNaN: true })
  .chain((sigma) => graphsOf(EXACT, (value) => gaussianBlur(clamp(value), { sigma })));

/** Filters that treat R, G and B alike: what planes can be filtered by. */
export const colorLinear: fc.Arbitrary<Graph> = fc
  .array(
    fc.record({
      op: fc.constantFrom('filter', 'product', 'scale', 'offset', 'add', 'sub'),
      a: fc.nat(3),
      b: fc.nat(3),
      side: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })),
      out: fc.constant(1),
      edge: fc.constant('replicate'),
      bias: fc.constant(false),
      numbers: fc.array(fc.constantFrom(0, 0, 1, -1, 0.5, -0.25), { minLength: 12, maxLength: 12 }),
    }) satisfies fc.Arbitrary<Step>,
    { minLength: 0, maxLength: 6 },
  )
  .chain((steps) =>
    fc.boolean().map((isLimited) =>
      graph(({ frame }) => {
        const values = [frame];
        for (const one of steps) {
          const pick = (back: number) => values[Math.max(0, values.length - 1 - back)]!;
          values.push(apply(one, pick(one.a), pick(one.b)));
        }
        return isLimited ? clamp(values.at(-1)!) : values.at(-1)!;
      }),
    ),
  );
