/** The frame budget as a policy: what the product schedules with, on a software GL whose page pauses while hidden. */
import { initialBudget, reduceBudget } from '../../src/schedule/reduce-budget.ts';
import type { Fate } from './fate.ts';
import type { Policy } from './plant.ts';

export function budgetPolicy({ trace }: Fate): Policy {
  const { targetFps, degradationPreference } = trace;
  let state = initialBudget({ targetFps, degradationPreference, inFlight: 1, whenHidden: 'pause' });
  return {
    waiting: 1,
    handle: (event) => {
      const { state: next, actions } = reduceBudget(state, event);
      state = next;
      return actions;
    },
  };
}
