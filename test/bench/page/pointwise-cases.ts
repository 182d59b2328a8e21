/** Pointwise and normalising operators, and those that move elements. */
import * as tf from '@tensorflow/tfjs-core';
import { add, mul } from '../../../src/graph/operators.ts';
import { batchNorm, relu, sigmoid, softmax, tanh } from '../../../src/graph/pointwise.ts';
import { concat, pad, resample2d, slice } from '../../../src/graph/shaping.ts';
import type { BenchSize } from '../ops-protocol.ts';
import { image, noise, tensorCase, type OpCase } from './case.ts';

const CHANNELS = 16;

const pair = ({ width, height }: BenchSize) => ({
  a: [height, width, CHANNELS],
  b: [height, width, CHANNELS],
});

const [mean, scale, shift] = [noise([CHANNELS], 3), noise([CHANNELS], 4), noise([CHANNELS], 5)];
const variance = { shape: [CHANNELS], data: noise([CHANNELS], 6).data.map((value) => 1.5 + value) };

export const POINTWISE_CASES: readonly OpCase[] = [
  tensorCase({
    name: 'relu',
    inputs: image(CHANNELS),
    convolux: ({ x }) => relu(x!),
    tfjs: ({ input }) => tf.relu(input('x')),
  }),
  tensorCase({
    name: 'sigmoid',
    inputs: image(CHANNELS),
    convolux: ({ x }) => sigmoid(x!),
    tfjs: ({ input }) => tf.sigmoid(input('x')),
  }),
  tensorCase({
    name: 'tanh',
    inputs: image(CHANNELS),
    convolux: ({ x }) => tanh(x!),
    tfjs: ({ input }) => tf.tanh(input('x')),
  }),
  tensorCase({
    name: 'softmax over 16 channels',
    inputs: image(CHANNELS),
    convolux: ({ x }) => softmax(x!),
    tfjs: ({ input }) => tf.softmax(input('x')),
  }),
  tensorCase({
    name: 'add',
    inputs: pair,
    convolux: ({ a, b }) => add(a!, b!),
    tfjs: ({ input }) => tf.add(input('a'), input('b')),
  }),
  tensorCase({
    name: 'mul',
    inputs: pair,
    convolux: ({ a, b }) => mul(a!, b!),
    tfjs: ({ input }) => tf.mul(input('a'), input('b')),
  }),
  tensorCase({
    name: 'batchNorm',
    inputs: image(CHANNELS),
    convolux: ({ x }) =>
      batchNorm(x!, {
        mean: mean.data,
        variance: variance.data,
        scale: scale.data,
        shift: shift.data,
        epsilon: 1e-3,
      }),
    tfjs: ({ input, constant }) => {
      const [m, v, s, o] = [mean, variance, scale, shift].map((one) => constant(one) as tf.Tensor1D);
      return tf.batchNorm(input('x'), m!, v!, o, s, 1e-3);
    },
  }),
  tensorCase({
    name: 'resample2d bilinear ×2, 3 channels',
    inputs: image(3),
    convolux: ({ x }) => resample2d(x!, { mode: 'linear', scales: [2, 2] }),
    tfjs: ({ input }) => {
      const x = input('x');
      const [height, width] = x.shape;
      return tf.image.resizeBilinear(x, [2 * height, 2 * width], false, true);
    },
  }),
  tensorCase({
    name: 'concat of 16 and 16 channels',
    inputs: pair,
    convolux: ({ a, b }) => concat([a!, b!]),
    tfjs: ({ input }) => tf.concat([input('a'), input('b')], -1),
  }),
  tensorCase({
    name: 'slice of rows and columns, 16 channels',
    inputs: image(CHANNELS),
    convolux: ({ x }) => {
      const [height, width] = x!.shape as [number, number, number];
      return slice(x!, { starts: [height / 4, width / 4, 0], sizes: [height / 2, width / 2, null] });
    },
    tfjs: ({ input }) => {
      const x = input('x');
      const [height, width] = x.shape;
      return tf.slice(x, [height / 4, width / 4, 0], [height / 2, width / 2, CHANNELS]);
    },
  }),
  tensorCase({
    name: 'pad by 1 px, 16 channels',
    inputs: image(CHANNELS),
    convolux: ({ x }) => pad(x!, { padding: [[1, 1], [1, 1], [0, 0]] }), // prettier-ignore
    tfjs: ({ input }) => tf.pad(input('x'), [[1, 1], [1, 1], [0, 0]]), // prettier-ignore
  }),
];
