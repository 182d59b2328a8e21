/**
 * Load traces: when frames come, what they cost, and what happens meanwhile. A frame that is computed at area A (the
 * square of its level's scale) takes
 *
 *     (fixedMs + perAreaMs · A) · (1 ± noise) + (spike ? spikeMs : 0)
 *
 * so that `perAreaMs` is what the full area costs on top of `fixedMs`, and a spike (a busy machine) is the same at
 * every level. The costs are those of the moment at which the frame's computation begins.
 */
import { checkFinite, checkInteger, checkNumber, checkOneOf, show } from '../../src/core/check.ts';
import { DEGRADATION_PREFERENCES, type DegradationPreference } from '../../src/schedule/budget.ts';

export type Cost = Readonly<{
  /** Holds from here until the next one. The first is 0. */
  fromMs: number;
  fixedMs: number;
  perAreaMs: number;
  /** Uniform, ±: a share of the two above. Default 0. */
  noise: number;
  /** Of each frame. Default 0. */
  spikeProbability: number;
  spikeMs: number;
}>;

export const TRACE_EVENTS = ['hidden', 'visible', 'lost', 'restored', 'target'] as const;

/** `fps`: what is asked for from now on; of 'target' alone. */
export type TraceEvent = Readonly<{ atMs: number; type: (typeof TRACE_EVENTS)[number]; fps?: number }>;

export type Trace = Readonly<{
  name: string;
  durationMs: number;
  /** Of all that is random. */
  seed: number;
  targetFps: number;
  degradationPreference: DegradationPreference;
  /** At a steady rate, each up to ± jitterMs off, or at these times, in ms. */
  arrivals: Readonly<{ fps: number; jitterMs: number }> | readonly number[];
  cost: readonly Cost[];
  events: readonly TraceEvent[];
}>;

/** A mistake in a trace, in one line that names the file and the field. */
export class BadTrace extends Error {
  override readonly name = 'BadTrace';
}

const FPS = { min: 1, max: 240, unit: 'fps' } as const;
const LONGEST_MS = 3_600_000;
const MS = { min: 0, max: LONGEST_MS, unit: 'ms' } as const;
const SHARE = { min: 0, max: 1 } as const;

/**
 * @param path Named in what is wrong.
 * @throws BadTrace
 */
export function parseTrace(text: string, path: string): Trace {
  try {
    return traceOf(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadTrace(`${path}: ${error instanceof SyntaxError ? `no JSON (${reason})` : reason}`);
  }
}

function traceOf(value: unknown): Trace {
  const fields = fieldsOf('The trace', value, [
    'name',
    'durationMs',
    'seed',
    'targetFps',
    'degradationPreference',
    'arrivals',
    'cost',
    'events',
  ]);
  const { name, degradationPreference = 'maintain-framerate', events = [] } = fields;
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`name must be a string that is not empty, got ${show(name)}`);
  const durationMs = checkNumber('durationMs', fields['durationMs'], { ...MS, exclusiveMin: true });
  return {
    name,
    durationMs,
    seed: checkInteger('seed', fields['seed']),
    targetFps: checkNumber('targetFps', fields['targetFps'], FPS),
    degradationPreference: checkOneOf(
      'degradationPreference',
      degradationPreference,
      DEGRADATION_PREFERENCES,
    ),
    arrivals: arrivalsOf(fields['arrivals'], durationMs),
    cost: costsOf(fields['cost']),
    events: eventsOf(events, durationMs),
  };
}

