/** The ops that know time: what they are by definition, and that their lowering says the same, frame by frame. */
import { describe, expect, test } from 'vitest';
import { tensor, type Shape, type Tensor } from '../../src/core/tensor.ts';
import { WARM_UPS } from '../../src/core/memory-clock.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import {
  conv1d,
  conv3d,
  difference,
  frameAt,
  runningMean,
  runningVariance,
  stack,
  temporal,
} from '../../src/graph/operators.ts';
import type { TemporalOptions } from '../../src/ops/temporal.ts';
import { firsts, loweredOutputs, noisyFrames, referenceOutputs, scalars } from '../support/frame-sequence.ts';

/** A repeat at 99 ms, a gap of two frames, and a seek back to 40 ms, a gap that begins anew. */
const TIMES = [0, 33, 66, 99, 99, 132, 231, 264, 40, 70, 100, 2100, 2133];

const over = (shape: Shape, build: (x: GraphValue) => GraphValue) => graph({ x: shape }, ({ x }) => build(x));

const kernel3d = (frames: number, side: number): Tensor => {
  const values = Array.from({ length: frames * side * side }, (_, i) => Math.sin(3 * i + 1));
  return tensor([frames, side, side], values);
};

const VALID_IN_TIME = [[0, 0], [1, 1], [1, 1]] as const; // prettier-ignore

type Case = readonly [string, Shape, (x: GraphValue) => GraphValue];

describe('the lowering says what the reference says', () => {
  const cases: readonly Case[] = [
    ...WARM_UPS.map((warmUp): Case => [
      `stack, ${warmUp}`,
      [2, 3, 2],
      (x) => stack(x, { frames: 3, warmUp }),
    ]),
    ['stack of one frame', [2, 3, 1], (x) => stack(x, { frames: 1 })],
    ['stack of a single number', [], (x) => stack(x, { frames: 4 })],
    ['stack of a signal', [5, 2], (x) => stack(x, { frames: 2, warmUp: 'ramp' })],
    ['stack of volumes', [2, 2, 3, 1], (x) => stack(x, { frames: 2 })],
    ['stack of stacks', [2, 2, 1], (x) => stack(stack(x, { frames: 2 }), { frames: 3, warmUp: 'ramp' })],
    ['the oldest of a stack', [2, 3, 2], (x) => frameAt(stack(x, { frames: 3 }), 0)],
    ['one of a stack of signals', [4, 2], (x) => frameAt(stack(x, { frames: 3 }), -2)],
    ['the newest of a stack of one', [2, 2, 1], (x) => frameAt(stack(x, { frames: 1 }))],
    ['one number of a list', [4], (x) => frameAt(x, 1)],
    ['conv3d', [4, 5, 2], (x) => frameAt(conv3d(stack(x, { frames: 3 }), { weights: kernel3d(3, 3), padding: VALID_IN_TIME }))], // prettier-ignore
    ['conv1d over time', [3, 3, 2], (x) => conv1d(stack(x, { frames: 5 }), { weights: tensor([3], [1, -2, 4]), axis: 't' })], // prettier-ignore
    ['conv1d along a stack', [3, 4, 2], (x) => conv1d(stack(x, { frames: 2 }), { weights: tensor([3], [1, -2, 4]), axis: 'y' })], // prettier-ignore
    ['box', [2, 2, 1], (x) => temporal(x, { window: { ms: 80 }, shape: 'box' })],
    ['gaussian', [2, 2, 1], (x) => temporal(x, { window: { ms: 120 }, shape: 'gaussian', alignment: 'centered' })], // prettier-ignore
    [
      'derivative',
      [2, 2, 1],
      (x) => temporal(x, { window: { ms: 100 }, shape: 'derivative', warmUp: 'none' }),
    ],
    ['exponential', [2, 2, 1], (x) => temporal(x, { window: { ms: 90 }, shape: 'exponential' })],
    ['peak', [2, 2, 1], (x) => temporal(x, { window: { ms: 90 }, shape: 'peak' })],
    ['difference', [2, 3, 2], (x) => difference(x, { frames: 2 })],
    ['difference of a signal', [4, 1], (x) => difference(x)],
    ['running mean and variance', [2, 2, 1], (x) => runningVariance(runningMean(x, { ms: 50 }), { ms: 200 })],
  ];

  test.each(cases)('%s', (_name, shape, build) => {
    const of = over(shape, build);
    const frames = noisyFrames(shape, TIMES.length);
    const expected = referenceOutputs(of, frames, TIMES);
    loweredOutputs(of, frames, TIMES).forEach((output, i) => {
      expect(output.shape).toEqual(expected[i]!.shape);
      output.data.forEach((value, k) => {
        expect(value).toBeCloseTo(expected[i]!.data[k]!, 6);
      });
    });
  });
});

