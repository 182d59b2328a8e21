import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { mix, runningMean, temporal } from '../src/graph/operators.ts';

/** How much of the picture is the frame itself, the rest its past. */
const PRESENT = 0.3;

export const trail = defineFilter({
  name: 'trail',
  title: 'Trail',
  description: 'What moves draws its past behind it, which fades: as a ghost, or as light.',
  params: {
    ms: {
      type: 'number',
      title: 'Fades in',
      min: 50,
      max: 5000,
      step: 10,
      default: 600,
      unit: 'ms',
      scale: 'log',
    },
    blend: { type: 'choice', title: 'As', choices: ['ghost', 'light'], default: 'ghost' },
  },
  build: ({ ms, blend }) =>
    graph(({ frame }) =>
      blend === 'light'
        ? temporal(frame, { window: { ms }, shape: 'peak' })
        : mix(runningMean(frame, { ms }), frame, PRESENT),
    ),
});
