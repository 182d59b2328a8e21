/** Edge detection of each colour: what a filter costs that needs more than brightness, and gives more. */
import { graph } from '../../../src/graph/builder.ts';
import { defineFilter } from '../../../src/graph/filter.ts';
import { clamp, conv2d, magnitude } from '../../../src/graph/operators.ts';
import { sobelX, sobelY } from '../../../src/kernels/fixed.ts';

export const colorEdge = defineFilter({
  name: 'color-edge',
  title: 'Edge in colour',
  description: 'Sobel of red, green and blue, each by itself.',
  params: {},
  build: () => graph(({ frame }) => clamp(magnitude(conv2d(frame, sobelX), conv2d(frame, sobelY)))),
});
