/** What plans that are written by hand have nothing of. */
import type { Plan } from '../../src/plan/plan.ts';

/** Of a plan that computes each frame by itself, and measures nothing. */
export const STATELESS: Pick<Plan, 'memories' | 'notes' | 'measurements'> = {
  memories: [],
  notes: [],
  measurements: {},
};
