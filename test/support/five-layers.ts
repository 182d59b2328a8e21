/** The lessons' network: five 3×3 layers without padding, with bias. 256 → 254 → 126 → 124 → 249 → 251 pixels. */
import { sizeOf, tensor, type Shape, type Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { conv2d, convTranspose2d, separableConv2d } from '../../src/graph/operators.ts';
import { sequence } from '../../src/graph/sequence.ts';

/** Small numbers that repeat with no short period: what flows through stays near 0..1. */
function weights(shape: Shape, inputs: number, seed: number): Tensor {
  const gain = 2 / Math.sqrt(inputs);
  return tensor(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => gain * Math.sin(seed + i * 78.233)),
  );
}

const bias = (channels: number): Float32Array =>
  Float32Array.from({ length: channels }, (_, i) => Math.sin(i) / 20);

export function fiveLayers(): Graph {
  return sequence(
    conv2d({ weights: weights([3, 3, 3, 32], 27, 1), bias: bias(32), activation: 'relu' }),
    conv2d({ weights: weights([3, 3, 32, 64], 288, 2), bias: bias(64), strides: 2 }),
    separableConv2d({
      weights: weights([3, 3, 64, 1], 9, 3),
      pointwiseWeights: weights([64, 128], 64, 4),
      bias: bias(128),
    }),
    convTranspose2d({ weights: weights([3, 3, 64, 128], 1152, 5), bias: bias(64), strides: 2 }),
    convTranspose2d({ weights: weights([3, 3, 3, 64], 576, 6), bias: bias(3) }),
  );
}
