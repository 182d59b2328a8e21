/**
 * withinBudget in marbles, with a row of the frames that are closed: 'a' by `work` at its end, or by the operator that
 * dropped it.
 */
import { ignoreElements, NEVER, of, type Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { withinBudget } from '../../src/rx/within-budget.ts';
import type { BudgetRun, WithinBudgetOptions } from '../../src/rx/within-budget-options.ts';
import type { BudgetDecision } from '../../src/schedule/budget.ts';
import { after, frameScene, type FrameScene, type NamedLease } from './fakes/frame-marbles.ts';

type Scene = FrameScene &
  Readonly<{
    /** The operator on a source of frames with these names; work takes `frames` and gives the capital. */
    results: (
      source: string,
      frames: number | Durations,
      options?: WithinBudgetOptions,
    ) => Observable<string>;
    runs: BudgetRun[];
  }>;

/** How long work takes, by the name of the frame. */
type Durations = (name: string) => number;

const scene = (play: (scene: Scene) => void): string[] =>
  frameScene((base) => {
    const { leases, work, onDrop, scheduler } = base;
    const runs: BudgetRun[] = [];
    const results = (source: string, taken: number | Durations, options: WithinBudgetOptions = {}) =>
      leases(source).pipe(
        withinBudget(
          (lease: NamedLease, run) => {
            runs.push(run);
            return work(typeof taken === 'number' ? taken : taken(lease.frame.name))(lease);
          },
          { onDrop, scheduler, ...options },
        ),
      );
    play({ ...base, results, runs });
  });

describe('which frames are shown', () => {
  test('one at a time; the newest waits', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b-c-------|', 5)).toBe('-----A----C-|');
      expectObservable(closed).toBe('            ----ba----c');
    });
    expect(drops).toEqual(['replaced']);
  });

  test('two at a time, where that is allowed', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b-c-------|', 5, { inFlight: 2 })).toBe('-----A-B--C-|');
      expectObservable(closed).toBe('                             -----a-b--c');
    });
    expect(drops).toEqual([]);
  });

  test('one that a newer one overtook is not shown any more', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      const slow: Durations = (name) => (name === 'a' ? 9 : 3);
      expectObservable(results('a-b---------|', slow, { inFlight: 2 })).toBe('-----B------|');
      expectObservable(closed).toBe('                                -----b---a');
    });
    expect(drops).toEqual(['replaced']);
  });

  test('beyond the rate that is asked for, frames are closed at once, as soon as their own rate is known', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      const shown = results('       a 32ms b 32ms c 32ms d 32ms e 32ms f 32ms g 32ms |', 2, {
        targetFps: 15,
      });
      expectObservable(shown).toBe(' 2ms A 32ms B 32ms C 65ms E 65ms G 30ms |');
      expectObservable(closed).toBe('2ms a 32ms b 32ms c 30ms d 34ms e 30ms f 34ms g');
    });
    expect(drops).toEqual(['decimated', 'decimated']);
  });

  test('one that waited for too long is closed, not shown', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b 96ms ------|', 80)).toBe('80ms A 24ms |');
      expectObservable(closed).toBe('                         80ms (ab)');
    });
    expect(drops).toEqual(['stale']);
  });

  test('while nobody sees the page frames are closed, if that is asked for', () => {
    const drops = scene(({ results, closed, cold, expectObservable }) => {
      const control$ = cold('       -h-----v', {
        h: { type: 'visible', visible: false } as const,
        v: { type: 'visible', visible: true } as const,
      });
      const shown = results('       a--b-c--d---|', 1, { whenHidden: 'pause', control$ });
      expectObservable(shown).toBe('-A-------D--|');
      expectObservable(closed).toBe('-a-b-c---d');
    });
    expect(drops).toEqual(['hidden', 'hidden']);
  });
});

