import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { clamp, conv2d, luma, magnitude, mul, sub } from '../src/graph/operators.ts';
import { sobelX, sobelY } from '../src/kernels/fixed.ts';

export const edge = defineFilter({
  name: 'edge',
  title: 'Edge',
  description: 'Sobel: how fast the brightness changes at each pixel, across and down, as one length.',
  params: {
    strength: { type: 'number', title: 'Strength', min: 0.1, max: 4, step: 0.1, default: 1, unit: '×' },
    threshold: { type: 'number', title: 'Threshold', min: 0, max: 1, step: 0.01, default: 0 },
  },
  build: ({ strength, threshold }) =>
    graph(({ frame }) => {
      const y = luma(frame);
      const length = magnitude(conv2d(y, sobelX), conv2d(y, sobelY));
      // What is no longer than the threshold is black, and the rest begins there: no hard rim, and nothing to compile for it.
      return clamp(mul(sub(length, threshold), strength));
    }),
});