describe('stack', () => {
  const stacked = (warmUp: 'replicate' | 'ramp', times?: readonly number[]) =>
    referenceOutputs(over([1], (x) => stack(x, { frames: 3, warmUp })), scalars([1, 2, 3, 4]), times).map(({ data }) => [...data]); // prettier-ignore

  test('the oldest first, the newest last', () => {
    expect(stacked('replicate')[3]).toEqual([2, 3, 4]);
  });

  test('the first frame stands for those before it, or nothing does', () => {
    expect(stacked('replicate').slice(0, 2)).toEqual([[1, 1, 1], [1, 1, 2]]); // prettier-ignore
    expect(stacked('ramp').slice(0, 2)).toEqual([[0, 0, 1], [0, 1, 2]]); // prettier-ignore
  });

  test('the same time once more: the frame takes the place of the last one', () => {
    expect(stacked('replicate', [0, 10, 20, 20])[3]).toEqual([1, 2, 4]);
    expect(stacked('replicate', [0, 0, 10, 20])[3]).toEqual([2, 3, 4]);
  });

  test('a time that goes back, or a long gap, begins anew', () => {
    expect(stacked('ramp', [0, 10, 20, 5])[3]).toEqual([0, 0, 4]);
    expect(stacked('replicate', [0, 10, 20, 1021])[3]).toEqual([4, 4, 4]);
    expect(stacked('replicate', [0, 10, 20, 1020])[3]).toEqual([2, 3, 4]);
  });
});

/** out(y, x) = Σ_t Σ_i Σ_j w(t, i, j) · frame t of the last ones (y + i − r, x + j − r), edges replicated. */
function naiveConv3d(frames: readonly Tensor[], { shape, data }: Tensor): number[] {
  const [depth, side] = shape as readonly [number, number, number];
  const [height, width] = frames[0]!.shape as readonly [number, number, number];
  const clamped = (i: number, size: number) => Math.min(size - 1, Math.max(0, i));
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let t = 0; t < depth; t++) {
        const frame = frames[Math.max(0, frames.length - depth + t)]!;
        for (let i = 0; i < side; i++) {
          for (let j = 0; j < side; j++) {
            const row = clamped(y + i - (side - 1) / 2, height);
            const column = clamped(x + j - (side - 1) / 2, width);
            sum += data[(t * side + i) * side + j]! * frame.data[row * width + column]!;
          }
        }
      }
      out.push(sum);
    }
  }
  return out;
}

test.each([1, 2, 3, 5])(
  'conv3d over a stack of %i frames is the sum over frames, rows and columns',
  (depth) => {
    const weights = kernel3d(depth, 3);
    const of = over([4, 5, 1], (x) =>
      frameAt(conv3d(stack(x, { frames: depth }), { weights, padding: VALID_IN_TIME })),
    );
    const frames = noisyFrames([4, 5, 1], 8);
    referenceOutputs(of, frames).forEach((output, i) => {
      const expected = naiveConv3d(i + 1 < depth ? [...new Array<Tensor>(depth).fill(frames[0]!), ...frames.slice(1, i + 1)] : frames.slice(0, i + 1), weights); // prettier-ignore
      output.data.forEach((value, k) => {
        expect(value).toBeCloseTo(expected[k]!, 5);
      });
    });
  },
);

