/**
 * Filters over frames and space on WebGL2, against the reference in float64: every way in which the planner may compute
 * them, over sequences with frames lost, repeated and sought, at sizes whose rows end within a texel.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { WarmUp } from '../../src/core/memory-clock.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import type { GraphValue } from '../../src/graph/builder.ts';
import { abs, add, conv3d, frameAt, magnitude, stack } from '../../src/graph/operators.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import { cameraTimes, TROUBLED_TIMES } from '../support/camera-sequences.ts';
import { FULL, LIMITED, onLuma, runSequence, worstOfLuma } from './run-sequence.ts';

const ledger = new Ledger();
let backend: WebGl2Backend;
beforeAll(() => {
  backend = new WebGl2Backend({ ledger, upload: 'planes' });
});
afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

const SIZES = [[35, 15], [64, 6], [17, 3], [1, 1]] as const; // prettier-ignore

const kernel = (frames: number, side: number, weight: (t: number, y: number, x: number) => number): Tensor =>
  tensor([frames, side, side], Array.from({ length: frames * side * side }, (_, i) => weight(Math.floor(i / side / side), Math.floor(i / side) % side, i % side))); // prettier-ignore

const smooth = (frames: number, side: number) => {
  const weights = kernel(frames, side, (t, y, x) => (1 + t) * (1 + (y % 3)) * (1 + ((x * 2) % 5)));
  const sum = weights.data.reduce((total, weight) => total + weight, 0);
  return tensor(weights.shape, weights.data.map((weight) => weight / sum)); // prettier-ignore
};
const signed = (frames: number, side: number) =>
  kernel(frames, side, (t, y, x) => ((t - 1) * (1 + y) * (x - 1.5)) / (frames * side * side));
const wild = (frames: number, side: number) =>
  kernel(
    frames,
    side,
    (t, y, x) => ((((t * 31 + y * 17 + x * 7) * 7919) % 113) / 113 - 0.45) / (side * side),
  );

const around = (weights: Tensor, warmUp?: WarmUp) => {
  const [frames = 1, side = 1] = weights.shape;
  const edge = [Math.floor((side - 1) / 2), Math.ceil((side - 1) / 2)] as const;
  return (y: GraphValue) => frameAt(conv3d(stack(y, { frames, ...(warmUp === undefined ? {} : { warmUp }) }), { weights, padding: [[0, 0], edge, edge] })); // prettier-ignore
};

/** 1: the rounding of what is remembered and that of the output, half a level each. */
const KERNELS: readonly (readonly [name: string, weights: Tensor])[] = [
  ['a mean of rank 1', smooth(3, 3)],
  ['a deep mean of rank 1', smooth(5, 5)],
  ['rank 1, signed', signed(3, 3)],
  ['of full rank', wild(3, 3)],
  ['deep and of full rank', wild(5, 5)],
  ['of even sides', wild(4, 2)],
];

const WAYS: readonly (readonly [name: string, techniques: Techniques])[] = [
  ['as planned', {}],
  ['frames first', { factorTime: true, framesFirst: true }],
  ['space first', { factorTime: true, framesFirst: false }],
  ['carried on', { accumulate: true }],
];

describe('kernels over frames and space', () => {
  describe.each(WAYS)('%s', (_, techniques) => {
    test.each(KERNELS)('%s', async (__, weights) => {
      const of = onLuma((y) => add(around(weights)(y), 0.25));
      for (const size of SIZES)
        expect(
          await worstOfLuma(backend, of, { size, times: TROUBLED_TIMES, techniques }),
        ).toBeLessThanOrEqual(1.01);
    });

    test.each(['replicate', 'ramp', 'none'] as const)('beginning with %s', async (warmUp) => {
      const of = onLuma((y) => around(wild(4, 3), warmUp)(y));
      const sequence = { size: [35, 15], times: TROUBLED_TIMES, techniques } as const;
      expect(await worstOfLuma(backend, of, sequence)).toBeLessThanOrEqual(1.01);
    });
  });
});

test('each way is what it says', async () => {
  const labels = async (techniques: Techniques) => {
    const of = onLuma(around(smooth(3, 3)));
    const { plan } = await runSequence(backend, of, { size: [35, 15], times: [0], techniques });
    return plan.passes.map(({ label }) => label);
  };
  expect((await labels({ factorTime: true, framesFirst: true }))[0]).toBe('keep 3 frames');
  expect((await labels({ factorTime: true, framesFirst: false })).slice(-2)).toEqual([
    'keep 3 frames',
    'frames 3',
  ]);
  expect(await labels({ accumulate: true })).toEqual(['direct 9 + direct 9 + direct 9 + read + read']);
});

test.each([FULL, LIMITED])('over 40 frames of a camera that loses some: %j', async (color) => {
  const sequence = { size: [35, 15], times: cameraTimes(40), color } as const;
  for (const [, weights] of KERNELS) {
    const of = onLuma((y) => abs(around(weights)(y)));
    expect(await worstOfLuma(backend, of, sequence)).toBeLessThanOrEqual(1.01);
    expect(await worstOfLuma(backend, of, { ...sequence, refined: true })).toBeLessThanOrEqual(1.01);
  }
});

test('three kernels that meet in one expression share what they remember', async () => {
  const sobel = (t: number[], y: number[], x: number[]) => kernel(3, 3, (i, j, k) => ((t[i] ?? 0) * (y[j] ?? 0) * (x[k] ?? 0)) / 16); // prettier-ignore
  const [smoothed, slope] = [[1, 2, 1], [-1, 0, 1]]; // prettier-ignore
  const of = onLuma((y) => {
    const stacked = stack(y, { frames: 3 });
    const padding = [[0, 0], [1, 1], [1, 1]] as const; // prettier-ignore
    const [gt, gy, gx] = [sobel(slope, smoothed, smoothed), sobel(smoothed, slope, smoothed), sobel(smoothed, smoothed, slope)].map((weights) => frameAt(conv3d(stacked, { weights, padding }))); // prettier-ignore
    if (gt === undefined || gy === undefined || gx === undefined) throw new Error('three slopes');
    return magnitude(gt, magnitude(gy, gx));
  });
  const { plan } = await runSequence(backend, of, { size: [35, 15], times: [0] });
  expect(plan.passes.filter(({ kind }) => kind === 'keep')).toHaveLength(1);
  expect(await worstOfLuma(backend, of, { size: [35, 15], times: TROUBLED_TIMES })).toBeLessThanOrEqual(1.01);
});
