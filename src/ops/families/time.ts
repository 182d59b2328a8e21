/** The ops that know time, by name. */
import { frameAt } from '../frame-at.ts';
import { stack } from '../stack.ts';
import { temporal } from '../temporal.ts';

export const timeOps = { frameAt, stack, temporal } as const;
