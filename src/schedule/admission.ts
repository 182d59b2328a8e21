/** Which frames are computed: the newest, as soon as there is room, evenly spaced where not all are taken. */
import type { BudgetAction, BudgetDropReason, BudgetEvent } from './budget.ts';
import type { BudgetState } from './budget-state.ts';
import { takeFrame } from './cadence.ts';
import { speedOf, stepUsOf } from './source-rate.ts';
import { TUNING } from './tuning.ts';

type Arrival = Extract<BudgetEvent, { type: 'arrive' }>;

const close = (id: number, reason: BudgetDropReason): BudgetAction => ({ type: 'close', id, reason });

/** A frame came: it is computed, waits, or is closed. */
export function admit(state: BudgetState, { id, tsUs }: Arrival, actions: BudgetAction[]): BudgetState {
  if (state.stopped || state.paused) {
    actions.push(close(id, state.stopped ? 'stopped' : 'hidden'));
    return state;
  }
  if (isOlder(state, tsUs)) {
    actions.push(close(id, 'replaced'));
    return state;
  }
  const ratio = state.every * targetRatio(state);
  const { cadence, taken } = takeFrame(state.cadence, state.takenUs, tsUs, ratio, stepUsOf(state.source));
  if (!taken) {
    actions.push(close(id, 'decimated'));
    return { ...state, cadence };
  }
  if (state.pending !== null)
    actions.push(close(state.pending.id, state.compiling ? 'compiling' : 'replaced'));
  const pending = { id, arrivedMs: state.clock.nowMs };
  return submitPending({ ...state, cadence, pending, takenUs: tsUs }, actions);
}

/** Frames are shown in the order of their own time. A big step back is another timeline: a clip that starts over. */
function isOlder({ takenUs, source }: BudgetState, tsUs: number): boolean {
  if (takenUs === null || tsUs > takenUs) return false;
  const lateUs = Math.max(TUNING.lateFrames * stepUsOf(source), TUNING.lateLeastMs * 1000);
  return takenUs - tsUs < lateUs;
}

/** How many frames come for each that is asked for, by their own time, in which frames that never came leave a gap. */
function targetRatio({ targetFps, source }: BudgetState): number {
  const { periodMs, gapsMs } = source;
  if (targetFps === null || periodMs === null) return 1;
  const targetMs = 1000 / targetFps;
  if (targetMs / periodMs <= 1 + TUNING.nearTarget + 0.5 / gapsMs.length) return 1;
  return Math.max(1, (targetMs * 1000 * speedOf(source)) / stepUsOf(source));
}

/**
 * How long a frame may wait: two of the times that a frame has. Where frames are left out, that is long: no longer than
 * lets it be shown soon enough, or a little, if the next one comes so much later that it would be a loss.
 */
function patienceOf({ predictedMs, latencyMs, budgetMs, every }: BudgetState): number {
  const longestMs = TUNING.latencyPeriods * budgetMs;
  if (every === 1 || predictedMs === null || predictedMs > latencyMs) return longestMs;
  return Math.min(longestMs, Math.max(latencyMs - predictedMs, TUNING.patience * budgetMs));
}

/** Submits the frame that waits, if there is room, or closes it if it waited for too long. */
export function submitPending(state: BudgetState, actions: BudgetAction[]): BudgetState {
  const { pending, inFlight, level, scale, epoch } = state;
  if (pending === null || state.lost || inFlight.length >= state.inFlightLimit) return state;
  const submittedMs = state.clock.nowMs;
  if (submittedMs - pending.arrivedMs > patienceOf(state)) {
    actions.push(close(pending.id, 'stale'));
    return { ...state, pending: null };
  }
  const predictedMs = state.predictedMs ?? NaN;
  actions.push({ type: 'submit', id: pending.id, level, scale, epoch, predictedMs });
  return {
    ...state,
    pending: null,
    inFlight: [...inFlight, { id: pending.id, level, submittedMs, uploadMs: null }],
    // Silence counts from when there is something to be heard of.
    quietSinceMs: inFlight.length === 0 ? submittedMs : state.quietSinceMs,
    askedMs: inFlight.length === 0 ? null : state.askedMs,
  };
}

/** Closes the frame that waits. */
export function closePending(
  state: BudgetState,
  reason: BudgetDropReason,
  actions: BudgetAction[],
): BudgetState {
  if (state.pending === null) return state;
  actions.push(close(state.pending.id, reason));
  return { ...state, pending: null };
}

/** Takes a frame out of those in flight. Older ones that are still there were overtaken: they are not shown any more. */
export function land(state: BudgetState, id: number, actions: BudgetAction[]): BudgetState {
  const index = state.inFlight.findIndex((frame) => frame.id === id);
  for (const overtaken of state.inFlight.slice(0, index)) actions.push(close(overtaken.id, 'replaced'));
  return { ...state, inFlight: state.inFlight.slice(index + 1) };
}

/** Forgets all in flight: nothing of it will be shown. */
export function abandon(state: BudgetState, actions: BudgetAction[]): BudgetState {
  for (const { id } of state.inFlight) actions.push(close(id, 'failed'));
  return { ...state, inFlight: [] };
}
