/** What a scheduler must reach on a trace, measured against the oracle and against no scheduler. */
import { BUNCH, isWithin, LATENCY_PERIODS, type Fate } from './fate.ts';
import type { Measures } from './measure.ts';

export type Verdict = Readonly<{
  bar: string;
  isMet: boolean;
  /** The figure, and what it should be. */
  text: string;
}>;

export type Simulated = Readonly<{
  fate: Fate;
  /** What the scheduler under test must never do, in words. */
  faults: readonly string[];
  budget: Measures;
  oracle: Measures;
  none: Measures;
}>;

export const BARS = Object.freeze({
  shownShare: 0.95,
  areaShare: 0.8,
  latencyPeriods: LATENCY_PERIODS,
  spikyChangesPerMinute: 2,
});

/** From this share of frames on, spikes are what a trace is about. */
const SPIKY = 0.05;
/** What the 95th percentile may differ by among other frames of the same noise. */
const SAMPLING = 0.01;
/** Sums of what computers add up. */
const EPSILON = 1e-6;

/** One for each bar that applies to the trace. */
export function verdictsOf(simulated: Simulated): readonly Verdict[] {
  return [
    account(simulated),
    ...shownFrames(simulated),
    ...meanArea(simulated),
    ...latency(simulated),
    ...settled(simulated),
    ...backAtTheTop(simulated),
    ...quietUnderSpikes(simulated),
    ...neverWorse(simulated),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(2)} s` : 'never');

function account({ faults }: Simulated): Verdict {
  const text =
    faults.length === 0
      ? 'each frame shown or closed once, none computed beside another'
      : `${faults.length} faults, the first: ${faults[0] ?? ''}`;
  return { bar: 'account', isMet: faults.length === 0, text };
}

function shownFrames({ budget, oracle }: Simulated): readonly Verdict[] {
  if (oracle.shown === 0) return [];
  const share = budget.shown / oracle.shown;
  return [
    {
      bar: 'shown',
      isMet: share >= BARS.shownShare,
      text: `${budget.shown} frames, ${percent(share)} of the oracle's (at least ${percent(BARS.shownShare)})`,
    },
  ];
}

function meanArea({ budget, oracle }: Simulated): readonly Verdict[] {
  if (oracle.shown === 0) return [];
  const share = budget.meanArea / oracle.meanArea;
  return [
    {
      bar: 'area',
      isMet: share >= BARS.areaShare - EPSILON,
      text: `${percent(budget.meanArea)} of a full frame, ${percent(share)} of the oracle's (at least ${percent(BARS.areaShare)})`,
    },
  ];
}

function latency({ budget, oracle, fate }: Simulated): readonly Verdict[] {
  if (oracle.shown === 0) return [];
  const slow = fate.frames.some(({ limitMs, periodMs }) => limitMs > LATENCY_PERIODS * periodMs + EPSILON);
  const note = slow ? ', where a period is one of those that frames can be done in at all' : '';
  return [
    {
      bar: 'latency',
      isMet: budget.p95Periods <= BARS.latencyPeriods + EPSILON,
      text: `95 % within ${budget.p95Periods.toFixed(2)} periods, ${budget.p95Ms.toFixed(1)} ms (at most ${BARS.latencyPeriods}${note})`,
    },
  ];
}

function settled({ budget }: Simulated): readonly Verdict[] {
  if (budget.settled.length === 0) return [];
  const worst = budget.settled.reduce((a, b) => (b.ms - b.allowedMs > a.ms - a.allowedMs ? b : a));
  return [
    {
      bar: 'settled',
      isMet: worst.ms <= worst.allowedMs,
      text: `${seconds(worst.ms)} after the load of ${seconds(worst.atMs)} (at most ${seconds(worst.allowedMs)})`,
    },
  ];
}

function backAtTheTop({ budget }: Simulated): readonly Verdict[] {
  if (budget.climbs.length === 0) return [];
  const worst = budget.climbs.reduce((a, b) => (b.ms - b.allowedMs > a.ms - a.allowedMs ? b : a));
  return [
    {
      bar: 'back at the top',
      isMet: worst.ms <= worst.allowedMs,
      text: `${seconds(worst.ms)} after the relief of ${seconds(worst.atMs)} (at most ${seconds(worst.allowedMs)}, the sum of the holds)`,
    },
  ];
}

/** Applies where nothing but spikes could move a level. */
function quietUnderSpikes({ fate, budget }: Simulated): readonly Verdict[] {
  const { cost, durationMs } = fate.trace;
  const isSpiky = cost.length === 1 && cost[0]!.spikeProbability >= SPIKY && fate.changes.length === 0;
  if (!isSpiky) return [];
  const allowed = BARS.spikyChangesPerMinute * Math.max(1, durationMs / 60_000);
  return [
    {
      bar: 'spikes',
      isMet: budget.changes <= allowed,
      text: `${budget.changes} changes of level or cadence (at most ${allowed})`,
    },
  ];
}

/**
 * As many frames in time (one that is late is no gain), and no later ones: of what is asked for, where a frame that is
 * not shown is the latest of all. Who shows more frames than the oracle doesn't obey the preference, which may want an
 * even cadence, so that nobody is asked to follow there: the oracle's share is enough.
 *
 * Two schedulers meet other spikes and noise with each frame that one shows and the other doesn't, so that they differ by
 * chance: by a standard deviation of the frames that are lost, and a percent of the latency. And where more come than
 * are asked for, which of a bunch are left out is a matter of taste.
 */
function neverWorse({ fate, budget, oracle, none }: Simulated): readonly Verdict[] {
  if (none.shown === 0) return [];
  const isThinned = fate.frames.length - budget.asked > countHidden(fate);
  const chance = Math.sqrt(Math.max(0, none.asked - none.inTime)) + (isThinned ? BUNCH : 0);
  const wanted =
    none.inTime > oracle.inTime ? oracle.inTime * BARS.shownShare : Math.max(0, none.inTime - chance);
  const slowestMs = Math.max(none.p95OfAskedMs, oracle.p95OfAskedMs) * (1 + SAMPLING);
  const isSlower = budget.p95OfAskedMs > slowestMs + EPSILON;
  return [
    {
      bar: 'no scheduler',
      isMet: !isSlower && budget.inTime >= wanted - EPSILON,
      text:
        `${budget.inTime} frames in time, ${none.inTime} without one (at least ${Math.ceil(wanted)}); ` +
        `95 % of all asked for took ${forEver(budget.p95OfAskedMs)}, ` +
        `${forEver(none.p95OfAskedMs)} without one (at most ${forEver(slowestMs)})`,
    },
  ];
}

/** A frame that is not shown takes for ever. */
const forEver = (ms: number): string => (Number.isFinite(ms) ? `${ms.toFixed(1)} ms` : 'for ever');

const countHidden = ({ frames, hidden }: Fate): number =>
  frames.filter(({ arrivalMs }) => isWithin(hidden, arrivalMs)).length;
