/** What a run was like, in numbers. */
import type { BudgetDropReason } from '../../src/schedule/budget.ts';
import { costAt, LATENCY_PERIODS, nominalMs, quantile, type Change, type Fate, type Frame } from './fate.ts';
import { areaOf } from './ladder.ts';
import type { Outcome, Run, Rung } from './plant.ts';

export type Measures = Readonly<{
  asked: number;
  shown: number;
  /** Of those that were shown, how many within their limit. */
  inTime: number;
  /** Per second in which the page is visible. */
  askedFps: number;
  shownFps: number;
  /** From arrival to being shown; NaN where nothing was shown. */
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** The same of latency / limit × 2: in periods, where a period is what frames have. */
  p95Periods: number;
  /** Over all frames that were asked for, where one that was not shown took for ever. */
  p95OfAskedMs: number;
  /** Over the frames that were shown; NaN of none. */
  meanArea: number;
  drops: ReadonlyMap<BudgetDropReason, number>;
  /** Of level or cadence, those at the same moment as one. */
  changes: number;
  /** In ms, by level. */
  timeAt: ReadonlyMap<number, number>;
  /** In ms, by cadence. */
  timeEvery: ReadonlyMap<number, number>;
  settled: readonly Settling[];
  climbs: readonly Climb[];
}>;

/** How long it took from a rise of load until frames came in time again; Infinity if they never did. */
export type Settling = Readonly<{
  atMs: number;
  ms: number;
  /** What it may take. */
  allowedMs: number;
}>;

/** How long it took from a relief to full frames at the full rate. */
export type Climb = Readonly<{
  atMs: number;
  ms: number;
  /** What it may take: the sum of the holds, and of the time to notice. */
  allowedMs: number;
}>;

/** For so long frames must come in time before a scheduler counts as settled, or as back at the top. */
const QUIET_MS = 1000;
/**
 * What settling may take; or twice a frame that was begun as it was before, if that is more: nobody knows of a load
 * before a frame has met it, nor can stop that one.
 */
const SETTLED_MS = 500;
/** Of the frames that are asked for at the cadence in force. */
const SETTLED_SHARE = 0.95;
/** Full frames must fit into this share of a period before anybody should climb back to them. */
const TOP_SHARE = 0.75;

/** How the budget's rules say that it climbs. */
const HOLD = Object.freeze({
  firstMs: 2000,
  longestMs: 60_000,
  fallMs: 5000,
  quietHolds: 4,
  noticePeriods: 5,
});

/** @param best The run of the oracle, if this is another. */
export function measure(fate: Fate, run: Run, best = run): Measures {
  const asked = fate.frames.filter(({ isAsked }) => isAsked);
  const shown = fate.frames.flatMap((frame) => {
    const outcome = run.outcomes[frame.id];
    return outcome?.type === 'shown' ? [{ frame, outcome }] : [];
  });
  const perSecond = (count: number) => (count === 0 ? 0 : count / (visibleMs(fate) / 1000));
  const latencies = shown.map(({ frame, outcome }) => outcome.shownMs - frame.arrivalMs);
  const periods = shown.map(({ frame, outcome }) => periodsOld(frame, outcome));
  const missing = Array.from({ length: Math.max(0, asked.length - shown.length) }, () => Infinity);
  return {
    asked: asked.length,
    shown: shown.length,
    inTime: shown.filter(({ frame, outcome }) => isInTime(frame, outcome)).length,
    askedFps: perSecond(asked.length),
    shownFps: perSecond(shown.length),
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    p99Ms: quantile(latencies, 0.99),
    p95Periods: quantile(periods, 0.95),
    p95OfAskedMs: quantile([...latencies, ...missing], 0.95),
    meanArea: shown.reduce((sum, { outcome }) => sum + areaOf(outcome.level), 0) / shown.length,
    drops: countDrops(run),
    changes: momentsOf(run.rungs).length - 1,
    timeAt: timesBy(run, ({ level }) => level),
    timeEvery: timesBy(run, ({ every }) => every),
    settled: fate.changes.flatMap((change) => settlingOf(fate, run, best, change)),
    climbs: fate.changes.flatMap((change) => climbOf(fate, run, change)),
  };
}

type Shown = Extract<Outcome, { type: 'shown' }>;

const periodsOld = ({ arrivalMs, limitMs }: Frame, { shownMs }: Shown): number =>
  ((shownMs - arrivalMs) / limitMs) * LATENCY_PERIODS;

const isInTime = (frame: Frame, outcome: Outcome | undefined): boolean =>
  outcome?.type === 'shown' && periodsOld(frame, outcome) <= LATENCY_PERIODS;

function visibleMs({ hidden, trace }: Fate): number {
  const hiddenMs = hidden.reduce(
    (sum, { fromMs, toMs }) => sum + Math.min(toMs, trace.durationMs) - fromMs,
    0,
  );
  return trace.durationMs - hiddenMs;
}

function countDrops({ outcomes }: Run): ReadonlyMap<BudgetDropReason, number> {
  const drops = new Map<BudgetDropReason, number>();
  for (const outcome of outcomes)
    if (outcome?.type === 'dropped') drops.set(outcome.reason, (drops.get(outcome.reason) ?? 0) + 1);
  return drops;
}