function arrivalsOf(value: unknown, durationMs: number): Trace['arrivals'] {
  if (!Array.isArray(value)) {
    if (typeof value !== 'object' || value === null)
      throw new TypeError(`arrivals must be { fps, jitterMs } or an array of ms, got ${show(value)}`);
    const { fps, jitterMs = 0 } = fieldsOf('arrivals', value, ['fps', 'jitterMs']);
    return {
      fps: checkNumber('arrivals.fps', fps, FPS),
      jitterMs: checkNumber('arrivals.jitterMs', jitterMs, MS),
    };
  }
  const times: readonly number[] = value;
  if (times.length === 0) throw new RangeError('arrivals must have one time at least, got []');
  checkFinite('arrivals', times);
  times.forEach((ms, at) => {
    checkNumber(`arrivals[${at}]`, ms, { min: times[at - 1] ?? 0, max: durationMs, unit: 'ms' });
  });
  return times;
}

function costsOf(value: unknown): readonly Cost[] {
  const costs = arrayOf('cost', value).map(costOf);
  if (costs.length === 0) throw new RangeError('cost must have one entry at least, got []');
  costs.forEach(({ fromMs }, at) => {
    if (at === 0) checkNumber('cost[0].fromMs', fromMs, { min: 0, max: 0, unit: 'ms' });
    else checkNumber(`cost[${at}].fromMs`, fromMs, { min: costs[at - 1]!.fromMs, exclusiveMin: true });
  });
  return costs;
}

function costOf(value: unknown, at: number): Cost {
  const path = `cost[${at}]`;
  const fields = fieldsOf(path, value, [
    'fromMs',
    'fixedMs',
    'perAreaMs',
    'noise',
    'spikeProbability',
    'spikeMs',
  ]);
  const { noise = 0, spikeProbability = 0, spikeMs = 0 } = fields;
  return {
    fromMs: checkNumber(`${path}.fromMs`, fields['fromMs'], MS),
    fixedMs: checkNumber(`${path}.fixedMs`, fields['fixedMs'], MS),
    perAreaMs: checkNumber(`${path}.perAreaMs`, fields['perAreaMs'], MS),
    noise: checkNumber(`${path}.noise`, noise, SHARE),
    spikeProbability: checkNumber(`${path}.spikeProbability`, spikeProbability, SHARE),
    spikeMs: checkNumber(`${path}.spikeMs`, spikeMs, MS),
  };
}

function eventsOf(value: unknown, durationMs: number): readonly TraceEvent[] {
  const events = arrayOf('events', value).map(eventOf);
  let [isHidden, isLost] = [false, false];
  events.forEach(({ atMs, type }, at) => {
    checkNumber(`events[${at}].atMs`, atMs, { min: events[at - 1]?.atMs ?? 0, max: durationMs, unit: 'ms' });
    const isWrong =
      (type === 'visible' && !isHidden) ||
      (type === 'hidden' && isHidden) ||
      (type === 'restored' && !isLost) ||
      (type === 'lost' && isLost);
    if (isWrong)
      throw new RangeError(
        `events[${at}].type must take turns ('hidden' and 'visible', 'lost' and 'restored'), got ${show(type)} again`,
      );
    if (type === 'hidden' || type === 'visible') isHidden = type === 'hidden';
    if (type === 'lost' || type === 'restored') isLost = type === 'lost';
  });
  return events;
}

function eventOf(value: unknown, at: number): TraceEvent {
  const path = `events[${at}]`;
  const fields = fieldsOf(path, value, ['atMs', 'type', 'fps']);
  const atMs = checkNumber(`${path}.atMs`, fields['atMs'], MS);
  const type = checkOneOf(`${path}.type`, fields['type'], TRACE_EVENTS);
  if (type === 'target') return { atMs, type, fps: checkNumber(`${path}.fps`, fields['fps'], FPS) };
  if (fields['fps'] !== undefined)
    throw new TypeError(`${path}.fps must be given with 'target' alone, got ${show(fields['fps'])}`);
  return { atMs, type };
}

function arrayOf(path: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${path} must be an array, got ${show(value)}`);
  return value;
}

function fieldsOf(path: string, value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${path} must be an object, got ${show(value)}`);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new TypeError(`${path} must have no field but ${known.join(', ')}, got ${show(unknown)}`);
  return value as Readonly<Record<string, unknown>>;
}
