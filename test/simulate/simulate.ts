/** One trace, met by the frame budget, by the oracle and by nobody. */
import type { Simulated } from './bars.ts';
import { fateOf, type Fate } from './fate.ts';
import { measure } from './measure.ts';
import { planOf } from './oracle.ts';
import { runPlant, type Policy } from './plant.ts';
import { noSchedulerPolicy, planPolicy } from './policies.ts';
import type { Trace } from './trace.ts';

/** @param schedulerOf Makes what is judged. */
export function simulate(trace: Trace, schedulerOf: (fate: Fate) => Policy): Simulated {
  const fate = fateOf(trace);
  const oracle = runPlant(fate, planPolicy(fate, planOf(fate)));
  const budget = runPlant(fate, schedulerOf(fate));
  const none = runPlant(fate, noSchedulerPolicy(fate));
  return {
    fate,
    faults: budget.faults,
    budget: measure(fate, budget, oracle),
    oracle: measure(fate, oracle),
    none: measure(fate, none, oracle),
  };
}
