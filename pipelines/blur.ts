import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { conv2d } from '../src/graph/operators.ts';
import { gaussianColumn, gaussianRow } from '../src/kernels/gaussian.ts';

export const blur = defineFilter({
  name: 'blur',
  title: 'Blur',
  description: 'Gaussian: each pixel becomes a bell-shaped mean of its neighbours.',
  params: {
    sigma: { type: 'number', title: 'Radius σ', min: 0.3, max: 5, step: 0.1, default: 2, unit: 'px' },
  },
  // The 2D Gaussian is the product of two 1D ones: 2k taps in place of k².
  build: ({ sigma }) =>
    graph(({ frame }) => conv2d(conv2d(frame, gaussianRow({ sigma })), gaussianColumn({ sigma }))),
});
