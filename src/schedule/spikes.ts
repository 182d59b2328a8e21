/**
 * Frames that take much longer than the others, now and then: how many, by how much, and whether so many of them are
 * shown late that smaller frames, which leave a spike more room, would be better.
 */
import { TUNING } from './tuning.ts';

export type Spikes = Readonly<{
  /** The share of frames that are spikes. */
  rate: number;
  /** By how much they take longer, in ms. */
  ms: number;
  /** Late frames beyond those that may be: grows with each, shrinks with each that is not. */
  late: number;
  /** The level before it was lowered for their sake; null where it wasn't. */
  fromLevel: number | null;
  /** Those in a row until now, by how much they took longer, and what was usual before them. */
  run: number;
  excessMs: number;
  usualMs: number;
}>;

export const NO_SPIKES: Spikes = Object.freeze({
  rate: 0,
  ms: 0,
  late: 0,
  fromLevel: null,
  run: 0,
  excessMs: 0,
  usualMs: 0,
});

/** At another level the usual is another: a run that was cut short counts as none, and nothing was late yet. */
export const cutRun = (spikes: Spikes): Spikes => ({ ...spikes, run: 0, late: 0 });

/** @param timeMs the time that a frame has. @param limitMs how old it may be when it is shown. */
export function addFrame(
  before: Spikes,
  ms: number,
  usualMs: number,
  timeMs: number,
  limitMs: number,
): Spikes {
  const usual = before.run === 0 ? usualMs : before.usualMs;
  const excessMs = ms - usual;
  const late = Math.max(0, before.late + (ms > limitMs ? 1 : 0) - TUNING.lateShare);
  if (excessMs > TUNING.spikeShare * timeMs) {
    const isLoad = before.run >= TUNING.recentSamples;
    return { ...before, late, run: isLoad ? 0 : before.run + 1, excessMs, usualMs: usual };
  }
  // What ends is known to have been spikes.
  const count = before.run;
  const weight = before.ms === 0 ? 1 : TUNING.quickWeight;
  return {
    ...before,
    late,
    rate: before.rate + TUNING.spikeWeight * (count - before.rate),
    ms: count === 0 ? before.ms : before.ms + weight * (before.excessMs - before.ms),
    run: 0,
  };
}

/** Whether more frames are late than may be. */
export const areLate = ({ late }: Spikes): boolean => late > TUNING.lateMost;

export const areOver = ({ rate }: Spikes): boolean => rate < TUNING.spikeRateOver;

/** What spikes add to the time that one frame in twenty takes. */
export const tailMs = ({ rate, ms }: Spikes): number => (rate >= TUNING.spikeRateMany ? ms : 0);
