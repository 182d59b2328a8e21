/**
 * What a trace holds for each frame, whoever schedules it: when it comes, whether it is asked for, what it costs. All
 * chance hangs on the seed and the frame's index alone, so that every policy meets the same fate.
 */
import { areaOf, levelsOf } from './ladder.ts';
import type { Cost, Trace } from './trace.ts';

/** How many periods old a frame may be when it is shown. */
export const LATENCY_PERIODS = 2;

export type Frame = Readonly<{
  /** Also its index. */
  id: number;
  arrivalMs: number;
  /** The frame's own time, µs: without the jitter. */
  tsUs: number;
  /** Whether somebody sees it, and it is within the rate that is asked for. */
  isAsked: boolean;
  /** From one frame that is asked for to the next, about here. */
  periodMs: number;
  /** Shown later than this after it came, it is late. */
  limitMs: number;
}>;

export type Fate = Readonly<{
  trace: Trace;
  frames: readonly Frame[];
  /** While the context is lost. */
  outages: readonly Span[];
  /** While nobody sees the page. */
  hidden: readonly Span[];
  /** When something else begins, in order. */
  changes: readonly Change[];
  /** From one frame that is asked for to the next, from here on. */
  periodAt: (ms: number) => number;
  /** What a full frame takes without chance, as a share of that. */
  demandAt: (ms: number) => number;
  /** What the frame takes at this level, begun at this time. */
  serviceMs: (id: number, level: number, startMs: number) => number;
}>;

export type Span = Readonly<{ fromMs: number; toMs: number }>;

/**
 * A moment at which the situation is another one. rise, relief: full frames take at least a fifth more, or less, of
 * their time than before; a rise is also a start that is overloaded. event: what the trace's events say.
 */
export type Change = Readonly<{ atMs: number; kind: 'rise' | 'relief' | 'event' }>;

/** What counts as a step of load, and not as a ramp. */
const STEP = 1.2;
/** What counts as another rate of the camera's, and not as jitter. */
const RATE_STEP = 1.5;
/** Frames on either side whose gaps tell the period. */
const PERIOD_WINDOW = 8;
/** A longer gap is a pause, and no period. */
const PAUSE_MS = 1000;
/** Of frames that come in a bunch, so many are within the rate, as long as the rate holds in the long run. */
export const BUNCH = 4;

export function fateOf(trace: Trace): Fate {
  const outages = spansOf(trace, 'lost', 'restored');
  const hidden = spansOf(trace, 'hidden', 'visible');
  const serviceMs = (id: number, level: number, startMs: number) =>
    serviceOf(costAt(trace, startMs), drawsOf(trace.seed, id), level);
  const paced = periodsOf(trace, askedOf(trace, arrivalsOf(trace), hidden));
  const periodAt = (ms: number) => periodFrom(trace, paced, ms);
  const demandAt = (ms: number) => nominalMs(costAt(trace, ms), 0) / periodAt(ms);
  const changes = changesOf(trace, paced, [...outages, ...hidden], demandAt);
  const frames = withLimits(trace, paced, changes, serviceMs);
  return { trace, frames, outages, hidden, changes, periodAt, demandAt, serviceMs };
}

/** What a frame takes without chance. */
export const nominalMs = ({ fixedMs, perAreaMs }: Cost, level: number): number =>
  fixedMs + perAreaMs * areaOf(level);

export const costAt = ({ cost }: Trace, ms: number): Cost =>
  cost.findLast(({ fromMs }) => fromMs <= ms) ?? cost[0]!;

export const targetAt = ({ targetFps, events }: Trace, ms: number): number =>
  events.findLast(({ atMs, type }) => type === 'target' && atMs <= ms)?.fps ?? targetFps;

export const isWithin = (spans: readonly Span[], ms: number): boolean =>
  spans.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);

/** The value below which `share` of all lie; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

type Draws = Readonly<{ jitter: number; noise: number; spike: number }>;

/** Uniform in [0, 1), of the seed and the index alone. Mulberry32, begun at a hash of both. */
function drawsOf(seed: number, index: number): Draws {
  let state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return { jitter: next(), noise: next(), spike: next() };
}

