/**
 * The oracle: the best that could be shown of a trace by someone who knows all that will happen. It shows as many
 * frames as can be, and of all ways to show so many, the one with the largest mean area.
 *
 * It is bound by what every scheduler is bound by, and by what makes a schedule fit to be shown:
 *
 * - The machine: one frame is computed at a time, one may wait (a camera stops when nobody returns its frames).
 * - Latency: in each stretch (below) at most one frame in twenty is older than its limit, two periods, when it is
 *   shown. By stretch and not over all, or it could be late for a whole twentieth of the trace.
 * - Level and cadence are constant over a stretch: from one change (a step of load, an event) to the next, cut into
 *   pieces of two seconds or a little more. A picture whose sharpness flips with each frame is none that anybody wants,
 *   and a scheduler that did this would gain area by it that no other could reach.
 * - An even cadence: within a stretch every n-th frame that is asked for is computed. Another is left out only where it
 *   must be: it waits so long that it would be late, the next one comes while it still waits, or the context is lost.
 *   To leave one out just because it will be dear would be an uneven cadence, and what nobody else can do; where too
 *   many are so dear that they are late by themselves, a level is none that keeps the latency. (Where no level does,
 *   those frames are left out.)
 * - degradationPreference, see ladder.ts. A cadence is open to it where some level fits, and none slower than that.
 *
 * It knows each frame's noise, each spike and the load to come, so it climbs and descends in time and needs no margin.
 * No scheduler can always reach it.
 *
 * How: by stretch, for each level that fits, all schedules are built frame by frame, computed or left out. Of two that
 * are free at the same time, one that has shown no less and was late no more often is as good as the other or better,
 * whatever comes: the other is forgotten. (One that is free earlier need not be better: it may not leave out a frame that
 * the other may, however dear that is.) So the best is found, unless more than BEAM schedules remain that can't be
 * compared; then the worst of those are forgotten too.
 */
import { costAt, nominalMs, type Fate, type Frame } from './fate.ts';
import { areaOf, openRungs, type LadderRung } from './ladder.ts';
import type { Plan } from './policies.ts';

/** No stretch is shorter, unless what happens is. */
const STRETCH_MS = 2000;
/** Of the shown frames of a stretch, so many may be late. */
const LATE_SHARE = 0.05;
const BEAM = 64;

type Stretch = Readonly<{ fromMs: number; frames: readonly Frame[]; firstAsked: number }>;

/** What was computed last, and before it. */
type Link = Readonly<{ id: number; level: number; before: Link | undefined }>;
type Path = Readonly<{ stretch: number; rung: LadderRung; before: Path | undefined }>;

type Label = Readonly<{
  /** When the machine is free. */
  freeMs: number;
  /** When the last one that was chosen no longer waits. */
  startedMs: number;
  /** In this stretch. */
  late: number;
  /** Frames, and a share of one for their area, which all together are less than one frame. */
  score: number;
  last: Link | undefined;
  path: Path | undefined;
}>;

export function planOf(fate: Fate): Plan {
  const stretches = stretchesOf(fate);
  const areaShare = 1 / (fate.frames.length + 1);
  let labels: readonly Label[] = [
    { freeMs: 0, startedMs: 0, late: 0, score: 0, last: undefined, path: undefined },
  ];
  stretches.forEach((stretch, at) => {
    const endings = (isStrict: boolean) =>
      rungsOf(fate, stretch).flatMap((rung) => {
        const path = (before: Path | undefined) => ({ stretch: at, rung, before });
        const starts = labels.map((label) => ({ ...label, late: 0, path: path(label.path) }));
        return runStretch(fate, stretch, { rung, isStrict }, starts, areaShare);
      });
    const strict = endings(true);
    labels = prune(strict.length > 0 ? strict : endings(false), 0);
  });
  const best = labels.reduce((a, b) => (b.score > a.score ? b : a));
  return unroll(stretches, best);
}

function unroll(stretches: readonly Stretch[], { last, path }: Label): Plan {
  const levels = new Map<number, number>();
  for (let link = last; link !== undefined; link = link.before) levels.set(link.id, link.level);
  const rungs = new Map<number, LadderRung>();
  for (let step = path; step !== undefined; step = step.before) rungs.set(step.stretch, step.rung);
  return {
    levels,
    everyOf: ({ arrivalMs }) => {
      const at = stretches.findLastIndex(({ fromMs }) => fromMs <= arrivalMs);
      return rungs.get(at)?.every ?? 1;
    },
  };
}

