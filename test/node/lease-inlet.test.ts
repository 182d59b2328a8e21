/** What RxJS would lose on the way to an operator of ours, the operator releases. */
import { Observable, Subject, tap, type OperatorFunction, type Subscription } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { everyNth } from '../../src/rx/every-nth.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import { shareFrame } from '../../src/rx/share-frame.ts';
import { withinBudget } from '../../src/rx/within-budget.ts';
import { FakeFrame } from './fakes/fake-frame.ts';

type Lease = FrameLease<FakeFrame>;

const work = async (lease: Lease): Promise<void> => {
  lease.release();
};

describe.each<[string, (drops: string[]) => OperatorFunction<Lease, unknown>, string[]]>([
  ['everyNth', (drops) => everyNth(1, { onDrop: (reason) => drops.push(reason) }), ['stopped']],
  ['latestFrame', (drops) => latestFrame(work, { onDrop: (reason) => drops.push(reason) }), ['stopped']],
  ['withinBudget', (drops) => withinBudget(work, { onDrop: (reason) => drops.push(reason) }), ['stopped']],
  ['shareFrame', () => shareFrame(), []],
])('%s', (_name, operator, expected) => {
  const ledger = new Ledger();
  const frame = new FakeFrame();
  const drops: string[] = [];

  const leave = (source: Observable<Lease>): Subscription => {
    const subscription: Subscription = source
      .pipe(
        tap(() => {
          subscription.unsubscribe();
        }),
        operator(drops),
      )
      .subscribe();
    return subscription;
  };

  afterEach(() => {
    drops.length = 0;
    frame.closed = 0;
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('releases the lease under way, when it is unsubscribed on the way there', () => {
    const source = new Subject<Lease>();
    leave(source);
    source.next(new FrameLease<FakeFrame>(frame, 0, ledger));
    expect(source.observed).toBe(false);
    expect(frame.closed).toBe(1);
    expect(drops).toEqual(expected);
  });

  test('releases what a source sends that does not listen, and hears no more of it', () => {
    const endings: unknown[] = [];
    const stream = new Observable<Lease>((observer) => {
      queueMicrotask(() => {
        observer.next(new FrameLease<FakeFrame>(frame, 0, ledger));
        observer.error(new Error('after the end'));
        observer.complete();
      });
    });
    const subscription = stream.pipe(operator(drops)).subscribe({
      error: (error) => endings.push(error),
      complete: () => endings.push('complete'),
    });
    subscription.unsubscribe();
    return Promise.resolve().then(() => {
      expect(frame.closed).toBe(1);
      expect(drops).toEqual(expected);
      expect(endings).toEqual([]);
    });
  });
});
