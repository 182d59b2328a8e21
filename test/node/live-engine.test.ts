/** The engine, frame by frame: when frames are closed, what a fault costs, and how it ends. */
import { describe, expect, test, vi } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { isSettled } from '../../src/core/ledger.ts';
import type { Pixels } from '../../src/core/pixels.ts';
import type { FrameForm } from '../../src/plan/plan.ts';
import { deferred, settled } from './fakes/deferred.ts';
import { formOf } from './fakes/device.ts';
import { boxGraph, RunningEngine } from './fakes/running-engine.ts';

/** Every frame closed once, nothing left open, and the account in order. */
function expectSettled({ frames, ledger, account }: RunningEngine): void {
  expect(frames.map(({ closed }) => closed)).toEqual(frames.map(() => 1));
  expect(isSettled(ledger.balance())).toBe(true);
  const { arrived, shown, dropped, pending } = account.counts();
  expect({ arrived, pending }).toEqual({ arrived: frames.length, pending: 0 });
  expect(shown + dropped).toBe(arrived);
}

describe('a frame', () => {
  test('is closed right after its pixels were taken, before anything is computed', async () => {
    const run = new RunningEngine();
    await run.frame();
    await run.frame();
    expect(run.backend.log).toEqual([
      ...['upload', 'close', 'prepared direct 4', 'execute direct 4', 'present direct 4', 'finished'],
      ...['upload', 'close', 'execute direct 4', 'present direct 4', 'finished'],
    ]);
    expect(run.account.counts()).toMatchObject({ arrived: 2, shown: 2, dropped: 0 });
    expectSettled(run);
  });

  test('stays open while it is being taken', async () => {
    const run = new RunningEngine();
    const copying = deferred<FrameForm>();
    run.backend.upload.mockReturnValueOnce(copying.promise);
    const processed = run.frame();
    await settled();
    expect(run.frames[0]!.closed).toBe(0);
    copying.reject(new Error('enough'));
    await processed;
    expectSettled(run);
  });

  test('goes to the page as pixels, with its timestamp', async () => {
    const show = vi.fn(async (_pixels: Pixels, _timestampUs: number) => {});
    const run = new RunningEngine(boxGraph(2), { kind: 'pixels', show });
    await run.frame();
    await run.frame();
    expect(show.mock.calls.map(([{ width }, timestampUs]) => [width, timestampUs])).toEqual([
      [1, 0],
      [1, 40_000],
    ]);
    expect(run.backend.present).not.toHaveBeenCalled();
    // `read` blocks the thread until the GPU is done, so it comes after `finished`.
    expect(run.backend.log.slice(-3)).toEqual(['execute direct 4', 'finished', 'read direct 4']);
    expectSettled(run);
  });

  test('tells its form and how long it took', async () => {
    const run = new RunningEngine();
    expect(run.engine.form).toBeNull();
    await run.frame();
    await run.frame();
    expect(run.engine.form).toEqual(formOf(8, 6));
    const { frameMsP50, frameMsP95 } = run.engine.timings.stats(performance.now());
    expect(frameMsP50).toBeGreaterThanOrEqual(0);
    expect(frameMsP95).toBeGreaterThanOrEqual(frameMsP50);
    expect(run.engine.backend).toMatchObject({ name: 'fake', uploadPath: 'nowhere' });
  });
});

describe('a fault of one frame', () => {
  const faults: [string, (run: RunningEngine) => void][] = [
    ['taking', ({ backend }) => backend.upload.mockRejectedValueOnce(new RangeError('bad rectangle'))],
    ['computing', ({ backend }) => backend.execute.mockImplementationOnce(() => { throw new RangeError('bad rectangle'); })],
    ['presenting', ({ backend }) => backend.present.mockImplementationOnce(() => { throw new RangeError('bad rectangle'); })],
    ['finishing', ({ backend }) => backend.finished.mockRejectedValueOnce(new RangeError('bad rectangle'))],
  ]; // prettier-ignore

  test.each(faults)('in %s costs that frame only, and is told once', async (_name, breakOnce) => {
    const run = new RunningEngine();
    await run.frame();
    breakOnce(run);
    await run.frame();
    await run.frame();
    expect(run.diagnostics).toMatchObject([
      { code: 'frame-failed', recoverable: true, message: 'bad rectangle', cause: new RangeError('bad rectangle') },
    ]); // prettier-ignore
    expect(run.account.counts()).toMatchObject({ shown: 2, dropped: 1, droppedBy: { failed: 1 } });
    expect(run.backend.prepared).toHaveLength(1);
    expectSettled(run);
  });

  test('that has a code of its own keeps it', async () => {
    const run = new RunningEngine();
    run.backend.upload.mockRejectedValueOnce(new PipelineError('frame-failed', 'closed before it was read'));
    await run.frame();
    expect(run.diagnostics).toMatchObject([{ code: 'frame-failed', message: 'closed before it was read' }]);
  });

  test('in showing its pixels, too', async () => {
    const show = vi.fn(async () => {}).mockRejectedValueOnce(new Error('the sink is closed'));
    const run = new RunningEngine(boxGraph(2), { kind: 'pixels', show });
    await run.frame();
    await run.frame();
    expect(run.diagnostics).toMatchObject([{ code: 'frame-failed', message: 'the sink is closed' }]);
    expect(run.account.counts()).toMatchObject({ shown: 1, dropped: 1 });
    expectSettled(run);
  });
});

