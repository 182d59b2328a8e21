/**
 * Waiting for the GPU, without blocking the thread: a fence that is looked at now and then, and, on a real GPU, its own
 * clock. A fence's status and a query's result are renewed only after a return to the event loop, so timers do the
 * looking. https://registry.khronos.org/webgl/extensions/EXT_disjoint_timer_query_webgl2/
 */
import type { GpuTiming } from '../port.ts';
import { contextLost } from './programs.ts';

/** The first look comes when this share of the expected time has passed, or so many ms: what was slow may be fast now. */
const FIRST_LOOK = 0.8;
const LATEST_FIRST_LOOK_MS = 24;
const LOOKS = 8;
const LEAST_POLL_MS = 2;
const MOST_POLL_MS = 8;

type TimerExtension = Readonly<{ TIME_ELAPSED_EXT: GLenum; GPU_DISJOINT_EXT: GLenum }>;

export class GpuWait {
  readonly #gl: WebGL2RenderingContext;
  /** Null on software GL: its time is the CPU's, which the clock tells. */
  readonly #timer: TimerExtension | null;
  #query: WebGLQuery | null = null;

  constructor(gl: WebGL2RenderingContext, isSoftware: boolean) {
    this.#gl = gl;
    this.#timer = isSoftware
      ? null
      : (gl.getExtension('EXT_disjoint_timer_query_webgl2') as TimerExtension | null);
  }

  /** From here on the GPU's time counts; `finished` ends it. One frame at a time is timed. */
  begin(): void {
    if (this.#timer === null || this.#query !== null) return;
    this.#query = this.#gl.createQuery();
    this.#gl.beginQuery(this.#timer.TIME_ELAPSED_EXT, this.#query);
  }

  /**
   * Resolves when all that was drawn is done.
   * @param expectedMs how long that should take; NaN where nobody knows.
   * @throws PipelineError `context-lost`
   */
  async finished(expectedMs: number): Promise<GpuTiming> {
    const gl = this.#gl;
    const query = this.#endQuery();
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (fence === null) throw contextLost();
    gl.flush();
    const pollMs = Math.min(Math.max((expectedMs || 0) / LOOKS, LEAST_POLL_MS), MOST_POLL_MS);
    await pause(Math.min(Math.max(FIRST_LOOK * (expectedMs || 0), pollMs), LATEST_FIRST_LOOK_MS));
    while (!gl.isContextLost() && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED)
      await pause(pollMs);
    gl.deleteSync(fence);
    if (gl.isContextLost()) throw contextLost();
    return { gpuMs: this.#elapsed(query), pollMs };
  }

  #endQuery(): WebGLQuery | null {
    const query = this.#query;
    this.#query = null;
    if (query !== null && this.#timer !== null) this.#gl.endQuery(this.#timer.TIME_ELAPSED_EXT);
    return query;
  }

  #elapsed(query: WebGLQuery | null): number | null {
    const gl = this.#gl;
    if (query === null || this.#timer === null) return null;
    const isKnown = gl.getQueryParameter(query, gl.QUERY_RESULT_AVAILABLE) === true;
    // Another program, or a change of the GPU's clock, came between.
    const isDisturbed = gl.getParameter(this.#timer.GPU_DISJOINT_EXT) === true;
    const ns = isKnown && !isDisturbed ? (gl.getQueryParameter(query, gl.QUERY_RESULT) as number) : null;
    gl.deleteQuery(query);
    return ns === null ? null : ns / 1e6;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
