import { tensor } from '../src/core/tensor.ts';
import { graph, type GraphValue } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { abs, add, clamp, conv2d, luma, mul, pointwiseConv2d, quantize, smoothstep, sub, temporal } from '../src/graph/operators.ts'; // prettier-ignore
import { box } from '../src/kernels/box.ts';
import { gaussian } from '../src/kernels/gaussian.ts';

/** Takes a camera's noise away, which would move everywhere. */
const SMOOTHING = gaussian({ sigma: 0.85, size: 3 });
/** What changes so many times as much as counts for motion moves, however much more it changes. */
const FURTHEST = 1.5;
/** The byte that stands for no change. */
const NONE = 128 / 255;
/** The mask's rise about what counts: pixels at the rim of what moves are in it in part. */
const RIM = { edge0: 0.8 / (2 * FURTHEST), edge1: 1.2 / (2 * FURTHEST) };
/** How much of the picture is left where nothing moves. */
const DIMMED = 0.3;
/** How the picture and what moves in it are painted: grey, and hot. */
const GREY = tensor([1, 3], [0.5, 0.5, 0.5]);
const HOT = tensor([1, 3], [0.9, 0.35, 0.02]);

/** The mean of each 4 × 4 values, as two filters along a line. */
function quartered(x: GraphValue): GraphValue {
  const same = { padding: 'same', edge: 'replicate' } as const;
  const narrow = conv2d(x, { ...same, weights: box(1, 4), strides: [1, 4] });
  return conv2d(narrow, { ...same, weights: box(4, 1), strides: [4, 1] });
}

export const motion = defineFilter({
  name: 'motion',
  title: 'Motion',
  description: 'Shows what moves: where the brightness of a pixel changes within a moment.',
  params: {
    ms: { type: 'number', title: 'Moment', min: 70, max: 500, step: 10, default: 150, unit: 'ms' },
    sensitivity: {
      type: 'number',
      title: 'Sensitivity',
      min: 2,
      max: 50,
      step: 1,
      default: 10,
      unit: '×',
      scale: 'log',
    },
    view: { type: 'choice', title: 'Show', choices: ['spotlight', 'heat', 'mask'], default: 'spotlight' },
  },
  build: ({ ms, sensitivity, view }) =>
    graph(({ frame }) => {
      const y = luma(frame);
      const change = temporal(y, { window: { ms }, shape: 'derivative' });
      // A change of a part of black to white counts: the more sensitive, the smaller.
      const bytes = quantize(add(mul(change, sensitivity / (2 * FURTHEST)), NONE));
      const mask = quantize(smoothstep(abs(sub(conv2d(bytes, SMOOTHING), NONE)), RIM));
      const measurements = { cells: quartered(quartered(mask)) };
      if (view === 'mask') return { output: mask, measurements };
      if (view === 'spotlight') return { output: mul(y, add(mul(mask, 1 - DIMMED), DIMMED)), measurements };
      return { output: clamp(add(pointwiseConv2d(y, GREY), pointwiseConv2d(mask, HOT))), measurements };
    }),
});
