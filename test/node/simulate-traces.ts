/** Traces for tests of the simulation: thirty regular frames a second that cost 10 ms, unless told otherwise. */
import type { Cost, Trace } from '../simulate/trace.ts';

export const costOf = (fields: Partial<Cost>): Cost => ({
  fromMs: 0,
  fixedMs: 0,
  perAreaMs: 0,
  noise: 0,
  spikeProbability: 0,
  spikeMs: 0,
  ...fields,
});

export const traceOf = (fields: Partial<Trace>): Trace => ({
  name: 'test',
  durationMs: 2000,
  seed: 1,
  targetFps: 30,
  degradationPreference: 'maintain-framerate',
  arrivals: { fps: 30, jitterMs: 0 },
  cost: [costOf({ perAreaMs: 10 })],
  events: [],
  ...fields,
});