describe('how a stream ends', () => {
  test('completes when the last frame is done, the one that waits too', () => {
    scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b|', 4)).toBe('----A---(B|)');
      expectObservable(closed).toBe('           ----a---b');
      expectObservable(results('---|', 4)).toBe('---|');
    });
  });

  test('unsubscribed, it releases what waits and lets work end in peace', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b---c', 6), '----!').toBe('-----');
      expectObservable(closed).toBe('           ----b-a');
    });
    expect(drops).toEqual(['stopped']);
  });

  test('an error of the source is final at once', () => {
    const drops = scene(({ results, closed, expectObservable }) => {
      expectObservable(results('a-b-#', 8)).toBe('----#');
      expectObservable(closed).toBe('           ----b---a');
    });
    expect(drops).toEqual(['stopped']);
  });

  test('so is an error of control$, whose end means nothing', () => {
    const drops = scene(({ results, closed, cold, expectObservable }) => {
      const failing = results('a-b---|', 5, { control$: cold('---#') });
      expectObservable(failing).toBe('---#');
      expectObservable(closed).toBe('---b-a');
    });
    expect(drops).toEqual(['stopped']);
    scene(({ results, expectObservable }) => {
      expectObservable(results('a---|', 2, { control$: of() })).toBe('--A-|');
    });
  });

  test('an error of work is final', () => {
    const drops = scene(({ leases, work, scheduler, onDrop, closed, expectObservable }) => {
      const results = leases('a-b-----c-|').pipe(withinBudget(work(5, 'a'), { scheduler, onDrop }));
      expectObservable(results).toBe('-----#', undefined, new Error('no a'));
      expectObservable(closed).toBe(' -----(ab)');
    });
    expect(drops).toEqual(['stopped']);
  });

  test('unless isFinal denies it: then it costs one frame', () => {
    const faults: unknown[] = [];
    const decisions: BudgetDecision[] = [];
    const drops = scene(({ leases, work, scheduler, onDrop, closed, expectObservable }) => {
      const results = leases('a-b-----c---|').pipe(
        withinBudget(work(5, 'a'), {
          scheduler,
          onDrop,
          isFinal: () => false,
          onFault: (error) => faults.push(error),
          onDecision: (decision) => decisions.push(decision),
        }),
      );
      expectObservable(results).toBe('----------B----(C|)');
      expectObservable(closed).toBe('-----a----b----c');
    });
    expect(drops).toEqual(['failed']);
    expect(faults).toEqual([new Error('no a')]);
    expect(decisions).toEqual([{ type: 'close', id: 0, reason: 'failed', atMs: 5 }]);
  });
});

describe('a context that is lost', () => {
  const lost = { type: 'lost' } as const;
  const restored = { type: 'restored' } as const;

  test('what is in flight is given up; the newest frame waits for the new context', () => {
    let seen: readonly BudgetRun[] = [];
    const drops = scene(({ results, closed, cold, runs, expectObservable }) => {
      seen = runs;
      const control$ = cold(' -l-----r', { l: lost, r: restored });
      const shown = results(' a--b-c------|', 4, { control$ });
      expectObservable(shown).toBe('-----------C|');
      expectObservable(closed).toBe('----ab-----c');
    });
    expect(drops).toEqual(['failed', 'replaced']);
    expect(seen.map(({ id, epoch }) => [id, epoch])).toEqual([
      [0, 0],
      [2, 1],
    ]);
  });

  test('is rebuilt, and the stream goes on', () => {
    const epochs: number[] = [];
    const drops = scene(({ results, closed, cold, expectObservable }) => {
      const rebuild = (epoch: number) => after(5, () => void epochs.push(epoch));
      const shown = results(' a--b-----c---|', 3, { control$: cold('-l', { l: lost }), rebuild });
      expectObservable(shown).toBe('---------B--C|');
      expectObservable(closed).toBe('---a-----b--c');
    });
    expect(drops).toEqual(['failed']);
    expect(epochs).toEqual([1]);
  });

  test('ends the stream when it can not be rebuilt', () => {
    const drops = scene(({ results, closed, cold, expectObservable }) => {
      const rebuild = () =>
        after(5, () => {
          throw new Error('no context');
        });
      const shown = results(' a--b-----c---|', 3, { control$: cold('-l', { l: lost }), rebuild });
      expectObservable(shown).toBe('------#', undefined, new Error('no context'));
      expectObservable(closed).toBe('---a--b');
    });
    expect(drops).toEqual(['failed', 'stopped']);
  });

  test('that is lost again while it is rebuilt has one more rebuild, whose end counts', () => {
    const faults: unknown[] = [];
    const drops = scene(({ results, closed, cold, expectObservable }) => {
      const control$ = cold('         -lrl', { l: lost, r: restored });
      const rebuild = (epoch: number) =>
        after(epoch === 1 ? 4 : 6, () => {
          if (epoch === 1) throw new Error('lost meanwhile');
        });
      const onFault = (error: unknown): void => {
        faults.push(error);
      };
      const shown = results('         a----b-----|', 3, { control$, rebuild, onFault });
      expectObservable(shown).toBe('  ------------(B|)');
      expectObservable(closed).toBe(' ---a--------b');
    });
    expect(drops).toEqual(['failed']);
    expect(faults).toEqual([new Error('lost meanwhile')]);
  });

  test('whose first rebuild ends late is not restored by that', () => {
    const drops = scene(({ results, closed, cold, expectObservable }) => {
      const control$ = cold('         -lrl', { l: lost, r: restored });
      const rebuild = (epoch: number) => after(epoch === 1 ? 5 : 7, () => undefined);
      const shown = results('         a----b-----|', 3, { control$, rebuild });
      expectObservable(shown).toBe('  -------------(B|)');
      expectObservable(closed).toBe(' ---a---------b');
    });
    expect(drops).toEqual(['failed']);
  });

  test('is asked for when nothing was done for a second', () => {
    const asked: number[] = [];
    const decisions: string[] = [];
    scene(({ leases, scheduler, expectObservable }) => {
      const results = leases('a 1999ms |').pipe(
        withinBudget(
          (lease: NamedLease, run) => {
            lease.release();
            return run.epoch === 0 ? new Promise<string>(() => {}) : after(1, () => 'shown');
          },
          {
            scheduler,
            checkContext: () => asked.push(scheduler.now()) > 0,
            onDecision: ({ type }) => decisions.push(type),
          },
        ),
      );
      expectObservable(results).toBe('2000ms |');
    });
    expect(asked).toEqual([1000]);
    expect(decisions.slice(-3)).toEqual(['checkContext', 'close', 'rebuild']);
  });

  test('an error of a frame that was given up is no error of the stream', () => {
    const faults: unknown[] = [];
    scene(({ leases, work, scheduler, cold, expectObservable }) => {
      const results = leases('  a----|').pipe(
        withinBudget(work(3, 'a'), {
          scheduler,
          control$: cold('     -l', { l: lost }),
          onFault: (error) => faults.push(error),
        }),
      );
      expectObservable(results).toBe('-----|');
    });
    expect(faults).toEqual([new Error('no a')]);
  });
});

