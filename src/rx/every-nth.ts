/** Every nth frame, evenly; the others are released at once. */
import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { checkInteger } from '../core/check.ts';
import type { Closable, FrameLease } from '../frames/frame-lease.ts';
import { takeLeases, type LeaseObserver } from './lease-inlet.ts';

export type EveryNthOptions = Readonly<{
  /**
   * Told of each lease that is released: it is not an nth one ('decimated'), or nobody listens any more ('stopped'). What
   * it throws is an error of the stream.
   */
  onDrop?: (reason: 'decimated' | 'stopped') => void;
}>;

/**
 * Passes the first lease and each nth one after it. `filter` would drop leases without releasing them; this releases each
 * one that it drops.
 *
 *     source   a-b-c-d-e-|
 *     n = 2    a---c---e-|
 *     released --b---d----
 *
 * @param n 1 or more; 1 passes all.
 * @throws TypeError, RangeError when `n` is no such number.
 * @returnsOwned
 */
export function everyNth<Frame extends Closable>(
  n: number,
  { onDrop }: EveryNthOptions = {},
): MonoTypeOperatorFunction<FrameLease<Frame>> {
  checkInteger('everyNth: n', n, { min: 1 });
  return (source) =>
    new Observable((subscriber) => {
      // Counts down, so that it never grows beyond what is exact.
      let toSkip = 0;
      const drop = (lease: FrameLease<Frame>, reason: 'decimated' | 'stopped'): void => {
        lease.release();
        try {
          onDrop?.(reason);
        } catch (error) {
          subscriber.error(error);
        }
      };
      const observer: LeaseObserver<Frame> = {
        next: (lease) => {
          if (toSkip > 0) {
            toSkip--;
            drop(lease, 'decimated');
          } else {
            toSkip = n - 1;
            subscriber.next(lease);
          }
        },
        late: (lease) => {
          drop(lease, 'stopped');
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      };
      takeLeases(source, observer, subscriber);
    });
}
