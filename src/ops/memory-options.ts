/** What every op takes that remembers frames: how many, what stands for frames before the first, when it begins anew. */
import { checkInteger, checkNumber, checkOneOf } from '../core/check.ts';
import { MOST_FRAMES, WARM_UPS, type WarmUp } from '../core/memory-clock.ts';

export type MemoryOptions = Readonly<{
  /** What stands for the frames before the first one. */
  warmUp?: WarmUp;
  /** After a longer gap between two frames the sequence begins anew: > 0 and ≤ 3,600,000 ms. */
  maxGapMs?: number;
}>;

/** causal: the newest frame counts as now. centered: the middle of the frames does, and the output comes later. */
export const ALIGNMENTS = ['causal', 'centered'] as const;
export type Alignment = (typeof ALIGNMENTS)[number];

const LONGEST_GAP_MS = 3_600_000;

/** @throws TypeError | RangeError that name the option. */
export function checkMemory({ warmUp, maxGapMs }: MemoryOptions, where: string): void {
  if (warmUp !== undefined) checkOneOf(`${where}: options.warmUp`, warmUp, WARM_UPS);
  if (maxGapMs !== undefined) {
    const bounds = { min: 0, exclusiveMin: true, max: LONGEST_GAP_MS, unit: 'ms' };
    checkNumber(`${where}: options.maxGapMs`, maxGapMs, bounds);
  }
}

/** @throws TypeError | RangeError when `frames` are not as many as can be remembered. */
export function checkFrames(frames: unknown, least: number, where: string): number {
  const name = `${where}: options.frames`;
  // Each frame that is remembered is a texture of the frame's size.
  return checkInteger(name, frames, { min: least, max: MOST_FRAMES, unit: 'frames, each kept in memory' });
}
