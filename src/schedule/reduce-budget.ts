/**
 * The frame budget: whatever the machine, the newest frame is shown at the rate that is asked for, and quality gives way
 * before time does. Two pure functions, without a clock, a timer, a stream or a GPU: whoever has those tells what
 * happens, and does what is answered.
 */
import { assertNever } from '../core/assert.ts';
import { checkNumber, checkOneOf, show } from '../core/check.ts';
import {
  adapt,
  BACK_OFF_AT_FIRST,
  confirmAlarm,
  fullShareOf,
  panic,
  retarget,
  spikesAfter,
  withFigures,
} from './adapt.ts';
import { abandon, admit, closePending, land, submitPending } from './admission.ts';
import {
  DEGRADATION_PREFERENCES,
  SCALES,
  type BudgetAction,
  type BudgetEvent,
  type BudgetOptions,
} from './budget.ts';
import { advance, CLOCK_AT_FIRST } from './budget-clock.ts';
import type { BudgetState, FrameInFlight } from './budget-state.ts';
import { CADENCE_AT_FIRST } from './cadence.ts';
import { addSample, amendBefore, COST_AT_FIRST, forgetCost } from './cost-model.ts';
import { addShare, CALM, startOver } from './overload.ts';
import { forgetGaps, noteArrival, pauseOf, RATE_AT_FIRST } from './source-rate.ts';
import { cutRun, NO_SPIKES } from './spikes.ts';
import { TUNING } from './tuning.ts';

export type { BudgetState } from './budget-state.ts';

/** What followed from an event: the state from now on, and what is to be done, in this order. */
export type BudgetStep = Readonly<{ state: BudgetState; actions: readonly BudgetAction[] }>;

type Done = Extract<BudgetEvent, { type: 'done' }>;
type Target = Extract<BudgetEvent, { type: 'target' }>;
type Compiling = Extract<BudgetEvent, { type: 'compiling' }>;

/**
 * The budget before anything happened: full resolution, each frame.
 *
 * @throws TypeError or RangeError that names the option.
 */
export function initialBudget(options: BudgetOptions = {}): BudgetState {
  const {
    targetFps,
    degradationPreference = 'maintain-framerate',
    inFlight = 1,
    whenHidden = 'continue',
  } = options;
  const fps = targetFps === undefined ? null : checkFps('options.targetFps', targetFps);
  const periodMs = Math.max(TUNING.unknownPeriodMs, fps === null ? 0 : 1000 / fps);
  return {
    targetFps: fps,
    degradationPreference: checkPreference('options.degradationPreference', degradationPreference),
    inFlightLimit: checkInFlight('options.inFlight', inFlight),
    whenHidden: checkOneOf('options.whenHidden', whenHidden, ['continue', 'pause']),
    level: 0,
    scale: SCALES[0],
    every: 1,
    pending: null,
    inFlight: [],
    epoch: 0,
    periodMs,
    budgetMs: periodMs,
    latencyMs: TUNING.latencyPeriods * periodMs,
    predictedMs: null,
    fixedMs: null,
    perAreaMs: null,
    hidden: false,
    paused: false,
    lost: false,
    compiling: false,
    stopped: false,
    clock: CLOCK_AT_FIRST,
    source: RATE_AT_FIRST,
    cadence: CADENCE_AT_FIRST,
    cost: COST_AT_FIRST,
    overload: CALM,
    spikes: NO_SPIKES,
    backOff: BACK_OFF_AT_FIRST,
    lookMs: 0,
    takenUs: null,
    quietSinceMs: 0,
    askedMs: null,
    lastDoneMs: 0,
    alarmMs: null,
    samplesFromMs: 0,
  };
}

const checkFps = (name: string, fps: unknown) => checkNumber(name, fps, { min: 1, max: 240, unit: 'fps' });

const checkPreference = (name: string, preference: unknown) =>
  checkOneOf(name, preference, DEGRADATION_PREFERENCES);

