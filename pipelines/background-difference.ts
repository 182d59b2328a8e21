import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { abs, add, frameAt, gaussianBlur, luma, mul, runningMean, sqrt, stack, sub, threshold } from '../src/graph/operators.ts'; // prettier-ignore

/** Takes single pixels of noise away. */
const SMOOTHING = 1;
/** How much of the picture is left where nothing differs. */
const DIMMED = 0.15;

export const backgroundDifference = defineFilter({
  name: 'background-difference',
  title: 'Background',
  description:
    'Learns for each pixel how bright it usually is and how much that varies, and keeps what is neither.',
  params: {
    k: { type: 'number', title: 'Threshold', min: 1, max: 8, step: 0.1, default: 3, unit: 'σ' },
    seconds: {
      type: 'number',
      title: 'Learns over',
      min: 0.5,
      max: 60,
      step: 0.5,
      default: 5,
      unit: 's',
      scale: 'log',
    },
    floor: { type: 'number', title: 'At least', min: 1, max: 64, step: 1, default: 10, unit: 'levels' },
    view: { type: 'choice', title: 'Show', choices: ['cut-out', 'mask'], default: 'cut-out' },
  },
  build: ({ k, seconds, floor, view }) =>
    graph(({ frame }) => {
      const y = gaussianBlur(luma(frame), { sigma: SMOOTHING });
      // What is judged must not have taught the judge: only frames before this one are learned from.
      const past = frameAt(stack(y, { frames: 2 }), 0);
      const mean = runningMean(past, { ms: 1000 * seconds });
      const away = sub(past, mean);
      const deviation = sqrt(runningMean(mul(away, away), { ms: 1000 * seconds }));
      const usual = add(mul(deviation, k), floor / 255);
      const mask = threshold(sub(abs(sub(y, mean)), usual), 0);
      return view === 'mask' ? mask : mul(frame, add(mul(mask, 1 - DIMMED), DIMMED));
    }),
});
