/** Graphs whose plans are pinned, by name. */
import { blur, edge, none, sharpen } from '../../pipelines/index.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import { clamp, conv2d, gaussianBlur, luma, magnitude, mul } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { fiveLayers } from '../support/five-layers.ts';

const onFrame = (build: (frame: GraphValue) => GraphValue): Graph => graph(({ frame }) => build(frame));
const onLuma = (build: (y: GraphValue) => GraphValue): Graph => onFrame((frame) => build(luma(frame)));
const blurBy = (sigma: number) => onFrame((frame) => gaussianBlur(frame, { sigma }));
/** Of full rank. */
const lopsided = tensor(
  [3, 3],
  [1, 2, 3, 2, 5, 1, 4, 1, 2].map((weight) => weight / 21),
);
const ofRankOne = tensor([9, 9], Float64Array.from({ length: 81 }, (_, i) => ((1 + (i % 9)) * (1 + Math.floor(i / 9))) / 2025)); // prettier-ignore

export const GRAPHS = {
  none: none.build(),
  edge: edge.build(),
  sharpen: sharpen.build(),
  'blur σ 2': blur.build({ sigma: 2 }),
  'blur σ 4': blurBy(4),
  'blur σ 16': blurBy(16),
  'blur σ 100': blurBy(100),
  'a lopsided 3×3 on luma': onLuma((y) => conv2d(y, lopsided)),
  'a 9×9 of rank 1 on luma': onLuma((y) => conv2d(y, ofRankOne)),
  'a lopsided 3×3 on colour': onFrame((frame) => conv2d(frame, lopsided)),
  'edges tinted by the picture': onFrame((frame) => {
    const y = luma(frame);
    return mul(frame, clamp(magnitude(conv2d(y, sobelX), conv2d(y, sobelY))));
  }),
  'a network of five layers': fiveLayers(),
} as const;