function checkInFlight(name: string, inFlight: unknown): 1 | 2 {
  if (inFlight === 1 || inFlight === 2) return inFlight;
  throw new RangeError(`${name} must be 1 or 2, got ${show(inFlight)}`);
}

/**
 * One event further. Pure: the state that is given stays as it is.
 *
 * Every frame that arrives is answered by exactly one `submit` or `close`, at once or later; one that was submitted ends
 * by `done`, or by a `close` after `failed`, `lost` or a newer frame that overtook it. What is done in an older epoch, or
 * for an id that is not in flight, is ignored, as are times that are no numbers.
 *
 * @example A machine that takes 20 ms for each frame, and a camera of 60 fps:
 *
 *     let state = initialBudget();
 *     const queue: BudgetEvent[] = Array.from({ length: 60 }, (_, id) => (
 *       { type: 'arrive', id, tsUs: id * 16_667, nowMs: id * 16.667 }
 *     ));
 *     for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
 *       const step = reduceBudget(state, event);
 *       state = step.state;
 *       for (const action of step.actions) {
 *         if (action.type !== 'submit') continue; // close the frame, show the decision …
 *         queue.push({ type: 'done', id: action.id, nowMs: event.nowMs + 20 * action.scale ** 2 });
 *         queue.sort((a, b) => a.nowMs - b.nowMs);
 *       }
 *     }
 *     console.log(state.scale); // 0.75: at full resolution a frame would take 20 of 16.7 ms
 *
 * @throws TypeError or RangeError when a `target` asks for what can't be.
 */
export function reduceBudget(state: BudgetState, event: BudgetEvent): BudgetStep {
  const actions: BudgetAction[] = [];
  const { clock, leapt } = advance(state.clock, event.nowMs, pauseOf(state.source));
  const now = leapt ? forget({ ...state, clock, source: forgetGaps(state.source) }) : { ...state, clock };
  return { state: handle(now, event, actions), actions };
}

function handle(state: BudgetState, event: BudgetEvent, actions: BudgetAction[]): BudgetState {
  switch (event.type) {
    case 'arrive':
      return arrive(state, event, actions);
    case 'uploaded':
      return uploaded(state, event.id, event.ms);
    case 'done':
      return done(state, event, actions);
    case 'failed':
      return failed(state, event, actions);
    case 'tick':
      return listen(state, actions);
    case 'lost':
      return lost(state, actions);
    case 'restored':
      return restored(state, actions);
    case 'visible':
      return setVisible(state, event.visible, actions);
    case 'target':
      return setTarget(state, event, actions);
    case 'compiling':
      return setCompiling(state, event);
    case 'stop':
      return closePending({ ...state, stopped: true }, 'stopped', actions);
    default:
      return assertNever(event);
  }
}

function arrive(
  state: BudgetState,
  event: Extract<BudgetEvent, { type: 'arrive' }>,
  actions: BudgetAction[],
): BudgetState {
  const { nowMs } = state.clock;
  const { arrivedMs } = state.source;
  // A frame without a time of its own has that of its coming.
  const tsUs = Number.isFinite(event.tsUs) ? event.tsUs : nowMs * 1000;
  const source = noteArrival(state.source, tsUs, nowMs);
  const isAfterGap = arrivedMs !== null && nowMs - arrivedMs > pauseOf(state.source);
  const here = listen(withPeriod({ ...(isAfterGap ? forget(state) : state), source }), actions);
  return admit(here, { ...event, tsUs }, actions);
}

/** The time that a frame has follows from how often they come, and how often they are asked for. */
function withPeriod(state: BudgetState): BudgetState {
  const { source, targetFps, every } = state;
  const periodMs = Math.max(
    source.periodMs ?? TUNING.unknownPeriodMs,
    targetFps === null ? 0 : 1000 / targetFps,
  );
  return periodMs === state.periodMs
    ? state
    : withFigures({ ...state, periodMs, budgetMs: every * periodMs });
}

