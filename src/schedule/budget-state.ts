/** What the frame budget knows. Plain data, which JSON keeps; a new one for each event. */
import type { BudgetOptions, DegradationPreference } from './budget.ts';
import type { BudgetClock } from './budget-clock.ts';
import type { Cadence } from './cadence.ts';
import type { CostModel } from './cost-model.ts';
import type { Rung } from './ladder.ts';
import type { Overload } from './overload.ts';
import type { SourceRate } from './source-rate.ts';
import type { Spikes } from './spikes.ts';

/** A frame that waits. Times are of the budget's own clock, which begins at 0 with the first event. */
export type PendingFrame = Readonly<{ id: number; arrivedMs: number }>;

/** A frame that is computed. */
export type FrameInFlight = Readonly<{
  id: number;
  /** At what level. */
  level: number;
  submittedMs: number;
  /** What its upload took; null before that is known. */
  uploadMs: number | null;
}>;

/** When ways up were tried, and what came of them. */
export type BackOff = Readonly<{
  /** For how long a way up has to look good. */
  holdMs: number;
  /** Since when it has; null while it doesn't. */
  goodSinceMs: number | null;
  lastUpMs: number | null;
  /** Where the last way up began. */
  upFrom: Rung | null;
  lastChangeMs: number;
  /** Wrong ways up, one after the other. */
  failures: number;
  /** What a frame took before the last of them, at the level where it began; null while there is none. */
  failedMs: number | null;
}>;

export type BudgetState = Readonly<{
  // What is asked for.
  /** Null: as many as come. */
  targetFps: number | null;
  degradationPreference: DegradationPreference;
  /** How many frames may be in flight. */
  inFlightLimit: 1 | 2;
  whenHidden: NonNullable<BudgetOptions['whenHidden']>;

  // What is done.
  /** 0 is full resolution: see SCALES. */
  level: number;
  /** Of the full resolution on a side. */
  scale: number;
  /** Every so many-th frame is taken: 1 is each. */
  every: number;
  /** The one frame that waits for its turn. */
  pending: PendingFrame | null;
  /** The frames that are computed, the oldest first. */
  inFlight: readonly FrameInFlight[];
  /** Counts the contexts; what is done in an older one counts no more. */
  epoch: number;

  // What is known.
  /** From one frame that is asked for to the next, in ms. */
  periodMs: number;
  /** The time that a frame has: `every · periodMs`. */
  budgetMs: number;
  /**
   * How old a frame may be when it is shown: two periods. Where not even the smallest frames can be shown within that,
   * two of twice or three times the period, the first that can be held.
   */
  latencyMs: number;
  /** What a frame should take at this level, and the model behind it; null before anything was measured. */
  predictedMs: number | null;
  fixedMs: number | null;
  perAreaMs: number | null;

  // What is the matter.
  /** Nobody sees the page. */
  hidden: boolean;
  /** Hidden, and frames are not shown meanwhile. */
  paused: boolean;
  lost: boolean;
  compiling: boolean;
  stopped: boolean;

  // What decisions rest on.
  clock: BudgetClock;
  source: SourceRate;
  cadence: Cadence;
  cost: CostModel;
  overload: Overload;
  spikes: Spikes;
  backOff: BackOff;
  /** Half of the wait between two looks at the GPU: so much later than need be is a frame seen to be done. */
  lookMs: number;
  /** The newest frame's own time that was taken; null before one was. */
  takenUs: number | null;
  /** Since when nothing was done though something is in flight, and when the context was last asked for. */
  quietSinceMs: number;
  askedMs: number | null;
  lastDoneMs: number;
  /** When a silence was long enough to be suspicious; the next frame that is submitted shows what it was. */
  alarmMs: number | null;
  /** Frames that were submitted before tell nothing. */
  samplesFromMs: number;
}>;