describe('temporal', () => {
  const meanOf = (options: Omit<TemporalOptions, 'window'>, ms: number) =>
    over([1], (x) => temporal(x, { ...options, window: { ms } }));

  test('exponential: the closed form, at uneven times', () => {
    const times = [0, 33, 66, 140, 150, 333];
    const values = [1, 5, -2, 7, 0, 3];
    const tau = 70;
    const outputs = firsts(referenceOutputs(meanOf({ shape: 'exponential' }, tau), scalars(values), times));
    times.forEach((now, n) => {
      // Of the first frame what is left, and of each later one what it came in with, less what went by since.
      let expected = values[0]! * Math.exp(-now / tau);
      for (let k = 1; k <= n; k++) {
        const share = 1 - Math.exp(-(times[k]! - times[k - 1]!) / tau);
        expected += values[k]! * share * Math.exp(-(now - times[k]!) / tau);
      }
      expect(outputs[n]).toBeCloseTo(expected, 6);
    });
  });

  test('peak: the largest so far, which fades by the real times', () => {
    const times = [0, 33, 66, 140, 150, 333];
    const values = [1, 5, 4.9, 0.5, 0, 3];
    const outputs = firsts(referenceOutputs(meanOf({ shape: 'peak' }, 70), scalars(values), times));
    times.forEach((now, n) => {
      const faded = values.slice(0, n + 1).map((value, k) => value * Math.exp(-(now - times[k]!) / 70));
      expect(outputs[n]).toBeCloseTo(Math.max(...faded), 6);
    });
  });

  test('exponential: the frame in the place of the last one is the only one that counts', () => {
    const of = meanOf({ shape: 'exponential' }, 50);
    const once = firsts(referenceOutputs(of, scalars([1, 9, 4]), [0, 30, 60]));
    const again = firsts(referenceOutputs(of, scalars([1, 2, 3, 9, 4]), [0, 30, 30, 30, 60]));
    expect([again[3], again[4]]).toEqual([once[1], once[2]]);
  });

  test('exponential: as after 10,000 frames of one value', () => {
    const values = [0, ...new Array<number>(10_000).fill(0.7)];
    const outputs = firsts(referenceOutputs(meanOf({ shape: 'exponential' }, 500), scalars(values)));
    expect(outputs.at(-1)).toBe(Math.fround(0.7));
  });

  test('box: the mean over the window, where frames come as they like', () => {
    const times = [0, 20, 60, 100];
    const [a, b, c, d] = [3, 7, 1, 5];
    const outputs = firsts(referenceOutputs(meanOf({ shape: 'box' }, 100), scalars([a, b, c, d]), times));
    const expected = (((a + b) / 2) * 20 + ((b + c) / 2) * 40 + ((c + d) / 2) * 40) / 100;
    expect(outputs.at(-1)).toBeCloseTo(expected, 6);
    expect(outputs.slice(0, 2)).toEqual([3, 5]);
  });

  test('derivative: how much a value that grows evenly grows over the window, whichever frames come', () => {
    const times = [0, 17, 33, 67, 83, 150, 167, 183, 233];
    const values = times.map((ms) => 2 + 0.01 * ms);
    const outputs = firsts(referenceOutputs(meanOf({ shape: 'derivative' }, 120), scalars(values), times));
    expect(outputs[0]).toBe(0);
    for (const output of outputs.slice(1)) expect(output).toBeCloseTo(1.2, 5);
  });

  test('remembers as many frames as told', () => {
    const outputs = firsts(referenceOutputs(meanOf({ shape: 'box', frames: 2 }, 1000), scalars([8, 0, 4])));
    expect(outputs).toEqual([8, 4, 2]);
  });

  test('after a gap longer than it may be it begins anew', () => {
    const of = meanOf({ shape: 'exponential', maxGapMs: 200 }, 1000);
    expect(firsts(referenceOutputs(of, scalars([1, 0, 0]), [0, 200, 401]))[2]).toBe(0);
    // Twice the window where none is told.
    const longer = meanOf({ shape: 'exponential' }, 1000);
    const [, within, beyond] = firsts(referenceOutputs(longer, scalars([1, 0, 0]), [0, 2000, 4001]));
    expect(within).toBeCloseTo(Math.exp(-2), 6);
    expect(beyond).toBe(0);
  });
});

describe('difference, mean and variance', () => {
  test.each([[[1, 1, 1]], [[1]]])('difference: the newest less the one so many frames ago, %j', (shape) => {
    const of = over(shape, (x) => difference(x, { frames: 2 }));
    const frames = [3, 4, 9, 1].map((value) => tensor(shape, [value]));
    expect(firsts(referenceOutputs(of, frames))).toEqual([0, 1, 6, -3]);
  });

  test('runningVariance: of noise about its variance, of stillness nothing', () => {
    const of = over([1], (x) => runningVariance(x, { ms: 1000 }));
    const noisy = noisyFrames([1], 600);
    // Uniform in 0..1: 1/12.
    const late = firsts(referenceOutputs(of, noisy)).slice(200);
    expect(late.reduce((sum, one) => sum + one, 0) / late.length).toBeCloseTo(1 / 12, 2);
    expect(Math.max(...firsts(referenceOutputs(of, scalars(new Array<number>(50).fill(0.3)))))).toBeLessThan(
      1e-7,
    );
  });
});
