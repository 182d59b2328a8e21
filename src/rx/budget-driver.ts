/**
 * Drives the budget's reducer for one subscriber: events in, actions carried out. One event at a time: what comes while
 * another is carried out waits its turn. Owns the leases that wait, and a timer while anything is in flight.
 */
import type { SchedulerLike, Subscriber, Subscription } from 'rxjs';
import { assert, assertNever } from '../core/assert.ts';
import type { Closable, FrameLease } from '../frames/frame-lease.ts';
import type { BudgetAction, BudgetDecision, BudgetDropReason, BudgetEvent } from '../schedule/budget.ts';
import { reduceBudget, type BudgetState } from '../schedule/reduce-budget.ts';
import { monotonicScheduler } from './monotonic-scheduler.ts';
import type { BudgetControl, BudgetRun, WithinBudgetOptions } from './within-budget-options.ts';

/** The budget asks to be told of time at least so often while it waits for something. */
const TICK_MS = 50;

type Submit = Extract<BudgetAction, { type: 'submit' }>;
type Timing = Parameters<BudgetRun['computed']>[0];

/** A frame that is worked on, and what was measured of it. */
type Flight = { readonly epoch: number; timing: Timing };

export class BudgetDriver<Frame extends Closable, Result> {
  readonly #work: (lease: FrameLease<Frame>, run: BudgetRun) => Promise<Result>;
  readonly #options: WithinBudgetOptions;
  readonly #scheduler: SchedulerLike;
  readonly #subscriber: Subscriber<Result>;
  /** Leases that came and were neither submitted nor released yet, by id. */
  readonly #waiting = new Map<number, FrameLease<Frame>>();
  /** Frames whose results are still wanted, by id. */
  readonly #flying = new Map<number, Flight>();
  readonly #turns: (() => void)[] = [];
  #state: BudgetState;
  /** The epoch of the newest rebuild. */
  #epoch = 0;
  #timer: Subscription | null = null;
  #arrived = 0;
  #isTurning = false;
  #sourceDone = false;

  constructor(
    work: (lease: FrameLease<Frame>, run: BudgetRun) => Promise<Result>,
    options: WithinBudgetOptions,
    start: BudgetState,
    subscriber: Subscriber<Result>,
  ) {
    this.#work = work;
    this.#options = options;
    this.#scheduler = options.scheduler ?? monotonicScheduler;
    this.#state = start;
    this.#subscriber = subscriber;
  }

  /** @consumes lease */
  take(lease: FrameLease<Frame>): void {
    const id = this.#arrived++;
    this.#waiting.set(id, lease);
    this.#tell({ type: 'arrive', id, tsUs: lease.timestampUs, nowMs: this.#now() });
  }

  control(control: BudgetControl): void {
    this.#tell({ ...control, nowMs: this.#now() });
  }

  /** The source has no more: completes when the last frame is done. */
  finish(): void {
    this.#sourceDone = true;
    this.#settle();
  }

  /** Nobody listens any more: releases what waits. What is in flight is work's. */
  stop(): void {
    this.#timer?.unsubscribe();
    this.#settle();
  }

