/** RxJS's timers with a clock that never jumps. */
import { asyncScheduler, type SchedulerLike } from 'rxjs';

/**
 * `asyncScheduler`, but `now()` is `performance.now()`: the wall clock of `asyncScheduler` moves when the system's time is
 * set, and a duration between two of its readings with it.
 */
export const monotonicScheduler: SchedulerLike = Object.freeze({
  now: () => performance.now(),
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
});
