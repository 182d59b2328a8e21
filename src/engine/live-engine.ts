/**
 * Runs one graph on one frame after another, on the thread that made it: take the pixels, compute, show.
 * Owns its backend and the graph that is prepared on it. A fault of one frame costs that frame only.
 */
import type { Backend, PreparedGraph } from '../backends/port.ts';
import { PipelineError } from '../core/errors.ts';
import { sameColor } from '../core/frame-color.ts';
import type { Pixels } from '../core/pixels.ts';
import type { FrameAccount } from '../frames/frame-account.ts';
import type { FrameLease } from '../frames/frame-lease.ts';
import type { Graph } from '../graph/graph.ts';
import type { FrameForm } from '../plan/plan.ts';
import { FrameTimings } from './frame-timings.ts';

/** Where frames go: onto the backend's own canvas, or as pixels to somebody else. */
export type EngineOutput =
  | Readonly<{ kind: 'canvas' }>
  | Readonly<{ kind: 'pixels'; show: (pixels: Pixels, timestampUs: number) => Promise<void> }>;

export type LiveEngineOptions = Readonly<{
  backend: Backend;
  output: EngineOutput;
  account: FrameAccount;
  /** Faults that cost one frame, or a filter that could not be prepared. */
  onDiagnostic: (error: PipelineError) => void;
}>;

export class LiveEngine {
  readonly timings = new FrameTimings();
  readonly #backend: Backend;
  readonly #output: EngineOutput;
  readonly #account: FrameAccount;
  readonly #onDiagnostic: (error: PipelineError) => void;
  #graph: Graph;
  #prepared: PreparedGraph | null = null;
  /** What could not be prepared is not tried again with each frame. */
  #refused: Readonly<{ graph: Graph; form: FrameForm; error: PipelineError }> | null = null;
  #form: FrameForm | null = null;
  #preparing = 0;
  #disposed = false;

  constructor(graph: Graph, { backend, output, account, onDiagnostic }: LiveEngineOptions) {
    this.#graph = graph;
    this.#backend = backend;
    this.#output = output;
    this.#account = account;
    this.#onDiagnostic = onDiagnostic;
  }

  /** Whether a filter is being compiled: frames that are replaced meanwhile are lost to that. */
  get isPreparing(): boolean {
    return this.#preparing > 0;
  }

  /** Width and height of the frames, once one came. */
  get form(): FrameForm | null {
    return this.#form;
  }

  /**
   * Switches at a frame boundary; the old graph goes on until the new one is ready. Of several calls the
   * newest wins.
   * @throws what `Backend.prepare` throws; the old graph goes on then.
   */
  async setGraph(graph: Graph): Promise<void> {
    const previous = this.#graph;
    this.#graph = graph;
    if (this.#form === null) return;
    try {
      await this.#prepare(graph, this.#form);
    } catch (error) {
      if (this.#graph === graph) this.#graph = previous;
      throw error;
    }
  }

  /** @consumes lease */
  async process(lease: FrameLease): Promise<void> {
    const startMs = performance.now();
    const { timestampUs } = lease;
    try {
      const form = await this.#take(lease);
      await this.#ready(form);
      // From here to the end of the reads nothing waits, so a switch can't come between.
      const prepared = this.#prepared;
      if (prepared === null) throw aborted();
      this.#backend.execute(prepared);
      await this.#show(prepared, timestampUs);
      this.#account.show();
      const nowMs = performance.now();
      this.timings.shown(nowMs, nowMs - startMs);
    } catch (error) {
      this.#account.drop('failed');
      if (!this.#disposed)
        this.#onDiagnostic(PipelineError.from(error, 'frame-failed', { recoverable: true }));
    }
  }

  /** Gives everything back. Idempotent. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#prepared?.dispose();
    this.#prepared = null;
    this.#backend.dispose();
  }

  async #take(lease: FrameLease): Promise<FrameForm> {
    try {
      return await this.#backend.upload(lease.frame);
    } finally {
      lease.release();
    }
  }

  async #ready(form: FrameForm): Promise<void> {
    if (this.#disposed) throw aborted();
    this.#form = form;
    while (this.#prepared === null || !sameForm(this.#prepared.plan.frame, form)) {
      const graph = this.#graph;
      if (this.#refused?.graph === graph && sameForm(this.#refused.form, form)) throw this.#refused.error;
      try {
        await this.#prepare(graph, form);
      } catch (cause) {
        const error = PipelineError.from(cause, 'frame-failed');
        this.#refused = { graph, form, error };
        throw error;
      }
      if (this.#disposed) throw aborted();
    }
  }

  async #prepare(graph: Graph, form: FrameForm): Promise<void> {
    this.#preparing++;
    try {
      const prepared = await this.#backend.prepare(graph, form);
      if (this.#disposed || this.#graph !== graph) {
        prepared.dispose();
        return;
      }
      this.#prepared?.dispose();
      this.#prepared = prepared;
    } finally {
      this.#preparing--;
    }
  }

  async #show(prepared: PreparedGraph, timestampUs: number): Promise<void> {
    if (this.#output.kind === 'pixels') {
      await this.#output.show(this.#backend.read(prepared), timestampUs);
    } else {
      this.#backend.present(prepared);
      await this.#backend.finished();
    }
  }
}

function aborted(): PipelineError {
  return new PipelineError('aborted', 'The pipeline was stopped.');
}

function sameForm(a: FrameForm, b: FrameForm): boolean {
  return a.width === b.width && a.height === b.height && a.layout === b.layout && sameColor(a.color, b.color);
}
