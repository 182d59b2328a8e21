/**
 * temporal: a window over seconds. Its weights follow the real times of the frames, so that a frame that is missing
 * changes little: out = Σ_k w(age_k) · in of age_k ago (kernels/temporal-window.ts), of 'exponential'
 * out = before + (1 − e^(−elapsed / ms)) · (in − before), and of 'peak' out = max(in, before · e^(−elapsed / ms)).
 */
import { at } from '../core/assert.ts';
import { checkNumber, checkOneOf, show } from '../core/check.ts';
import { MOST_FRAMES, type MemoryRules } from '../core/memory-clock.ts';
import { sizeOf, type Tensor64 } from '../core/tensor.ts';
import { TEMPORAL_SHAPES, temporalWeights, type TemporalShape, type TemporalWindow } from '../kernels/temporal-window.ts'; // prettier-ignore
import { binary, constant, elapsedMs, operand, unary, type Expression } from '../primitives/expression.ts';
import { checkInputCount, checkRank } from './broadcast.ts';
import {
  ALIGNMENTS,
  checkFrames,
  checkMemory,
  type Alignment,
  type MemoryOptions,
} from './memory-options.ts';
import type { Lowering, Op, Past } from './op.ts';

/** Of one value that is carried on from frame to frame. */
const RUNNING_SHAPES = ['exponential', 'peak'] as const;
type RunningShape = (typeof RUNNING_SHAPES)[number];

const isRunning = (shape: TemporalOptions['shape']): shape is RunningShape =>
  (RUNNING_SHAPES as readonly string[]).includes(shape);

export type TemporalOptions = MemoryOptions &
  Readonly<{
    /** How far back it reaches, > 0 and ≤ 60,000 ms; of 'exponential' and 'peak' after how long a value counts 1/e. */
    window: Readonly<{ ms: number }>;
    /**
     * box: the mean. gaussian: a mean that counts the newest most. derivative: how much a value changes over the
     * window, at the pace it has in the window's middle. exponential: a running mean of all frames so far. peak: the
     * largest value so far, which fades towards 0.
     */
    shape: TemporalShape | RunningShape;
    /**
     * The most frames that are remembered, the newest included; a window that holds more ends with the oldest of them.
     * 2 (of a derivative 3) to 32. Default as many as the window holds at 60 frames a second. Not of 'exponential' and
     * 'peak', which count all frames so far.
     */
    frames?: number;
    /**
     * 'centered': about the window's middle, so that the output is ms / 2 late. Of box and gaussian; a derivative always
     * is. Default 'causal'.
     */
    alignment?: Alignment;
    /**
     * 'ramp' and 'replicate' are one: the window is of the frames that are there. 'none': nothing is shown until all are.
     * Not of 'exponential' and 'peak', which begin with the first frame. Default 'ramp'.
     */
    warmUp?: MemoryOptions['warmUp'];
    /** Default 1000, or twice the window where that is longer. */
    maxGapMs?: number;
  }>;

const LONGEST_MS = 60_000;

const leastFrames = (shape: TemporalOptions['shape']): number => (shape === 'derivative' ? 3 : 2);

const framesOf = ({ window: { ms }, shape, frames }: TemporalOptions): number =>
  frames ?? Math.max(leastFrames(shape), Math.min(MOST_FRAMES, Math.ceil((ms * 60) / 1000) + 1));

function rulesOf(options: TemporalOptions): MemoryRules {
  const { window, shape, warmUp = 'ramp', maxGapMs = Math.max(1000, 2 * window.ms) } = options;
  return { frames: isRunning(shape) ? 1 : framesOf(options), warmUp, maxGapMs };
}

/** Whether the output is of the window's middle. */
const isCentered = ({ shape, alignment }: TemporalOptions): boolean =>
  shape === 'derivative' || alignment === 'centered';

const windowOf = (options: TemporalOptions, shape: TemporalShape): TemporalWindow => ({
  shape,
  ms: options.window.ms,
  centered: isCentered(options),
});

