/** The engine, frame by frame: when frames are closed, what a fault costs, and how it ends. */
import { describe, expect, test, vi } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { isSettled } from '../../src/core/ledger.ts';
import type { GpuTiming } from '../../src/backends/port.ts';
import { graph } from '../../src/graph/builder.ts';
import { gaussianBlur } from '../../src/graph/operators.ts';
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

  test('is not what finishes new programs: a texel of each is drawn before', async () => {
    const run = new RunningEngine();
    run.backend.prepare.mockImplementationOnce(async (plan) => {
      run.backend.compiledPrograms++;
      return run.backend.keep(plan);
    });
    await run.frame();
    expect(run.backend.log).toEqual([
      ...['upload', 'close', 'prepared direct 4', 'prime direct 4', 'finished'],
      ...['execute direct 4', 'present direct 4', 'finished'],
    ]);
    expect(run.compiling.at(-1)).toBe(false);
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
    const run = new RunningEngine(boxGraph(2), { outputPath: 'pixels' });
    await run.frame();
    await run.frame();
    expect(
      run.sink.showPixels.mock.calls.map(([{ width }, { timestampUs }]) => [width, timestampUs]),
    ).toEqual([
      [1, 0],
      [1, 40_000],
    ]);
    expect(run.backend.present).not.toHaveBeenCalled();
    // `read` blocks the thread until the GPU is done, so it comes after `finished`.
    expect(run.backend.log.slice(-3)).toEqual(['execute direct 4', 'finished', 'read direct 4']);
    expectSettled(run);
  });

  test('tells its sizes and how long each stage took', async () => {
    const run = new RunningEngine();
    expect(run.engine.figures).toMatchObject({ width: 0, height: 0, output: '', outputPath: '' });
    await run.frame();
    const uploaded = vi.fn();
    const computed = vi.fn();
    await run.frame({ uploaded, computed });
    expect(run.engine.figures).toMatchObject({ width: 8, height: 6, fullWidth: 8, fullHeight: 6, output: 'video', outputPath: 'canvas' }); // prettier-ignore
    expect(uploaded.mock.calls[0]?.[0]).toBeGreaterThanOrEqual(0);
    expect(computed.mock.calls).toEqual([[{ pollMs: 2 }]]);
    const { stages } = run.engine.timings.stats(performance.now());
    expect(stages.total.p95).toBeGreaterThanOrEqual(stages.total.p50);
    expect(run.engine.figures).toMatchObject({ backend: 'fake', upload: 'nowhere' });
  });

  test('comes at a share of its size, and the graph with it', async () => {
    const run = new RunningEngine(graph(({ frame }) => gaussianBlur(frame, { sigma: 1 })));
    await run.frame();
    await run.frame({ scale: 0.5 });
    await run.frame();
    expect(run.backend.upload.mock.calls.map(([, options]) => options?.scale)).toEqual([1, 0.5, 1]);
    expect(run.backend.prepared.map(({ plan }) => plan.frame?.width)).toEqual([8, 4, 8]);
    expect(run.engine.figures).toMatchObject({ width: 8, fullWidth: 8 });
    expectSettled(run);
  });

  test('of another size than the one before tells nobody of compiling: its programs are there', async () => {
    const run = new RunningEngine();
    // What other sizes need is seen to between the first frames.
    for (let i = 0; i < 6; i++) await run.frame();
    const told = run.compiling.length;
    await run.frame({ scale: 0.5 });
    expect(run.compiling.slice(told)).toEqual([]);
  });

  test('may be taken while the one before is still computed, where that is on a canvas already', async () => {
    const run = new RunningEngine();
    await run.frame();
    const computing = deferred<GpuTiming>();
    run.backend.finished.mockReturnValueOnce(computing.promise);
    const first = run.frame();
    const second = run.frame();
    await settled();
    expect(run.backend.log.filter((line) => line === 'upload')).toHaveLength(3);
    computing.resolve({ gpuMs: null, pollMs: 2 });
    await Promise.all([first, second]);
    expectSettled(run);
  });

  test('waits for the one before where that is still to be read', async () => {
    const run = new RunningEngine(boxGraph(2), { outputPath: 'pixels' });
    await run.frame();
    const computing = deferred<GpuTiming>();
    run.backend.finished.mockReturnValueOnce(computing.promise);
    const first = run.frame();
    const second = run.frame();
    await settled();
    expect(run.backend.log.filter((line) => line === 'upload')).toHaveLength(2);
    computing.resolve({ gpuMs: null, pollMs: 2 });
    await Promise.all([first, second]);
    expect(run.backend.log.filter((line) => line === 'upload')).toHaveLength(3);
    expectSettled(run);
  });

  test('has extra work drawn where that is asked for', async () => {
    const run = new RunningEngine();
    run.engine.load = 2.5;
    await run.frame({ scale: 0.5 });
    expect(run.backend.burn.mock.calls).toMatchObject([[2.5, { width: 4 }, { width: 8 }]]);
    run.engine.load = 0;
    await run.frame();
    expect(run.backend.burn).toHaveBeenLastCalledWith(0, expect.anything(), expect.anything());
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

  test.each(['pixels', 'canvas'] as const)('in showing its %s, too', async (outputPath) => {
    const run = new RunningEngine(boxGraph(2), { outputPath });
    const show = outputPath === 'pixels' ? run.sink.showPixels : run.sink.showCanvas;
    show.mockRejectedValueOnce(new Error('the sink is closed'));
    await run.frame();
    await run.frame();
    expect(run.diagnostics).toMatchObject([{ code: 'frame-failed', message: 'the sink is closed' }]);
    expect(run.account.counts()).toMatchObject({ shown: 1, dropped: 1 });
    expectSettled(run);
  });
});

