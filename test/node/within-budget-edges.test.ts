/** withinBudget at the edges of a call: who sends, leaves or throws from within what the operator tells. */
import { Subject } from 'rxjs';
import { expect, test } from 'vitest';
import { withinBudget } from '../../src/rx/within-budget.ts';
import { BudgetedStream, type Lease } from './fakes/budgeted-stream.ts';
import { settled } from './fakes/deferred.ts';
import { stubborn } from './fakes/frame-marbles.ts';

test('a source that sends all at once is answered one by one', async () => {
  const run = new BudgetedStream();
  const stream = stubborn([run.lease(0), run.lease(33_000), run.lease(66_000)]);
  const seen: number[] = [];
  const drops: string[] = [];
  stream
    .pipe(
      withinBudget(
        async (lease: Lease) => {
          const { timestampUs } = lease;
          lease.release();
          return Promise.resolve(timestampUs);
        },
        { onDrop: (reason) => drops.push(reason), scheduler: run.scheduler },
      ),
    )
    .subscribe((timestampUs) => seen.push(timestampUs));
  await settled();
  expect(seen).toEqual([0, 66_000]);
  expect(drops).toEqual(['replaced']);
  expect(run.frames.map(({ closed }) => closed)).toEqual([1, 1, 1]);
});

test('a source that sends on at once, after work has failed at once, leaks nothing', () => {
  const run = new BudgetedStream();
  const drops: string[] = [];
  const errors: unknown[] = [];
  stubborn([run.lease(0), run.lease(33_000), run.lease(66_000)])
    .pipe(
      withinBudget(
        (lease: Lease): Promise<void> => {
          lease.release();
          throw new Error('at once');
        },
        { onDrop: (reason) => drops.push(reason) },
      ),
    )
    .subscribe({ error: (error) => errors.push(error) });
  expect(errors).toEqual([new Error('at once')]);
  expect(drops).toEqual(['stopped', 'stopped']);
  expect(run.frames.map(({ closed }) => closed)).toEqual([1, 1, 1]);
});

test('a frame that the listener sends from within a result waits its turn', async () => {
  const run = new BudgetedStream();
  run.onEvent = () => {
    run.onEvent = () => {};
    run.send();
    expect(run.jobs.length).toBe(0);
  };
  run.send();
  run.scheduler.advance(33);
  run.end(0);
  await settled();
  expect(run.results).toEqual([0]);
  expect(run.jobs.length).toBe(1);
  run.end(0);
  await settled();
  expect(run.results).toEqual([0, 1]);
});

test('a listener that leaves from within a decision leaves nothing behind', () => {
  const run = new BudgetedStream();
  run.send();
  run.scheduler.advance(33);
  run.send();
  run.onEvent = () => {
    run.subscription.unsubscribe();
  };
  run.scheduler.advance(10);
  run.send();
  expect(run.frames.map(({ closed }) => closed)).toEqual([0, 1, 1]);
  expect(run.drops).toEqual(['replaced', 'stopped']);
  expect(run.state).toMatchObject({ pending: null, stopped: true });
});

test('nothing is submitted any more after that', async () => {
  const run = new BudgetedStream();
  run.send();
  run.scheduler.advance(33);
  run.send();
  run.onTold = () => {
    run.subscription.unsubscribe();
  };
  run.end(0, 'one');
  await settled();
  expect(run.jobs.length).toBe(0);
  expect(run.drops).toEqual(['failed', 'stopped']);
  expect(run.frames.map(({ closed }) => closed)).toEqual([1, 1]);
});

test.each(['onDecision', 'onDrop', 'onState', 'checkContext'] as const)(
  'what %s throws is an error of the stream, and leaks nothing',
  (name) => {
    let isBroken = false;
    const run = new BudgetedStream({
      [name]: () => {
        if (!isBroken) return false;
        throw new Error('broken');
      },
    });
    run.send();
    run.scheduler.advance(33);
    run.send();
    isBroken = true;
    run.scheduler.advance(33);
    run.send();
    run.scheduler.advance(1000);
    expect(run.endings).toEqual([new Error('broken')]);
    expect(run.frames.map(({ closed }) => closed)).toEqual([0, ...run.frames.slice(1).map(() => 1)]);
    expect(run.scheduler.timers).toBe(0);
    run.jobs[0]?.lease.release();
  },
);

test('nothing ticks while nothing is in flight', async () => {
  const run = new BudgetedStream();
  run.send();
  expect(run.scheduler.timers).toBe(1);
  run.end(0);
  await settled();
  run.scheduler.advance(50);
  expect(run.scheduler.timers).toBe(0);
});

test('by default the clock is performance.now(), and timers are real', async () => {
  const made = new BudgetedStream();
  const source = new Subject<Lease>();
  const beforeMs = performance.now();
  const atMs: number[] = [];
  let onTick = (): void => {};
  const ticked = new Promise<void>((resolve) => {
    onTick = resolve;
  });
  let states = 0;
  const work = (lease: Lease): Promise<never> => {
    lease.release();
    return new Promise(() => {});
  };
  const subscription = source
    .pipe(
      withinBudget(work, {
        onDecision: (decision) => atMs.push(decision.atMs),
        onState: () => {
          states++;
          if (states === 3) onTick();
        },
      }),
    )
    .subscribe();
  source.next(made.lease(0));
  source.next(made.lease(33_000));
  expect(states).toBe(2);
  await ticked;
  subscription.unsubscribe();
  expect(atMs).toHaveLength(1);
  expect(atMs[0]).toBeGreaterThanOrEqual(beforeMs);
  expect(atMs[0]).toBeLessThanOrEqual(performance.now());
  expect(made.frames.map(({ closed }) => closed)).toEqual([1, 1]);
});
