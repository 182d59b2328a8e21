/** How a slider's way is divided among a number's values: evenly, or so that equal ways are equal ratios. */
import type { NumberParam } from './filter.ts';

export type ParamRange = Pick<NumberParam, 'min' | 'max' | 'step' | 'scale'>;

/** Where `value` lies on the way from `min` to `max`: 0..1. */
export function shareOfParam({ min, max, scale }: ParamRange, value: number): number {
  const share = scale === 'log' ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  // Of a range without length every value is its start.
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
}

/** The value at `share` of the way, on a step; both ends are reached exactly. */
export function paramAtShare(range: ParamRange, share: number): number {
  const { min, max, scale } = range;
  if (share <= 0) return min;
  if (share >= 1) return max;
  return onStep(range, scale === 'log' ? min * (max / min) ** share : min + share * (max - min));
}

/** The value that is `share` of the way (negative: back) from `value`; at least one step, as far as there is room. */
export function paramBeside(range: ParamRange, value: number, share: number): number {
  const there = paramAtShare(range, shareOfParam(range, value) + share);
  const next = onStep(range, value + Math.sign(share) * range.step);
  return share > 0 ? Math.max(there, next) : Math.min(there, next);
}

function onStep({ min, max, step }: ParamRange, value: number): number {
  const steps = Math.round((value - min) / step);
  // 0.3 + 17 × 0.1 is 2, not 2.0000000000000004.
  return Math.min(max, Math.max(min, Number((min + steps * step).toPrecision(12))));
}