describe('a fault of every frame', () => {
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

describe('a lost device', () => {
  const lose = (run: RunningEngine): void => {
    run.backend.isLost = true;
    run.backend.finished.mockRejectedValueOnce(new Error('reset'));
  };

  test('costs the frame, and says so', async () => {
    const run = new RunningEngine();
    await run.frame();
    lose(run);
    await run.frame();
    expect(run.engine.isLost).toBe(true);
    expect(run.diagnostics).toMatchObject([{ code: 'context-lost', recoverable: true }]);
    expectSettled(run);
  });

  test('is replaced: graph, output and figures stay, and the old one is given back', async () => {
    const run = new RunningEngine(boxGraph(2));
    await run.frame();
    await run.engine.setGraph(boxGraph(3));
    lose(run);
    await run.frame();
    await run.engine.rebuild();
    expect(run.backends).toHaveLength(2);
    expect(run.backends[0]).toMatchObject({ disposals: 1, alive: [] });
    expect(run.engine.isLost).toBe(false);
    await run.frame();
    expect(run.backend.prepared.map(({ label }) => label)).toEqual(['direct 9']);
    expect(run.sink.closings).toBe(0);
    expectSettled(run);
  });

  test('that does not come back at once is tried for again, and in the end given up', async () => {
    vi.useFakeTimers();
    try {
      const run = new RunningEngine();
      const missing = new PipelineError('webgl2-missing', 'not now');
      run.openBackend.mockImplementationOnce(() => {
        throw missing;
      });
      const rebuilt = run.engine.rebuild();
      await vi.advanceTimersByTimeAsync(300);
      await rebuilt;
      expect(run.backends).toHaveLength(2);
      run.openBackend.mockImplementation(() => {
        throw missing;
      });
      const refused = expect(run.engine.rebuild()).rejects.toMatchObject({
        code: 'context-lost',
        cause: missing,
      });
      await vi.advanceTimersByTimeAsync(10_000);
      await refused;
    } finally {
      vi.useRealTimers();
    }
  });

  test('is not sought any more when the pipeline ends', async () => {
    const run = new RunningEngine();
    const rebuilt = run.engine.rebuild();
    void run.engine.dispose();
    await expect(rebuilt).rejects.toMatchObject({ code: 'aborted' });
    expect(run.backends).toHaveLength(1);
  });
});

describe('the end', () => {
  test('gives everything back, once', async () => {
    const run = new RunningEngine();
    await run.frame();
    await Promise.all([run.engine.dispose(), run.engine.dispose()]);
    expect(run.sink.closings).toBe(1);
    expect(run.backend.disposals).toBe(1);
    expect(run.backend.prepared[0]!.disposals).toBe(1);
  });

  test('before any frame came is fine', () => {
    const run = new RunningEngine();
    void run.engine.dispose();
    expect(run.backend.disposals).toBe(1);
  });

  test.each(['upload', 'prepare', 'finished'] as const)('while a frame is in %s: it ends without a word', async (step) => {
    const run = new RunningEngine();
    const { backend } = run;
    const waiting = deferred();
    if (step === 'upload') backend.upload.mockImplementationOnce(() => waiting.promise.then(() => backend.form));
    if (step === 'prepare') backend.prepare.mockImplementationOnce((plan) => waiting.promise.then(() => backend.keep(plan)));
    if (step === 'finished') backend.finished.mockReturnValueOnce(waiting.promise.then(() => ({ gpuMs: null, pollMs: 2 })));
    const processed = run.frame();
    await settled();
    void run.engine.dispose();
    waiting.resolve();
    await processed;
    expect(run.diagnostics).toEqual([]);
    expect(backend.alive).toEqual([]);
    expectSettled(run);
  }); // prettier-ignore

  test('while pixels are being computed: they are not shown any more', async () => {
    const run = new RunningEngine(boxGraph(2), { outputPath: 'pixels' });
    const computing = deferred<GpuTiming>();
    run.backend.finished.mockReturnValueOnce(computing.promise);
    const processed = run.frame();
    await settled();
    void run.engine.dispose();
    computing.resolve({ gpuMs: null, pollMs: 2 });
    await processed;
    expect(run.backend.read).not.toHaveBeenCalled();
    expect(run.sink.showPixels).not.toHaveBeenCalled();
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
      void run.engine.dispose();
      waiting.reject(new PipelineError('context-lost', 'reset'));
      await processed;
      expect(run.diagnostics).toEqual([]);
      expectSettled(run);
    }
  });

  test('a frame after it is closed and counted, and nothing is computed', async () => {
    const run = new RunningEngine();
    void run.engine.dispose();
    await run.frame();
    expect(run.backend.prepare).not.toHaveBeenCalled();
    expect(run.diagnostics).toEqual([]);
    expectSettled(run);
  });
});
