import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { gaussianBlur } from '../src/graph/operators.ts';

export const blur = defineFilter({
  name: 'blur',
  title: 'Blur',
  description:
    'Gaussian: each pixel becomes a bell-shaped mean of its neighbours. Any radius costs about the same.',
  params: {
    sigma: {
      type: 'number',
      title: 'Radius σ',
      min: 0.3,
      max: 200,
      step: 0.1,
      default: 2,
      unit: 'px',
      scale: 'log',
    },
  },
  build: ({ sigma }) => graph(({ frame }) => gaussianBlur(frame, { sigma })),
});
