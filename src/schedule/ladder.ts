/** The rungs: how many pixels, and how many of the frames, in the order in which each preference gives them up. */
import { SCALES, type DegradationPreference } from './budget.ts';
import { TUNING } from './tuning.ts';

/** Every `every`-th frame is taken, and computed at `level`. */
export type Rung = Readonly<{ level: number; every: number }>;

export const TOP: Rung = Object.freeze({ level: 0, every: 1 });

const LAST = SCALES.length - 1;
/** 'balanced' goes down to half a side before it leaves out frames. */
const HALF: number = SCALES.indexOf(0.5);

/** What the rungs depend on. `periodMs`: from one frame that is asked for to the next. */
export type Ladder = Readonly<{
  preference: DegradationPreference;
  periodMs: number;
  /** What a frame may take at most, whatever its time: see BudgetState.latencyMs. */
  mostMs: number;
}>;

/** How many frames may at most be left out, for a rate. */
const everyAt = (fps: number, periodMs: number) => Math.max(1, Math.floor(1000 / fps / periodMs + 0.05));

/** Down to this `every`, 'balanced' prefers to leave out frames to smaller ones than half. */
const softEvery = ({ periodMs }: Ladder) => everyAt(TUNING.balancedFps, periodMs);

const mostEvery = ({ periodMs }: Ladder) => everyAt(TUNING.leastFps, periodMs);

/** The smallest level that is used while every `every`-th frame is taken, before more frames are left out. */
export function lowestLevel(ladder: Ladder, every: number): number {
  if (ladder.preference === 'maintain-resolution') return 0;
  return ladder.preference === 'balanced' && every < softEvery(ladder) ? HALF : LAST;
}

/** What a frame takes at a level, in ms. */
export type Costs = (level: number) => number;

/**
 * The rung that is best and fits: of those that take most frames the one with most pixels.
 * @param fit the share of its time that a frame may take.
 * @param fitLowest the same for the lowest level, below which frames would be left out.
 */
export function bestRung(ladder: Ladder, costs: Costs, fit: number, fitLowest = fit): Rung {
  const most = mostEvery(ladder);
  const soft = softEvery(ladder);
  for (let every = 1; every <= most; every++) {
    // Where both pixels and frames may give way, 'balanced' tries half a side first, and the smaller ones last.
    const lowest = lowestLevel(ladder, every);
    const middle = ladder.preference === 'balanced' && every <= soft ? HALF : lowest;
    for (let level = 0; level <= lowest; level++) {
      const share = every === 1 && (level === middle || level === lowest) ? fitLowest : fit;
      if (fits(ladder, { level, every }, costs, share)) return { level, every };
    }
    // More frames that may be a little late are better than fewer of them.
    if (costs(lowest) <= fit * every * ladder.periodMs) return { level: lowest, every };
  }
  return { level: lowestLevel(ladder, most), every: most };
}

/** The next rung down, whatever it takes: pixels as long as the preference has some to give, else frames. */
export function nextDown(ladder: Ladder, { level, every }: Rung): Rung {
  if (level < lowestLevel(ladder, every)) return { level: level + 1, every };
  return every < mostEvery(ladder) ? { level, every: every + 1 } : { level, every };
}

/** Whether a level fits into the time that each `every`-th frame has. */
const fits = (ladder: Ladder, { level, every }: Rung, costs: Costs, fit: number) =>
  costs(level) <= Math.min(fit * every * ladder.periodMs, ladder.mostMs);

/**
 * One step on the way up to `goal`, or null where that is no way up: 'balanced' brings pixels back to half a side, then
 * frames, then pixels; the others frames first.
 */
export function nextUp(ladder: Ladder, from: Rung, goal: Rung, costs: Costs, fit: number): Rung | null {
  const smallFirst = ladder.preference === 'balanced' && from.level > HALF;
  if (goal.every < from.every && !smallFirst) {
    const every = from.every - 1;
    const lowest = lowestLevel(ladder, every);
    for (let level = 0; level <= lowest; level++) {
      if (fits(ladder, { level, every }, costs, fit)) return { level, every };
    }
    return null;
  }
  if (goal.every > from.every || from.level === 0) return null;
  const up = { level: from.level - 1, every: from.every };
  return fits(ladder, up, costs, fit) ? up : null;
}

/** The most frames that the present level, whose cost is measured, has time for; null where those are no more than now. */
export function moreFrames(ladder: Ladder, { level, every }: Rung, costs: Costs, fit: number): Rung | null {
  for (let fewer = 1; fewer < every; fewer++) {
    const rung = { level, every: fewer };
    if (level <= lowestLevel(ladder, fewer) && fits(ladder, rung, costs, fit)) return rung;
  }
  return null;
}
