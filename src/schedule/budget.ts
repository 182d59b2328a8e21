/**
 * The frame budget's vocabulary: what it is told (events), what it answers (actions), and what it may be asked for
 * (options). Pure data: no clock, timer, stream or GPU is known here.
 */

/** Names of https://w3c.github.io/mst-content-hint/#dom-rtcdegradationpreference */
export const DEGRADATION_PREFERENCES = ['maintain-framerate', 'maintain-resolution', 'balanced'] as const;

/**
 * What gives way when a frame costs more than its time.
 * maintain-framerate: resolution. maintain-resolution: every 2nd, 3rd … frame is left out, evenly.
 * balanced: resolution to half a side, then frames down to 15 per second, then resolution again.
 */
export type DegradationPreference = (typeof DEGRADATION_PREFERENCES)[number];

/** The ladder: share of the full resolution on a side, by level. Level 0 is the full one. */
export const SCALES = Object.freeze([1, 0.75, 0.5, 0.375, 0.25] as const);

export type BudgetOptions = Readonly<{
  /** Frames per second that are asked for, 1 to 240. Default: as many as come. */
  targetFps?: number;
  /** Default 'maintain-framerate'. */
  degradationPreference?: DegradationPreference;
  /** Frames that may be computed at the same time: 1 (the default; software GL), or 2 where a GPU works beside us. */
  inFlight?: 1 | 2;
  /** Whether frames are still shown while the page is hidden. Default 'continue'. */
  whenHidden?: 'continue' | 'pause';
}>;

/** All times are of one monotonic clock, in ms; one that jumps does no harm. `tsUs` is the frame's own time. */
export type BudgetEvent =
  /** A frame came. Ids are never used twice. */
  | Readonly<{ type: 'arrive'; id: number; tsUs: number; nowMs: number }>
  /** Its pixels were taken, which took `ms`; the frame itself is closed by now. */
  | Readonly<{ type: 'uploaded'; id: number; ms: number; nowMs: number }>
  /**
   * It was computed and shown. `gpuMs`: measured by a timer query, where that is valid. `pollMs`: how long the wait
   * between two looks at the GPU was. `epoch`: that of its `submit`; default the current one.
   */
  | Readonly<{ type: 'done'; id: number; nowMs: number; gpuMs?: number; pollMs?: number; epoch?: number }>
  /** It could not be computed or shown. */
  | Readonly<{ type: 'failed'; id: number; nowMs: number; epoch?: number }>
  /** Time passes: at least every 50 ms while frames are in flight or pending. */
  | Readonly<{ type: 'tick'; nowMs: number }>
  /** The GPU's context is lost, and works again. */
  | Readonly<{ type: 'lost'; nowMs: number }>
  | Readonly<{ type: 'restored'; nowMs: number }>
  | Readonly<{ type: 'visible'; visible: boolean; nowMs: number }>
  /** Something else is asked for from now on; what is not given stays. `fps: null` asks for as many as come. */
  | Readonly<{
      type: 'target';
      fps?: number | null;
      degradationPreference?: DegradationPreference;
      inFlight?: 1 | 2;
      nowMs: number;
    }>
  /**
   * Programs are being compiled, which may stall everything; `false` when that is over. `changed`: whether frames cost
   * something else from now on, so that nothing that was measured holds any more (default true); where it is false,
   * only what was measured meanwhile is void.
   */
  | Readonly<{ type: 'compiling'; compiling: boolean; changed?: boolean; nowMs: number }>
  /** The end: what waits is closed. */
  | Readonly<{ type: 'stop'; nowMs: number }>;

/**
 * Why a frame is not shown.
 * replaced: a newer one came first. stale: it had waited for more than two periods, or could no longer be shown in time,
 * or nothing was done for long. decimated: left out evenly, or beyond the rate that was asked for. compiling: replaced
 * while programs were compiled. hidden: nobody sees the page. failed: could not be computed. stopped: still waiting at
 * the end.
 */
export type BudgetDropReason =
  'replaced' | 'stale' | 'decimated' | 'compiling' | 'hidden' | 'failed' | 'stopped';

/** What a decision rests on. */
export type BudgetNumbers = Readonly<{
  /** The time that a frame has: from one to the next, in ms. */
  budgetMs: number;
  /** What one took lately at the level before the decision; NaN before one was measured. */
  serviceMs: number;
  /** What one should take after it. */
  predictedMs: number;
  /** The model: predicted = fixed + perArea · area. */
  fixedMs: number;
  perAreaMs: number;
}>;

/**
 * overload: frames take longer than they have. relief: the next level fits again. panic: nothing was done for long.
 * ineffective: fewer pixels didn't help, so they come back. target: something else was asked for.
 */
export type BudgetReason = 'overload' | 'relief' | 'panic' | 'ineffective' | 'target';

export type BudgetAction =
  /** Compute this frame at this level. */
  | Readonly<{
      type: 'submit';
      id: number;
      level: number;
      scale: number;
      epoch: number;
      /** What it should take; NaN before anything was measured. */
      predictedMs: number;
    }>
  /**
   * The frame will not be shown. Whoever holds it closes it; one that was submitted is closed by its upload, and only
   * counted here.
   */
  | Readonly<{ type: 'close'; id: number; reason: BudgetDropReason }>
  | Readonly<{
      type: 'setLevel';
      level: number;
      from: number;
      scale: number;
      reason: BudgetReason;
      numbers: BudgetNumbers;
    }>
  /** From now on every `every`-th frame is taken: 1 is each. */
  | Readonly<{
      type: 'setDecimation';
      every: number;
      from: number;
      reason: BudgetReason;
      numbers: BudgetNumbers;
    }>
  /** Nothing was done for a second: is the context lost? The answer is `lost`, if it is. */
  | Readonly<{ type: 'checkContext' }>
  /** Start again on a fresh context; the answer is `restored`. What was in flight is forgotten. */
  | Readonly<{ type: 'rebuild'; epoch: number }>;

/** What an observer is told: every action but the ordinary one, and when it was decided. */
export type BudgetDecision = Exclude<BudgetAction, { type: 'submit' }> & Readonly<{ atMs: number }>;
