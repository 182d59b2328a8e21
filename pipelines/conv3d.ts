import { tensor, type Tensor } from '../src/core/tensor.ts';
import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { kernelOf } from '../src/graph/kernel-text.ts';
import { abs, add, clamp, conv3d as convolve, frameAt, mul, stack } from '../src/graph/operators.ts';

const ONES = '1 1 1; 1 1 1; 1 1 1';
const ZEROS = '0 0 0; 0 0 0; 0 0 0';
const BELL = '1 2 1; 2 4 2; 1 2 1';
const BELL_BELOW_0 = '-1 -2 -1; -2 -4 -2; -1 -2 -1';
const MIDDLE_BELOW_0 = '0 0 0; 0 -1 0; 0 0 0';

const frames = (...texts: readonly string[]): string => texts.join(' | ');
const UNSHARP = frames(BELL_BELOW_0, ZEROS, '0 0 0; 0 32 0; 0 0 0');

const KERNEL = {
  type: 'kernel',
  title: 'Kernel',
  default: UNSHARP,
  presets: [
    { title: 'Sharpen in space and time', value: UNSHARP },
    { title: 'Mean of 27', value: frames(ONES, ONES, ONES) },
    { title: 'Gaussian', value: frames(BELL, '2 4 2; 4 8 4; 2 4 2', BELL) },
    { title: 'Change in time', value: frames(BELL_BELOW_0, ZEROS, BELL) },
    { title: 'Laplacian', value: frames(MIDDLE_BELOW_0, '0 -1 0; -1 6 -1; 0 -1 0', MIDDLE_BELOW_0) },
    { title: 'Edges that move', value: frames('1 0 -1; 2 0 -2; 1 0 -1', ZEROS, '-1 0 1; -2 0 2; -1 0 1') },
    { title: 'The newest frame', value: '1' },
  ],
  maxFrames: 32,
  maxSide: 15,
} as const; // prettier-ignore

/** What a sum may be off by rounding, of the weights' sizes. */
const ROUNDING = 1e-6;

/** Divided by its sum, so that a flat picture stays as bright; where that is 0, by the sum of its positive weights. */
function divided({ shape, data }: Tensor): Tensor {
  const sum = data.reduce((total, weight) => total + weight, 0);
  const size = data.reduce((total, weight) => total + Math.abs(weight), 0);
  const divisor = Math.abs(sum) > ROUNDING * size ? sum : size / 2;
  return divisor === 0
    ? { shape, data }
    : tensor(
        shape,
        Array.from(data, (weight) => weight / divisor),
      );
}

/** Pixels before and after each, of which an even side has one more after. */
const around = (side: number): readonly [number, number] => [
  Math.floor((side - 1) / 2),
  Math.floor(side / 2),
];

export const conv3d = defineFilter({
  name: 'conv3d',
  title: 'Kernel 3D',
  description:
    'A convolution over the last frames with weights of your own: rows end with “;” or a new line, frames with “|”, the newest comes last.',
  params: {
    kernel: KERNEL,
    divide: { type: 'boolean', title: 'Divide by the sum', default: true },
    gain: {
      type: 'number',
      title: 'Gain',
      min: 0.1,
      max: 20,
      step: 0.1,
      default: 1,
      unit: '×',
      scale: 'log',
    },
    negative: {
      type: 'choice',
      title: 'Values below 0',
      choices: ['black', 'mirrored', 'around grey'],
      default: 'black',
    },
  },
  build: ({ kernel, divide, gain, negative }) =>
    graph(({ frame }) => {
      const given = kernelOf('conv3d.kernel', kernel, KERNEL);
      const weights = divide ? divided(given) : given;
      const [count = 1, rows = 1, columns = 1] = weights.shape;
      const padding = [[0, 0], around(rows), around(columns)] as const;
      const newest = frameAt(convolve(stack(frame, { frames: count }), { weights, padding }));
      const scaled = mul(newest, gain);
      if (negative === 'mirrored') return clamp(abs(scaled));
      return clamp(negative === 'black' ? scaled : add(scaled, 0.5));
    }),
});
