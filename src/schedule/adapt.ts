/** What is done about it: fewer pixels or frames when there are too many, more when they fit again. */
import { at } from '../core/assert.ts';
import { SCALES, type BudgetAction, type BudgetReason } from './budget.ts';
import type { BackOff, BudgetState } from './budget-state.ts';
import { CADENCE_AT_FIRST } from './cadence.ts';
import { leaveLevel, lineOf, predict, predictMean, restartCost } from './cost-model.ts';
import {
  bestRung,
  lowestLevel,
  moreFrames,
  nextDown,
  nextUp,
  type Costs,
  type Ladder,
  type Rung,
} from './ladder.ts';
import { isOverloaded, startOver } from './overload.ts';
import { addFrame, areLate, areOver, cutRun, tailMs, type Spikes } from './spikes.ts';
import { TUNING } from './tuning.ts';

export const BACK_OFF_AT_FIRST: BackOff = Object.freeze({
  holdMs: TUNING.holdMs,
  goodSinceMs: null,
  lastUpMs: null,
  upFrom: null,
  lastChangeMs: 0,
  failures: 0,
  failedMs: null,
});

const ladderOf = (state: BudgetState): Ladder => ({
  preference: state.degradationPreference,
  periodMs: state.periodMs,
  mostMs: state.latencyMs / spreadOf(state),
});

/** How many times the mean one frame in twenty takes, of the noise alone. */
function spreadOf({ overload, budgetMs, cost }: BudgetState): number {
  const noise = (overload.noise * budgetMs) / Math.min(budgetMs, cost.quickMs ?? budgetMs);
  return 1 + TUNING.tailPerNoise * Math.min(noise, TUNING.noiseMost);
}

/** After a sample: down when it is too much, up when less would do. */
export function adapt(state: BudgetState, actions: BudgetAction[]): BudgetState {
  if (isOverloaded(state.overload, state.every, state.spikes.rate)) return goDown(state, actions);
  return areLate(state.spikes) ? makeRoom(state, actions) : lookUp(state, actions);
}

/** The share of its time that a frame may take before something has to give way. */
export function fullShareOf(state: BudgetState): number {
  const isFrames = nextDown(ladderOf(state), state).every > state.every;
  return isFrames ? TUNING.fullShareFrames : TUNING.fullShare;
}

/** The spikes after a frame that took `ms`. */
export function spikesAfter(state: BudgetState, ms: number): Spikes {
  const usualMs = predict(state.cost, state.level, state.level);
  return usualMs === null
    ? cutRun(state.spikes)
    : addFrame(state.spikes, ms, usualMs, state.budgetMs, state.latencyMs);
}

/** Too many frames are late: down to the first level that leaves the slow ones room, if there is one. */
function makeRoom(state: BudgetState, actions: BudgetAction[]): BudgetState {
  const { level, every, cost, spikes, overload, latencyMs } = state;
  const ladder = ladderOf(state);
  // Of the spikes half may be late, if they are one frame in ten; of the noise little.
  const [roomMs, spread] = areOver(spikes)
    ? [latencyMs, spreadOf(state)]
    : [TUNING.fitSpikes * latencyMs - spikes.ms, 1];
  const settled = { ...state, spikes: { ...spikes, late: 0 } };
  for (let to = level + 1; to <= lowestLevel(ladder, every); to++) {
    const ms = predict(cost, level, to) ?? Infinity;
    if (ms > (1 - TUNING.worthwhile) * (predict(cost, level, level) ?? 0)) continue;
    if (ms * spread > roomMs) continue;
    const down = change(failed(settled), { level: to, every }, 'overload', actions);
    return {
      ...down,
      overload: startOver(overload, false),
      spikes: { ...down.spikes, fromLevel: spikes.fromLevel ?? level },
    };
  }
  return settled;
}

function goDown(before: BudgetState, actions: BudgetAction[]): BudgetState {
  const state = withRun(before);
  const { level, every, cost } = state;
  const ladder = ladderOf(state);
  const costs: Costs = (to) => (predict(cost, level, to) ?? Infinity) + state.lookMs;
  const next = nextDown(ladder, state);
  const fit = cost.isShapeKnown ? TUNING.fitDown : TUNING.fitUntried;
  let goal = bestRung(ladder, costs, fit, TUNING.fitBottom);
  // What fewer pixels save is known only when they were tried.
  const lowest = { level: lowestLevel(ladder, every), every };
  const isGuess = !cost.isShapeKnown || load(ladder, lowest, costs) <= TUNING.fitTry;
  if (goal.every > every && isGuess && level < lowest.level) goal = lowest;
  // A way up that was wrong leads back to where it began.
  const back = isRecentUp(state) ? state.backOff.upFrom : null;
  if (back !== null && load(ladder, back, costs) <= TUNING.fullShare) goal = back;
  // It should fit, and doesn't: one further.
  if (load(ladder, goal, costs) >= load(ladder, state, costs)) goal = next;
  const deepest = Math.max(level, Math.min(level + TUNING.stepsDown, lowestLevel(ladder, goal.every)));
  const to = { level: Math.min(goal.level, deepest), every: goal.every };
  if (to.level === level && to.every === every)
    return { ...state, overload: startOver(state.overload, false) };
  const reason =
    to.level < level || (to.every > every && ladder.preference !== 'maintain-resolution' && cost.isShapeKnown)
      ? 'ineffective'
      : 'overload';
  return { ...change(failed(state), to, reason, actions), overload: startOver(state.overload, true) };
}

