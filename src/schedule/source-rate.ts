/** How often frames come, by their arrival and by their own time. */
import { TUNING } from './tuning.ts';

export type SourceRate = Readonly<{
  /** When the last one came; null after a gap. */
  arrivedMs: number | null;
  tsUs: number | null;
  /** The last gaps, oldest first. */
  gapsMs: readonly number[];
  stepsUs: readonly number[];
  /** From one frame to the next, `knownAfterMs / gapsKept` at least; null before that is known. */
  periodMs: number | null;
}>;

export const RATE_AT_FIRST: SourceRate = Object.freeze({
  arrivedMs: null,
  tsUs: null,
  gapsMs: Object.freeze([]),
  stepsUs: Object.freeze([]),
  periodMs: null,
});

/** A longer time without a frame is a pause. */
export const pauseOf = ({ periodMs }: SourceRate): number =>
  periodMs === null ? 2 * TUNING.gapMs : Math.max(TUNING.gapMs, 2 * periodMs);

/** The rate after a frame came. */
export function noteArrival(rate: SourceRate, tsUs: number, nowMs: number): SourceRate {
  const pauseMs = pauseOf(rate);
  const gapMs = rate.arrivedMs === null ? Infinity : nowMs - rate.arrivedMs;
  if (gapMs > pauseMs) return { ...rate, arrivedMs: nowMs, tsUs, gapsMs: [], stepsUs: [] };
  const stepUs = rate.tsUs === null ? 0 : tsUs - rate.tsUs;
  const gapsMs = pushed(rate.gapsMs, gapMs);
  return {
    arrivedMs: nowMs,
    tsUs,
    stepsUs: stepUs > 0 && stepUs <= pauseMs * 1000 ? pushed(rate.stepsUs, stepUs) : rate.stepsUs,
    ...periodOf(gapsMs, rate.periodMs),
  };
}

/** After a pause: the period is kept until frames say otherwise. */
export const forgetGaps = (rate: SourceRate): SourceRate => ({
  ...rate,
  arrivedMs: null,
  tsUs: null,
  gapsMs: [],
  stepsUs: [],
});

/** One frame's step in the frames' own time: where frames are missing the median is right, where they come in bursts the mean. */
export function stepUsOf({ stepsUs, periodMs }: SourceRate): number {
  if (stepsUs.length === 0) return (periodMs ?? TUNING.unknownPeriodMs) * 1000;
  const [mean, median] = [meanOf(stepsUs), medianOf(stepsUs)];
  return median < TUNING.burst * mean ? mean : median;
}

/** How fast the frames' own time runs: 2 for a clip that is played twice as fast. */
export function speedOf({ stepsUs, periodMs }: SourceRate): number {
  if (stepsUs.length === 0 || periodMs === null) return 1;
  const speed = meanOf(withoutHiccup(stepsUs)) / 1000 / periodMs;
  return Math.abs(speed - 1) < TUNING.nearSpeed ? 1 : speed;
}

function pushed(values: readonly number[], value: number): readonly number[] {
  return [...values.slice(values.length >= TUNING.gapsKept ? 1 : 0), value];
}

/**
 * The mean gap. A single long one is a hiccup, if the others last long enough to be a rate: two frames at once, and two
 * more after a pause, have none. Several in a row that agree are another rate.
 */
function periodOf(
  gapsMs: readonly number[],
  periodMs: number | null,
): Pick<SourceRate, 'gapsMs' | 'periodMs'> {
  if (periodMs !== null) {
    const latest = latestOf(gapsMs, TUNING.gapsOfChange, TUNING.knownAfterMs);
    if (latest.length > 0 && latest.every((ms) => ms < periodMs * (1 - TUNING.rateChange))) {
      return { gapsMs: latest, periodMs: meanOf(latest) };
    }
    const slower = gapsMs.slice(-TUNING.gapsOfChange);
    if (
      slower.every((ms) => ms > periodMs * (1 + TUNING.rateChange)) &&
      slower.length === TUNING.gapsOfChange
    ) {
      return { gapsMs: slower, periodMs: meanOf(slower) };
    }
  }
  const usual = withoutHiccup(gapsMs);
  const known = gapsMs.length >= TUNING.gapsOfChange && sumOf(usual) >= TUNING.knownAfterMs;
  return { gapsMs, periodMs: known ? meanOf(usual) : periodMs };
}

/** The last `count` gaps or more, that take `spanMs` together; none if there are not so many. */
function latestOf(gapsMs: readonly number[], count: number, spanMs: number): readonly number[] {
  let span = 0;
  for (let taken = 1; taken <= gapsMs.length; taken++) {
    span += gapsMs[gapsMs.length - taken] ?? 0;
    if (taken >= count && span >= spanMs) return gapsMs.slice(-taken);
  }
  return [];
}

/** Without the longest, if no other is nearly as long; of two, nobody knows which is the usual one. */
function withoutHiccup(gapsMs: readonly number[]): readonly number[] {
  if (gapsMs.length <= 2) return gapsMs;
  let [longest, second] = [0, 0];
  for (const ms of gapsMs) {
    if (ms > longest) [longest, second] = [ms, longest];
    else if (ms > second) second = ms;
  }
  return longest > TUNING.hiccup * second ? gapsMs.filter((ms) => ms !== longest) : gapsMs;
}

function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

const meanOf = (values: readonly number[]) => sumOf(values) / values.length;

/** The middle one; of an even count the lower. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? NaN;
}