function rungsOf({ trace, periodAt }: Fate, { fromMs, frames }: Stretch): readonly LadderRung[] {
  const asked = frames.filter(({ isAsked }) => isAsked);
  const mean = (value: (frame: Frame) => number) =>
    asked.reduce((sum, frame) => sum + value(frame), 0) / asked.length;
  const isEmpty = asked.length === 0;
  return openRungs(
    trace.degradationPreference,
    isEmpty ? periodAt(fromMs) : mean(({ periodMs }) => periodMs),
    isEmpty
      ? (level) => nominalMs(costAt(trace, fromMs), level)
      : (level) => mean(({ arrivalMs }) => nominalMs(costAt(trace, arrivalMs), level)),
    isEmpty ? Infinity : mean(({ limitMs }) => limitMs),
  );
}

function runStretch(
  fate: Fate,
  { frames, firstAsked }: Stretch,
  { rung, isStrict }: Readonly<{ rung: LadderRung; isStrict: boolean }>,
  starts: readonly Label[],
  areaShare: number,
): readonly Label[] {
  let labels = starts;
  const asked = frames.filter(({ isAsked }) => isAsked);
  const chosen = asked.filter((_, at) => (firstAsked + at) % rung.every === 0);
  const maxLate = Math.floor(LATE_SHARE * chosen.length);
  const gain = 1 + areaOf(rung.level) * areaShare;
  chosen.forEach((frame, at) => {
    const nextMs = chosen[at + 1]?.arrivalMs ?? Infinity;
    const next: Label[] = [];
    for (const label of labels) {
      const shown = showing(fate, frame, rung.level, label, gain);
      const mayShow = shown !== undefined && shown.late <= maxLate;
      const hasWaited = shown !== undefined && shown.freeMs - shown.startedMs <= frame.limitMs;
      const isLate = shown !== undefined && shown.late > label.late;
      // One must go where the next comes while it waits, and one that is late as it had to wait may.
      const mayLeave =
        shown === undefined || shown.startedMs >= nextMs || (isLate && (hasWaited || !isStrict));
      if (mayShow) next.push(shown);
      if (mayLeave) next.push(label);
    }
    labels = prune(next, chosen[at + 1]?.arrivalMs ?? 0);
  });
  return labels;
}

function showing(
  { serviceMs, outages, hidden }: Fate,
  { id, arrivalMs, limitMs }: Frame,
  level: number,
  label: Label,
  gain: number,
): Label | undefined {
  // The one before it still waits.
  if (label.startedMs > arrivalMs) return undefined;
  const readyMs = Math.max(label.freeMs, arrivalMs);
  const outage = outages.find(({ fromMs, toMs }) => readyMs >= fromMs && readyMs < toMs);
  const startMs = outage?.toMs ?? readyMs;
  const endMs = startMs + serviceMs(id, level, startMs);
  // What waits while the page is hidden is closed; what is computed while the context is lost is gone.
  if (hidden.some(({ fromMs }) => fromMs > arrivalMs && fromMs <= startMs)) return undefined;
  if (outages.some(({ fromMs }) => fromMs >= startMs && fromMs <= endMs)) return undefined;
  return {
    freeMs: endMs,
    startedMs: startMs,
    late: label.late + (endMs - arrivalMs > limitMs ? 1 : 0),
    score: label.score + gain,
    last: { id, level, before: label.last },
    path: label.path,
  };
}

/** @param nextMs When the next frame comes: being free earlier is worth nothing. */
function prune(labels: readonly Label[], nextMs: number): readonly Label[] {
  const kept: Label[] = [];
  const freeMs = (label: Label) => Math.max(label.freeMs, nextMs);
  const startedMs = (label: Label) => Math.max(label.startedMs, nextMs);
  for (const label of labels.toSorted(
    (a, b) => b.score - a.score || a.late - b.late || a.freeMs - b.freeMs,
  )) {
    const isBeaten = kept.some(
      (other) =>
        other.late <= label.late && freeMs(other) === freeMs(label) && startedMs(other) === startedMs(label),
    );
    if (!isBeaten) kept.push(label);
    if (kept.length === BEAM) break;
  }
  return kept;
}

function stretchesOf({ trace, frames, changes }: Fate): readonly Stretch[] {
  const bounds = [...new Set([0, ...changes.map(({ atMs }) => atMs), trace.durationMs])];
  const starts = bounds.slice(0, -1).flatMap((fromMs, at) => {
    const toMs = bounds[at + 1]!;
    const pieces = Math.max(1, Math.floor((toMs - fromMs) / STRETCH_MS));
    return Array.from({ length: pieces }, (_, piece) => fromMs + (piece * (toMs - fromMs)) / pieces);
  });
  let firstAsked = 0;
  return starts.map((fromMs, at) => {
    const toMs = starts[at + 1] ?? Infinity;
    const within = frames.filter(({ arrivalMs }) => arrivalMs >= fromMs && arrivalMs < toMs);
    const stretch = { fromMs, frames: within, firstAsked };
    firstAsked += within.filter(({ isAsked }) => isAsked).length;
    return stretch;
  });
}
