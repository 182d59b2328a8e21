/**
 * Runs one graph on one frame after another, on the thread that made it: take the pixels, compute, show.
 * Owns its backend and the graph that is prepared on it. A fault of one frame costs that frame only.
 */
import type { Backend, PreparedGraph } from '../backends/port.ts';
import { PipelineError, type PipelineErrorCode } from '../core/errors.ts';
import { sameColor } from '../core/frame-color.ts';
import type { Pixels } from '../core/pixels.ts';
import type { FrameAccount } from '../frames/frame-account.ts';
import type { FrameLease } from '../frames/frame-lease.ts';
import type { Graph } from '../graph/graph.ts';
import { makePlan } from '../plan/make-plan.ts';
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
  /** Faults that cost one frame. */
  onDiagnostic: (error: PipelineError) => void;
}>;

/** Faults that every later frame would meet as well. */
const FINAL_CODES: ReadonlySet<PipelineErrorCode> = new Set(['context-lost', 'frame-too-large']);

export class LiveEngine {
  readonly timings = new FrameTimings();
  readonly #backend: Backend;
  readonly #output: EngineOutput;
  readonly #account: FrameAccount;
  readonly #onDiagnostic: (error: PipelineError) => void;
  /** The newest that was asked for, and the last that could be prepared. */
  #wanted: Graph;
  #good: Graph;
  #prepared: PreparedGraph | null = null;
  /** The graph of the frame in flight. */
  #running: PreparedGraph | null = null;
  #form: FrameForm | null = null;
  #preparing = 0;
  #preparations = 0;
  #disposed = false;

  constructor(graph: Graph, { backend, output, account, onDiagnostic }: LiveEngineOptions) {
    this.#wanted = graph;
    this.#good = graph;
    this.#backend = backend;
    this.#output = output;
    this.#account = account;
    this.#onDiagnostic = onDiagnostic;
  }

  /** Whether a filter is being compiled: frames that are replaced meanwhile are lost to that. */
  get isPreparing(): boolean {
    return this.#preparing > 0;
  }

  /** How often one was compiled so far. */
  get preparations(): number {
    return this.#preparations;
  }

  /** Whose figures these are. */
  get backend(): Pick<Backend, 'name' | 'uploadPath'> {
    return this.#backend;
  }

  /** Width and height of the frames, once one came. */
  get form(): FrameForm | null {
    return this.#form;
  }

  /**
   * Switches at a frame boundary; the old graph goes on until the new one is ready. Of several calls the
   * newest wins.
   * @throws what `makePlan` and `Backend.prepare` throw; the old graph goes on then.
   */
  async setGraph(graph: Graph): Promise<void> {
    this.#wanted = graph;
    if (this.#form === null) {
      this.#good = graph;
      return;
    }
    try {
      await this.#prepare(graph, this.#form);
    } catch (error) {
      this.#giveUp(graph);
      throw error;
    }
  }

  /**
   * Takes, computes and shows one frame.
   * @consumes lease
   * @throws PipelineError when no later frame can do better: `shader-failed`, `float-missing`, `context-lost` …
   */
  async process(lease: FrameLease): Promise<void> {
    const startMs = performance.now();
    const { timestampUs } = lease;
    try {
      const form = await this.#take(lease);
      await this.#ready(form);
      await this.#run(timestampUs);
      this.#account.show();
      const nowMs = performance.now();
      this.timings.shown(nowMs, nowMs - startMs);
    } catch (error) {
      this.#account.drop('failed');
      if (this.#disposed) return;
      const fault = PipelineError.from(error instanceof NoPicture ? error.cause : error, 'frame-failed', {
        recoverable: true,
      });
      if (error instanceof NoPicture || FINAL_CODES.has(fault.code)) throw fault;
      this.#onDiagnostic(fault);
    }
  }

  /** Gives everything back. Idempotent. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#retire();
    this.#running?.dispose();
    this.#backend.dispose();
  }

  /** Lets the current graph go; one that a frame is running on goes with that frame. */
  #retire(): void {
    if (this.#prepared !== this.#running) this.#prepared?.dispose();
    this.#prepared = null;
  }

  async #take(lease: FrameLease): Promise<FrameForm> {
    try {
      return await this.#backend.upload(lease.frame);
    } finally {
      lease.release();
    }
  }

  async #ready(form: FrameForm): Promise<void> {
    this.#mustLive();
    this.#form = form;
    while (this.#prepared === null || !sameForm(this.#prepared.plan.frame, form)) {
      const graph = this.#wanted;
      try {
        await this.#prepare(graph, form);
      } catch (error) {
        if (graph === this.#good) throw new NoPicture(error);
        this.#giveUp(graph);
        this.#onDiagnostic(PipelineError.from(error, 'frame-failed'));
      }
      this.#mustLive();
    }
  }

  /** What was refused is not tried again: the last good graph goes on, unless a newer one is wanted by now. */
  #giveUp(graph: Graph): void {
    if (this.#wanted === graph) this.#wanted = this.#good;
  }

  /** A method, because the answer may change with every wait. */
  #mustLive(): void {
    if (this.#disposed) throw aborted();
  }

  async #prepare(graph: Graph, form: FrameForm): Promise<void> {
    this.#preparing++;
    this.#preparations++;
    try {
      const prepared = await this.#backend.prepare(makePlan(graph, form, this.#backend.capabilities));
      // Overtaken by a newer graph, or compiled for frames that no longer come.
      if (this.#disposed || this.#wanted !== graph || !sameForm(this.#form, form)) {
        prepared.dispose();
        return;
      }
      this.#retire();
      this.#prepared = prepared;
      this.#good = graph;
    } finally {
      this.#preparing--;
    }
  }

  /** Computes and shows the frame that was taken. A switch meanwhile leaves this frame's graph alone. */
  async #run(timestampUs: number): Promise<void> {
    const prepared = this.#prepared;
    if (prepared === null) throw aborted();
    this.#running = prepared;
    try {
      this.#backend.execute(prepared);
      if (this.#output.kind === 'canvas') this.#backend.present(prepared);
      // The thread stays free while the GPU works, so that newer frames come in and are counted.
      await this.#backend.finished();
      if (this.#output.kind === 'canvas') return;
      this.#mustLive();
      await this.#output.show(this.#backend.read(prepared), timestampUs);
    } finally {
      this.#running = null;
      if (prepared !== this.#prepared) prepared.dispose();
    }
  }
}

/** The graph can't run on frames of this form: there is nothing to show, now or later. */
class NoPicture extends Error {
  constructor(cause: unknown) {
    super('the graph could not be prepared', { cause });
  }
}

function aborted(): PipelineError {
  return new PipelineError('aborted', 'The pipeline was stopped.');
}

function sameForm(a: FrameForm | null, b: FrameForm): boolean {
  if (a === null) return false;
  return a.width === b.width && a.height === b.height && a.layout === b.layout && sameColor(a.color, b.color);
}
