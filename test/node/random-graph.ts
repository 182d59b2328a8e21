/** Random graphs for property tests: every op, shared values, kernels with zeros; values stay of moderate size. */
import fc from 'fast-check';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { abs, add, clamp, conv2d, luma, magnitude, max, min, mul, sub } from '../../src/graph/operators.ts';
import type { EdgeMode } from '../../src/primitives/primitive.ts';

type Step = Readonly<{
  op: 'luma' | 'filter' | 'layer' | 'abs' | 'clamp' | 'scale' | 'offset' | 'add' | 'sub' | 'mul' | 'min' | 'max' | 'magnitude'; // prettier-ignore
  /** Which of the values so far, counted from the newest. */
  a: number;
  b: number;
  side: readonly [number, number];
  out: number;
  edge: EdgeMode;
  bias: boolean;
  numbers: readonly number[];
}>;

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom('luma', 'filter', 'filter', 'layer', 'abs', 'clamp', 'scale', 'offset', 'add', 'sub', 'mul', 'min', 'max', 'magnitude'), // prettier-ignore
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

const channelsOf = ({ shape }: GraphValue): number => shape[2]!;

function apply({ op, side, out, edge, bias, numbers }: Step, a: GraphValue, b: GraphValue): GraphValue {
  const biasOf = (channels: number) => (bias ? { bias: Float32Array.from(numbers.slice(0, channels)) } : {});
  const taps = side[0] * side[1];
  const fitting = channelsOf(a) === channelsOf(b) || channelsOf(a) === 1 || channelsOf(b) === 1 ? b : a;
  switch (op) {
    case 'luma':
      return channelsOf(a) === 3 ? luma(a) : abs(a);
    case 'filter':
      return conv2d(a, { weights: weightsOf(side, numbers, taps), edge, ...biasOf(channelsOf(a)) });
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

/** Graphs of up to nine steps whose values all have the frame's size. */
export const randomGraph: fc.Arbitrary<Graph> = fc.array(step, { minLength: 1, maxLength: 9 }).map((steps) =>
  graph(({ frame }) => {
    const values = [frame];
    for (const one of steps) {
      const pick = (back: number) => values[Math.max(0, values.length - 1 - back)]!;
      values.push(apply(one, pick(one.a), pick(one.b)));
    }
    return values.at(-1)!;
  }),
);
