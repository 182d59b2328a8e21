/**
 * Runs one graph on one frame after another, on the thread that made it: take the pixels, compute, show.
 * Owns its backend and the graph that is prepared on it. A fault of one frame costs that frame only.
 */
import type { Backend, PreparedGraph } from '../backends/port.ts';
import { PipelineError, type PipelineErrorCode } from '../core/errors.ts';
import type { Pixels } from '../core/pixels.ts';
import type { FrameAccount } from '../frames/frame-account.ts';
import type { FrameLease } from '../frames/frame-lease.ts';
import type { Graph } from '../graph/graph.ts';
import { planInWords, summarize } from '../plan/explain.ts';
import { kinOf } from '../plan/kin.ts';
import { makePlan } from '../plan/make-plan.ts';
import { sameForm, type FrameForm, type Plan } from '../plan/plan.ts';
import { DEFAULT_PRICES, type Prices } from '../plan/prices.ts';
import { FrameTimings } from './frame-timings.ts';
import type { PriceBook } from './price-book.ts';

/** Where frames go: onto the backend's own canvas, or as pixels to somebody else. */
export type EngineOutput =
  | Readonly<{ kind: 'canvas' }>
  | Readonly<{ kind: 'pixels'; show: (pixels: Pixels, timestampUs: number) => Promise<void> }>;

export type LiveEngineOptions = Readonly<{
  backend: Backend;
  output: EngineOutput;
  account: FrameAccount;
  /** What things cost on this device. Default what the planner assumes, never measured. */
  prices?: PriceBook;
  /** Faults that cost one frame. */
  onDiagnostic: (error: PipelineError) => void;
}>;

/** Compiling may stall: no sooner than this after the last time, so that frames flow in between. */
const PAUSE_MS = 100;
/** What is only worth it for a filter that stays waits until it has stayed so long. */
const SETTLED_MS = 2000;

/** Faults that every later frame would meet as well. */
const FINAL_CODES: ReadonlySet<PipelineErrorCode> = new Set(['context-lost', 'frame-too-large']);

export class LiveEngine {
  readonly timings = new FrameTimings();
  readonly #backend: Backend;
  readonly #output: EngineOutput;
  readonly #account: FrameAccount;
  readonly #onDiagnostic: (error: PipelineError) => void;
  readonly #book: PriceBook | null;
  /** Settles when prices are known, or are not to be had. */
  readonly #priced: Promise<unknown>;
  /** What a frame of the current graph should take, by the prices that it was planned with. */
  #predictedMs = 0;
  /** The newest that was asked for, and the last that could be prepared. */
  #wanted: Graph;
  #good: Graph;
  #prepared: PreparedGraph | null = null;
  /** The graph of the frame in flight. */
  #running: PreparedGraph | null = null;
  #form: FrameForm | null = null;
  #explanation = '';
  #preparing = 0;
  #preparations = 0;
  /** Graphs that a slider may ask for next, whose programs are perhaps not all there yet. */
  #kin: readonly Graph[] = [];
  #isRefined = true;
  #preparedMs = 0;
  #pauseUntilMs = 0;
  #disposed = false;

