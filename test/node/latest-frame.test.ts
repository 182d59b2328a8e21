/**
 * latestFrame in marbles. Beside what is emitted, a row shows when each frame is closed: 'a' by `work` at its end,
 * or by the operator that dropped it.
 */
import { map, Subject, timer, type Observable } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { describe, expect, test } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import { FakeFrame } from './fakes/fake-frame.ts';

class NamedFrame extends FakeFrame {
  readonly name: string;

  constructor(name: string, onClose: () => void) {
    super(0, onClose);
    this.name = name;
  }
}

/** A promise in the scheduler's own time: a real one would settle when the virtual run is over. */
function after<T>(frames: number, value: () => T): Promise<T> {
  const then = (done: (value: T) => void, failed: (error: unknown) => void) =>
    timer(frames).subscribe(() => {
      let result: T;
      try {
        result = value();
      } catch (error) {
        failed(error);
        return;
      }
      done(result);
    });
  return { then } as unknown as Promise<T>;
}

type Scene = RunHelpers &
  Readonly<{
    /** The operator on a source of frames with these names; work takes `frames` and gives the capital. */
    results: (source: string, frames: number, failing?: string) => Observable<string>;
    closed: Subject<string>;
    drops: string[];
  }>;

/** Runs in virtual time, then checks that every frame was closed once. */
function scene(play: (scene: Scene) => void): void {
  const ledger = new Ledger();
  const frames: NamedFrame[] = [];
  const drops: string[] = [];
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  scheduler.run((helpers) => {
    const closed = new Subject<string>();
    const lease = (name: string): FrameLease<NamedFrame> => {
      const frame = new NamedFrame(name, () => closed.next(name));
      frames.push(frame);
      return new FrameLease(frame, 0, ledger);
    };
    const results = (source: string, taken: number, failing = ''): Observable<string> =>
      helpers.cold(source).pipe(
        map(lease),
        latestFrame(
          (one: FrameLease<NamedFrame>) =>
            after(taken, () => {
              const { name } = one.frame;
              one.release();
              if (failing.includes(name)) throw new Error(`no ${name}`);
              return name.toUpperCase();
            }),
          { onDrop: (reason) => drops.push(reason) },
        ),
      );
    play({ ...helpers, results, closed, drops });
  });
  expect(frames.map(({ name, closed }) => [name, closed])).toEqual(frames.map(({ name }) => [name, 1]));
  expect(isSettled(ledger.balance())).toBe(true);
}

describe('latestFrame', () => {
  test('works on one frame at a time; the newest waits', () => {
    const drops: string[][] = [];
    scene(({ results, closed, drops: seen, expectObservable }) => {
      expectObservable(results('  a-b-c-------|', 5)).toBe('-----A----C-|');
      expectObservable(closed).toBe('    ----ba----c');
      drops.push(seen);
    });
    expect(drops).toEqual([['replaced']]);
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
    const drops: string[][] = [];
    scene(({ results, closed, drops: seen, expectObservable }) => {
      expectObservable(results('a-b---c', 6), '----!').toBe('-----');
      expectObservable(closed).toBe('  ----b-a');
      drops.push(seen);
    });
    expect(drops).toEqual([['stopped']]);
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
});
