/** What `withinBudget` is given, and what it gives to work. */
import type { Observable, SchedulerLike } from 'rxjs';
import type { BudgetDecision, BudgetDropReason, BudgetEvent, BudgetOptions } from '../schedule/budget.ts';
import type { BudgetState } from '../schedule/reduce-budget.ts';

/** How one frame is to be computed. */
export type BudgetRun = Readonly<{
  /** Of this frame; later frames have higher ones. */
  id: number;
  /** 0 is the full resolution. */
  level: number;
  /** Share of the full resolution on a side. */
  scale: number;
  /** Every `every`-th frame is taken at present. */
  every: number;
  /** Of the GPU's context; a frame of an old one is not emitted. */
  epoch: number;
  /** What it should take; NaN before anything was measured. */
  predictedMs: number;
  /** To be called when the frame's pixels were taken, which took `ms`, and the lease is released. */
  uploaded(ms: number): void;
  /**
   * What was measured of this frame; goes with its end. `gpuMs`: by a timer query, where that is valid. `pollMs`: the wait
   * between two looks at the GPU.
   */
  computed(timing: Readonly<{ gpuMs?: number; pollMs?: number }>): void;
}>;

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never;

/** What else the budget is told: `{ type: 'visible', visible: false }`, `{ type: 'target', fps: 15 }`, … */
export type BudgetControl = WithoutTime<
  Extract<BudgetEvent, { type: 'visible' | 'target' | 'lost' | 'restored' | 'compiling' }>
>;

export type WithinBudgetOptions = BudgetOptions &
  Readonly<{
    /** Its errors are the stream's; its end means nothing. */
    control$?: Observable<BudgetControl>;
    /** Told of each decision but the ordinary one, to submit a frame. */
    onDecision?: (decision: BudgetDecision) => void;
    /**
     * Told once of each frame that is not shown: those that were dropped, which are released by then, and those that
     * failed or were lost in flight, whose leases are work's.
     */
    onDrop?: (reason: BudgetDropReason) => void;
    /** Told after each event, when everything that followed from it was done, and at the end. */
    onState?: (state: BudgetState) => void;
    /** Whether an error of work ends the stream; others cost one frame. Default: every error does. */
    isFinal?: (error: unknown) => boolean;
    /**
     * Told of errors that are not final, those of frames that were given up meanwhile included: what went wrong with these
     * says nothing of now.
     */
    onFault?: (error: unknown, isGivenUp: boolean) => void;
    /** Asked when nothing was done for long: whether the GPU's context is lost. */
    checkContext?: () => boolean;
    /** Starts again on a fresh context; a failure ends the stream. Default: `control$` says `restored`. */
    rebuild?: (epoch: number) => Promise<void>;
    /** Clock and timers. Default `monotonicScheduler`. */
    scheduler?: SchedulerLike;
  }>;
