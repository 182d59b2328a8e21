/** Filters of a picture: convolux as a plan over tensors, and as a live frame takes it. */
import * as tf from '@tensorflow/tfjs-core';
import { lumaWeights } from '../../../src/core/frame-color.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../../src/graph/builder.ts';
import { conv2d, luma, magnitude } from '../../../src/graph/operators.ts';
import { box } from '../../../src/kernels/box.ts';
import { sobelX, sobelY } from '../../../src/kernels/fixed.ts';
import type { BenchSize } from '../ops-protocol.ts';
import { LARGE, type OpCase } from './case.ts';
import type { Contender } from './contender.ts';
import { convoluxFrame, convoluxTensors } from './convolux.ts';
import { lumaOfRgb } from './luma-of.ts';
import { cameraPicture, COLOR } from './picture.ts';
import { tfjs, type TfjsFunction } from './tfjs.ts';

type Filter = Readonly<{ name: string; convolux: (frame: GraphValue) => GraphValue; tfjs: TfjsFunction }>;

const lumaKernel: Tensor = { shape: [1, 1, 3, 1], data: Float32Array.from(lumaWeights(COLOR)) };

/** `[3, 3, 1, 2]` */
export const sobelBoth: Tensor = {
  shape: [3, 3, 1, 2],
  data: Float32Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? sobelX : sobelY).data[i >> 1]!),
};

const boxEach: Tensor = { shape: [3, 3, 3, 1], data: new Float32Array(27).fill(1 / 9) };

export const sobelOfRgb: TfjsFunction = ({ input, constant }) => {
  const y = tf.conv2d(input('frame'), constant(lumaKernel) as tf.Tensor4D, 1, 'same');
  const both = tf.conv2d(y, constant(sobelBoth) as tf.Tensor4D, 1, 'same');
  return tf.sqrt(tf.sum(tf.square(both), -1, true));
};

// Zeros outside: what TensorFlow.js has without a further pass.
const FILTERS: readonly Filter[] = [
  {
    name: 'sobel magnitude of luma',
    convolux: (frame) => {
      const y = luma(frame);
      return magnitude(
        conv2d(y, { weights: sobelX, edge: 'zero' }),
        conv2d(y, { weights: sobelY, edge: 'zero' }),
      );
    },
    tfjs: sobelOfRgb,
  },
  {
    name: '3×3 box on RGB',
    convolux: (frame) => conv2d(frame, { weights: box(3), edge: 'zero' }),
    tfjs: ({ input, constant }) =>
      tf.depthwiseConv2d(input('frame'), constant(boxEach) as tf.Tensor4D, 1, 'same'),
  },
];

function tensorFilter({ name, convolux, tfjs: compute }: Filter): OpCase {
  return {
    name: `${name}, tensors`,
    sizes: LARGE,
    tolerance: 1e-3,
    async open(size) {
      const picture = await cameraPicture(size);
      picture.frame.close();
      const rgb = picture.rgb();
      const filter = graph({ frame: rgb.shape }, (inputs) => convolux(inputs.frame));
      return { convolux: await convoluxTensors(filter, { frame: rgb }), tfjs: tfjs(compute, { frame: rgb }) };
    },
  };
}

/** What is shown ends at 1, and its colours may have come as planes: the luma is compared. */
export function asShown(side: Contender, { width, height }: BenchSize): Contender {
  return {
    ...side,
    output: () => {
      const values = side.output();
      const luma = values.length === width * height ? values : lumaOfRgb(values);
      return luma.map((value) => Math.min(1, Math.max(0, value)));
    },
  };
}

function frameFilter({ name, convolux, tfjs: compute }: Filter): OpCase {
  return {
    name: `${name}, camera frame`,
    sizes: LARGE,
    // What is shown has 8 bits.
    tolerance: 1.01 / 255,
    async open(size) {
      const picture = await cameraPicture(size);
      const filter = graph((inputs) => convolux(inputs.frame));
      return {
        convolux: await convoluxFrame(filter, picture.frame),
        tfjs: asShown(tfjs(compute, { frame: picture.rgb() }), size),
      };
    },
  };
}

export const IMAGE_CASES: readonly OpCase[] = FILTERS.flatMap((filter) => [
  tensorFilter(filter),
  frameFilter(filter),
]);
