import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { clamp, conv2d, luma, magnitude, mul } from '../src/graph/operators.ts';
import { sobelX, sobelY } from '../src/kernels/fixed.ts';

export const edge = defineFilter({
  name: 'edge',
  title: 'Edge',
  description: 'Sobel: how fast the brightness changes at each pixel, across and down, as one length.',
  params: {
    strength: { type: 'number', title: 'Strength', min: 0.1, max: 4, step: 0.1, default: 1, unit: '×' },
  },
  build: ({ strength }) =>
    graph(({ frame }) => {
      const y = luma(frame);
      return clamp(mul(magnitude(conv2d(y, sobelX), conv2d(y, sobelY)), strength));
    }),
});
