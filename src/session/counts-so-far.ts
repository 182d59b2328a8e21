/** The account of a pipeline over all its workers: each begins to count anew. */
import type { LiveStats } from '../../workers/live/live.client.ts';

type Counts = Pick<LiveStats, 'arrived' | 'shown' | 'dropped' | 'droppedBy' | 'pending'>;

export class CountsSoFar {
  #before: Counts | null = null;
  #newest: Counts | null = null;

  /** The worker's figures with those of the workers before it: arrived = shown + dropped + pending stays true. */
  add(stats: LiveStats): LiveStats {
    const all = this.#before === null ? stats : { ...stats, ...sum(this.#before, stats) };
    this.#newest = all;
    return all;
  }

  /** The worker died: what it had not finished is lost. What it did since it last told is not known. */
  died(): void {
    const newest = this.#newest;
    if (newest === null) return;
    const { pending, dropped, droppedBy } = newest;
    this.#before = {
      ...newest,
      pending: 0,
      dropped: dropped + pending,
      droppedBy: { ...droppedBy, failed: droppedBy.failed + pending },
    };
  }
}

function sum(a: Counts, b: Counts): Counts {
  const droppedBy = { ...b.droppedBy };
  for (const reason of Object.keys(droppedBy) as (keyof typeof droppedBy)[])
    droppedBy[reason] += a.droppedBy[reason];
  return {
    arrived: a.arrived + b.arrived,
    shown: a.shown + b.shown,
    dropped: a.dropped + b.dropped,
    pending: a.pending + b.pending,
    droppedBy,
  };
}
