/**
 * shareFrame in marbles, with a row of the frames that are closed: 'A' is a clone of 'a'. Each listener works on its frames
 * with latestFrame, which closes them; the last one has the frame itself.
 */
import { config, map, Observable, Subject, take, type Subscription } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import { shareFrame } from '../../src/rx/share-frame.ts';
import { FakeFrame } from './fakes/fake-frame.ts';
import { frameScene, stubborn } from './fakes/frame-marbles.ts';

describe('shareFrame', () => {
  test('gives each listener a lease of its own, to be released in its own time', () => {
    frameScene(({ leases, work, closed, expectObservable }) => {
      const shared = leases('                                a-----b-----|').pipe(shareFrame());
      expectObservable(shared.pipe(latestFrame(work(1)))).toBe('-A-----B----|');
      expectObservable(shared.pipe(latestFrame(work(3)))).toBe('---A-----B--|');
      expectObservable(closed).toBe('                           -A-a---B-b');
    });
  });

  test('a frame that can not be cloned is shared, and closes when the last of them has released it', () => {
    frameScene(
      ({ leases, work, closed, expectObservable }) => {
        const shared = leases('                                a-----b-----|').pipe(shareFrame());
        expectObservable(shared.pipe(latestFrame(work(3)))).toBe('---A-----B--|');
        expectObservable(shared.pipe(latestFrame(work(1)))).toBe('-A-----B----|');
        expectObservable(closed).toBe('                           ---a-----b');
      },
      { shared: true },
    );
  });

  test('clones nothing for one listener alone', () => {
    frameScene(({ leases, work, closed, expectObservable }) => {
      const shared = leases('                                a--b--|').pipe(shareFrame());
      expectObservable(shared.pipe(latestFrame(work(1)))).toBe('-A--B-|');
      expectObservable(closed).toBe('                           -a--b');
    });
  });

  test('subscribes once; who comes late gets what comes late; the last who leaves ends it', () => {
    frameScene(({ cold, lease, work, closed, expectObservable, expectSubscriptions }) => {
      const source = cold('                      a--b--c--d--e|');
      const shared = source.pipe(map(lease), shareFrame());
      expectObservable(shared.pipe(latestFrame(work(1))), '^----!').toBe('-A--B');
      expectObservable(shared.pipe(latestFrame(work(2))), '--^-------!').toBe('-----B--C');
      expectObservable(closed).toBe('            -a--Bb--c--d');
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  test('who subscribes when nobody listens any more, or after the end, subscribes to the source anew', () => {
    frameScene(({ cold, lease, work, closed, expectObservable, expectSubscriptions }) => {
      const source = cold('                      a--b|');
      const shared = source.pipe(map(lease), shareFrame());
      expectObservable(shared.pipe(latestFrame(work(1))), '^-!').toBe('-A');
      expectObservable(shared.pipe(latestFrame(work(1))), '----^').toBe('-----A--(B|)');
      expectObservable(shared.pipe(latestFrame(work(1))), '----------^').toBe('-----------A--(B|)');
      expectObservable(closed).toBe('            -a---a--b--a--b');
      expectSubscriptions(source.subscriptions).toBe(['^-!', '----^---!', '----------^---!']);
    });
  });

  test('an error of the source is told to all', () => {
    frameScene(({ leases, work, closed, expectObservable }) => {
      const shared = leases('                       a---#').pipe(shareFrame());
      expectObservable(shared.pipe(latestFrame(work(1)))).toBe('-A--#');
      expectObservable(shared.pipe(latestFrame(work(2)))).toBe('--A-#');
      expectObservable(closed).toBe('                  -Aa');
    });
  });

  test('a listener that fails leaves the others alone', () => {
    frameScene(({ leases, work, closed, expectObservable }) => {
      const shared = leases('                       a---b---|').pipe(shareFrame());
      const failing = shared.pipe(latestFrame(work(1, 'A')));
      expectObservable(failing).toBe('                  -#', undefined, new Error('no A'));
      expectObservable(shared.pipe(latestFrame(work(2)))).toBe('--A---B-|');
      expectObservable(closed).toBe('                  -Aa---b');
    });
  });
});

describe('at the edges of a call', () => {
  type Lease = FrameLease<FakeFrame>;
  const ledger = new Ledger();
  let frames: FakeFrame[] = [];
  const lease = (timestampUs = 0): Lease => {
    const frame = new FakeFrame(timestampUs);
    frames.push(frame);
    return new FrameLease<FakeFrame>(frame, timestampUs, ledger);
  };

  afterEach(() => {
    expect(frames.map(({ closed }) => closed)).toEqual(frames.map(() => 1));
    expect(isSettled(ledger.balance())).toBe(true);
    frames = [];
    config.onUnhandledError = null;
  });

  test('a listener that throws harms no other', async () => {
    const source = new Subject<Lease>();
    const shared = source.pipe(shareFrame());
    const thrown: unknown[] = [];
    config.onUnhandledError = (error) => thrown.push(error);
    const seen: number[] = [];
    shared.subscribe((one) => {
      one.release();
      throw new Error('broken listener');
    });
    shared.subscribe((one) => {
      seen.push(one.timestampUs);
      one.release();
    });
    source.next(lease(1));
    source.next(lease(2));
    expect(seen).toEqual([1, 2]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(thrown).toEqual([new Error('broken listener'), new Error('broken listener')]);
  });

  test('a listener that makes the source send and end keeps the order for all', () => {
    const source = new Subject<Lease>();
    const shared = source.pipe(shareFrame());
    const seen: string[] = [];
    const listen = (name: string, then: (one: Lease) => void): void => {
      shared.subscribe({
        next: (one) => {
          seen.push(`${name}${one.timestampUs}`);
          then(one);
          one.release();
        },
        complete: () => seen.push(`${name}|`),
      });
    };
    listen('x', ({ timestampUs }) => {
      if (timestampUs > 1) return;
      source.next(lease(2));
      source.complete();
    });
    listen('y', () => {});
    source.next(lease(1));
    expect(seen).toEqual(['x1', 'y1', 'x2', 'y2', 'x|', 'y|']);
  });

  test.each([
    ['the other', [1]],
    ['all', []],
  ])('a listener that sends %s away in the middle of a frame', (who, expected) => {
    const source = new Subject<Lease>();
    const shared = source.pipe(shareFrame());
    const others: Subscription[] = [];
    const seen: number[] = [];
    const first = shared.subscribe((one) => {
      one.release();
      if (who === 'all') {
        source.next(lease(2));
        first.unsubscribe();
      }
      for (const other of others) other.unsubscribe();
    });
    others.push(
      shared.subscribe((one) => {
        seen.push(one.timestampUs);
        one.release();
      }),
    );
    if (who === 'the other') {
      shared.subscribe((one) => {
        seen.push(one.timestampUs);
        one.release();
      });
    }
    source.next(lease(1));
    expect(seen).toEqual(expected);
    expect(source.observed).toBe(who === 'the other');
  });

  test('a source that sends all at once is left by its last listener', () => {
    const shared = stubborn([lease(1), lease(2), lease(3)]).pipe(shareFrame());
    const seen: number[] = [];
    shared.pipe(take(1)).subscribe((one) => {
      seen.push(one.timestampUs);
      one.release();
    });
    expect(seen).toEqual([1]);
  });

  test('a frame that refuses to be cloned is an error for all, and is closed', () => {
    const frame = {
      closed: 0,
      close: () => {
        frame.closed++;
      },
      clone: (): never => {
        throw new Error('closed by somebody else');
      },
    };
    let left = 0;
    const source = new Observable<FrameLease<typeof frame>>((subscriber) => {
      queueMicrotask(() => {
        subscriber.next(new FrameLease(frame, 0, ledger));
      });
      return () => {
        left++;
      };
    });
    const shared = source.pipe(shareFrame());
    const errors: unknown[] = [];
    const error = (reason: unknown): void => {
      errors.push(reason);
    };
    shared.subscribe({ error });
    shared.subscribe({ error });
    return Promise.resolve().then(() => {
      expect(errors).toEqual([new Error('closed by somebody else'), new Error('closed by somebody else')]);
      expect([frame.closed, left]).toEqual([1, 1]);
    });
  });
});
