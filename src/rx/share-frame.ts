/** One stream of frames for several listeners, each with leases of its own. */
import { Observable, Subscription, type MonoTypeOperatorFunction, type Subscriber } from 'rxjs';
import type { Closable, FrameLease } from '../frames/frame-lease.ts';
import { takeLeases, type LeaseObserver } from './lease-inlet.ts';

/**
 * Subscribes to the source once for all its listeners, and gives each of them a lease of its own: a clone, to be released by
 * whoever got it. `share` would give all of them the same lease, which only one may release.
 *
 * A frame is cloned when its turn comes, so that a listener that leaves, however it does, leaves nothing open; one that
 * throws harms no other. Who comes later gets what comes later. The source is unsubscribed with the last listener; who
 * subscribes after that, or after the source's end, subscribes to it anew.
 *
 *     source   --a--b--c--|
 *     first    --a--b--!        a, b
 *     second   ----^b--c--|     b', c
 *
 * A camera lends its buffers: one stays lent until all clones of its frame are released, so the slowest listener sets the
 * pace. `latestFrame` or `everyNth` on that listener's side lets go of what it can't use.
 * @returnsOwned
 */
export function shareFrame<Frame extends Closable>(): MonoTypeOperatorFunction<FrameLease<Frame>> {
  return (source) => {
    const hub = new Hub(source);
    return new Observable((listener) => hub.join(listener));
  };
}

/** All listeners of one source. */
class Hub<Frame extends Closable> {
  readonly #source: Observable<FrameLease<Frame>>;
  #relay: Relay<Frame> | null = null;

  constructor(source: Observable<FrameLease<Frame>>) {
    this.#source = source;
  }

  join(listener: Subscriber<FrameLease<Frame>>): () => void {
    if (this.#relay !== null && !this.#relay.isOver) return this.#relay.join(listener);
    const relay = new Relay<Frame>();
    this.#relay = relay;
    const leave = relay.join(listener);
    relay.open(this.#source);
    return leave;
  }
}

/** From the first listener to the last, or to the source's end. */
class Relay<Frame extends Closable> {
  readonly #listeners = new Set<Subscriber<FrameLease<Frame>>>();
  readonly #connection = new Subscription();
  /** What came while another lease was handed round. */
  readonly #queue: FrameLease<Frame>[] = [];
  #isHanding = false;
  /** How to tell a listener that there is no more. */
  #end: ((listener: Subscriber<FrameLease<Frame>>) => void) | null = null;

  /** Nobody can join any more. */
  get isOver(): boolean {
    return this.#end !== null || this.#connection.closed;
  }

  join(listener: Subscriber<FrameLease<Frame>>): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#connection.unsubscribe();
    };
  }

  open(source: Observable<FrameLease<Frame>>): void {
    const observer: LeaseObserver<Frame> = {
      next: (lease) => {
        this.#queue.push(lease);
        this.#handRound();
      },
      late: (lease) => {
        lease.release();
      },
      error: (error: unknown) => {
        this.#finish((listener) => {
          listener.error(error);
        });
      },
      complete: () => {
        this.#finish((listener) => {
          listener.complete();
        });
      },
    };
    takeLeases(source, observer, this.#connection);
  }

  #finish(end: (listener: Subscriber<FrameLease<Frame>>) => void): void {
    this.#end = end;
    if (!this.#isHanding) this.#tellEnd();
  }

  #tellEnd(): void {
    const end = this.#end;
    if (end !== null) for (const listener of [...this.#listeners]) end(listener);
  }

  /** One lease after the other to all, in their order, even when a listener makes the source send the next one. */
  #handRound(): void {
    if (this.#isHanding) return;
    this.#isHanding = true;
    for (let lease = this.#queue.shift(); lease !== undefined; lease = this.#queue.shift()) this.#hand(lease);
    this.#isHanding = false;
    this.#tellEnd();
  }

  /** The last listener gets the lease itself: for one alone nothing is cloned. */
  #hand(lease: FrameLease<Frame>): void {
    const listeners = [...this.#listeners];
    const last = listeners.pop();
    for (const listener of listeners) {
      if (listener.closed) continue;
      let clone: FrameLease<Frame>;
      try {
        clone = lease.clone();
      } catch (error) {
        lease.release();
        for (const one of [...this.#listeners]) one.error(error);
        return;
      }
      listener.next(clone);
    }
    if (last === undefined || last.closed) lease.release();
    else last.next(lease);
  }
}