function checkWindow(window: unknown, where: string): void {
  const name = `${where}: options.window`;
  if (typeof window !== 'object' || window === null || Object.keys(window).some((key) => key !== 'ms')) {
    throw new TypeError(`${name} must be { ms }, got ${show(window)}`);
  }
  const { ms } = window as Readonly<{ ms?: unknown }>;
  checkNumber(`${name}.ms`, ms, { min: 0, exclusiveMin: true, max: LONGEST_MS, unit: 'ms' });
}

function checkOptions(options: TemporalOptions, where: string): void {
  const { shape, frames, alignment } = options;
  checkWindow(options.window, where);
  checkOneOf(`${where}: options.shape`, shape, [...TEMPORAL_SHAPES, ...RUNNING_SHAPES]);
  checkMemory(options, where);
  if (isRunning(shape)) {
    for (const name of ['frames', 'alignment', 'warmUp'] as const) {
      if (options[name] === undefined) continue;
      throw new TypeError(
        `${where}: options.${name} is not for '${shape}', which counts all frames so far, got ${show(options[name])}`,
      );
    }
    return;
  }
  if (frames !== undefined) checkFrames(frames, leastFrames(shape), where);
  if (alignment === undefined) return;
  checkOneOf(`${where}: options.alignment`, alignment, ALIGNMENTS);
  if (shape === 'derivative') {
    throw new TypeError(
      `${where}: options.alignment is not for 'derivative', which is about its window's middle`,
    );
  }
}

/** Operand 0 is what is carried on, operand 1 the frame. */
function carriedOn(shape: RunningShape, ms: number): Expression {
  const kept = unary('exp', binary('mul', elapsedMs, constant(-1 / ms)));
  if (shape === 'peak') return binary('max', operand(1), binary('mul', operand(0), kept));
  const change = binary('sub', operand(1), operand(0));
  return binary('add', operand(0), binary('mul', binary('sub', constant(1), kept), change));
}

function runningReference(
  shape: RunningShape,
  ms: number,
  input: Tensor64,
  past: Past | undefined,
): Tensor64 {
  const before = past?.previous;
  if (past === undefined || before === null || before === undefined) return input;
  const share = -Math.expm1(-past.moment.elapsedMs / ms);
  const data = input.data.map((x, i) => {
    const carried = at(before.data, i);
    return shape === 'peak' ? Math.max(x, (1 - share) * carried) : carried + share * (x - carried);
  });
  return { shape: input.shape, data };
}

/** Any shape → the same. */
export const temporal: Op<TemporalOptions> = {
  name: 'temporal',
  inferShape(inputs, options, where) {
    checkInputCount(where, inputs, 1);
    const shape = at(inputs, 0);
    checkRank(where, shape);
    checkOptions(options, where);
    return shape;
  },
  reference(inputs, options, _facts, past): Tensor64 {
    const input = at(inputs, 0);
    const { shape } = options;
    if (isRunning(shape)) return runningReference(shape, options.window.ms, input, past);
    const frames = past?.inputs ?? [input];
    const weights = temporalWeights(windowOf(options, shape), past?.moment.agesMs ?? [0]);
    const data = new Float64Array(input.data.length);
    weights.forEach((weight, age) => {
      at(frames, age).data.forEach((x, i) => {
        data[i] = at(data, i) + weight * x;
      });
    });
    return { shape: input.shape, data };
  },
  lower: (inputs, options, shape, lowering: Lowering) => {
    const memory = { ...rulesOf(options), name: lowering.memoryName };
    if (isRunning(options.shape)) {
      const expression = carriedOn(options.shape, options.window.ms);
      return lowering.add({ kind: 'recurrence', inputs, shape, expression, first: operand(1), memory });
    }
    const weights = windowOf(options, options.shape);
    return lowering.add({ kind: 'temporal', input: at(inputs, 0), shape, weights, memory });
  },
  layer: (_inputs, options, shape) => {
    if (isRunning(options.shape)) return { parameters: 0, macs: sizeOf(shape) };
    const frames = framesOf(options);
    const extent = [frames, ...shape.slice(0, -1).map(() => 1)];
    const window = { extent, stride: extent.map(() => 1) };
    return { parameters: 0, macs: sizeOf(shape) * frames, window };
  },
  memory: rulesOf,
  latency: (options) => ({ frames: 0, ms: isCentered(options) ? options.window.ms / 2 : 0 }),
};
