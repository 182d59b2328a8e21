/** arrived = shown + dropped + pending, after whatever may happen to frames. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DROP_REASONS, FrameAccount, type DropReason } from '../../src/frames/frame-account.ts';

type Event = Readonly<
  { kind: 'arrive' } | { kind: 'show' } | { kind: 'drop'; reason: DropReason } | { kind: 'miss'; count: number; reason: 'source' | 'compiling' }
>; // prettier-ignore

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.constant({ kind: 'arrive' as const }),
  fc.constant({ kind: 'show' as const }),
  fc.record({ kind: fc.constant('drop' as const), reason: fc.constantFrom(...DROP_REASONS) }),
  fc.record({
    kind: fc.constant('miss' as const),
    count: fc.nat(5),
    reason: fc.constantFrom('source' as const, 'compiling' as const),
  }),
);

test('the account adds up after any sequence of events, and each is counted where it belongs', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const account = new FrameAccount();
      const expected = { arrived: 0, shown: 0, pending: 0 };
      const droppedBy = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<
        DropReason,
        number
      >;
      for (const one of events) {
        // Only a frame that is there can be shown or dropped.
        if ((one.kind === 'show' || one.kind === 'drop') && expected.pending === 0) continue;
        switch (one.kind) {
          case 'arrive':
            account.arrive();
            expected.arrived++;
            expected.pending++;
            break;
          case 'show':
            account.show();
            expected.shown++;
            expected.pending--;
            break;
          case 'drop':
            account.drop(one.reason);
            droppedBy[one.reason]++;
            expected.pending--;
            break;
          case 'miss':
            account.miss(one.count, one.reason);
            expected.arrived += one.count;
            droppedBy[one.reason] += one.count;
            break;
        }
        const counts = account.counts();
        expect(counts).toMatchObject({ ...expected, droppedBy });
        expect(counts.arrived).toBe(counts.shown + counts.dropped + counts.pending);
      }
    }),
  );
});

test('counts are of their moment', () => {
  const account = new FrameAccount();
  account.arrive();
  const before = account.counts();
  account.drop('failed');
  expect(before).toMatchObject({ pending: 1, dropped: 0, droppedBy: { failed: 0 } });
  expect(account.counts()).toMatchObject({ pending: 0, dropped: 1, droppedBy: { failed: 1 } });
});
