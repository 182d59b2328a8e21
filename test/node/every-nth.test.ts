/** everyNth in marbles, with a row of the frames that are closed: those it passes are closed by latestFrame's work. */
import { take, tap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { everyNth } from '../../src/rx/every-nth.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import { FakeFrame } from './fakes/fake-frame.ts';
import { frameScene, stubborn } from './fakes/frame-marbles.ts';

describe('everyNth', () => {
  test('passes the first and each nth after it, and closes the others at once', () => {
    const drops = frameScene(({ leases, work, onDrop, closed, expectObservable }) => {
      const results = leases('         a-b-c-d-e-f-g--|').pipe(everyNth(3, { onDrop }), latestFrame(work(1)));
      expectObservable(results).toBe(' -A-----D-----G-|');
      expectObservable(closed).toBe('  -ab-c--de-f--g');
    });
    expect(drops).toEqual(['decimated', 'decimated', 'decimated', 'decimated']);
  });

  test('1 passes every frame', () => {
    const drops = frameScene(({ leases, work, onDrop, closed, expectObservable }) => {
      const results = leases('         a--b--c|').pipe(everyNth(1, { onDrop }), latestFrame(work(1)));
      expectObservable(results).toBe(' -A--B--(C|)');
      expectObservable(closed).toBe('  -a--b--c');
    });
    expect(drops).toEqual([]);
  });

  test('counts anew for each subscriber', () => {
    frameScene(({ leases, work, expectObservable }) => {
      const results = leases('            a--b--c--|').pipe(everyNth(2), latestFrame(work(1)));
      expectObservable(results).toBe('    -A-----C-|');
      expectObservable(results, '---^').toBe('----A-----C-|');
    });
  });

  test('passes errors on', () => {
    frameScene(({ leases, work, closed, expectObservable }) => {
      const results = leases('        a-b-#').pipe(everyNth(2), latestFrame(work(1)));
      expectObservable(results).toBe('-A--#');
      expectObservable(closed).toBe(' -ab');
    });
  });

  test.each([
    [0, 'everyNth: n must be ≥ 1, got 0'],
    [-2, 'everyNth: n must be ≥ 1, got -2'],
    [1.5, 'everyNth: n must be an integer, got 1.5'],
    [Number.NaN, 'everyNth: n must be an integer, got NaN'],
    [Infinity, 'everyNth: n must be an integer, got Infinity'],
  ])('refuses %s', (n, message) => {
    expect(() => everyNth(n)).toThrow(message);
  });
});

describe('at the edges of a call', () => {
  const leasesOf = (count: number) => {
    const ledger = new Ledger();
    const frames = Array.from({ length: count }, () => new FakeFrame());
    return { ledger, frames, leases: frames.map((frame) => new FrameLease<FakeFrame>(frame, 0, ledger)) };
  };

  test('closes what a source sends on, when its listener has had enough', () => {
    const { ledger, frames, leases } = leasesOf(6);
    const drops: string[] = [];
    stubborn(leases)
      .pipe(
        everyNth(2, { onDrop: (reason) => drops.push(reason) }),
        tap((lease) => {
          lease.release();
        }),
        take(2),
      )
      .subscribe();
    expect(frames.map(({ closed }) => closed)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(drops).toEqual(['decimated', 'stopped', 'stopped', 'stopped']);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('what onDrop throws is an error of the stream, and leaks nothing', () => {
    const { ledger, frames, leases } = leasesOf(3);
    const errors: unknown[] = [];
    const onDrop = (): void => {
      throw new Error('deaf');
    };
    stubborn(leases)
      .pipe(everyNth(2, { onDrop }))
      .subscribe({
        next: (lease) => {
          lease.release();
        },
        error: (error) => errors.push(error),
      });
    expect(errors).toEqual([new Error('deaf')]);
    expect(frames.map(({ closed }) => closed)).toEqual([1, 1, 1]);
    expect(isSettled(ledger.balance())).toBe(true);
  });
});
