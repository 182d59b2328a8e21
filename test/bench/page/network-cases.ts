/** A network of five layers, as an autoencoder of images has them: down, across and up again. */
import * as tf from '@tensorflow/tfjs-core';
import { conv2d, convTranspose2d, separableConv2d } from '../../../src/graph/convolution.ts';
import { image, noise, SMALL, tensorCase, weights, type OpCase } from './case.ts';

const FROM = 3;
const first = { w: weights([3, 3, FROM, 32]), b: noise([32], 1) };
const down = { w: weights([3, 3, 32, 64]), b: noise([64], 2) };
const across = { w: weights([3, 3, 64, 1]), point: weights([1, 1, 64, 128]), b: noise([128], 3) };
const up = { w: weights([3, 3, 64, 128]), b: noise([64], 4) };
const last = { w: weights([3, 3, 3, 64]), b: noise([3], 5) };

/** The side of a transposed layer of 3 × 3 without padding. */
const grown = (side: number, strides: number): number => (side - 1) * strides + 3;

export const NETWORK_CASES: readonly OpCase[] = [
  tensorCase({
    name: 'network of five layers',
    sizes: SMALL,
    inputs: image(FROM),
    convolux: ({ x }) => {
      const a = conv2d(x!, { weights: first.w, bias: first.b.data, activation: 'relu' });
      const b = conv2d(a, { weights: down.w, bias: down.b.data, strides: 2 });
      const c = separableConv2d(b, {
        weights: across.w,
        pointwiseWeights: across.point,
        bias: across.b.data,
      });
      const d = convTranspose2d(c, { weights: up.w, bias: up.b.data, strides: 2 });
      return convTranspose2d(d, { weights: last.w, bias: last.b.data });
    },
    tfjs: ({ input, constant }) => {
      const filter = (one: Readonly<{ w: Parameters<typeof constant>[0] }>) => constant(one.w) as tf.Tensor4D;
      const bias = (one: Readonly<{ b: Parameters<typeof constant>[0] }>) => constant(one.b) as tf.Tensor1D;
      const a = tf.fused.conv2d({
        x: input('x'),
        filter: filter(first),
        strides: 1,
        pad: 'valid',
        bias: bias(first),
        activation: 'relu',
      });
      const b = tf.fused.conv2d({ x: a, filter: filter(down), strides: 2, pad: 'valid', bias: bias(down) });
      const point = constant(across.point) as tf.Tensor4D;
      const c = tf.add(tf.separableConv2d(b, filter(across), point, 1, 'valid'), bias(across));
      const transposed = (value: tf.Tensor3D, layer: typeof up, strides: number) => {
        const [height, width] = value.shape;
        const shape = [grown(height, strides), grown(width, strides), layer.b.data.length] as const;
        const sum = tf.conv2dTranspose(value, filter(layer), [...shape], strides, 'valid');
        return tf.add<tf.Tensor3D>(sum, bias(layer));
      };
      return transposed(transposed(c as tf.Tensor3D, up, 2), last, 1);
    },
  }),
];
