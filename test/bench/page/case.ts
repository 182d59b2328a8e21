/** A case of the benchmark: what both sides compute, on what. */
import { sizeOf, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../../src/graph/builder.ts';
import type { BenchSize } from '../ops-protocol.ts';
import type { Contender } from './contender.ts';
import { convoluxTensors } from './convolux.ts';
import { tfjs, type TfjsFunction } from './tfjs.ts';

export type OpCase = Readonly<{
  name: string;
  sizes: readonly BenchSize[];
  /** What different orders of summation explain, or 8 bits. */
  tolerance: number;
  /** @throws RangeError for a size that is too small, or too large for the device. */
  open(size: BenchSize): Promise<Readonly<{ convolux: Contender; tfjs: Contender | null }>>;
}>;

const square = (side: number): BenchSize => ({ width: side, height: side });
/** Of images. */
export const LARGE = [128, 256].map(square);
/** Of layers with many channels. */
export const SMALL = [64, 128].map(square);

const FLOAT_TOLERANCE = 1e-3;

/** Numbers in −1..1, the same for the same seed. */
export function noise(shape: Shape, seed: number, scale = 1): Tensor {
  let state = seed >>> 0;
  const data = Float32Array.from({ length: sizeOf(shape) }, () => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return scale * (state / 2 ** 31 - 1);
  });
  return { shape, data };
}

/** Weights whose sums stay near 1. */
export const weights = (shape: Shape, seed = 7): Tensor =>
  noise(shape, seed, 1 / Math.sqrt(sizeOf(shape.slice(0, -1))));

export type TensorCase = Readonly<{
  name: string;
  sizes?: readonly BenchSize[];
  inputs: (size: BenchSize) => Readonly<Record<string, Shape>>;
  convolux: (inputs: Readonly<Record<string, GraphValue>>) => GraphValue;
  /** None where TensorFlow.js has no such operator. */
  tfjs?: TfjsFunction;
}>;

/** A case over tensors of noise. */
export function tensorCase({ name, sizes = LARGE, inputs, convolux, tfjs: compute }: TensorCase): OpCase {
  return {
    name,
    sizes,
    tolerance: FLOAT_TOLERANCE,
    async open(size) {
      const shapes = inputs(size);
      const tensors = Object.fromEntries(
        Object.entries(shapes).map(([input, shape], i) => [input, noise(shape, i + 1)]),
      );
      return {
        convolux: await convoluxTensors(graph(shapes, convolux), tensors),
        tfjs: compute === undefined ? null : tfjs(compute, tensors),
      };
    },
  };
}

/** An image with so many channels as the only input, `x`. */
export const image =
  (channels: number) =>
  ({ width, height }: BenchSize) => ({ x: [height, width, channels] });
