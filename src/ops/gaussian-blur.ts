/**
 * gaussianBlur: each pixel becomes a bell-shaped mean of its neighbours, each channel by itself. Weights are
 * exp(−d² / 2σ²) at whole pixels, of sum 1, over ⌈4σ⌉ pixels to each side, which holds all but 1 / 15,000 of them.
 */
import { at } from '../core/assert.ts';
import { checkNumber, checkOneOf } from '../core/check.ts';
import type { Shape, Tensor64 } from '../core/tensor.ts';
import type { Linear } from '../primitives/primitive.ts';
import { EDGE_MODES, type EdgeMode } from '../primitives/primitive.ts';
import { imageShape, type Op, type SymbolicShape } from './op.ts';
import { edgePosition } from './window-reads.ts';

/** The widest blur, in pixels. */
export const MAX_SIGMA = 200;

export type GaussianBlurOptions = Readonly<{
  /** Standard deviation in pixels, > 0 to 200. */
  sigma: number;
  /** What lies outside the image. Default 'replicate'. */
  edge?: EdgeMode;
}>;

function inferShape(
  inputs: readonly SymbolicShape[],
  { sigma, edge }: GaussianBlurOptions,
  where: string,
): SymbolicShape {
  const shape = at(inputs, 0);
  imageShape(shape, where);
  checkNumber(`${where}: options.sigma`, sigma, { min: 0, exclusiveMin: true, max: MAX_SIGMA, unit: 'px' });
  if (edge !== undefined) checkOneOf(`${where}: options.edge`, edge, EDGE_MODES);
  return shape;
}

/** Weights at −radius to radius. */
function bell(sigma: number): Float64Array {
  const radius = Math.ceil(4 * sigma);
  const values = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma))); // prettier-ignore
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** Along one axis of `[height, width, channels]`. */
function blurAlong(axis: 0 | 1, input: Tensor64, weights: Float64Array, edge: EdgeMode): Tensor64 {
  const [height, width, channels] = input.shape as readonly [number, number, number];
  const radius = (weights.length - 1) / 2;
  const [size, step] = axis === 0 ? [height, width * channels] : [width, channels];
  const data = Float64Array.from(input.data, (_, i) => {
    const position = Math.floor(i / step) % size;
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      const found = edgePosition(position + k - radius, size, edge);
      if (found !== null) sum += at(weights, k) * at(input.data, i + (found - position) * step);
    }
    return sum;
  });
  return { shape: input.shape, data };
}

/** `[height, width, channels]` → the same. */
export const gaussianBlur: Op<GaussianBlurOptions> = {
  name: 'gaussianBlur',
  inferShape,
  reference(inputs, { sigma, edge = 'replicate' }): Tensor64 {
    const weights = bell(sigma);
    return blurAlong(0, blurAlong(1, at(inputs, 0), weights, edge), weights, edge);
  },
  lower(inputs, { sigma, edge = 'replicate' }, shape: Shape, lowering) {
    const weights = Float32Array.from(bell(sigma));
    const radius = (weights.length - 1) / 2;
    const along = (input: number, tap: (offset: number) => readonly number[]): number => {
      const linear: Linear = {
        kind: 'linear',
        input,
        shape,
        taps: Array.from(weights, (_, i) => tap(i - radius)),
        strides: [1, 1],
        upsample: [1, 1],
        channels: 'shared',
        groups: 1,
        weights,
        bias: null,
        edge,
      };
      return lowering.add(linear);
    };
    return along(along(at(inputs, 0), (offset) => [0, offset]), (offset) => [offset, 0]); // prettier-ignore
  },
  layer: ([input = []], { sigma }, shape) => {
    const extent = 2 * Math.ceil(4 * sigma) + 1;
    const positions = shape.reduce((product, size) => product * size, 1);
    return { parameters: 2 * extent, macs: 2 * extent * positions, window: { extent: input.slice(0, 2).map(() => extent), stride: [1, 1] } }; // prettier-ignore
  },
};
