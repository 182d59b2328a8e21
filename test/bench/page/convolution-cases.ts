/** Convolutions and pools. */
import * as tf from '@tensorflow/tfjs-core';
import {
  averagePool2d,
  conv1d,
  conv2d,
  conv3d,
  convTranspose2d,
  convTranspose3d,
  deformConv2d,
  depthwiseConv2d,
  maxPool2d,
  maxPool3d,
  separableConv2d,
} from '../../../src/graph/convolution.ts';
import type { BenchSize } from '../ops-protocol.ts';
import { image, SMALL, tensorCase, weights, type OpCase } from './case.ts';

type Layer = Readonly<{
  kernel: number;
  from: number;
  to: number;
  strides?: number;
  dilations?: number;
  groups?: number;
  sizes?: readonly BenchSize[];
}>;

/** TensorFlow.js knows no groups, and no dilation with a stride. */
function layer({ kernel, from, to, strides = 1, dilations = 1, groups = 1, sizes }: Layer): OpCase {
  const w = weights([kernel, kernel, from / groups, to]);
  const extras = [
    strides === 1 ? '' : ` stride ${strides}`,
    dilations === 1 ? '' : ` dilation ${dilations}`,
    groups === 1 ? '' : ` groups ${groups}`,
  ];
  const isKnown = groups === 1 && (strides === 1 || dilations === 1);
  return tensorCase({
    name: `conv2d ${kernel}×${kernel} ${from}→${to}${extras.join('')}`,
    ...(sizes === undefined ? {} : { sizes }),
    inputs: image(from),
    convolux: ({ x }) => conv2d(x!, { weights: w, strides, dilations, groups, padding: 'same' }),
    ...(isKnown && {
      tfjs: ({ input, constant }) =>
        tf.conv2d(input('x'), constant(w) as tf.Tensor4D, strides, 'same', 'NHWC', dilations),
    }),
  });
}

/** As many frames of a clip. */
const FRAMES = 4;

const clip =
  (channels: number) =>
  ({ width, height }: BenchSize) => ({ x: [FRAMES, height, width, channels] });

const [w1d, wDepth, wPoint] = [weights([5, 32, 32]), weights([3, 3, 32, 1]), weights([1, 1, 32, 32], 8)];
const [wUp, w3d, wUp3d] = [weights([3, 3, 16, 16]), weights([3, 3, 3, 4, 8]), weights([2, 2, 2, 4, 8])];
const wDeform = weights([3, 3, 8, 8]);

export const CONVOLUTION_CASES: readonly OpCase[] = [
  tensorCase({
    name: 'conv1d 5 32→32',
    // As many rows side by side as a texture holds.
    inputs: ({ width }) => ({ x: [8 * width, 32] }),
    convolux: ({ x }) => conv1d(x!, { weights: w1d, padding: 'same' }),
    tfjs: ({ input, constant }) =>
      tf.conv1d(input('x') as unknown as tf.Tensor2D, constant(w1d) as tf.Tensor3D, 1, 'same'),
  }),
  layer({ kernel: 3, from: 3, to: 8 }),
  layer({ kernel: 3, from: 32, to: 32, sizes: SMALL }),
  layer({ kernel: 1, from: 64, to: 64, sizes: SMALL }),
  layer({ kernel: 3, from: 16, to: 16, strides: 2 }),
  layer({ kernel: 3, from: 16, to: 16, dilations: 2, sizes: SMALL }),
  layer({ kernel: 5, from: 8, to: 8 }),
  layer({ kernel: 3, from: 16, to: 16, strides: 2, dilations: 2 }),
  layer({ kernel: 3, from: 16, to: 16, groups: 4, sizes: SMALL }),
  tensorCase({
    name: 'depthwiseConv2d 3×3 32',
    inputs: image(32),
    convolux: ({ x }) => depthwiseConv2d(x!, { weights: wDepth, padding: 'same' }),
    tfjs: ({ input, constant }) => tf.depthwiseConv2d(input('x'), constant(wDepth) as tf.Tensor4D, 1, 'same'),
  }),
  tensorCase({
    name: 'separableConv2d 3×3 32→32',
    sizes: SMALL,
    inputs: image(32),
    convolux: ({ x }) => separableConv2d(x!, { weights: wDepth, pointwiseWeights: wPoint, padding: 'same' }),
    tfjs: ({ input, constant }) =>
      tf.separableConv2d(
        input('x'),
        constant(wDepth) as tf.Tensor4D,
        constant(wPoint) as tf.Tensor4D,
        1,
        'same',
      ),
  }),
  tensorCase({
    name: 'convTranspose2d 3×3 16→16 stride 2',
    sizes: SMALL,
    inputs: image(16),
    convolux: ({ x }) => convTranspose2d(x!, { weights: wUp, strides: 2, padding: 'same' }),
    tfjs: ({ input, constant }) => {
      const x = input('x');
      const [height, width] = x.shape;
      return tf.conv2dTranspose(x, constant(wUp) as tf.Tensor4D, [2 * height, 2 * width, 16], 2, 'same');
    },
  }),
  tensorCase({
    name: 'conv3d 3×3×3 4→8, 4 frames',
    sizes: SMALL,
    inputs: clip(4),
    convolux: ({ x }) => conv3d(x!, { weights: w3d, padding: 'same' }),
    tfjs: ({ input, constant }) =>
      tf.conv3d(input('x') as unknown as tf.Tensor4D, constant(w3d) as tf.Tensor5D, 1, 'same'),
  }),
  tensorCase({
    name: 'convTranspose3d 2×2×2 8→4 stride 2, 4 frames',
    sizes: SMALL,
    inputs: clip(8),
    convolux: ({ x }) => convTranspose3d(x!, { weights: wUp3d, strides: 2, padding: 'same' }),
    tfjs: ({ input, constant }) => {
      const x = input('x') as unknown as tf.Tensor4D;
      const [, height, width] = x.shape;
      const shape = [2 * FRAMES, 2 * height, 2 * width, 4] as [number, number, number, number];
      return tf.conv3dTranspose(x, constant(wUp3d) as tf.Tensor5D, shape, 2, 'same');
    },
  }),
  tensorCase({
    name: 'deformConv2d 3×3 8→8',
    sizes: SMALL,
    inputs: ({ width, height }) => ({ x: [height, width, 8], offsets: [height - 2, width - 2, 18] }),
    convolux: ({ x, offsets }) =>
      deformConv2d(x!, { offsets: offsets! }, { weights: wDeform, padding: 'valid' }),
  }),
  tensorCase({
    name: 'maxPool2d 2×2 stride 2, 16 channels',
    inputs: image(16),
    convolux: ({ x }) => maxPool2d(x!, { windowDimensions: 2, strides: 2 }),
    tfjs: ({ input }) => tf.maxPool(input('x'), 2, 2, 'valid'),
  }),
  tensorCase({
    name: 'averagePool2d 3×3, 16 channels',
    inputs: image(16),
    convolux: ({ x }) => averagePool2d(x!, { windowDimensions: 3, padding: 'same' }),
    tfjs: ({ input }) => tf.avgPool(input('x'), 3, 1, 'same'),
  }),
  tensorCase({
    name: 'maxPool3d 2×2×2 stride 2, 8 channels',
    inputs: clip(8),
    convolux: ({ x }) => maxPool3d(x!, { windowDimensions: 2, strides: 2 }),
    tfjs: ({ input }) => tf.maxPool3d(input('x') as unknown as tf.Tensor4D, 2, 2, 'valid'),
  }),
];