/** Where each of the overloads in a row took longer than the model says, the model is outdated. */
function withRun(state: BudgetState): BudgetState {
  const { cost, overload, level } = state;
  if (overload.leastMs <= (cost.quickMs ?? 0) * (1 + TUNING.loadChange)) return state;
  return withFigures({ ...state, cost: restartCost(cost, level, overload.leastMs) });
}

/** The share of its time that a frame takes on a rung. */
const load = (ladder: Ladder, { level, every }: Rung, costs: Costs) =>
  costs(level) / (every * ladder.periodMs);

/** Whether the last way up was so short ago that a way down means that it was wrong. */
function isRecentUp({ backOff: { lastUpMs, holdMs }, clock }: BudgetState): boolean {
  const withinMs = Math.max(TUNING.failedUpMs, TUNING.quietHolds * holdMs);
  return lastUpMs !== null && clock.nowMs - lastUpMs <= withinMs;
}

/** Before a way down: if it follows a way up, that was wrong. */
function failed(state: BudgetState): BudgetState {
  if (!isRecentUp(state)) return state;
  const { backOff } = state;
  const holdMs = Math.min(TUNING.holdMostMs, 2 * backOff.holdMs);
  return { ...state, backOff: { ...backOff, holdMs, lastUpMs: null, failures: backOff.failures + 1 } };
}

/** Up when that has looked good for long enough. */
function lookUp(state: BudgetState, actions: BudgetAction[]): BudgetState {
  const calm = calmed(state);
  const { backOff, clock, cost } = calm;
  const way = wayUp(calm);
  if (way === null) return { ...calm, backOff: { ...backOff, goodSinceMs: null } };
  const goodSinceMs = backOff.goodSinceMs ?? clock.nowMs;
  if (clock.nowMs - goodSinceMs < way.holdMs || cost.count < TUNING.samplesUp) {
    return { ...calm, backOff: { ...backOff, goodSinceMs } };
  }
  const up = change(calm, way.to, 'relief', actions);
  return {
    ...up,
    overload: startOver(calm.overload, false),
    spikes: { ...up.spikes, fromLevel: null },
    backOff: {
      ...up.backOff,
      lastUpMs: clock.nowMs,
      upFrom: { level: calm.level, every: calm.every },
      failedMs: cost.meanMs,
    },
  };
}

function wayUp(state: BudgetState): Readonly<{ to: Rung; holdMs: number }> | null {
  const { cost, level, every, backOff, lookMs, spikes } = state;
  if ((level === 0 && every === 1) || cost.meanMs === null || isBarred(state)) return null;
  const ladder = ladderOf(state);
  const costs: Costs = (to) =>
    Math.max(predictMean(cost, level, to) ?? Infinity, predict(cost, level, to) ?? Infinity) + lookMs;
  const frames = moreFrames(ladder, state, costs, TUNING.fitFrames);
  if (frames !== null) {
    return { to: frames, holdMs: (backOff.holdMs * TUNING.holdFramesMs) / TUNING.holdMs };
  }
  const { holdMs } = backOff;
  if (spikes.fromLevel !== null && spikes.fromLevel < level && !areOver(spikes)) {
    const to = wayBack(state, ladder, costs);
    return to === null ? null : { to, holdMs };
  }
  const goal = bestRung(ladder, costs, TUNING.fitUp);
  const known = nextUp(ladder, state, goal, costs, TUNING.fitUp);
  if (known === null && cost.isShapeKnown) return null;
  // Nothing tells what more pixels cost, so they are tried, if there is time left.
  const guess: Costs = () => ((cost.meanMs ?? Infinity) + lookMs) / TUNING.fitProbe;
  const to = known ?? nextUp(ladder, state, { level: level - 1, every }, guess, 1);
  return to === null ? null : { to, holdMs };
}

/** Too many ways up were wrong, and the load is what it was. */
function isBarred({ backOff, cost }: BudgetState): boolean {
  if (backOff.failures < TUNING.failuresMost || backOff.failedMs === null) return false;
  return (cost.meanMs ?? Infinity) > backOff.failedMs * (1 - TUNING.loadRelief);
}

/** Where spikes brought the level down, and go on: back to where it was, if they have room there after all. */
function wayBack(
  { spikes, level, every, latencyMs }: BudgetState,
  ladder: Ladder,
  costs: Costs,
): Rung | null {
  const { fromLevel } = spikes;
  if (fromLevel === null || fromLevel >= level) return null;
  const ms = costs(fromLevel);
  const hasRoom = ms + spikes.ms <= TUNING.fitSpikes * latencyMs;
  return hasRoom && ms <= TUNING.fitUp * every * ladder.periodMs ? { level: fromLevel, every } : null;
}