function serviceOf(cost: Cost, { noise, spike }: Draws, level: number): number {
  const share = 1 + cost.noise * (2 * noise - 1);
  return nominalMs(cost, level) * share + (spike < cost.spikeProbability ? cost.spikeMs : 0);
}

type Arrival = Readonly<{ arrivalMs: number; tsUs: number }>;

function arrivalsOf({ arrivals, durationMs, seed }: Trace): readonly Arrival[] {
  if (!('fps' in arrivals)) return arrivals.map((ms) => ({ arrivalMs: ms, tsUs: Math.round(ms * 1000) }));
  const all: Arrival[] = [];
  const { fps, jitterMs } = arrivals;
  let previousMs = 0;
  for (let index = 0; (index * 1000) / fps < durationMs; index++) {
    const ms = (index * 1000) / fps;
    // A frame never comes before the one that it follows.
    previousMs = Math.max(previousMs, ms + jitterMs * (2 * drawsOf(seed, index).jitter - 1));
    all.push({ arrivalMs: previousMs, tsUs: Math.round(ms * 1000) });
  }
  return all;
}

type Asked = Arrival & Readonly<{ isAsked: boolean }>;

/** Each frame takes one of the credits that come at the target's rate. */
function askedOf(trace: Trace, arrivals: readonly Arrival[], hidden: readonly Span[]): readonly Asked[] {
  let [credit, previousMs] = [1, arrivals[0]?.arrivalMs ?? 0];
  return arrivals.map((arrival) => {
    const { arrivalMs } = arrival;
    credit = Math.min(BUNCH, credit + ((arrivalMs - previousMs) * targetAt(trace, arrivalMs)) / 1000);
    previousMs = arrivalMs;
    // Three quarters are enough: one that comes early by its jitter is followed by one that comes late.
    const isAsked = credit >= 0.75 && !isWithin(hidden, arrivalMs);
    if (isAsked) credit -= 1;
    return { ...arrival, isAsked };
  });
}

type Paced = Asked & Readonly<{ periodMs: number }>;

function periodsOf(trace: Trace, arrivals: readonly Asked[]): readonly Paced[] {
  const asked = arrivals.filter(({ isAsked }) => isAsked);
  const gaps = asked.slice(1).map(({ arrivalMs }, at) => arrivalMs - asked[at]!.arrivalMs);
  let count = 0;
  return arrivals.map((arrival) => {
    const near = gaps
      .slice(Math.max(0, count - PERIOD_WINDOW), count + PERIOD_WINDOW)
      .filter((ms) => ms < PAUSE_MS);
    if (arrival.isAsked) count++;
    const mean = near.length === 0 ? 0 : near.reduce((sum, ms) => sum + ms, 0) / near.length;
    return { ...arrival, periodMs: Math.max(mean, 1000 / targetAt(trace, arrival.arrivalMs)) };
  });
}

function spansOf({ events, durationMs }: Trace, from: string, to: string): readonly Span[] {
  return events.flatMap(({ type, atMs }, at) => {
    if (type !== from) return [];
    const end = events.slice(at).find((later) => later.type === to);
    // One that never ends lasts longer than the last frame is computed.
    return [{ fromMs: atMs, toMs: end?.atMs ?? durationMs + 1e6 }];
  });
}

/** How many frames come in the second from here. */
const rateAt = (arrivals: readonly Arrival[], ms: number): number =>
  arrivals.filter(({ arrivalMs }) => arrivalMs >= ms && arrivalMs < ms + 1000).length;

function periodFrom(trace: Trace, arrivals: readonly Arrival[], ms: number): number {
  // Near the end there is less than a second to look at.
  const lookMs = Math.min(ms, trace.durationMs - 1000);
  const rate = 'fps' in trace.arrivals ? trace.arrivals.fps : rateAt(arrivals, Math.max(0, lookMs));
  return 1000 / Math.min(targetAt(trace, ms), Math.max(1, rate));
}

