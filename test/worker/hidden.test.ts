/** A page that says it is hidden: what the pipeline's state and figures tell. */
import { firstValueFrom, take, timeout, toArray } from 'rxjs';
import { afterEach, expect, test } from 'vitest';
import type { PipelineStats } from '../../src/session/open-pipeline.ts';
import { open, statsWhen, statusWhen } from './run-pipeline.ts';

/** Stubs what the document says of itself. */
function pretend(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

afterEach(() => {
  Reflect.deleteProperty(document, 'visibilityState');
});

function expectSum({ arrived, shown, dropped, pending }: PipelineStats): void {
  expect(shown + dropped + pending).toBe(arrived);
}

test("whenHidden 'pause': computes nothing, says so, counts the frames, and is back at once", async () => {
  const pipeline = open({ whenHidden: 'pause' });
  await statsWhen(pipeline, ({ shown }) => shown >= 10);
  pretend('hidden');
  await statusWhen(pipeline, 'paused-hidden');
  const before = await pipeline.stats();
  const after = await statsWhen(pipeline, ({ arrived }) => arrived >= before.arrived + 20);
  expect(after.shown).toBe(before.shown);
  expect(after.droppedBy.hidden).toBeGreaterThanOrEqual(before.droppedBy.hidden + 20);
  expect(after.pending).toBe(0);
  expectSum(after);
  pretend('visible');
  const startMs = performance.now();
  await statusWhen(pipeline, 'running');
  for (;;) {
    const { shown } = await pipeline.stats();
    if (shown > after.shown) break;
    expect(performance.now() - startMs).toBeLessThan(300);
  }
  expectSum(await pipeline.stats());
  await pipeline.stop();
});

test("whenHidden 'continue', the default: frames go on, and the state stays", async () => {
  const pipeline = open();
  await statsWhen(pipeline, ({ shown }) => shown >= 10);
  const states: string[] = [];
  const watching = pipeline.state$.subscribe(({ status }) => states.push(status));
  pretend('hidden');
  const before = await pipeline.stats();
  const told = await firstValueFrom(pipeline.stats$.pipe(take(9), toArray(), timeout(10_000)));
  for (const stats of told) expectSum(stats);
  expect(told.at(-1)?.shown).toBeGreaterThan(before.shown + 30);
  expect(told.at(-1)?.droppedBy.hidden).toBe(0);
  expect(states).toEqual(['running']);
  watching.unsubscribe();
  await pipeline.stop();
});

test('hidden before it starts: it runs all the same', async () => {
  pretend('hidden');
  const pipeline = open();
  await statsWhen(pipeline, ({ shown }) => shown >= 10);
  await pipeline.stop();
});

test('a value that is none', () => {
  expect(() => open({ whenHidden: 'sleep' as 'pause' })).toThrow(/options\.whenHidden/);
});
