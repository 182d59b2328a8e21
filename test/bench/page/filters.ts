/** The filters that the bars and the scaling are about. */
import { tensor, type Tensor } from '../../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../../src/graph/builder.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { conv2d, gaussianBlur, luma, magnitude } from '../../../src/graph/operators.ts';
import { sobelX, sobelY } from '../../../src/kernels/fixed.ts';
import { noise } from './case.ts';

const onFrame = (filter: (frame: GraphValue) => GraphValue): Graph => graph(({ frame }) => filter(frame));

export const sobelOfLuma = (): Graph =>
  onFrame((frame) => {
    const y = luma(frame);
    return magnitude(conv2d(y, sobelX), conv2d(y, sobelY));
  });

export const filterOfLuma = (kernel: Tensor): Graph => onFrame((frame) => conv2d(luma(frame), kernel));

export const filterOfColor = (kernel: Tensor): Graph => onFrame((frame) => conv2d(frame, kernel));

export const gaussianOfColor = (sigma: number): Graph => onFrame((frame) => gaussianBlur(frame, { sigma }));

/**
 * k × k weights without symmetry or zeros and of full rank, with the sum 1. An eighth as much is taken off as is
 * added, so that a pale picture stays within 0..1.
 */
export function lopsided(k: number): Tensor {
  const { data } = noise([k * k], k);
  return scaled([k, k], (i) => 0.5 + data[i]!);
}

/** The product of a column and a row, both lopsided, with the sum 1. */
export function lopsidedProduct(k: number): Tensor {
  const [column, row] = [noise([k], k).data, noise([k], k + 1).data];
  return scaled([k, k], (i) => (1.25 + column[Math.floor(i / k)]!) * (1.25 + row[i % k]!));
}

function scaled(shape: readonly number[], weight: (i: number) => number): Tensor {
  const weights = Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => weight(i));
  const sum = weights.reduce((a, b) => a + b);
  return tensor(
    shape,
    weights.map((one) => one / sum),
  );
}
