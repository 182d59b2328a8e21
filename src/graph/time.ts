/** The functions of time: what remembers frames, and what is made of that. Each answers its value. */
import { checkInteger } from '../core/check.ts';
import { MOST_FRAMES } from '../core/memory-clock.ts';
import { tensor } from '../core/tensor.ts';
import type { FrameAtOptions } from '../ops/frame-at.ts';
import type { MemoryOptions } from '../ops/memory-options.ts';
import type { StackOptions } from '../ops/stack.ts';
import type { TemporalOptions } from '../ops/temporal.ts';
import { max, mul, sub } from './arithmetic.ts';
import { GraphValue } from './builder.ts';
import { conv1d } from './convolution.ts';
import { layered } from './layer.ts';

/**
 * The last `frames` values of `input`, the newest last: `[…shape]` of rank 0 to 4 → `[frames, …shape]`.
 * @throws TypeError | RangeError that name the option, as all functions of time do.
 * @example frameAt(conv3d(stack(y, { frames: 3 }), { weights, padding: [[0, 0], [1, 1], [1, 1]] }))
 */
export const stack = layered((input, options: StackOptions) => GraphValue.apply('stack', [input], options));

/**
 * One frame of a stack: `[frames, …shape]` → `[…shape]`.
 * @param index from 0, the oldest; from the end where negative. Default −1: the newest.
 * @throws TypeError | RangeError when there is no such frame.
 */
export const frameAt = (input: GraphValue, index: FrameAtOptions['index'] = -1): GraphValue =>
  GraphValue.apply('frameAt', [input], { index });

/**
 * A window over seconds, by the real times of the frames. Any shape → the same.
 * @example temporal(y, { window: { ms: 200 }, shape: 'derivative' })
 */
export const temporal = layered((input, options: TemporalOptions) =>
  GraphValue.apply('temporal', [input], options),
);

export type DifferenceOptions = MemoryOptions &
  Readonly<{
    /** How many frames ago, 1 to 31. Default 1. */
    frames?: number;
  }>;

/** What the newest frame has more than the one `frames` ago. Any rank up to 4. */
export function difference(input: GraphValue, { frames = 1, ...memory }: DifferenceOptions = {}): GraphValue {
  checkInteger('difference: options.frames', frames, { min: 1, max: MOST_FRAMES - 1 });
  const stacked = stack(input, { ...memory, frames: frames + 1 });
  // Only images have an axis t of their own to filter along.
  if (input.shape.length !== 3) return sub(frameAt(stacked), frameAt(stacked, 0));
  const weights = tensor([2], [-1, 1]);
  return frameAt(conv1d(stacked, { weights, axis: 't', dilations: frames, padding: 'valid' }));
}

export type RunningOptions = Readonly<{
  /** After how long a frame counts 1/e of what it did: > 0 and ≤ 60,000 ms. */
  ms: number;
  /** After a longer gap it begins anew. Default 1000, or twice `ms` where that is longer. */
  maxGapMs?: number;
}>;

/** The mean of all frames so far, where older ones count less and less. Any shape → the same. */
export const runningMean = (input: GraphValue, { ms, ...memory }: RunningOptions): GraphValue =>
  temporal(input, { ...memory, window: { ms }, shape: 'exponential' });

/** The variance about `runningMean`: mean(x²) − mean(x)², at least 0. Any shape → the same. */
export function runningVariance(input: GraphValue, options: RunningOptions): GraphValue {
  const mean = runningMean(input, options);
  return max(sub(runningMean(mul(input, input), options), mul(mean, mean)), 0);
}
