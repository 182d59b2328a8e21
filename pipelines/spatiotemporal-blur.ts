import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { gaussianBlur, temporal } from '../src/graph/operators.ts';

export const spatiotemporalBlur = defineFilter({
  name: 'spatiotemporal-blur',
  title: 'Gaussian 3D',
  description:
    'Gaussian in space and time: each pixel becomes a mean of its neighbours, now and a moment ago.',
  params: {
    sigma: {
      type: 'number',
      title: 'Radius σ',
      min: 0.3,
      max: 50,
      step: 0.1,
      default: 2,
      unit: 'px',
      scale: 'log',
    },
    ms: { type: 'number', title: 'Moment', min: 50, max: 500, step: 10, default: 200, unit: 'ms' },
  },
  build: ({ sigma, ms }) =>
    // Frames are remembered as they came, in 8 bits.
    graph(({ frame }) => gaussianBlur(temporal(frame, { window: { ms }, shape: 'gaussian' }), { sigma })),
});
