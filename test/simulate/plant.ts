/**
 * The plant: a camera, a machine that computes one frame at a time, a page, in virtual time. It drives any policy with
 * the frame budget's events, does what its actions say, and writes down what became of each frame.
 *
 * Not here: how the GPU is asked whether it is done. A frame is seen to be done, and shown, when it is.
 */
import type { BudgetAction, BudgetDropReason, BudgetEvent } from '../../src/schedule/budget.ts';
import type { Fate } from './fate.ts';

/** What the plant understands: the budget's actions, of which it needs no reasons and numbers. */
export type PlantAction =
  | Readonly<{ type: 'submit'; id: number; level: number; epoch?: number }>
  | Readonly<{ type: 'close'; id: number; reason: BudgetDropReason }>
  | Readonly<{ type: 'setLevel'; level: number }>
  | Readonly<{ type: 'setDecimation'; every: number }>
  | Readonly<{ type: 'checkContext' }>
  | Readonly<{ type: 'rebuild' }>;

export interface Policy {
  /** All that it does, it does here. */
  handle: (event: BudgetEvent) => readonly (PlantAction | BudgetAction)[];
  /** How many frames may wait. */
  readonly waiting: number;
}

export type Outcome =
  | Readonly<{ type: 'shown'; level: number; startMs: number; shownMs: number }>
  | Readonly<{ type: 'dropped'; reason: BudgetDropReason; atMs: number }>;

/** From `atMs` on. */
export type Rung = Readonly<{ atMs: number; level: number; every: number }>;

export type Run = Readonly<{
  /** By frame. A frame without one was never accounted for. */
  outcomes: readonly (Outcome | undefined)[];
  /** The first is that of the start. */
  rungs: readonly Rung[];
  /** What a policy must never do, in words. */
  faults: readonly string[];
  endMs: number;
}>;

const TICK_MS = 50;

export function runPlant(fate: Fate, policy: Policy): Run {
  return new Plant(fate, policy).run();
}

type Job = Readonly<{ id: number; level: number; epoch: number; startMs: number; endMs: number }>;

class Plant {
  readonly #fate: Fate;
  readonly #policy: Policy;
  readonly #outcomes: (Outcome | undefined)[];
  readonly #rungs: Rung[] = [{ atMs: 0, level: 0, every: 1 }];
  readonly #faults: string[] = [];
  readonly #waiting = new Set<number>();
  readonly #untold: BudgetEvent[] = [];
  #job: Job | undefined;
  #nowMs = 0;
  #epoch = 0;
  #isLost = false;
  #hasBegun = false;
  #nextEvent = 0;
  #nextFrame = 0;
  #nextTickMs = TICK_MS;

  constructor(fate: Fate, policy: Policy) {
    this.#fate = fate;
    this.#policy = policy;
    this.#outcomes = fate.frames.map(() => undefined);
  }

