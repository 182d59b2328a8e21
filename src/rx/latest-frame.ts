/** One frame in flight, the newest waits, older ones are released: nothing queues. */
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import type { Closable, FrameLease } from '../frames/frame-lease.ts';
import { takeLeases, type LeaseObserver } from './lease-inlet.ts';

export type LatestFrameOptions = Readonly<{
  /**
   * Told of each lease that is released unused: a newer one came ('replaced'), or nobody listens any more
   * ('stopped'). The operator releases it.
   */
  onDrop?: (reason: 'replaced' | 'stopped') => void;
}>;

/**
 * Projects leases to promises, one at a time. While one runs, the newest lease waits and replaces the one that
 * waited before. `exhaustMap` would drop leases without releasing them; this releases each one that it drops.
 *
 * Completes after the source, when the last frame is done; an error of `work` or of the source is final.
 *
 *     source   a-b-c-------|
 *     work     (5 frames of time each)
 *     result   -----A----C-|
 *     released ----ba----c--   (a and c by work)
 *
 * @param work @consumes its lease, on every path.
 */
export function latestFrame<Frame extends Closable, Result>(
  work: (lease: FrameLease<Frame>) => Promise<Result>,
  { onDrop }: LatestFrameOptions = {},
): OperatorFunction<FrameLease<Frame>, Result> {
  return (source) =>
    new Observable((subscriber) => {
      const desk = new Desk(work, onDrop, subscriber);
      subscriber.add(() => {
        desk.stop();
      });
      const observer: LeaseObserver<Frame> = {
        next: (lease) => {
          desk.take(lease);
        },
        late: (lease) => {
          desk.drop(lease, 'stopped');
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          desk.finish();
        },
      };
      takeLeases(source, observer, subscriber);
    });
}

/** The lease that is worked on and the one that waits. */
class Desk<Frame extends Closable, Result> {
  readonly #work: (lease: FrameLease<Frame>) => Promise<Result>;
  readonly #onDrop: LatestFrameOptions['onDrop'];
  readonly #subscriber: Subscriber<Result>;
  #waiting: FrameLease<Frame> | null = null;
  #busy = false;
  #sourceDone = false;

  constructor(
    work: (lease: FrameLease<Frame>) => Promise<Result>,
    onDrop: LatestFrameOptions['onDrop'],
    subscriber: Subscriber<Result>,
  ) {
    this.#work = work;
    this.#onDrop = onDrop;
    this.#subscriber = subscriber;
  }

  /** @consumes lease */
  take(lease: FrameLease<Frame>): void {
    if (!this.#busy) {
      this.#run(lease);
      return;
    }
    const old = this.#waiting;
    this.#waiting = lease;
    if (old !== null) this.drop(old, 'replaced');
  }

  /** Nobody listens any more: releases what waits. */
  stop(): void {
    const lease = this.#waiting;
    this.#waiting = null;
    if (lease !== null) this.drop(lease, 'stopped');
  }

  /** @consumes lease */
  drop(lease: FrameLease<Frame>, reason: 'replaced' | 'stopped'): void {
    lease.release();
    try {
      this.#onDrop?.(reason);
    } catch (error) {
      this.#subscriber.error(error);
    }
  }

  /** The source has no more: completes when the last frame is done. */
  finish(): void {
    this.#sourceDone = true;
    if (!this.#busy) this.#subscriber.complete();
  }

  #run(lease: FrameLease<Frame>): void {
    this.#busy = true;
    let working: Promise<Result>;
    try {
      working = this.#work(lease);
    } catch (error) {
      this.#subscriber.error(error);
      return;
    }
    working.then(
      (result) => {
        // Still busy: a frame that comes while the result is told waits its turn.
        this.#subscriber.next(result);
        this.#busy = false;
        this.#proceed();
      },
      (error: unknown) => {
        this.#subscriber.error(error);
      },
    );
  }

  #proceed(): void {
    // Unsubscribed while `work` ran: what waited was released then.
    if (this.#subscriber.closed) return;
    const lease = this.#waiting;
    this.#waiting = null;
    if (lease !== null) this.#run(lease);
    else if (this.#sourceDone) this.#subscriber.complete();
  }
}
