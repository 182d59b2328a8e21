/** When the GPU is looked at, and what its own clock is believed. The GL is a stand-in: no software GL has a timer. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GpuWait } from '../../src/backends/webgl2/gpu-wait.ts';

const SIGNALED = 0x9119;
const AVAILABLE = 0x8867;
const RESULT = 0x8866;
const DISJOINT = 0x8fbb;

/** A GPU that is done `doneAtMs` after `finished` was called, and tells `gpuNs`. */
function fakeGl({ doneAtMs = 0, gpuNs = 0, hasTimer = true, isAvailable = true, isDisjoint = false } = {}) {
  const state = { fencedMs: NaN, looks: [] as number[], lost: false, open: 0, running: 0 };
  const gl = {
    SIGNALED,
    QUERY_RESULT_AVAILABLE: AVAILABLE,
    QUERY_RESULT: RESULT,
    getExtension: () => (hasTimer ? { TIME_ELAPSED_EXT: 0x88bf, GPU_DISJOINT_EXT: DISJOINT } : null),
    createQuery: () => (state.open++, {}),
    deleteQuery: () => state.open--,
    beginQuery: () => state.running++,
    endQuery: () => state.running--,
    fenceSync: () => ((state.fencedMs = performance.now()), state.open++, {}),
    deleteSync: () => state.open--,
    flush: () => undefined,
    isContextLost: () => state.lost,
    getSyncParameter: () => {
      const sinceMs = performance.now() - state.fencedMs;
      state.looks.push(Math.round(sinceMs));
      return sinceMs >= doneAtMs ? SIGNALED : 0;
    },
    getQueryParameter: (_query: unknown, name: number) => (name === AVAILABLE ? isAvailable : gpuNs),
    getParameter: (name: number) => (name === DISJOINT ? isDisjoint : null),
  };
  return { gl: gl as unknown as WebGL2RenderingContext, state };
}

async function waited(wait: GpuWait, expectedMs = NaN) {
  wait.begin();
  const finished = wait.finished(expectedMs);
  await vi.advanceTimersByTimeAsync(1000);
  return finished;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('looking', () => {
  test('begins at four fifths of what is expected, and goes on in eighths of it', async () => {
    const { gl, state } = fakeGl({ doneAtMs: 25 });
    expect(await waited(new GpuWait(gl, true), 24)).toEqual({ gpuMs: null, pollMs: 3 });
    // Timers count whole milliseconds.
    expect(state.looks[0]).toBeGreaterThanOrEqual(19);
    expect(state.looks[0]).toBeLessThanOrEqual(20);
    expect(state.looks).toHaveLength(3);
  });

  test('never waits long for the first: what was slow may be fast now', async () => {
    const { gl, state } = fakeGl();
    await waited(new GpuWait(gl, true), 500);
    expect(state.looks).toEqual([24]);
  });

  test('is frequent where nothing is expected, and never more than every 2 ms', async () => {
    const { gl, state } = fakeGl({ doneAtMs: 7 });
    expect(await waited(new GpuWait(gl, true))).toEqual({ gpuMs: null, pollMs: 2 });
    expect(state.looks).toEqual([2, 4, 6, 8]);
  });

  test('ends with the context', async () => {
    const { gl, state } = fakeGl({ doneAtMs: Infinity });
    const wait = new GpuWait(gl, true);
    const lost = expect(wait.finished(NaN)).rejects.toMatchObject({ code: 'context-lost' });
    await vi.advanceTimersByTimeAsync(10);
    state.lost = true;
    await vi.advanceTimersByTimeAsync(10);
    await lost;
    expect(state.open).toBe(0);
  });
});

describe("the GPU's own clock", () => {
  test('tells how long it worked', async () => {
    const { gl, state } = fakeGl({ gpuNs: 3_500_000 });
    expect(await waited(new GpuWait(gl, false))).toEqual({ gpuMs: 3.5, pollMs: 2 });
    expect(state).toMatchObject({ open: 0, running: 0 });
  });

  test.each([
    ['was disturbed', { isDisjoint: true }],
    ['is not ready', { isAvailable: false }],
    ['is not there', { hasTimer: false }],
  ])('that %s tells nothing', async (_name, flaw) => {
    const { gl, state } = fakeGl({ gpuNs: 3_500_000, ...flaw });
    expect(await waited(new GpuWait(gl, false))).toMatchObject({ gpuMs: null });
    expect(state).toMatchObject({ open: 0, running: 0 });
  });

  test('times one frame at a time', async () => {
    const { gl, state } = fakeGl({ gpuNs: 1e6 });
    const wait = new GpuWait(gl, false);
    wait.begin();
    wait.begin();
    expect(state.running).toBe(1);
    expect(await waited(wait)).toMatchObject({ gpuMs: 1 });
    expect(state).toMatchObject({ open: 0, running: 0 });
  });

  test('of software GL is the CPU: it is not asked', async () => {
    const { gl } = fakeGl({ gpuNs: 1e6 });
    expect(await waited(new GpuWait(gl, true))).toMatchObject({ gpuMs: null });
  });
});
