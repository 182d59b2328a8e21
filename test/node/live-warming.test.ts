/** Frames that are computed before there is something to show: counted, measured in time, and no fault. */
import { Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { FrameResult } from '../../src/engine/live-engine.ts';
import type { FrameLease } from '../../src/frames/frame-lease.ts';
import { withinBudget } from '../../src/rx/within-budget.ts';
import type { BudgetState } from '../../src/schedule/reduce-budget.ts';
import { settled } from './fakes/deferred.ts';
import { FakeFrame } from './fakes/fake-frame.ts';
import { ManualScheduler } from './fakes/manual-scheduler.ts';
import { expectSettled, remembering } from './fakes/remembering-engine.ts';

describe('frames that are not warm', () => {
  test.each(['canvas', 'pixels'] as const)('are computed and not shown, as %s', async (outputPath) => {
    const run = remembering('none', outputPath);
    run.backend.measured = ['amount'];
    const timings: unknown[] = [];
    for (let i = 0; i < 4; i++) await run.frame({ computed: (...timing: unknown[]) => timings.push(timing) });
    expect(run.results.map(({ isShown }) => isShown)).toEqual([false, false, true, true]);
    expect(run.account.counts()).toMatchObject({
      shown: 2,
      dropped: 2,
      droppedBy: { warming: 2, failed: 0 },
    });
    expect(run.sink.showCanvas).toHaveBeenCalledTimes(outputPath === 'canvas' ? 2 : 0);
    expect(run.sink.showPixels).toHaveBeenCalledTimes(outputPath === 'pixels' ? 2 : 0);
    expect(run.backend.present).toHaveBeenCalledTimes(outputPath === 'canvas' ? 2 : 0);
    expect(run.results.map(({ measurements }) => measurements === null)).toEqual([true, true, false, false]);
    expect(timings).toEqual([[{ pollMs: 2 }], [{ pollMs: 2 }], [{ pollMs: 2 }], [{ pollMs: 2 }]]);
    expect(run.diagnostics).toEqual([]);
    expectSettled(run);
  });

  test('are none at another level: what was gathered goes on', async () => {
    const run = remembering('none');
    for (const scale of [1, 1, 1, 0.5, 0.25, 1]) await run.frame({ scale });
    expect(run.account.counts()).toMatchObject({ shown: 4, droppedBy: { warming: 2 } });
    expectSettled(run);
  });

  test('come again after a pause', async () => {
    const run = remembering('none');
    for (const ms of [0, 40, 80, 3000, 3040, 3080]) await run.frame({ timestampUs: 1000 * ms });
    expect(run.results.map(({ isShown }) => isShown)).toEqual([false, false, true, false, false, true]);
    expectSettled(run);
  });

  test('are no fault to the frame budget, which learns from their time', async () => {
    const run = remembering('none');
    const scheduler = new ManualScheduler();
    const source = new Subject<FrameLease>();
    const [drops, results]: [string[], FrameResult[]] = [[], []];
    let budget: BudgetState | null = null;
    source
      .pipe(
        withinBudget((lease, budgetRun) => run.engine.process(lease, budgetRun), {
          scheduler,
          onDrop: (reason) => drops.push(reason),
          onState: (state) => {
            budget = state;
          },
        }),
      )
      .subscribe((result) => {
        results.push(result);
        if (result.isShown) run.account.show();
        else run.account.drop('warming');
      });
    for (let i = 0; i < 2; i++) {
      const frame = new FakeFrame(1000 * scheduler.now());
      run.frames.push(frame);
      run.account.arrive();
      run.backend.finished.mockImplementationOnce(async () => ({ gpuMs: 12, pollMs: 2 }));
      source.next(frame.lease(run.ledger));
      await settled();
      scheduler.advance(40);
    }
    expect(results.map(({ isShown }) => isShown)).toEqual([false, false]);
    expect(drops).toEqual([]);
    expect(budget!.predictedMs).toBeGreaterThanOrEqual(12);
    expect(run.account.counts()).toMatchObject({ droppedBy: { warming: 2 } });
    expectSettled(run);
  });
});
