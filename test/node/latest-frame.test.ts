/** latestFrame in marbles, with a row of the frames that are closed. */
import { Subject, type Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import { FakeFrame } from './fakes/fake-frame.ts';
import { frameScene, stubborn, type FrameScene } from './fakes/frame-marbles.ts';

type Scene = FrameScene &
  Readonly<{
    /** The operator on a source of frames with these names; work takes `frames` and gives the capital. */
    results: (source: string, frames: number, failing?: string) => Observable<string>;
  }>;

const scene = (play: (scene: Scene) => void): string[] =>
  frameScene((base) => {
    const { leases, work, onDrop } = base;
    play({
      ...base,
      results: (source, taken, failing) => leases(source).pipe(latestFrame(work(taken, failing), { onDrop })),
    });
  });

describe('latestFrame', () => {
  test('works on one frame at a time; the newest waits', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      expectObservable(results('  a-b-c-------|', 5)).toBe('-----A----C-|');
      expectObservable(closed).toBe('    ----ba----c');
    });
    expect(drops).toEqual(['replaced']);
  });

  test('takes every frame when work is quick', () => {
    scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a--b--c--|', 1)).toBe('-A--B--C-|');
      expectObservable(closed).toBe('  -a--b--c');
    });
  });

  test('drops one after the other while one frame takes long', () => {
    scene(({ results, closed, expectObservable }) => {
      expectObservable(results('abcdef------------|', 8)).toBe('--------A-------F-|');
      expectObservable(closed).toBe('  --bcde--a-------f');
    });
  });

  test('completes at once when nothing is left to do', () => {
    scene(({ results, expectObservable }) => {
      expectObservable(results('a----|', 3)).toBe('---A-|');
      expectObservable(results('-----|', 3)).toBe('-----|');
    });
  });

  test('completes after the last frame, and after the one that waits', () => {
    scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b|', 4)).toBe('----A---(B|)');
      expectObservable(closed).toBe('  ----a---b');
    });
  });

  test('unsubscribed, it releases what waits and lets work end in peace', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b---c', 6), '----!').toBe('-----');
      expectObservable(closed).toBe('  ----b-a');
    });
    expect(drops).toEqual(['stopped']);
  });

  test('an error of work is final, and what waits is released', () => {
    scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b-----c-|', 5, 'a')).toBe('-----#', undefined, new Error('no a'));
      expectObservable(closed).toBe('  -----(ab)');
    });
  });

  test('an error of a later frame ends the stream there', () => {
    scene(({ results, expectObservable }) => {
      expectObservable(results('a--b--c--|', 2, 'b')).toBe('--A--#', undefined, new Error('no b'));
    });
  });

  test('an error of the source is final at once; work under way still closes its frame', () => {
    scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b-#', 8)).toBe('----#');
      expectObservable(closed).toBe('  ----b---a');
    });
  });
});

describe('at the edges of a call', () => {
  const leaseOf = (ledger: Ledger): [FakeFrame, FrameLease<FakeFrame>] => {
    const frame = new FakeFrame();
    return [frame, new FrameLease(frame, 0, ledger)];
  };

  test('a frame that the listener sends from within a result still waits its turn', async () => {
    const ledger = new Ledger();
    const source = new Subject<FrameLease<FakeFrame>>();
    let [running, most, results] = [0, 0, 0];
    const work = async (lease: FrameLease<FakeFrame>): Promise<void> => {
      running++;
      most = Math.max(most, running);
      await Promise.resolve();
      running--;
      lease.release();
    };
    const finished = new Promise<void>((resolve) => {
      source.pipe(latestFrame(work)).subscribe({
        next: () => {
          results++;
          if (results === 1) source.next(leaseOf(ledger)[1]);
          if (results === 2) source.complete();
        },
        complete: resolve,
      });
    });
    source.next(leaseOf(ledger)[1]);
    source.next(leaseOf(ledger)[1]);
    await finished;
    expect(most).toBe(1);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('work that throws before it promises is an error of work', () => {
    const ledger = new Ledger();
    const source = new Subject<FrameLease<FakeFrame>>();
    const errors: unknown[] = [];
    const failing = (lease: FrameLease<FakeFrame>): Promise<void> => {
      lease.release();
      throw new Error('at once');
    };
    source.pipe(latestFrame(failing)).subscribe({ error: (error) => errors.push(error) });
    source.next(leaseOf(ledger)[1]);
    expect(errors).toEqual([new Error('at once')]);
    expect(source.observed).toBe(false);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('a source that sends on at once, after work has failed at once, leaks nothing', () => {
    const ledger = new Ledger();
    const frames = [leaseOf(ledger), leaseOf(ledger), leaseOf(ledger)];
    const drops: string[] = [];
    const failing = (lease: FrameLease<FakeFrame>): Promise<void> => {
      lease.release();
      throw new Error('at once');
    };
    stubborn(frames.map(([, lease]) => lease))
      .pipe(latestFrame(failing, { onDrop: (reason) => drops.push(reason) }))
      .subscribe({ error: () => {} });
    expect(frames.map(([frame]) => frame.closed)).toEqual([1, 1, 1]);
    expect(drops).toEqual(['stopped', 'stopped']);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('what onDrop throws is an error of the stream, and leaks nothing', () => {
    const ledger = new Ledger();
    const frames = [leaseOf(ledger), leaseOf(ledger), leaseOf(ledger)];
    const errors: unknown[] = [];
    const kept: FrameLease<FakeFrame>[] = [];
    const work = (lease: FrameLease<FakeFrame>): Promise<void> => {
      kept.push(lease);
      return new Promise(() => {});
    };
    const onDrop = (): void => {
      throw new Error('deaf');
    };
    stubborn(frames.map(([, lease]) => lease))
      .pipe(latestFrame(work, { onDrop }))
      .subscribe({ error: (error) => errors.push(error) });
    expect(errors).toEqual([new Error('deaf')]);
    for (const lease of kept) lease.release();
    expect(frames.map(([frame]) => frame.closed)).toEqual([1, 1, 1]);
    expect(isSettled(ledger.balance())).toBe(true);
  });
});
