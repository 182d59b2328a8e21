/** Passes on their way to a plan: what they compute is known, and where their images lie is not. */
import type { Expression, Interval } from '../primitives/expression.ts';
import type { Memory } from '../primitives/primitive.ts';
import type { Term } from './plan.ts';

/** A term on its way: `image` is the index of a value. */
export type DraftTerm = Term &
  Readonly<{
    /** Of a term over time: what is remembered. */
    memory?: Memory;
    /** What the pass itself wrote with the frame before, into its output of this number. Absent for what others wrote. */
    before?: number;
  }>;

/** A pass on its way: its terms read values, not images yet. */
export type DraftPass = Readonly<{
  value: number;
  expression: Expression;
  /** What is written besides the value, and remembered: of each of them how it is computed. */
  also?: readonly Expression[];
  /** What is computed in its place at the first frame of a sequence. */
  begin?: Readonly<{ terms: readonly DraftTerm[]; expression: Expression; also?: readonly Expression[] }>;
  /** Of what the pass remembers. */
  memory?: Memory;
  terms: readonly DraftTerm[];
  interval: Interval;
}>;
