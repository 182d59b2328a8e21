import type { Shape } from '../core/tensor.ts';
import type { Linear } from '../primitives/primitive.ts';

/** The primitive that mixes the channels of each pixel of an image. Weights `[in, out]`. */
export function mixChannels(input: number, shape: Shape, weights: Float32Array): Linear {
  return {
    kind: 'linear',
    input,
    shape,
    taps: [[0, 0]],
    strides: [1, 1],
    upsample: [1, 1],
    channels: 'dense',
    groups: 1,
    weights,
    bias: null,
    edge: 'replicate',
  };
}