function uploaded(state: BudgetState, id: number, ms: number): BudgetState {
  if (!(Number.isFinite(ms) && ms >= 0)) return state;
  const inFlight = state.inFlight.map((frame) => (frame.id === id ? { ...frame, uploadMs: ms } : frame));
  return { ...state, inFlight };
}

function done(state: BudgetState, event: Done, actions: BudgetAction[]): BudgetState {
  const frame = inFlightOf(state, event);
  if (frame === undefined) return state;
  const { nowMs } = state.clock;
  const landed = land(state, frame.id, actions);
  const sample = sampleOf(state, frame, event);
  const quiet = { ...landed, lastDoneMs: nowMs, quietSinceMs: nowMs, askedMs: null };
  return submitPending(sample === null ? quiet : learn(quiet, frame, sample, actions), actions);
}

function inFlightOf(state: BudgetState, { id, epoch }: Readonly<{ id: number; epoch?: number }>) {
  if (epoch !== undefined && epoch !== state.epoch) return undefined;
  return state.inFlight.find((frame) => frame.id === id);
}

/** What a frame took, and by how much later than need be that was seen. */
type Sample = Readonly<{ ms: number; lookMs: number }>;

/** @returns null where something else took the frame's time. */
function sampleOf(state: BudgetState, frame: FrameInFlight, { gpuMs, pollMs }: Done): Sample | null {
  if (frame.submittedMs < state.samplesFromMs || state.compiling || state.hidden) return null;
  if (gpuMs !== undefined && Number.isFinite(gpuMs) && gpuMs >= 0) {
    return { ms: gpuMs + (frame.uploadMs ?? 0), lookMs: 0 };
  }
  const spanMs = state.clock.nowMs - Math.max(frame.submittedMs, state.lastDoneMs);
  const halfPollMs = pollMs !== undefined && Number.isFinite(pollMs) && pollMs > 0 ? pollMs / 2 : 0;
  const lookMs = Math.min(halfPollMs, spanMs);
  return { ms: spanMs - lookMs, lookMs };
}

/** The sample goes into the model, and the model decides. */
function learn(
  state: BudgetState,
  frame: FrameInFlight,
  sample: Sample,
  actions: BudgetAction[],
): BudgetState {
  const { ms } = sample;
  const { cost, level, budgetMs, alarmMs } = state;
  if (frame.level !== level) return { ...state, cost: amendBefore(cost, frame.level, ms) };
  // What was held up may have been held up by anything.
  if (alarmMs !== null && frame.submittedMs < alarmMs) return state;
  const lookMs = state.lookMs + TUNING.quickWeight * (sample.lookMs - state.lookMs);
  const spikes = spikesAfter(state, ms);
  const overload = addShare(state.overload, ms + sample.lookMs, budgetMs, fullShareOf(state), spikes.rate);
  const next = { ...state, alarmMs: null, lookMs, spikes, overload };
  if (alarmMs !== null && ms > TUNING.alarmShare * budgetMs) return confirmAlarm(next, ms, actions);
  return adapt(withFigures({ ...next, cost: addSample(cost, level, ms) }), actions);
}

function failed(
  state: BudgetState,
  event: Extract<BudgetEvent, { type: 'failed' }>,
  actions: BudgetAction[],
): BudgetState {
  if (inFlightOf(state, event) === undefined) return state;
  const { nowMs } = state.clock;
  // An older one may still do better.
  const inFlight = state.inFlight.filter(({ id }) => id !== event.id);
  actions.push({ type: 'close', id: event.id, reason: 'failed' });
  return submitPending(
    { ...state, inFlight, lastDoneMs: nowMs, quietSinceMs: nowMs, askedMs: null },
    actions,
  );
}

/** Listens to the silence: a long one is an alarm, a longer one a panic, and after a second it is a question. */
function listen(state: BudgetState, actions: BudgetAction[]): BudgetState {
  if (state.inFlight.length === 0 || state.lost || state.compiling || state.hidden || state.stopped)
    return state;
  const next = alarm(state, actions);
  const { nowMs } = state.clock;
  if (nowMs - (state.askedMs ?? state.quietSinceMs) < TUNING.silentMs) return next;
  actions.push({ type: 'checkContext' });
  return { ...next, askedMs: nowMs };
}