describe('what the budget is told', () => {
  test('what work measures goes with its end, and slow work is asked for fewer pixels', () => {
    const scales = new Set<number>();
    const decisions: BudgetDecision[] = [];
    scene(({ leases, scheduler, expectObservable }) => {
      const source = `a${' 33ms b'.repeat(60)} |`;
      const results = leases(source).pipe(
        withinBudget(
          (lease: NamedLease, run) => {
            scales.add(run.scale);
            lease.release();
            run.uploaded(1);
            // The GPU says 50 ms for all of the pixels, whatever the clock says.
            run.computed({ gpuMs: 50 * run.scale ** 2, pollMs: 2 });
            return after(1, () => 'x');
          },
          { scheduler, onDecision: (decision) => decisions.push(decision) },
        ),
      );
      expectObservable(results.pipe(ignoreElements())).toBe('2041ms |');
    });
    expect([...scales]).toContain(0.75);
    expect(decisions.find(({ type }) => type === 'setLevel')).toMatchObject({ from: 0, reason: 'overload' });
  });

  test('frames are left out evenly where pixels are to stay, and work is told how many', () => {
    const seen = new Set<string>();
    scene(({ leases, scheduler, expectObservable }) => {
      const results = leases(`a${' 33ms b'.repeat(60)} 99ms |`).pipe(
        withinBudget(
          (lease: NamedLease, run) => {
            seen.add(`${run.scale} ${run.every}`);
            lease.release();
            return after(50, () => 'x');
          },
          { scheduler, degradationPreference: 'maintain-resolution' },
        ),
      );
      expectObservable(results.pipe(ignoreElements())).toBe('2140ms |');
    });
    expect([...seen]).toEqual(['1 1', '1 2']);
  });

  test('what the upload took', () => {
    const uploads = new Set<number | null>();
    scene(({ leases, scheduler, expectObservable }) => {
      const work = (lease: NamedLease, run: BudgetRun): Promise<string> => {
        lease.release();
        run.uploaded(7);
        return after(3, () => 'x');
      };
      const onState: WithinBudgetOptions['onState'] = ({ inFlight }) => {
        for (const { uploadMs } of inFlight) uploads.add(uploadMs);
      };
      expectObservable(leases('a----|').pipe(withinBudget(work, { scheduler, onState }))).toBe('---x-|');
    });
    expect([...uploads]).toEqual([null, 7]);
  });

  test('the state after each event, in which nothing is left in the end', () => {
    const pending: string[] = [];
    scene(({ results, expectObservable }) => {
      const onState: WithinBudgetOptions['onState'] = (state) =>
        pending.push(`${state.inFlight.length}+${state.pending === null ? 0 : 1}`);
      expectObservable(results('a-b--|', 4, { onState })).toBe('----A---(B|)');
    });
    expect(pending).toEqual(['1+0', '1+1', '1+0', '0+0', '0+0']);
  });

  test('time, as long as something is in flight', () => {
    const ticks: number[] = [];
    scene(({ results, scheduler, expectObservable }) => {
      const onState = (): void => {
        ticks.push(scheduler.now());
      };
      expectObservable(results('a 399ms b 399ms |', 120, { onState })).toBe('120ms A 399ms B 279ms |');
    });
    expect(ticks).toEqual([0, 50, 100, 120, 400, 450, 500, 520, 800]);
  });

  test.each([
    [{ targetFps: 0 }, 'options.targetFps must be 1 to 240 fps, got 0'],
    [{ inFlight: 3 as 2 }, 'options.inFlight must be 1 or 2, got 3'],
    [{ whenHidden: 'stop' as 'pause' }, "options.whenHidden must be 'continue' | 'pause', got \"stop\""],
  ])('refuses %o', (options, message) => {
    expect(() => withinBudget(() => Promise.resolve(), options)).toThrow(message);
  });

  test('something that it refuses ends the stream', () => {
    const errors: unknown[] = [];
    const control$ = of({ type: 'target', fps: 0 } as const);
    NEVER.pipe(withinBudget(() => Promise.resolve(), { control$ })).subscribe({
      error: (error) => errors.push(error),
    });
    expect(errors).toEqual([new RangeError('target.fps must be 1 to 240 fps, got 0')]);
  });
});
