/** withinBudget, all of whose sides a test moves by hand. */
import { Subject, type Subscription } from 'rxjs';
import { Ledger } from '../../../src/core/ledger.ts';
import { FrameLease } from '../../../src/frames/frame-lease.ts';
import { withinBudget } from '../../../src/rx/within-budget.ts';
import type { BudgetControl, BudgetRun, WithinBudgetOptions } from '../../../src/rx/within-budget-options.ts';
import type { BudgetState } from '../../../src/schedule/reduce-budget.ts';
import { deferred, type Deferred } from './deferred.ts';
import { FakeFrame } from './fake-frame.ts';
import { ManualScheduler } from './manual-scheduler.ts';

export type Lease = FrameLease<FakeFrame>;
type Job = Deferred<number> & Readonly<{ lease: Lease; run: BudgetRun }>;

export class BudgetedStream {
  readonly ledger = new Ledger();
  readonly frames: FakeFrame[] = [];
  readonly jobs: Job[] = [];
  readonly source = new Subject<Lease>();
  readonly control$ = new Subject<BudgetControl>();
  readonly scheduler = new ManualScheduler();
  readonly results: number[] = [];
  readonly drops: string[] = [];
  readonly faults: unknown[] = [];
  readonly endings: unknown[] = [];
  readonly rebuilds: Deferred<void>[] = [];
  readonly subscription: Subscription;
  state: BudgetState | null = null;
  isLost = false;
  /** What the listener does with a result, a decision or a drop, beside counting it. */
  onEvent: () => void = () => {};
  /** The same, not of results. */
  onTold: () => void = () => {};

  constructor(options: WithinBudgetOptions = {}) {
    const stream = this.source.pipe(
      withinBudget((lease: Lease, run) => this.#work(lease, run), {
        control$: this.control$,
        scheduler: this.scheduler,
        isFinal: (error) => error === 'final',
        onFault: (error) => this.faults.push(error),
        onDrop: (reason) => {
          this.drops.push(reason);
          this.onTold();
          this.onEvent();
        },
        onDecision: () => {
          this.onTold();
          this.onEvent();
        },
        onState: (state) => {
          this.state = state;
        },
        checkContext: () => this.isLost,
        rebuild: () => {
          const rebuild = deferred();
          this.rebuilds.push(rebuild);
          return rebuild.promise;
        },
        ...options,
      }),
    );
    this.subscription = stream.subscribe({
      next: (id) => {
        this.results.push(id);
        this.onEvent();
      },
      error: (error) => this.endings.push(error),
      complete: () => this.endings.push('complete'),
    });
  }

  /** @returnsOwned */
  lease(timestampUs: number): Lease {
    const frame = new FakeFrame(timestampUs);
    this.frames.push(frame);
    return new FrameLease<FakeFrame>(frame, timestampUs, this.ledger);
  }

  send(): void {
    // A subject without a listener would lose the frame.
    if (this.source.observed) this.source.next(this.lease(this.scheduler.now() * 1000));
  }

  /** Ends one of the jobs, not always the oldest. */
  end(index: number, error?: string): void {
    const [job] = this.jobs.splice(index % Math.max(1, this.jobs.length), 1);
    if (job === undefined) return;
    if (error === undefined) job.resolve(job.run.id);
    else job.reject(error);
  }

  /** Frames that are neither shown nor dropped so far. */
  get left(): number {
    return this.frames.length - this.results.length - this.drops.length;
  }

  get isOpen(): boolean {
    return this.endings.length === 0 && !this.subscription.closed;
  }

  async #work(lease: Lease, run: BudgetRun): Promise<number> {
    const job = { ...deferred<number>(), lease, run };
    this.jobs.push(job);
    try {
      return await job.promise;
    } finally {
      lease.release();
    }
  }
}
