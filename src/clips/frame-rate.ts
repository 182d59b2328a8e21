/** When the frames of an output are shown: each at its own time, or at the ticks of a steady rate. */

export type OutputTime = Readonly<{ timestampS: number; durationS: number }>;

/** A tick that a frame misses by less than this share of one is the frame's: times in files are rounded. */
const LATE = 0.25;

/**
 * When a frame is shown that is there from `timestampS` until `untilS`, with the output beginning at `startS` and ending at
 * `endS`; nothing for one that falls between two ticks.
 * @param frameRate ticks per second, the first at `startS`.
 */
export function outputTimes(
  { timestampS, untilS }: Readonly<{ timestampS: number; untilS: number }>,
  { startS, endS }: Readonly<{ startS: number; endS: number }>,
  frameRate: number | 'keep',
): readonly OutputTime[] {
  const from = Math.max(0, timestampS - startS);
  const until = Math.min(untilS, endS) - startS;
  if (until <= from) return [];
  if (frameRate === 'keep') return [{ timestampS: from, durationS: until - from }];
  const times: OutputTime[] = [];
  const tickAt = (atS: number): number => Math.max(0, Math.ceil(atS * frameRate - LATE));
  for (let tick = tickAt(from); tick < tickAt(until); tick++)
    times.push({ timestampS: tick / frameRate, durationS: 1 / frameRate });
  return times;
}
