import { tensor, type Tensor } from '../src/core/tensor.ts';
import { graph, type GraphValue } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { add, clamp, conv3d, frameAt, luma, mul, sqrt, stack } from '../src/graph/operators.ts';

const SLOPE = [-1, 0, 1];
const BELL = [1, 2, 1];

/** Three times three weights that are products of one of each, scaled so that a still edge is as strong as of `edge`. */
const product = (t: readonly number[], y: readonly number[], x: readonly number[]): Tensor =>
  tensor([3, 3, 3], t.flatMap((a) => y.flatMap((b) => x.map((c) => (a * b * c) / 4)))); // prettier-ignore

const ALONG_TIME = product(SLOPE, BELL, BELL);
const DOWN = product(BELL, SLOPE, BELL);
const ACROSS = product(BELL, BELL, SLOPE);

export const temporalEdge = defineFilter({
  name: 'temporal-edge',
  title: 'Sobel 3D',
  description:
    'Sobel in three dimensions: how fast the brightness changes across, down and from frame to frame, as one length.',
  params: {
    strength: { type: 'number', title: 'Strength', min: 0.1, max: 4, step: 0.1, default: 1, unit: '×' },
    time: { type: 'number', title: 'Weight of time', min: 0, max: 4, step: 0.1, default: 1, unit: '×' },
  },
  build: ({ strength, time }) =>
    graph(({ frame }) => {
      const frames = stack(luma(frame), { frames: 3, alignment: 'centered' });
      const slope = (weights: Tensor): GraphValue =>
        frameAt(conv3d(frames, { weights, padding: [[0, 0], [1, 1], [1, 1]] })); // prettier-ignore
      const squared = (value: GraphValue): GraphValue => mul(value, value);
      const inSpace = add(squared(slope(ACROSS)), squared(slope(DOWN)));
      const all = add(inSpace, squared(mul(slope(ALONG_TIME), time)));
      return clamp(mul(sqrt(all), strength));
    }),
});
