/**
 * What a frame takes at each level: ms = fixed + perArea · area, from samples at one level after the other.
 *
 * Samples are kept in ms of the level that they were taken at. What other levels take follows from the share that
 * doesn't shrink with the pixels, φ:
 *
 *     ms(area) = ms(here) · (φ + (1 − φ) · area) / (φ + (1 − φ) · here)
 *
 * φ is measured whenever the level changes, by what frames took before and take after it; a guess before that.
 */
import { at } from '../core/assert.ts';
import { SCALES } from './budget.ts';
import { medianOf } from './source-rate.ts';
import { TUNING } from './tuning.ts';

export type CostModel = Readonly<{
  /** The last samples at the present level, in ms, oldest first. */
  recentMs: readonly number[];
  /** Mean of their medians, which follows quickly; null before the first sample at this level. */
  quickMs: number | null;
  /** The mean of all, clipped, which is exact; null before the first sample at this level. */
  meanMs: number | null;
  /** Samples in the mean. */
  count: number;
  /** Of a full frame's time, the share that doesn't shrink with its pixels. */
  fixedShare: number;
  /** Whether that was measured for what is computed now. */
  isShapeKnown: boolean;
  /** What frames took at the level before this one; null where that is not known or over. */
  before: Readonly<{ level: number; ms: number }> | null;
}>;

export const COST_AT_FIRST: CostModel = Object.freeze({
  recentMs: Object.freeze([]),
  quickMs: null,
  meanMs: null,
  count: 0,
  fixedShare: TUNING.fixedShareGuess,
  isShapeKnown: false,
  before: null,
});

/** Nothing holds any more but the guess at the shape, which is better than none. */
export const forgetCost = ({ fixedShare }: CostModel): CostModel => ({ ...COST_AT_FIRST, fixedShare });

/** One more frame took `ms` at `level`, which is the present one. */
export function addSample(model: CostModel, level: number, ms: number): CostModel {
  const recentMs = [...model.recentMs.slice(model.recentMs.length >= TUNING.recentSamples ? 1 : 0), ms];
  const { quickMs, meanMs, count } = model;
  if (quickMs === null || meanMs === null) {
    return withShape({ ...model, recentMs, quickMs: ms, meanMs: ms, count: 1 }, level);
  }
  const other = otherLoad(recentMs, quickMs);
  if (other !== null) {
    // At a new level the first estimate may have been wrong; later on it is the load, with a shape of its own.
    const isNew = count < TUNING.recentSamples;
    const shape = isNew ? {} : { isShapeKnown: false, before: null };
    return withShape({ ...model, ...shape, recentMs, quickMs: other, meanMs: other, count: 2 }, level);
  }
  const most = quickMs * (1 + TUNING.loadChange);
  const median = Math.min(Math.max(medianOf(recentMs), quickMs * (1 - TUNING.loadChange)), most);
  const quick = quickMs + TUNING.quickWeight * (median - quickMs);
  const weight = Math.max(TUNING.slowWeight, 1 / (count + 1));
  const mean = meanMs + weight * (Math.min(ms, TUNING.sampleClip * quick) - meanMs);
  return withShape({ ...model, recentMs, quickMs: quick, meanMs: mean, count: count + 1 }, level);
}

/** What frames take now, if the last ones agree that it is something else; or null. */
function otherLoad(recentMs: readonly number[], quickMs: number): number | null {
  const more = recentMs.slice(-TUNING.samplesOfMore);
  const isMore = more.every((ms) => ms > quickMs * (1 + TUNING.loadChange));
  if (isMore && more.length === TUNING.samplesOfMore) return medianOf(more);
  const less = recentMs.slice(-TUNING.samplesOfLess);
  const isLess = less.every((ms) => ms < quickMs * (1 - TUNING.loadChange));
  return isLess && less.length === TUNING.samplesOfLess ? medianOf(less) : null;
}

/** The load is another one all at once: what was measured at this level counts no more. */
export function restartCost({ fixedShare, before }: CostModel, level: number, ms: number): CostModel {
  const known = { recentMs: [ms], quickMs: ms, meanMs: ms, count: TUNING.shapeSamples };
  return withShape({ ...known, fixedShare, isShapeKnown: false, before }, level);
}

/** Other frames than before are computed from now on, at `level` instead of `from`. */
export function leaveLevel(model: CostModel, from: number, level: number): CostModel {
  if (level === from) return model;
  const ms = model.count >= TUNING.samplesUp && model.meanMs !== null ? model.meanMs : model.quickMs;
  // Two changes without a sample between them are one.
  const before = ms === null ? model.before : { level: from, ms };
  return { ...model, recentMs: [], quickMs: null, meanMs: null, count: 0, before };
}

/** A frame of the level before took `ms`, as is known only now. */
export function amendBefore(model: CostModel, level: number, ms: number): CostModel {
  return model.count > 0 ? model : { ...model, before: { level, ms } };
}

/** Measures φ by what frames took before, at another level, and take now. */
function withShape(model: CostModel, level: number): CostModel {
  const { before, meanMs, count, quickMs } = model;
  if (before === null || meanMs === null || quickMs === null || count < TUNING.shapeSamples) return model;
  const [here, there] = [areaOf(level), areaOf(before.level)];
  if (here === there || before.ms <= 0) return model;
  const fixedShare = fixedShareOf(meanMs / before.ms, here, there);
  // From here on the load may drift, which is no longer the shape.
  const isOver = count >= 1 / TUNING.slowWeight;
  return { ...model, fixedShare, isShapeKnown: true, before: isOver ? null : before };
}

/**
 * ratio = (φ + (1 − φ) · here) / (φ + (1 − φ) · there), solved for φ: it is a straight line over another.
 */
function fixedShareOf(ratio: number, here: number, there: number): number {
  const pixels = ratio * there - here;
  const all = 1 - here - ratio * (1 - there);
  const share = pixels / all;
  if (here < there) return ratio >= 1 ? 1 : clamped(share);
  return ratio <= 1 ? 1 : clamped(share);
}

const clamped = (share: number) => (Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0);

export const areaOf = (level: number): number => at(SCALES, level) ** 2;

const shapeOf = ({ fixedShare }: CostModel, level: number) => fixedShare + (1 - fixedShare) * areaOf(level);

/** What a frame should take at `target`, from its time at `level`: the quick estimate, or what is known from before. */
export function predict(model: CostModel, level: number, target: number): number | null {
  const { quickMs, before } = model;
  if (quickMs !== null) return (quickMs * shapeOf(model, target)) / shapeOf(model, level);
  return before === null ? null : (before.ms * shapeOf(model, target)) / shapeOf(model, before.level);
}

/** The same from the mean: exact, where the load is steady. */
export function predictMean(model: CostModel, level: number, target: number): number | null {
  const { meanMs } = model;
  return meanMs === null ? null : (meanMs * shapeOf(model, target)) / shapeOf(model, level);
}

/** The model as two figures; null before anything was measured. */
export function lineOf(
  model: CostModel,
  level: number,
): Readonly<{ fixedMs: number; perAreaMs: number }> | null {
  const fullMs = predict(model, level, 0);
  if (fullMs === null) return null;
  return { fixedMs: fullMs * model.fixedShare, perAreaMs: fullMs * (1 - model.fixedShare) };
}