/** After some holds of quiet the hold is short again; a way up that lasted that long was right. */
function calmed(state: BudgetState): BudgetState {
  const { backOff, clock } = state;
  const quietMs = TUNING.quietHolds * backOff.holdMs;
  if (clock.nowMs - backOff.lastChangeMs <= quietMs) return state;
  if (backOff.holdMs === TUNING.holdMs && backOff.lastUpMs === null) return state;
  const held = backOff.lastUpMs !== null;
  return {
    ...state,
    backOff: {
      ...backOff,
      holdMs: TUNING.holdMs,
      lastUpMs: null,
      ...(held ? { failures: 0, failedMs: null } : {}),
    },
  };
}

/** A frame was submitted after a suspicious silence, and took as long again: that was no hiccup. */
export function confirmAlarm(state: BudgetState, ms: number, actions: BudgetAction[]): BudgetState {
  const cost = restartCost(state.cost, state.level, ms);
  return goDown(withFigures({ ...state, cost }), actions);
}

/** Nothing was done for long: two rungs down, without knowing more. */
export function panic(state: BudgetState, actions: BudgetAction[]): BudgetState {
  const ladder = ladderOf(state);
  const to = nextDown(ladder, nextDown(ladder, state));
  return { ...change(failed(state), to, 'panic', actions), overload: startOver(state.overload, true) };
}

/** Something else is asked for: at once what is right for that, as far as is known. */
export function retarget(state: BudgetState, actions: BudgetAction[]): BudgetState {
  const { cost, level, every } = state;
  const ladder = ladderOf(state);
  const costs: Costs = (to) => predict(cost, level, to) ?? 0;
  const isKnown = predict(cost, level, level) !== null;
  const to = isKnown
    ? bestRung(ladder, costs, TUNING.fitDown, TUNING.fitBottom)
    : {
        level: Math.min(level, lowestLevel(ladder, every)),
        every: ladder.preference === 'maintain-framerate' ? 1 : every,
      };
  return {
    ...change(state, to, 'target', actions),
    overload: startOver(state.overload, false),
    backOff: { ...BACK_OFF_AT_FIRST, lastChangeMs: state.clock.nowMs },
  };
}

/** Goes to a rung, and says so. */
function change(state: BudgetState, to: Rung, reason: BudgetReason, actions: BudgetAction[]): BudgetState {
  const { level, every, cost, periodMs, clock } = state;
  if (to.level === level && to.every === every) return state;
  const line = lineOf(cost, level);
  const numbers = {
    budgetMs: state.budgetMs,
    serviceMs: predict(cost, level, level) ?? NaN,
    predictedMs: predict(cost, level, to.level) ?? NaN,
    fixedMs: line?.fixedMs ?? NaN,
    perAreaMs: line?.perAreaMs ?? NaN,
  };
  const scale = at(SCALES, to.level);
  if (to.level !== level)
    actions.push({ type: 'setLevel', level: to.level, from: level, scale, reason, numbers });
  if (to.every !== every)
    actions.push({ type: 'setDecimation', every: to.every, from: every, reason, numbers });
  return withFigures({
    ...state,
    level: to.level,
    scale,
    every: to.every,
    budgetMs: to.every * periodMs,
    cost: leaveLevel(cost, level, to.level),
    spikes: cutRun(state.spikes),
    cadence: to.every === every ? state.cadence : CADENCE_AT_FIRST,
    backOff: { ...state.backOff, goodSinceMs: null, lastChangeMs: clock.nowMs },
  });
}

/** The figures that follow from the model. */
export function withFigures(state: BudgetState): BudgetState {
  const { cost, level, spikes, periodMs, degradationPreference } = state;
  const line = lineOf(cost, level);
  const lowest = degradationPreference === 'maintain-resolution' ? 0 : SCALES.length - 1;
  const leastMs = (predict(cost, level, lowest) ?? 0) * spreadOf(state);
  return {
    ...state,
    latencyMs: latencyOf(state.latencyMs, leastMs, tailMs(spikes), TUNING.latencyPeriods * periodMs),
    predictedMs: predict(cost, level, level),
    fixedMs: line?.fixedMs ?? null,
    perAreaMs: line?.perAreaMs ?? null,
  };
}

/** The promise, or the first multiple of it that can be held; less than before only where that is clear. */
function latencyOf(beforeMs: number, leastMs: number, spikeMs: number, promiseMs: number): number {
  const times = Math.max(1, Math.ceil((leastMs + spikeMs) / promiseMs));
  const isClear = leastMs * (1 + TUNING.worthwhile) + spikeMs <= times * promiseMs;
  return (
    promiseMs * (isClear ? times : Math.max(times, Math.min(times + 1, Math.round(beforeMs / promiseMs))))
  );
}