describe('a fault of every frame', () => {
  test('a lost context ends the stream', async () => {
    const run = new RunningEngine();
    await run.frame();
    run.backend.finished.mockRejectedValueOnce(new PipelineError('context-lost', 'reset'));
    await expect(run.frame()).rejects.toMatchObject({ code: 'context-lost' });
    expect(run.diagnostics).toEqual([]);
    expectSettled(run);
  });

  test('a first graph that can not be compiled ends it', async () => {
    const run = new RunningEngine();
    run.backend.prepare.mockRejectedValueOnce(new PipelineError('shader-failed', 'refused'));
    await expect(run.frame()).rejects.toMatchObject({ code: 'shader-failed' });
    expect(run.account.counts()).toMatchObject({ shown: 0, droppedBy: { failed: 1 } });
    expect(run.diagnostics).toEqual([]);
    expectSettled(run);
  });

  test('a first graph that can not be planned ends it, with its cause', async () => {
    const run = new RunningEngine();
    run.backend.form = formOf(5000, 10);
    const error: unknown = await run.frame().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PipelineError);
    expect((error as PipelineError).cause).toBeInstanceOf(RangeError);
    expect((error as PipelineError).message).toContain('5000×10 px');
    expect(run.backend.prepare).not.toHaveBeenCalled();
    expectSettled(run);
  });
});

describe('the end', () => {
  test('gives everything back, once', async () => {
    const run = new RunningEngine();
    await run.frame();
    run.engine.dispose();
    run.engine.dispose();
    expect(run.backend.disposals).toBe(1);
    expect(run.backend.prepared[0]!.disposals).toBe(1);
  });

  test('before any frame came is fine', () => {
    const run = new RunningEngine();
    run.engine.dispose();
    expect(run.backend.disposals).toBe(1);
  });

  test.each(['upload', 'prepare', 'finished'] as const)('while a frame is in %s: it ends without a word', async (step) => {
    const run = new RunningEngine();
    const { backend } = run;
    const waiting = deferred();
    if (step === 'upload') backend.upload.mockImplementationOnce(() => waiting.promise.then(() => backend.form));
    if (step === 'prepare') backend.prepare.mockImplementationOnce((plan) => waiting.promise.then(() => backend.keep(plan)));
    if (step === 'finished') backend.finished.mockReturnValueOnce(waiting.promise);
    const processed = run.frame();
    await settled();
    run.engine.dispose();
    waiting.resolve();
    await processed;
    expect(run.diagnostics).toEqual([]);
    expect(backend.alive).toEqual([]);
    expectSettled(run);
  }); // prettier-ignore

  test('while pixels are being computed: they are not shown any more', async () => {
    const show = vi.fn(async () => {});
    const run = new RunningEngine(boxGraph(2), { kind: 'pixels', show });
    const computing = deferred();
    run.backend.finished.mockReturnValueOnce(computing.promise);
    const processed = run.frame();
    await settled();
    run.engine.dispose();
    computing.resolve();
    await processed;
    expect(run.backend.read).not.toHaveBeenCalled();
    expect(show).not.toHaveBeenCalled();
    expect(run.diagnostics).toEqual([]);
    expectSettled(run);
  });

  test('while a frame is about to fail: that is no news any more', async () => {
    for (const step of ['upload', 'prepare', 'finished'] as const) {
      const run = new RunningEngine();
      const waiting = deferred<never>();
      run.backend[step].mockReturnValueOnce(waiting.promise);
      const processed = run.frame();
      await settled();
      run.engine.dispose();
      waiting.reject(new PipelineError('context-lost', 'reset'));
      await processed;
      expect(run.diagnostics).toEqual([]);
      expectSettled(run);
    }
  });

  test('a frame after it is closed and counted, and nothing is computed', async () => {
    const run = new RunningEngine();
    run.engine.dispose();
    await run.frame();
    expect(run.backend.prepare).not.toHaveBeenCalled();
    expect(run.diagnostics).toEqual([]);
    expectSettled(run);
  });
});
