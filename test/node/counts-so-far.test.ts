/** The account of a pipeline whose workers begin to count anew. */
import { expect, test } from 'vitest';
import { DROP_REASONS, type DropReason } from '../../src/frames/frame-account.ts';
import { CountsSoFar } from '../../src/session/counts-so-far.ts';
import type { LiveStats } from '../../workers/live/live.contract.ts';

type Counted = Readonly<{ shown: number; stale: number; pending: number }>;

function stats({ shown, stale, pending }: Counted): LiveStats {
  const none = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  const counts = {
    arrived: shown + stale + pending,
    shown,
    dropped: stale,
    pending,
    droppedBy: { ...none, stale },
  };
  return counts as LiveStats;
}

test('one worker is told as it is', () => {
  const told = stats({ shown: 3, stale: 1, pending: 1 });
  expect(new CountsSoFar().add(told)).toBe(told);
});

test('the next ones add to those before, what these had not finished failed, and the sum is right', () => {
  const counts = new CountsSoFar();
  counts.died();
  counts.add(stats({ shown: 10, stale: 2, pending: 1 }));
  counts.died();
  counts.add(stats({ shown: 5, stale: 1, pending: 2 }));
  counts.died();
  const all = counts.add(stats({ shown: 1, stale: 0, pending: 1 }));
  expect(all).toMatchObject({ arrived: 23, shown: 16, dropped: 6, pending: 1 });
  expect(all.droppedBy).toMatchObject({ stale: 3, failed: 3 });
  expect(all.arrived).toBe(all.shown + all.dropped + all.pending);
});