  #now(): number {
    return this.#scheduler.now();
  }

  #tell(event: BudgetEvent): void {
    this.#inTurn(() => {
      this.#perform(this.#reduce(event), event.nowMs);
    });
  }

  /** What a turn throws, be it the budget or a listener, ends the stream. */
  #inTurn(turn: () => void): void {
    this.#turns.push(turn);
    if (this.#isTurning) return;
    this.#isTurning = true;
    try {
      while (!this.#subscriber.closed) {
        const next = this.#turns.shift();
        if (next === undefined) break;
        next();
      }
    } catch (error) {
      this.#subscriber.error(error);
    } finally {
      this.#isTurning = false;
    }
    this.#settle();
  }

  /** After the last turn: ends, or waits for what comes. */
  #settle(): void {
    if (this.#isTurning) return;
    if (this.#subscriber.closed) this.#sweep();
    else if (this.#waiting.size > 0 || this.#flying.size > 0) this.#expectTick();
    else if (this.#sourceDone) this.#subscriber.complete();
  }

  /** A timer that nothing waits for any more just runs out: cheaper than to cancel one with each frame. */
  #expectTick(): void {
    this.#timer ??= this.#scheduler.schedule(() => {
      this.#timer = null;
      if (this.#waiting.size > 0 || this.#flying.size > 0) this.#tell({ type: 'tick', nowMs: this.#now() });
    }, TICK_MS);
  }

  #reduce(event: BudgetEvent): readonly BudgetAction[] {
    const { state, actions } = reduceBudget(this.#state, event);
    this.#state = state;
    return actions;
  }

  #perform(actions: readonly BudgetAction[], nowMs: number): void {
    for (const action of actions) {
      if (this.#subscriber.closed) return;
      if (action.type === 'submit') this.#submit(action);
      else this.#decide({ ...action, atMs: nowMs });
    }
    this.#options.onState?.(this.#state);
  }

  #decide(decision: BudgetDecision): void {
    const { onDecision, checkContext } = this.#options;
    switch (decision.type) {
      case 'close':
        this.#drop(decision.id, decision.reason);
        break;
      case 'checkContext':
        if (checkContext?.() === true) this.#tell({ type: 'lost', nowMs: this.#now() });
        break;
      case 'rebuild':
        this.#rebuild(decision.epoch);
        break;
      case 'setLevel':
      case 'setDecimation':
        // The frames that are submitted from now on carry it.
        break;
      default:
        assertNever(decision);
    }
    onDecision?.(decision);
  }

  /** One that waits is released; the lease of one in flight is work's. */
  #drop(id: number, reason: BudgetDropReason): void {
    const lease = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#flying.delete(id);
    lease?.release();
    this.#options.onDrop?.(reason);
  }

  #submit(submit: Submit): void {
    const { id, epoch } = submit;
    const lease = this.#waiting.get(id);
    assert(lease !== undefined, `the budget submits frame ${id}, which does not wait`);
    this.#waiting.delete(id);
    const flight: Flight = { epoch, timing: {} };
    this.#flying.set(id, flight);
    const failed = (error: unknown): void => {
      this.#failed(id, error);
    };
    let working: Promise<Result>;
    try {
      working = this.#work(lease, this.#run(submit, flight));
    } catch (error) {
      failed(error);
      return;
    }
    working.then((result) => {
      this.#done(id, result);
    }, failed);
  }

  #run({ id, level, scale, epoch, predictedMs }: Submit, flight: Flight): BudgetRun {
    return {
      id,
      level,
      scale,
      every: this.#state.every,
      epoch,
      predictedMs,
      uploaded: (ms) => {
        if (this.#flying.has(id)) this.#tell({ type: 'uploaded', id, ms, nowMs: this.#now() });
      },
      computed: (timing) => {
        flight.timing = timing;
      },
    };
  }

  #done(id: number, result: Result): void {
    const nowMs = this.#now();
    this.#inTurn(() => {
      const flight = this.#flying.get(id);
      // Given up meanwhile.
      if (flight === undefined) return;
      const actions = this.#reduce({ ...flight.timing, type: 'done', id, epoch: flight.epoch, nowMs });
      this.#flying.delete(id);
      // Before the next frame is submitted: the result may lie where that one is computed.
      this.#subscriber.next(result);
      this.#perform(actions, nowMs);
    });
  }

  #failed(id: number, error: unknown): void {
    const nowMs = this.#now();
    this.#inTurn(() => {
      const { isFinal = () => true, onFault } = this.#options;
      const flight = this.#flying.get(id);
      if (flight !== undefined && isFinal(error)) throw error;
      onFault?.(error, flight === undefined);
      if (flight === undefined) return;
      // Which closes it.
      this.#perform(this.#reduce({ type: 'failed', id, epoch: flight.epoch, nowMs }), nowMs);
    });
  }

  /** A context that is lost again while it is restored has a newer rebuild, whose end counts. */
  #rebuild(epoch: number): void {
    this.#epoch = epoch;
    const { rebuild, onFault } = this.#options;
    rebuild?.(epoch).then(
      () => {
        if (epoch === this.#epoch) this.#tell({ type: 'restored', nowMs: this.#now() });
      },
      (error: unknown) => {
        this.#inTurn(() => {
          if (epoch === this.#epoch) throw error;
          onFault?.(error, true);
        });
      },
    );
  }

  /** Releases what is left, then tells of it. */
  #sweep(): void {
    this.#turns.length = 0;
    const left = [...this.#waiting];
    this.#waiting.clear();
    this.#flying.clear();
    for (const [, lease] of left) lease.release();
    const { onDecision, onDrop, onState } = this.#options;
    const atMs = this.#now();
    this.#reduce({ type: 'stop', nowMs: atMs });
    try {
      for (const [id] of left) {
        onDrop?.('stopped');
        onDecision?.({ type: 'close', id, reason: 'stopped', atMs });
      }
      onState?.(this.#state);
    } catch (error) {
      // Too late for the stream: RxJS's `config.onStoppedNotification` hears of it.
      this.#subscriber.error(error);
    }
  }
}
