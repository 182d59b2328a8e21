/** What TensorFlow.js and OpenCV.js do with the last frames of a clip. */
import * as tf from '@tensorflow/tfjs-core';
import { lumaExpansion } from '../../../src/core/frame-color.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import type { BenchSize } from '../ops-protocol.ts';
import { HD, type Rival } from './bar-case.ts';
import { asShown } from './image-cases.ts';
import type { Contender } from './contender.ts';
import { opencv } from './opencv.ts';
import { COLOR, type Picture } from './picture.ts';
import { LEVEL, matOf } from './rivals.ts';
import { tfjs } from './tfjs.ts';

/** One takes seconds. */
const CONV3D_SAMPLES = 3;
/** Each of four sums is rounded to 8 bits, and the last one spreads that over the full range. */
const FOUR_ROUNDINGS = 2.2 / 255;

const PIXELS = HD.width * HD.height;

const { scale, offset } = lumaExpansion(COLOR);

/** `[frames, height, width, 1]` in 0..1 */
function clipOf(pictures: readonly Picture[]): Tensor {
  const values = pictures.flatMap(({ y }) =>
    Array.from(y, (code) => Math.min(1, Math.max(0, (code / 255) * scale + offset))),
  );
  return { shape: [pictures.length, HD.height, HD.width, 1], data: Float32Array.from(values) };
}

/**
 * The whole clip, frame by frame, as the padding 'same' has it; or with 'valid' the one frame that sees all others, and
 * no rim.
 * @param kernel as deep as the clip is long.
 */
export function conv3dInTfjs(
  pictures: readonly Picture[],
  kernel: Tensor,
  padding: 'same' | 'valid',
): Contender {
  const weights: Tensor = { shape: [...kernel.shape, 1, 1], data: kernel.data };
  const side = tfjs(
    ({ input, constant }) =>
      tf.conv3d(input('clip') as unknown as tf.Tensor4D, constant(weights) as tf.Tensor5D, 1, padding),
    { clip: clipOf(pictures) },
  );
  const middle = (pictures.length - 1) / 2;
  const full = {
    ...side,
    output: () =>
      padding === 'same'
        ? side.output().subarray(middle * PIXELS, (middle + 1) * PIXELS)
        : withRim(side.output(), HD, (kernel.shape[1]! - 1) / 2),
  };
  return { ...asShown(full, HD), samples: CONV3D_SAMPLES };
}

export function meanInTfjs(pictures: readonly Picture[]): Rival {
  const contender = tfjs(({ input }) => tf.mean(input('clip'), 0), { clip: clipOf(pictures) });
  return { contender: asShown(contender, HD), tolerance: LEVEL, rimPx: 0 };
}

/** Frame by frame into one sum of 8 bits: the quickest way that we know. The range is stretched in the last step. */
export function meanInOpenCv(pictures: readonly Picture[]): Rival {
  const contender = opencv((cv, own) => {
    const frames = pictures.map(({ y }) => own(matOf(cv, cv.CV_8UC1, y)));
    const output = own(new cv.Mat());
    const [first = output, ...others] = frames;
    const run = (): void => {
      others.forEach((frame, i) => {
        const [before, isLast] = [i === 0 ? first : output, i === others.length - 1];
        const [gain, added] = isLast ? [scale, 255 * offset] : [1, 0];
        const share = gain / (i + 2);
        cv.addWeighted(before, gain - share, frame, share, added, output, -1);
      });
    };
    return { run, output };
  });
  return { contender, tolerance: FOUR_ROUNDINGS, rimPx: 0 };
}

/** Zeros around what was computed without a rim. */
function withRim(values: Float32Array, { width, height }: BenchSize, rimPx: number): Float32Array {
  const all = new Float32Array(width * height);
  const innerWidth = width - 2 * rimPx;
  for (let row = 0; row < height - 2 * rimPx; row++) {
    const start = row * innerWidth;
    all.set(values.subarray(start, start + innerWidth), (row + rimPx) * width + rimPx);
  }
  return all;
}
