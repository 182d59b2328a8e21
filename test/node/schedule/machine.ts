/**
 * A camera and a machine in virtual time that drive the frame budget, and, if asked, all that can go wrong: spikes, lost
 * contexts, hidden pages, reports that come twice, late or of nothing, and clocks that jump.
 */
import type { BudgetEvent, BudgetOptions } from '../../../src/schedule/budget.ts';
import { SCALES } from '../../../src/schedule/budget.ts';
import {
  initialBudget,
  reduceBudget,
  type BudgetState,
  type BudgetStep,
} from '../../../src/schedule/reduce-budget.ts';

export type Schedule = Readonly<{
  seed: number;
  fps: number;
  frames: number;
  /** Of a period, either way. */
  jitter: number;
  /** So many frames come at once. */
  burst: number;
  /** What a full frame takes, in periods, by the number of the frame that comes. */
  load: (frame: number) => number;
  /** Of that, the share that doesn't shrink with the pixels. */
  fixedShare: number;
  /** Uniform, either way, a share. */
  noise: number;
  spikeProbability: number;
  spikeMs: number;
  /** How often something goes wrong, per frame. */
  chaos: number;
  options: BudgetOptions;
}>;

export const CALM_SCHEDULE: Schedule = {
  seed: 1,
  fps: 30,
  frames: 90,
  jitter: 0,
  burst: 1,
  load: () => 0.5,
  fixedShare: 0,
  noise: 0,
  spikeProbability: 0,
  spikeMs: 60,
  chaos: 0,
  options: {},
};

/** One event, and what followed from it. */
export type Told = Readonly<{ event: BudgetEvent; before: BudgetState; step: BudgetStep; atMs: number }>;

/** Uniform in [0, 1), of the seed alone: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Coming = Readonly<{ atMs: number; order: number; happen: () => void }>;

/** Runs it, tells `observe` of each event, and returns the last state. */
export function runSchedule(schedule: Schedule, observe: (told: Told) => void = () => {}): BudgetState {
  return new Machine(schedule, observe).run();
}

class Machine {
  #state: BudgetState;
  #nowMs = 0;
  /** What the clock that events are told by is ahead of time. */
  #offsetMs = 0;
  #order = 0;
  #freeMs = 0;
  #frame = 0;
  #isLost = false;
  readonly #coming: Coming[] = [];
  readonly #random: () => number;
  readonly schedule: Schedule;
  readonly observe: (told: Told) => void;

  constructor(schedule: Schedule, observe: (told: Told) => void) {
    this.schedule = schedule;
    this.observe = observe;
    this.#state = initialBudget(schedule.options);
    this.#random = randomOf(schedule.seed);
  }

