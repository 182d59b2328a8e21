import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { runningMean, temporal } from '../src/graph/operators.ts';

export const longExposure = defineFilter({
  name: 'long-exposure',
  title: 'Long exposure',
  description:
    'Seconds in one picture: what moves melts into a mist, or, where the lightest counts, leaves streaks of light.',
  params: {
    seconds: {
      type: 'number',
      title: 'Exposure',
      min: 0.1,
      max: 20,
      step: 0.1,
      default: 2,
      unit: 's',
      scale: 'log',
    },
    mode: { type: 'choice', title: 'What counts', choices: ['mean', 'lightest'], default: 'mean' },
  },
  build: ({ seconds, mode }) =>
    graph(({ frame }) =>
      mode === 'lightest'
        ? temporal(frame, { window: { ms: 1000 * seconds }, shape: 'peak' })
        : // Frames are then half an exposure old in the mean, as those of a shutter that was open all the time.
          runningMean(frame, { ms: 500 * seconds }),
    ),
});