/**
 * The first silence closes what waits: a frame may have been held up by anything, and a lower level would begin with the
 * next one anyway. If that is silent too, or this one twice as long, it is a panic.
 */
function alarm(state: BudgetState, actions: BudgetAction[]): BudgetState {
  const { predictedMs, budgetMs, level, alarmMs, quietSinceMs, backOff } = state;
  const { nowMs } = state.clock;
  const oldest = state.inFlight[0];
  // What was submitted before the last way down says nothing about the level that it led to.
  if (oldest?.level !== level || oldest.submittedMs < backOff.lastChangeMs) return state;
  const silentMs = nowMs - quietSinceMs;
  const limitMs = Math.max(TUNING.alarmFrames * Math.max(budgetMs, predictedMs ?? 0), TUNING.alarmLeastMs);
  if (silentMs <= limitMs) return state;
  const isSecond = oldest.submittedMs >= (alarmMs ?? Infinity);
  if (isSecond || silentMs > TUNING.panicAlarms * limitMs) {
    return panic(closePending({ ...state, alarmMs: null }, 'stale', actions), actions);
  }
  return alarmMs === null ? closePending({ ...state, alarmMs: nowMs }, 'stale', actions) : state;
}

function lost(state: BudgetState, actions: BudgetAction[]): BudgetState {
  if (state.lost) return state;
  const epoch = state.epoch + 1;
  const empty = abandon(state, actions);
  actions.push({ type: 'rebuild', epoch });
  return forget({ ...empty, lost: true, epoch });
}

function restored(state: BudgetState, actions: BudgetAction[]): BudgetState {
  return state.lost ? submitPending(forget({ ...state, lost: false }), actions) : state;
}

function setVisible(state: BudgetState, visible: boolean, actions: BudgetAction[]): BudgetState {
  if (visible !== state.hidden) return state;
  const hidden = !visible;
  const paused = hidden && state.whenHidden === 'pause';
  const next = forget({ ...state, hidden, paused });
  return paused ? closePending(next, 'hidden', actions) : next;
}

function setTarget(state: BudgetState, event: Target, actions: BudgetAction[]): BudgetState {
  const { fps, degradationPreference, inFlight } = event;
  const asked = {
    ...state,
    ...(fps === undefined ? {} : { targetFps: fps === null ? null : checkFps('target.fps', fps) }),
    ...(degradationPreference === undefined
      ? {}
      : {
          degradationPreference: checkPreference('target.degradationPreference', degradationPreference),
        }),
    ...(inFlight === undefined ? {} : { inFlightLimit: checkInFlight('target.inFlight', inFlight) }),
    cadence: CADENCE_AT_FIRST,
  };
  return submitPending(retarget(withPeriod(asked), actions), actions);
}

function setCompiling(state: BudgetState, { compiling, changed = true }: Compiling): BudgetState {
  if (compiling === state.compiling) return state;
  const next = { ...state, compiling };
  if (compiling) return next;
  return changed ? forget(next) : distrust(next);
}

/** Nothing that was measured counts any more; the level stays. */
function forget(state: BudgetState): BudgetState {
  const { cost, overload, spikes, backOff } = state;
  return withFigures(
    distrust({
      ...state,
      cost: forgetCost(cost),
      overload: startOver(overload, false),
      spikes: cutRun(spikes),
      backOff: { ...backOff, goodSinceMs: null, failures: 0, failedMs: null },
    }),
  );
}

/** What is in flight now tells nothing, and the silence so far is none. */
function distrust(state: BudgetState): BudgetState {
  const { nowMs } = state.clock;
  return { ...state, samplesFromMs: nowMs, quietSinceMs: nowMs, askedMs: null, alarmMs: null };
}
