/** A clock and timers that a test moves on by hand. */
import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';

type Timer = Readonly<{ atMs: number; run: () => void }>;

export class ManualScheduler implements SchedulerLike {
  #nowMs = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#nowMs;
  }

  get timers(): number {
    return this.#timers.length;
  }

  schedule<State>(
    work: (this: SchedulerAction<State>, state: State) => void,
    delay = 0,
    state?: State,
  ): Subscription {
    const timer: Timer = {
      atMs: this.#nowMs + delay,
      run: () => work.call(undefined as never, state as State),
    };
    this.#timers.push(timer);
    return new Subscription(() => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    });
  }

  /** Lets time pass, and runs what is due on the way. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** Sets the clock, forward or back; timers stay where they are. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }
}
