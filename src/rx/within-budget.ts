/** The frame budget on a stream: which frames are computed, at which resolution, and which are let go. */
import { Observable, type OperatorFunction } from 'rxjs';
import type { Closable, FrameLease } from '../frames/frame-lease.ts';
import { initialBudget } from '../schedule/reduce-budget.ts';
import { BudgetDriver } from './budget-driver.ts';
import { takeLeases } from './lease-inlet.ts';
import type { BudgetControl, BudgetRun, WithinBudgetOptions } from './within-budget-options.ts';

/**
 * Projects leases to promises and holds the rate: a frame that can't be shown in time is released, and when frames cost
 * more than their time, `work` is asked for fewer pixels (`run.scale`) or gets fewer frames, as `degradationPreference` says.
 * Nothing queues: `inFlight` frames are worked on, at most one waits.
 *
 * Emits the results in the order of the frames, not those of frames that were given up meanwhile. Completes after the source,
 * when the last frame is done. Unsubscribed, it releases what waits; what is in flight is work's to end, and nobody is
 * told of it any more.
 *
 *     source   a-b-c-------|
 *     work     (5 frames of time each)
 *     result   -----A----C-|
 *     released ----b--------   and a, c by work
 *
 * @example
 * frames$.pipe(
 *   withinBudget(async (lease, run) => {
 *     const startMs = performance.now();
 *     try {
 *       upload(lease.frame, run.scale);
 *     } finally {
 *       lease.release();
 *     }
 *     run.uploaded(performance.now() - startMs);
 *     return compute();
 *   }, { targetFps: 30, degradationPreference: 'balanced', onDecision: console.log }),
 * );
 *
 * @param work @consumes its lease, on every path.
 * @throws TypeError, RangeError when an option is none that the budget knows.
 */
export function withinBudget<Frame extends Closable, Result>(
  work: (lease: FrameLease<Frame>, run: BudgetRun) => Promise<Result>,
  options: WithinBudgetOptions = {},
): OperatorFunction<FrameLease<Frame>, Result> {
  const start = initialBudget(options);
  return (source) =>
    new Observable((subscriber) => {
      const driver = new BudgetDriver(work, options, start, subscriber);
      subscriber.add(() => {
        driver.stop();
      });
      const error = (reason: unknown): void => {
        subscriber.error(reason);
      };
      const next = (control: BudgetControl): void => {
        driver.control(control);
      };
      const take = (lease: FrameLease<Frame>): void => {
        driver.take(lease);
      };
      const complete = (): void => {
        driver.finish();
      };
      subscriber.add(options.control$?.subscribe({ next, error }));
      takeLeases(source, { next: take, late: take, error, complete }, subscriber);
    });
}
