/** The primitives that remember frames, one frame in float64, from the formulas in primitives/primitive.ts. */
import { at } from '../../src/core/assert.ts';
import type { MemoryMoment } from '../../src/core/memory-clock.ts';
import type { Tensor64 } from '../../src/core/tensor.ts';
import { temporalWeights } from '../../src/kernels/temporal-window.ts';
import { evaluate } from '../../src/primitives/expression.ts';
import type { Recurrence, SpaceTime, Stack, Temporal } from '../../src/primitives/primitive.ts';
import { broadcast, filled, read } from './tensor-reads.ts';

export type Remembering = Stack | Temporal | Recurrence | SpaceTime;

/** A frame that was: what a value had read first, and what it was. */
export type Remembered = Readonly<{ input: Tensor64; output: Tensor64 }>;

/** What was read `age` frames ago; null where nothing stands for it. */
type FrameOf = (age: number) => Tensor64 | null;

/** @param frames those before this one, the newest first. */
export function runRemembering(
  value: Remembering,
  inputs: readonly Tensor64[],
  frames: readonly Remembered[],
  moment: MemoryMoment,
): Tensor64 {
  const there = [at(inputs, 0), ...frames.map(({ input }) => input)].slice(0, moment.agesMs.length);
  const of: FrameOf = (age) =>
    there[age] ?? (value.memory.warmUp === 'ramp' ? null : at(there, there.length - 1));
  switch (value.kind) {
    case 'stack':
      return filled(value.shape, ([i = 0, ...position]) => {
        const frame = of(value.memory.frames - 1 - i);
        return frame === null ? 0 : read(frame, position, 'zero', NaN);
      });
    case 'temporal':
      return temporal(value, of, moment);
    case 'spacetime':
      return spacetime(value, of);
    case 'recurrence': {
      const before = frames[0]?.output;
      return filled(value.shape, (position) => {
        const now = inputs.map((input) => broadcast(input, position));
        if (before === undefined) return evaluate(value.first, [NaN, ...now]);
        return evaluate(value.expression, [broadcast(before, position), ...now], moment.elapsedMs);
      });
    }
  }
}

function temporal({ weights, shape }: Temporal, of: FrameOf, { agesMs }: MemoryMoment): Tensor64 {
  const now = 'shape' in weights ? temporalWeights(weights, agesMs) : weights;
  return filled(shape, (position) => {
    let sum = 0;
    now.forEach((weight, age) => {
      const frame = of(age);
      if (frame !== null) sum += weight * read(frame, position, 'zero', NaN);
    });
    return sum;
  });
}

function spacetime({ taps, weights, bias, edge, shape }: SpaceTime, of: FrameOf): Tensor64 {
  return filled(shape, (position) => {
    let sum = bias;
    weights.forEach((weight, i) => {
      const frame = of(Math.floor(i / taps.length));
      const tap = at(taps, i % taps.length);
      const place = position.map((coordinate, axis) => coordinate + (tap[axis] ?? 0));
      if (frame !== null) sum += weight * read(frame, place, edge);
    });
    return sum;
  });
}
