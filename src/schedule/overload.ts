/**
 * Whether frames take longer than they have: by the backlog that would have built up if none had been dropped.
 *
 *     backlog ← max(0, backlog + share − fullShare)        share: of its time that the frame took
 *
 * A mean below `fullShare` never builds one up. How much of it may be noise follows from how much shares differ from
 * one to the next. A single spike is clipped, and each further one in a row less so.
 */
import { TUNING } from './tuning.ts';

export type Overload = Readonly<{
  /** In frames' times. */
  backlog: number;
  /** Overloads in a row, and the least of them, in ms. */
  run: number;
  leastMs: number;
  /** The last share, and by how much it differed from the one before; null at a new rung. */
  share: number | null;
  step: number | null;
  /** Mean of the smaller of two such steps, one after the other: a change of load is one large step, noise is many. */
  noise: number;
  /** On a way down that isn't over: less is needed to go on. */
  isUrgent: boolean;
}>;

export const CALM: Overload = Object.freeze({
  backlog: 0,
  run: 0,
  leastMs: 0,
  share: null,
  step: null,
  noise: TUNING.noiseAtFirst,
  isUrgent: false,
});

/** At a new rung, which shares of the one before say nothing about. */
export const startOver = ({ noise }: Overload, isUrgent: boolean): Overload => ({ ...CALM, noise, isUrgent });

/**
 * @param ms what the frame took. @param timeMs what it had.
 * @param fullShare of that, what is still no overload.
 * @param spikeRate the more frequent single spikes are, the more of them in a row it takes.
 */
export function addShare(
  before: Overload,
  ms: number,
  timeMs: number,
  fullShare: number,
  spikeRate: number,
): Overload {
  const share = ms / timeMs;
  const run = share > 1 ? before.run + 1 : 0;
  const leastMs = run > 1 ? Math.min(before.leastMs, ms) : ms;
  const clip = before.isUrgent
    ? TUNING.clipUrgent
    : (TUNING.clipPerRun * run) / (1 + TUNING.clipPerSpike * spikeRate);
  const backlog = Math.max(0, before.backlog + Math.min(share - fullShare, clip));
  const step =
    before.share === null
      ? null
      : Math.min(Math.abs(share - before.share) / Math.max(1, share, before.share), TUNING.noiseMost);
  const noise =
    step === null || before.step === null
      ? before.noise
      : before.noise + TUNING.noiseWeight * (Math.min(step, before.step) - before.noise);
  // Two that fit in a row: the way down is over.
  const isUrgent = before.isUrgent && (run > 0 || before.run > 0 || before.share === null);
  return { backlog, run, leastMs, share, step, noise, isUrgent };
}

/** @param every where frames are left out, a backlog of one is as many frames late. */
export function isOverloaded(
  { backlog, noise, isUrgent, run }: Overload,
  every: number,
  spikeRate: number,
): boolean {
  if (run === 0) return false;
  if (isUrgent) return backlog > TUNING.backlogUrgent + TUNING.urgentPerNoise * noise;
  const chance = TUNING.backlogPerNoise * noise + TUNING.backlogPerSpike * spikeRate;
  const most = Math.min(TUNING.backlogMost, TUNING.backlogCalm + chance);
  return backlog > Math.max(TUNING.backlogCalm, most / every);
}