  run(): Run {
    while (this.#step());
    this.#tell({ type: 'stop', nowMs: this.#nowMs });
    for (const { id } of this.#fate.frames)
      if (this.#outcomes[id] === undefined) this.#faults.push(`frame ${id} was neither shown nor closed`);
    return {
      outcomes: this.#outcomes,
      rungs: this.#rungs,
      faults: this.#faults,
      endMs: Math.max(this.#nowMs, this.#fate.trace.durationMs),
    };
  }

  /** Whatever comes next: at the same time the trace's event, then what is done, then what comes. */
  #step(): boolean {
    const { frames, trace } = this.#fate;
    const event = trace.events[this.#nextEvent];
    const frame = frames[this.#nextFrame];
    const hasMore = event !== undefined || frame !== undefined || this.#job !== undefined;
    // The last frame that waits is served, unless nothing will ever serve it.
    if (!hasMore && this.#waiting.size === 0) return false;
    if (!hasMore && (this.#isLost || this.#nowMs > trace.durationMs + 1000)) return false;
    const nextMs = Math.min(
      event?.atMs ?? Infinity,
      this.#job?.endMs ?? Infinity,
      frame?.arrivalMs ?? Infinity,
      this.#nextTickMs,
    );
    this.#nowMs = nextMs;
    if (event?.atMs === nextMs) {
      this.#nextEvent++;
      this.#happen(event.type, event.fps);
    } else if (this.#job?.endMs === nextMs) this.#finish(this.#job);
    else if (frame?.arrivalMs === nextMs) {
      this.#nextFrame++;
      this.#waiting.add(frame.id);
      this.#tell({ type: 'arrive', id: frame.id, tsUs: frame.tsUs, nowMs: nextMs });
      if (this.#waiting.size > this.#policy.waiting)
        this.#faults.push(`${this.#waiting.size} frames wait at ${nextMs.toFixed(1)} ms`);
    } else {
      this.#nextTickMs += TICK_MS;
      this.#tell({ type: 'tick', nowMs: nextMs });
    }
    return true;
  }

  #happen(type: Fate['trace']['events'][number]['type'], fps: number | undefined): void {
    const nowMs = this.#nowMs;
    if (type === 'target') this.#tell({ type, ...(fps === undefined ? {} : { fps }), nowMs });
    else if (type === 'hidden' || type === 'visible')
      this.#tell({ type: 'visible', visible: type === 'visible', nowMs });
    else if (type === 'lost') {
      this.#isLost = true;
      const job = this.#job;
      this.#job = undefined;
      this.#tell({ type, nowMs });
      this.#abandon(job);
    } else {
      this.#isLost = false;
      this.#tell({ type, nowMs });
    }
  }

  /** One event after the other, each with all that is done about it. */
  #tell(event: BudgetEvent): void {
    this.#untold.push(event);
    if (this.#untold.length > 1) return;
    for (let next = event as BudgetEvent | undefined; next !== undefined; next = this.#untold[0]) {
      for (const action of this.#policy.handle(next)) this.#act(action);
      this.#untold.shift();
    }
  }

  #act(action: PlantAction | BudgetAction): void {
    const { level, every } = this.#rungs.at(-1)!;
    switch (action.type) {
      case 'submit':
        this.#submit(action);
        return;
      case 'close':
        this.#close(action.id, action.reason);
        return;
      case 'setLevel':
        this.#climb(action.level, every);
        return;
      case 'setDecimation':
        this.#climb(level, action.every);
        return;
      case 'checkContext':
        if (this.#isLost) this.#tell({ type: 'lost', nowMs: this.#nowMs });
        return;
      case 'rebuild':
        this.#rebuild();
        return;
    }
  }

  #submit({ id, level, epoch = this.#epoch }: Extract<PlantAction, { type: 'submit' }>): void {
    const at = `at ${this.#nowMs.toFixed(1)} ms`;
    if (!this.#waiting.delete(id))
      return void this.#faults.push(`frame ${id}, which is not there, is submitted ${at}`);
    if (this.#job !== undefined) this.#faults.push(`two frames are computed ${at}`);
    if (this.#rungs.at(-1)!.level !== level)
      this.#faults.push(`frame ${id} is submitted at a level that was not set`);
    this.#epoch = epoch;
    this.#hasBegun = true;
    const startMs = this.#nowMs;
    const job = { id, level, epoch, startMs, endMs: startMs + this.#fate.serviceMs(id, level, startMs) };
    this.#tell({ type: 'uploaded', id, ms: 0, nowMs: startMs });
    if (this.#isLost) this.#abandon(job);
    else this.#job = job;
  }

  #finish({ id, level, epoch, startMs, endMs }: Job): void {
    this.#job = undefined;
    if (this.#outcomes[id] === undefined)
      this.#outcomes[id] = { type: 'shown', level, startMs, shownMs: endMs };
    this.#tell({ type: 'done', id, nowMs: endMs, epoch });
  }

  #close(id: number, reason: BudgetDropReason): void {
    this.#waiting.delete(id);
    if (this.#outcomes[id] !== undefined || id >= this.#nextFrame)
      return void this.#faults.push(
        `frame ${id} is closed ${id < this.#nextFrame ? 'a second time' : 'before it came'}`,
      );
    this.#outcomes[id] = { type: 'dropped', reason, atMs: this.#nowMs };
  }

  #climb(level: number, every: number): void {
    // What is set before anything was computed is no change.
    if (!this.#hasBegun) this.#rungs.pop();
    this.#rungs.push({ atMs: this.#hasBegun ? this.#nowMs : 0, level, every });
  }

  #rebuild(): void {
    const job = this.#job;
    this.#job = undefined;
    this.#abandon(job);
    // A context that is lost comes back when the trace says so.
    if (!this.#isLost) this.#tell({ type: 'restored', nowMs: this.#nowMs });
  }

  /** What was computed will never be done. */
  #abandon(job: Job | undefined): void {
    if (job !== undefined && this.#outcomes[job.id] === undefined)
      this.#tell({ type: 'failed', id: job.id, nowMs: this.#nowMs, epoch: job.epoch });
  }
}