/** Level and cadence may be set one after the other at one moment: what holds is the last. */
function momentsOf(rungs: readonly Rung[]): readonly Rung[] {
  const last = rungs.filter(({ atMs }, at) => rungs[at + 1]?.atMs !== atMs);
  return last.filter((rung, at) => {
    const before = last[at - 1];
    return rung.level !== before?.level || rung.every !== before.every;
  });
}

function timesBy(run: Run, key: (rung: Rung) => number): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  const rungs = momentsOf(run.rungs);
  rungs.forEach((rung, at) => {
    const ms = (rungs[at + 1]?.atMs ?? run.endMs) - rung.atMs;
    times.set(key(rung), (times.get(key(rung)) ?? 0) + ms);
  });
  return new Map([...times].toSorted(([a], [b]) => a - b));
}

/** How many steps up it is to the top. */
const stepsDown = ({ level, every }: Omit<Rung, 'atMs'>): number => level + (every - 1);

const rungAt = ({ rungs }: Run, ms: number): Rung => rungs.findLast(({ atMs }) => atMs <= ms) ?? rungs[0]!;

const nextChangeMs = ({ changes, trace }: Fate, ms: number): number =>
  changes.find(({ atMs }) => atMs > ms)?.atMs ?? trace.durationMs;

/**
 * Settled: from the first frame on that is shown in time and from which for a second 95 % as many are shown in time as
 * the cadence in force wants, whichever of them, less what spikes take of the oracle's cadence then. A rise after which
 * the next change comes within a second can't be judged.
 */
function settlingOf(fate: Fate, run: Run, best: Run, { atMs, kind }: Change): readonly Settling[] {
  const untilMs = nextChangeMs(fate, atMs);
  const frames = fate.frames.filter(({ arrivalMs }) => arrivalMs >= atMs && arrivalMs < untilMs);
  if (kind !== 'rise' || untilMs - atMs < QUIET_MS || frames.length === 0) return [];
  const timesOf = (isOne: (frame: Frame) => boolean) =>
    frames.filter(isOne).map(({ arrivalMs }) => arrivalMs);
  const inTimeOf = ({ outcomes }: Run) => timesOf((frame) => isInTime(frame, outcomes[frame.id]));
  const [asked, inTime, bestInTime] = [timesOf(({ isAsked }) => isAsked), inTimeOf(run), inTimeOf(best)];
  const firstMs = inTime.find((ms) => {
    const wantedOf = (one: Run) => countFrom(asked, ms) / rungAt(one, ms).every;
    const possible = Math.min(1, countFrom(bestInTime, ms) / wantedOf(best));
    const enough = Math.floor(SETTLED_SHARE * possible * wantedOf(run));
    return ms + QUIET_MS <= untilMs && countFrom(inTime, ms) >= enough;
  });
  const allowedMs = Math.max(SETTLED_MS, 2 * nominalMs(costAt(fate.trace, atMs), rungAt(run, atMs).level));
  if (firstMs === undefined) return [{ atMs, ms: Infinity, allowedMs }];
  return [{ atMs, ms: firstMs === frames[0]?.arrivalMs ? 0 : firstMs - atMs, allowedMs }];
}

/** How many of the ascending times are in the second from here. */
function countFrom(times: readonly number[], ms: number): number {
  const below = (limitMs: number) => {
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! < limitMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return below(ms + QUIET_MS) - below(ms);
}

/** Judged where there is a way back, where full frames at the full rate leave room, and where there is time enough before the next change. */
function climbOf(fate: Fate, run: Run, { atMs, kind }: Change): readonly Climb[] {
  const untilMs = nextChangeMs(fate, atMs);
  const steps = stepsDown(rungAt(run, atMs));
  if (kind !== 'relief' || steps === 0) return [];
  const allowedMs = steps * (holdAt(run.rungs, atMs) + HOLD.noticePeriods * fate.periodAt(atMs));
  const isRoomy = fate.demandAt(atMs) <= TOP_SHARE;
  if (!isRoomy || untilMs - atMs < allowedMs + QUIET_MS) return [];
  const top = momentsOf(run.rungs).find((rung, at, rungs) => {
    const endMs = rungs[at + 1]?.atMs ?? Infinity;
    return stepsDown(rung) === 0 && endMs > atMs && endMs - Math.max(rung.atMs, atMs) >= QUIET_MS;
  });
  return [{ atMs, ms: top === undefined ? Infinity : Math.max(0, top.atMs - atMs), allowedMs }];
}

/**
 * The hold that the rules prescribe at this time: doubled by each step down within five seconds of a step up, as at
 * first again after four holds without any step.
 */
function holdAt(all: readonly Rung[], ms: number): number {
  let holdMs: number = HOLD.firstMs;
  let [upMs, lastMs] = [-Infinity, 0];
  const rungs = momentsOf(all);
  rungs.slice(1).forEach((rung, at) => {
    if (rung.atMs > ms) return;
    if (rung.atMs - lastMs >= HOLD.quietHolds * holdMs) holdMs = HOLD.firstMs;
    const isUp = stepsDown(rung) < stepsDown(rungs[at]!);
    if (!isUp && rung.atMs - upMs <= HOLD.fallMs) holdMs = Math.min(HOLD.longestMs, 2 * holdMs);
    if (isUp) upMs = rung.atMs;
    lastMs = rung.atMs;
  });
  return ms - lastMs >= HOLD.quietHolds * holdMs ? HOLD.firstMs : holdMs;
}
