/** The filters that the bars and the scaling are about. */
import { denoised } from '../../../pipelines/temporal-denoise.ts';
import { tensor, type Tensor } from '../../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../../src/graph/builder.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { conv1d, conv3d } from '../../../src/graph/convolution.ts';
import { conv2d, gaussianBlur, luma, magnitude } from '../../../src/graph/operators.ts';
import { frameAt, stack, temporal } from '../../../src/graph/time.ts';
import { sobelX, sobelY } from '../../../src/kernels/fixed.ts';
import { noise } from './case.ts';
import { FRAME_US } from './convolux.ts';

const onFrame = (filter: (frame: GraphValue) => GraphValue): Graph => graph(({ frame }) => filter(frame));

export const sobelOfLuma = (): Graph =>
  onFrame((frame) => {
    const y = luma(frame);
    return magnitude(conv2d(y, sobelX), conv2d(y, sobelY));
  });

export const filterOfLuma = (kernel: Tensor): Graph => onFrame((frame) => conv2d(luma(frame), kernel));

export const filterOfColor = (kernel: Tensor): Graph => onFrame((frame) => conv2d(frame, kernel));

/** Over as many frames as the kernel `[frames, height, width]` has. */
export const filterOverTime = (kernel: Tensor): Graph =>
  onFrame((frame) => {
    const [frames = 1, ...sides] = kernel.shape;
    const around = sides.map((side) => [(side - 1) / 2, (side - 1) / 2] as const);
    const clip = stack(luma(frame), { frames });
    return frameAt(conv3d(clip, { weights: kernel, padding: [[0, 0], ...around] }));
  });

export const meanOverTime = (frames: number): Graph =>
  onFrame((frame) => {
    const weights: Tensor = { shape: [frames], data: new Float32Array(frames).fill(1 / frames) };
    return frameAt(conv1d(stack(luma(frame), { frames }), { weights, axis: 't', padding: 'valid' }));
  });

/** By the frames' own times: as long as `frames` frames take. */
export const windowOverTime = (shape: 'box' | 'gaussian' | 'exponential', frames: number): Graph =>
  onFrame((frame) =>
    temporal(luma(frame), {
      shape,
      window: { ms: (frames * FRAME_US) / 1000 },
      ...(shape === 'exponential' ? {} : { frames }),
    }),
  );

/** As the filter `temporal-denoise` does it, at its usual noise. */
export const denoisedOverTime = (frames: number): Graph =>
  onFrame((frame) => denoised(luma(frame), { ms: (frames * FRAME_US) / 1000, noise: 10 }));

export const gaussianOfColor = (sigma: number): Graph => onFrame((frame) => gaussianBlur(frame, { sigma }));

/** k × k weights: see `lopsidedOf`. */
export const lopsided = (k: number): Tensor => lopsidedOf([k, k]);

/**
 * Weights without symmetry or zeros and of full rank, with the sum 1. An eighth as much is taken off as is added, so
 * that a pale picture stays within 0..1.
 */
export function lopsidedOf(shape: readonly number[]): Tensor {
  const { data } = noise(shape, shape[0]!);
  return scaled(shape, (i) => 0.5 + data[i]!);
}

/** The product of a column and a row, both lopsided, with the sum 1. */
export function lopsidedProduct(k: number): Tensor {
  const [column, row] = [noise([k], k).data, noise([k], k + 1).data];
  return scaled([k, k], (i) => (1.25 + column[Math.floor(i / k)]!) * (1.25 + row[i % k]!));
}

/** The same over k frames: the product of three lines. */
export function lopsidedProduct3d(k: number): Tensor {
  const [time, column, row] = [k, k + 1, k + 2].map((seed) => noise([k], seed).data);
  return scaled([k, k, k], (i) => {
    const [t, y, x] = [Math.floor(i / (k * k)), Math.floor(i / k) % k, i % k];
    return (1.25 + time![t]!) * (1.25 + column![y]!) * (1.25 + row![x]!);
  });
}

function scaled(shape: readonly number[], weight: (i: number) => number): Tensor {
  const weights = Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => weight(i));
  const sum = weights.reduce((a, b) => a + b);
  return tensor(
    shape,
    weights.map((one) => one / sum),
  );
}
