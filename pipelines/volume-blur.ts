import { tensor } from '../src/core/tensor.ts';
import { graph, type GraphValue } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { conv1d, frameAt, gaussianBlur, stack } from '../src/graph/operators.ts';
import { gaussianRow } from '../src/kernels/gaussian.ts';

/** ⌈3σ⌉ on both sides is at most what a stack holds. */
const DEEPEST = 5;

/** The middle of the slices around it, weighed by their distance. */
function alongDepth(frame: GraphValue, depth: number): GraphValue {
  if (depth === 0) return frame;
  const { data } = gaussianRow({ sigma: depth });
  const slices = stack(frame, { frames: data.length, alignment: 'centered' });
  return frameAt(conv1d(slices, { weights: tensor([data.length], data), axis: 't', padding: [[0, 0]] }));
}

export const volumeBlur = defineFilter({
  name: 'volume-blur',
  title: 'Smooth 3D',
  description:
    'Gaussian over a volume: each pixel becomes a mean of its neighbours in its slice and in those before and behind it.',
  params: {
    sigma: {
      type: 'number',
      title: 'Radius σ',
      min: 0.3,
      max: 20,
      step: 0.1,
      default: 1.5,
      unit: 'px',
      scale: 'log',
    },
    depth: { type: 'number', title: 'Depth σ', min: 0, max: DEEPEST, step: 0.1, default: 1, unit: 'slices' },
  },
  build: ({ sigma, depth }) => graph(({ frame }) => gaussianBlur(alongDepth(frame, depth), { sigma })),
});
