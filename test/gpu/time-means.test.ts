/** Means over time on WebGL2: windows over seconds, running means and sums, in grey and on the planes of colour. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { tensor } from '../../src/core/tensor.ts';
import type { GraphValue } from '../../src/graph/builder.ts';
import { abs, add, conv2d, conv3d, difference, frameAt, mul, quantize, runningMean, runningVariance, stack, sub, temporal } from '../../src/graph/operators.ts'; // prettier-ignore
import { cameraTimes, TROUBLED_TIMES } from '../support/camera-sequences.ts';
import { FULL, LIMITED, onFrame, onLuma, runSequence, worstOfLuma, worstOfPlanes } from './run-sequence.ts';

const ledger = new Ledger();
let backend: WebGl2Backend;
beforeAll(() => {
  backend = new WebGl2Backend({ ledger, upload: 'planes' });
});
afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

const SIZE = [35, 15] as const;
const window = { ms: 120 };

const weighted = (weights: readonly number[], warmUp: 'replicate' | 'ramp' = 'replicate') => (x: GraphValue) =>
  frameAt(conv3d(stack(x, { frames: weights.length, warmUp }), { weights: tensor([weights.length, 1, 1], weights), padding: 'valid' })); // prettier-ignore
const equal = (frames: number) => Array.from({ length: frames }, () => 1 / frames);
/** The newest last. */
const falling = (frames: number, share: number) =>
  Array.from({ length: frames }, (_, i) => ((1 - share) * share ** (frames - 1 - i)) / (1 - share ** frames));

const MEANS: readonly (readonly [name: string, of: (x: GraphValue) => GraphValue])[] = [
  ['box', (x) => temporal(x, { window, shape: 'box' })],
  ['gaussian', (x) => temporal(x, { window, shape: 'gaussian' })],
  ['centered gaussian', (x) => temporal(x, { window, shape: 'gaussian', alignment: 'centered' })],
  ['exponential', (x) => temporal(x, { window, shape: 'exponential' })],
  ['eight equal weights', weighted(equal(8))],
  ['thirty-two equal weights', weighted(equal(32))],
  ['weights that fall', weighted(falling(12, 0.8))],
  ['weights that fall fast', weighted(falling(20, 0.5))],
];

describe.each([FULL, LIMITED])('%j', (color) => {
  test.each(MEANS)('%s in grey and in colour', async (_, of) => {
    const sequence = { size: SIZE, times: [...TROUBLED_TIMES], color } as const;
    // 1: the rounding of what is read out, and of nothing else.
    expect(await worstOfLuma(backend, onLuma(of), sequence)).toBeLessThanOrEqual(0.55);
    expect(await worstOfPlanes(backend, onFrame(of), sequence)).toBeLessThanOrEqual(0.55);
  });
});

describe('sums that run on', () => {
  const FORMS = [
    ['equal', equal(8)],
    ['falling', falling(6, 0.7)],
  ] as const;

  test.each(FORMS)('%s: as the sum over all frames', async (_, weights) => {
    for (const warmUp of ['replicate', 'ramp'] as const) {
      const of = onLuma(weighted(weights, warmUp));
      for (const running of [true, false]) {
        const sequence = { size: SIZE, times: TROUBLED_TIMES, techniques: { running } } as const;
        expect(await worstOfLuma(backend, of, sequence)).toBeLessThanOrEqual(0.55);
      }
    }
  });

  test('what came of a filter is summed in full', async () => {
    const of = onLuma((y) => abs(weighted(equal(8))(mul(sub(y, 0.5), 0.7))));
    const sequence = { size: SIZE, times: TROUBLED_TIMES, techniques: { running: true } } as const;
    expect(await worstOfLuma(backend, of, sequence)).toBeLessThanOrEqual(0.55);
  });

  test('a running sum is the cheaper one for many frames, and only then', async () => {
    const passes = async (frames: number) => {
      const { plan } = await runSequence(backend, onLuma(weighted(equal(frames))), {
        size: SIZE,
        times: [0],
      });
      return plan.memories.length;
    };
    expect(await passes(4)).toBe(1);
    expect(await passes(32)).toBe(2);
  });
});

describe('what is kept in bytes because the graph says so', () => {
  const off = (y: GraphValue) => quantize(add(mul(sub(y, temporal(y, { window, shape: 'box' })), 4), 0.5));

  test('the newest frame and a window over it are one sum, of bytes', async () => {
    const of = onLuma((y) =>
      conv2d(
        off(y),
        tensor(
          [3, 3],
          Array.from({ length: 9 }, () => 1 / 9),
        ),
      ),
    );
    const sequence = { size: SIZE, times: TROUBLED_TIMES } as const;
    const { plan } = await runSequence(backend, of, { ...sequence, times: [0] });
    expect(plan.passes.map(({ label }) => label)).toEqual([
      'keep 9 frames',
      'newest + box over 120 ms',
      'product 3×3',
    ]);
    expect(plan.images.every(({ format }) => format === 'rgba32ui')).toBe(true);
    // Where values lie right between two levels, the reference may round each of the nine to the other one.
    expect(await worstOfLuma(backend, of, sequence)).toBeLessThanOrEqual(1.51);
  });

  test('where one of the two is needed by itself, they stay two', async () => {
    const of = onLuma((y) => add(mul(off(y), 0.5), mul(y, 0.25)));
    expect(await worstOfLuma(backend, of, { size: SIZE, times: TROUBLED_TIMES })).toBeLessThanOrEqual(1.05);
  });
});

describe('what is no mean', () => {
  test('a derivative over seconds', async () => {
    const of = onLuma((y) => abs(temporal(y, { window: { ms: 100 }, shape: 'derivative' })));
    for (const color of [FULL, LIMITED])
      expect(await worstOfLuma(backend, of, { size: SIZE, times: TROUBLED_TIMES, color })).toBeLessThanOrEqual(0.55); // prettier-ignore
  });

  test('a difference, a running variance, and a mean that is read twice', async () => {
    const sequence = { size: SIZE, times: TROUBLED_TIMES } as const;
    const graphs = [
      onLuma((y) => abs(difference(y, { frames: 3 }))),
      onLuma((y) => mul(runningVariance(y, { ms: 200 }), 4)),
      onLuma((y) => {
        const mean = runningMean(y, { ms: 150 });
        return abs(sub(y, mean));
      }),
    ];
    for (const of of graphs) expect(await worstOfLuma(backend, of, sequence)).toBeLessThanOrEqual(0.6);
  });
});

test('nothing drifts: 10,000 frames', { timeout: 120_000 }, async () => {
  const times = cameraTimes(10_000);
  for (const [, of] of [MEANS[3], MEANS[4], MEANS[6]].filter((one) => one !== undefined)) {
    const sequence = { size: [5, 3], times, techniques: { running: true } } as const;
    expect(await worstOfLuma(backend, onLuma(of), sequence)).toBeLessThanOrEqual(0.55);
  }
});
