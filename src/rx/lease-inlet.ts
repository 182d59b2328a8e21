/** Where leases come in to an operator of ours: none is lost between the last who listened and the source that hears of it. */
import { Subscription, type Observable, type Observer } from 'rxjs';
import type { Closable, FrameLease } from '../frames/frame-lease.ts';

export interface LeaseObserver<Frame extends Closable> extends Observer<FrameLease<Frame>> {
  /**
   * A lease that still comes when nobody listens any more: to be released.
   * @consumes lease
   */
  late(lease: FrameLease<Frame>): void;
}

/**
 * Subscribes to a source of leases. Unsubscribed from within a `map` or a `tap` on the way here, RxJS would swallow the lease
 * that is under way: to it, one is not there any more who is unsubscribed. This is one who still is.
 */
export function takeLeases<Frame extends Closable>(
  source: Observable<FrameLease<Frame>>,
  observer: LeaseObserver<Frame>,
  parent: Subscription,
): void {
  const inlet = new LeaseInlet(observer);
  // Before it is subscribed, so that a source that sends all at once sees when it is enough.
  parent.add(inlet);
  inlet.add(source.subscribe(inlet));
}

/** Observer and subscription in one: RxJS takes it for a subscriber of its own and calls it without asking whether it is closed. */
class LeaseInlet<Frame extends Closable> extends Subscription implements Observer<FrameLease<Frame>> {
  readonly #observer: LeaseObserver<Frame>;

  constructor(observer: LeaseObserver<Frame>) {
    super();
    this.#observer = observer;
  }

  next(lease: FrameLease<Frame>): void {
    if (this.closed) this.#observer.late(lease);
    else this.#observer.next(lease);
  }

  error(error: unknown): void {
    if (this.closed) return;
    this.unsubscribe();
    this.#observer.error(error);
  }

  complete(): void {
    if (this.closed) return;
    this.unsubscribe();
    this.#observer.complete();
  }
}