  run(): BudgetState {
    const { fps, frames, jitter, burst } = this.schedule;
    const periodMs = 1000 / fps;
    const endMs = periodMs * frames + 300;
    const plan: Coming[] = [];
    const plans = (atMs: number, happen: () => void) => plan.push({ atMs, order: this.#order++, happen });
    for (let first = 0; first < frames; first += burst) {
      const atMs = Math.max(0, periodMs * (first + jitter * (2 * this.#random() - 1)));
      for (let id = first; id < Math.min(first + burst, frames); id++) {
        plans(atMs, () => {
          this.#arrive(id);
        });
      }
    }
    for (let ms = 40; ms < endMs; ms += 40) plans(ms, () => this.#tell({ type: 'tick' }));
    plans(endMs, () => this.#tell({ type: 'stop' }));
    this.#coming.push(...plan.sort((a, b) => b.atMs - a.atMs || b.order - a.order));
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#nowMs = next.atMs;
      next.happen();
    }
    return this.#state;
  }

  #at(atMs: number, happen: () => void): void {
    const coming = { atMs, order: this.#order++, happen };
    // The next one is the last.
    let index = this.#coming.length;
    while (index > 0 && this.#coming[index - 1]!.atMs < atMs) index--;
    this.#coming.splice(index, 0, coming);
  }

  #next(): Coming | undefined {
    return this.#coming.pop();
  }

  #tell(event: Record<string, unknown> & Readonly<{ type: BudgetEvent['type'] }>): void {
    const told = { nowMs: this.#nowMs + this.#offsetMs, ...event } as unknown as BudgetEvent;
    const before = this.#state;
    const step = reduceBudget(before, told);
    this.#state = step.state;
    this.observe({ event: told, before, step, atMs: this.#nowMs });
    for (const action of step.actions) {
      if (action.type === 'submit') this.#compute(action.id, action.scale, action.epoch);
      if (action.type === 'rebuild') this.#restoreLater();
      if (action.type === 'checkContext' && this.#isLost) this.#tell({ type: 'lost' });
    }
  }

  #restoreLater(): void {
    this.#isLost = true;
    this.#at(this.#nowMs + 200 * this.#random(), () => {
      this.#isLost = false;
      this.#tell({ type: 'restored' });
    });
  }

  #arrive(id: number): void {
    this.#frame = id;
    if (this.#random() < this.schedule.chaos) this.#goWrong(id);
    this.#tell({ type: 'arrive', id, tsUs: Math.round((id * 1e6) / this.schedule.fps) });
  }

  #compute(id: number, scale: number, epoch: number): void {
    const { load, fps, fixedShare, noise, spikeProbability, spikeMs } = this.schedule;
    const fullMs = (load(this.#frame) * 1000) / fps;
    const ms = fullMs * (fixedShare + (1 - fixedShare) * scale ** 2) * (1 + noise * (2 * this.#random() - 1));
    const spike = this.#random() < spikeProbability ? spikeMs : 0;
    this.#freeMs = Math.max(this.#nowMs, this.#freeMs) + ms + spike;
    this.#tell({ type: 'uploaded', id, ms: 0.2 });
    this.#at(this.#freeMs, () => {
      if (!this.#isLost) this.#tell({ type: 'done', id, epoch });
    });
  }

  /** Something that a driver, a browser or a clock may do to us. */
  #goWrong(id: number): void {
    const random = this.#random;
    const earlier = id - 1 - Math.floor(5 * random());
    const wrongs: (() => void)[] = [
      () => this.#tell({ type: 'done', id: earlier }),
      () => this.#tell({ type: 'done', id: 1e6 + id }),
      () => this.#tell({ type: 'done', id: earlier, epoch: this.#state.epoch - 1 }),
      () => this.#tell({ type: 'failed', id: this.#state.inFlight[0]?.id ?? earlier }),
      () =>
        this.#tell({ type: 'done', id: this.#state.inFlight.at(-1)?.id ?? earlier, gpuMs: NaN, pollMs: -3 }),
      () => this.#tell({ type: 'done', id: this.#state.inFlight[0]?.id ?? earlier, gpuMs: 1e9 * random() }),
      () => this.#tell({ type: 'uploaded', id: earlier, ms: random() < 0.5 ? NaN : -5 }),
      () => this.#tell({ type: 'tick', nowMs: NaN }),
      () => this.#tell({ type: 'tick', nowMs: this.#nowMs + this.#offsetMs - 20 * random() }),
      () => void (this.#offsetMs += (random() < 0.5 ? -1 : 1) * 10 ** (5 * random())),
      () => this.#tell({ type: 'lost' }),
      () => this.#tell({ type: 'visible', visible: random() < 0.5 }),
      () => this.#tell({ type: 'compiling', compiling: random() < 0.5, changed: random() < 0.5 }),
      () => this.#tell({ type: 'target', fps: random() < 0.3 ? null : 1 + 239 * random() }),
      () => this.#tell({ type: 'target', inFlight: random() < 0.5 ? 1 : 2 }),
      () =>
        this.#tell({
          type: 'target',
          degradationPreference: (['balanced', 'maintain-framerate', 'maintain-resolution'] as const)[
            Math.floor(3 * random())
          ],
        }),
    ];
    wrongs[Math.floor(wrongs.length * random())]!();
  }
}

export const areaOf = (level: number): number => SCALES[level]! ** 2;