  constructor(graph: Graph, { backend, output, account, prices, onDiagnostic }: LiveEngineOptions) {
    this.#wanted = graph;
    this.#good = graph;
    this.#backend = backend;
    this.#output = output;
    this.#account = account;
    this.#onDiagnostic = onDiagnostic;
    this.#book = prices ?? null;
    // What can't be measured is planned with the defaults.
    this.#priced = this.#book?.open(backend).catch(() => undefined) ?? Promise.resolve();
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
  get backend(): Pick<Backend, 'name' | 'uploadPath' | 'compiledPrograms'> {
    return this.#backend;
  }

  /** How the current graph is computed, in words; empty before the first frame. */
  get explanation(): string {
    return this.#explanation;
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
      if (this.#hasQuietWork(nowMs)) await this.#improve();
    } catch (error) {
      this.#account.drop('failed');
      if (this.#disposed) return;
      const fault = PipelineError.from(error instanceof NoPicture ? error.cause : error, 'frame-failed', {
        recoverable: true,
      });
      if (fault.code === 'context-lost') void this.#book?.forget();
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
    while (!this.#isPreparedFor(form)) {
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

  #isPreparedFor(form: FrameForm): boolean {
    const prepared = this.#prepared?.plan.frame ?? null;
    return prepared !== null && sameForm(prepared, form);
  }

  /** What was refused is not tried again: the last good graph goes on, unless a newer one is wanted by now. */
  #giveUp(graph: Graph): void {
    if (this.#wanted === graph) this.#wanted = this.#good;
  }

  /** A method, because the answer may change with every wait. */
  #isOver(): boolean {
    return this.#disposed;
  }

  #mustLive(): void {
    if (this.#isOver()) throw aborted();
  }

  async #prepare(graph: Graph, form: FrameForm): Promise<void> {
    this.#preparing++;
    this.#preparations++;
    try {
      if (this.#book !== null) await this.#priced;
      const prepared = await this.#backend.prepare(this.#plan(graph, form));
      // Overtaken by a newer graph, or compiled for frames that no longer come.
      if (this.#disposed || this.#wanted !== graph || this.#form === null || !sameForm(this.#form, form)) {
        prepared.dispose();
        return;
      }
      this.#retire();
      this.#prepared = prepared;
      this.#good = graph;
      this.#explanation = planInWords(prepared.plan, this.#prices);
      this.#predictedMs = summarize(prepared.plan, this.#prices).reduce(
        (sum, pass) => sum + pass.predictedMs,
        0,
      );
      this.#kin = kinOf(graph);
      this.#isRefined = false;
      this.#preparedMs = performance.now();
    } finally {
      this.#preparing--;
    }
  }

  #hasQuietWork(nowMs: number): boolean {
    if (nowMs < this.#pauseUntilMs) return false;
    if (this.#book?.isStale === true) return true;
    return this.#kin.length > 0 || (!this.#isRefined && nowMs - this.#preparedMs >= SETTLED_MS);
  }

  #plan(graph: Graph, form: FrameForm): Plan {
    return makePlan(graph, form, this.#backend.capabilities, {
      prices: this.#prices,
      output: this.#output.kind === 'canvas' ? 'canvas' : 'bytes',
    });
  }

  get #prices(): Prices {
    return this.#book?.prices ?? DEFAULT_PRICES;
  }

  /**
   * One piece of what is better done before it is needed, between two frames: first the programs that a slider may
   * need next, then, for a filter that stays, faster programs. Frames lost to it count as lost to compiling.
   */
  async #improve(): Promise<void> {
    const [prepared, form] = [this.#prepared, this.#form];
    if (prepared === null || form === null || this.#disposed) return;
    this.#preparing++;
    const compiledBefore = this.#backend.compiledPrograms;
    try {
      const [kin] = this.#kin;
      if (this.#book?.isStale === true) await this.#priceAnew(this.#book, form);
      else if (kin === undefined) this.#isRefined = !(await this.#backend.refine(prepared));
      else if (!(await this.#backend.warm(this.#plan(kin, form)))) this.#kin = this.#kin.slice(1);
    } catch (error) {
      // What runs, runs on: only the improvement is lost.
      this.#kin = [];
      this.#isRefined = true;
      if (!this.#isOver())
        this.#onDiagnostic(PipelineError.from(error, 'shader-failed', { recoverable: true }));
    } finally {
      this.#preparing--;
      if (this.#backend.compiledPrograms > compiledBefore) {
        this.#preparations++;
        this.#pauseUntilMs = performance.now() + PAUSE_MS;
      }
    }
  }

  /** The device is not what it was: other algorithms may be the cheaper ones now. */
  async #priceAnew(book: PriceBook, form: FrameForm): Promise<void> {
    this.#pauseUntilMs = performance.now() + PAUSE_MS;
    if (await book.calibrate()) await this.#prepare(this.#wanted, form);
  }

  /** Computes and shows the frame that was taken. A switch meanwhile leaves this frame's graph alone. */
  async #run(timestampUs: number): Promise<void> {
    const prepared = this.#prepared;
    if (prepared === null) throw aborted();
    this.#running = prepared;
    const startMs = performance.now();
    try {
      this.#backend.execute(prepared);
      if (this.#output.kind === 'canvas') this.#backend.present(prepared);
      // The thread stays free while the GPU works, so that newer frames come in and are counted.
      await this.#backend.finished();
      // What is still being made faster says nothing of the device.
      if (this.#isRefined && !this.isPreparing)
        this.#book?.observe(this.#predictedMs, performance.now() - startMs);
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