/** Where the camera's own rate becomes another one, by half of it or more: of times that are given, the ends of runs. */
function rateChanges({ arrivals, durationMs }: Trace, frames: readonly Arrival[]): readonly Change[] {
  if ('fps' in arrivals) return [];
  const all: Change[] = [];
  let extreme = { atMs: 0, factor: 1 };
  const flush = () => {
    if (extreme.factor !== 1) all.push({ atMs: extreme.atMs, kind: extreme.factor > 1 ? 'rise' : 'relief' });
    extreme = { atMs: 0, factor: 1 };
  };
  for (const { arrivalMs: atMs } of frames) {
    if (atMs < 1000 || atMs > durationMs - 1000) continue;
    const factor = rateAt(frames, atMs) / Math.max(1, rateAt(frames, atMs - 1000));
    const isChange = Math.max(factor, 1 / factor) >= RATE_STEP;
    if (!isChange) flush();
    else if (Math.abs(Math.log(factor)) > Math.abs(Math.log(extreme.factor))) extreme = { atMs, factor };
  }
  flush();
  return all;
}

function changesOf(
  trace: Trace,
  arrivals: readonly Arrival[],
  paused: readonly Span[],
  demandAt: Fate['demandAt'],
): readonly Change[] {
  const start: readonly Change[] = demandAt(0) > 1 ? [{ atMs: 0, kind: 'rise' }] : [];
  const moments = [
    ...trace.cost.slice(1).map(({ fromMs }) => fromMs),
    ...trace.events.filter(({ type }) => type === 'target').map(({ atMs }) => atMs),
  ];
  const steps = [...new Set(moments)].flatMap((atMs): readonly Change[] => {
    const ratio = demandAt(atMs) / demandAt(atMs - 0.001);
    if (ratio >= STEP) return [{ atMs, kind: 'rise' }];
    return ratio <= 1 / STEP ? [{ atMs, kind: 'relief' }] : [];
  });
  // Nobody can answer a step while nothing is computed.
  const answered = steps.map(({ atMs, kind }) => ({
    atMs: paused.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)?.toMs ?? atMs,
    kind,
  }));
  const events = trace.events.map(({ atMs }): Change => ({ atMs, kind: 'event' }));
  return [...start, ...answered, ...rateChanges(trace, arrivals), ...events]
    .filter(({ atMs }) => atMs < trace.durationMs)
    .toSorted((a, b) => a.atMs - b.atMs);
}

/**
 * A frame may be two periods old when it is shown. Where one in twenty or more takes longer even at the smallest level
 * that the preference allows, alone on the machine, nobody can keep to that whom the future is not told: there a period
 * is that of every second frame, or every third …, the first that will do. That depends on the trace alone, and on
 * nothing that a scheduler does.
 */
function withLimits(
  trace: Trace,
  frames: readonly Paced[],
  changes: readonly Change[],
  serviceMs: Fate['serviceMs'],
): readonly Frame[] {
  const smallest = levelsOf(trace.degradationPreference).at(-1) ?? 0;
  const bounds = [0, ...changes.map(({ atMs }) => atMs), Infinity];
  const factors = bounds.slice(1).map((toMs, at) => {
    const shares = frames.flatMap(({ arrivalMs, periodMs, isAsked }, id) =>
      isAsked && arrivalMs >= bounds[at]! && arrivalMs < toMs
        ? [serviceMs(id, smallest, arrivalMs) / (LATENCY_PERIODS * periodMs)]
        : [],
    );
    return shares.length === 0 ? 1 : Math.max(1, Math.ceil(quantile(shares, 0.95)));
  });
  return frames.map((frame, id) => {
    const factor = factors[bounds.findLastIndex((ms) => ms <= frame.arrivalMs)] ?? 1;
    return { ...frame, id, limitMs: LATENCY_PERIODS * frame.periodMs * factor };
  });
}
