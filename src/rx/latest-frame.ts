/** One frame in flight, the newest waits, older ones are released: nothing queues. */
import { Observable, type OperatorFunction } from 'rxjs';
import type { Closable, FrameLease } from '../frames/frame-lease.ts';

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
 *     source   a--b--c-----|
 *     work     (3 frames of time each)
 *     result   ---A-----C--|
 *     released ------b------
 *
 * @param work @consumes its lease, on every path.
 */
export function latestFrame<Frame extends Closable, Result>(
  work: (lease: FrameLease<Frame>) => Promise<Result>,
  { onDrop }: LatestFrameOptions = {},
): OperatorFunction<FrameLease<Frame>, Result> {
  return (source) =>
    new Observable((subscriber) => {
      let waiting: FrameLease<Frame> | null = null;
      let busy = false;
      let sourceDone = false;
      const drop = (reason: 'replaced' | 'stopped'): void => {
        waiting?.release();
        if (waiting !== null) onDrop?.(reason);
        waiting = null;
      };
      const run = (lease: FrameLease<Frame>): void => {
        busy = true;
        work(lease).then(
          (result) => {
            busy = false;
            subscriber.next(result);
            proceed();
          },
          (error: unknown) => {
            busy = false;
            subscriber.error(error);
          },
        );
      };
      const proceed = (): void => {
        // Unsubscribed while `work` ran: the teardown has released what waited.
        if (subscriber.closed) return;
        if (waiting !== null) {
          const lease = waiting;
          waiting = null;
          run(lease);
        } else if (sourceDone) {
          subscriber.complete();
        }
      };
      subscriber.add(() => {
        drop('stopped');
      });
      subscriber.add(
        source.subscribe({
          next: (lease) => {
            if (!busy) {
              run(lease);
              return;
            }
            drop('replaced');
            waiting = lease;
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            sourceDone = true;
            if (!busy) subscriber.complete();
          },
        }),
      );
    });
}
