/**
 * Graphs on one backend: prepares the newest that was asked for, for the frames as they come, and lets the last good one
 * go on until that is done. Owns what it prepared; the backend is borrowed.
 */
import type { Backend, PreparedGraph } from '../backends/port.ts';
import { PipelineError } from '../core/errors.ts';
import { sizeAtScale } from '../core/frame-size.ts';
import type { Graph } from '../graph/graph.ts';
import { outputShape } from '../graph/infer-shapes.ts';
import { latencyOf } from '../graph/latency.ts';
import { planInWords, predictedMs } from '../plan/explain.ts';
import { kinOf } from '../plan/kin.ts';
import type { FrameForm, FrameSize, Plan } from '../plan/plan.ts';
import type { Prices } from '../plan/prices.ts';
import { aborted, NoPicture } from './faults.ts';
import { GraphPlanner } from './graph-planner.ts';
import { GraphSuccession, type Prepared } from './graph-succession.ts';
import type { PriceBook } from './price-book.ts';
import { fitsSame, type TakenForm } from './taken-form.ts';

export type GraphRunnerOptions = Readonly<{
  backend: Backend;
  book: PriceBook | null;
  /** Shares of the full size that frames may come at, on a side. */
  scales: readonly number[];
  /** Faults that end nothing. */
  onDiagnostic: (error: PipelineError) => void;
  /** Told when programs begin to be compiled, and when that is over; `changed`: frames cost something else now. */
  onCompiling: (compiling: boolean, changed: boolean) => void;
}>;

/** What computes a frame, and how large its picture is at the full size: filters may crop or enlarge. */
export type ReadyGraph = Pick<Prepared, 'graph' | 'fullOutput'>;

const NO_LATENCY: Prepared['latency'] = { frames: 0, ms: 0 };
/** Most often there is nothing to improve. */
const NOTHING = Promise.resolve();
/** Compiling may stall: no sooner than this after the last time, so that frames flow in between. */
const PAUSE_MS = 100;
/** What is only worth it for a filter that stays waits until it has stayed so long. */
const SETTLED_MS = 2000;

export class GraphRunner {
  readonly #backend: Backend;
  readonly #book: PriceBook | null;
  readonly #scales: readonly number[];
  readonly #planner: GraphPlanner;
  readonly #graphs: GraphSuccession;
  readonly #onDiagnostic: GraphRunnerOptions['onDiagnostic'];
  readonly #onCompiling: GraphRunnerOptions['onCompiling'];
  /** Settles when prices are known, or are not to be had. */
  readonly #priced: Promise<unknown>;
  /** The newest that was asked for, and the last that could be prepared. */
  #wanted: Graph;
  #good: Graph;
  #taken: TakenForm | null = null;
  /** What is better compiled before it is needed, a program at a time. Each answers whether it had to. */
  #ahead: (() => Promise<boolean>)[] = [];
  #isRefined = true;
  #preparedMs = 0;
  #pauseUntilMs = 0;
  #preparing = 0;
  #preparations = 0;
  #words: Readonly<{ plan: Plan; text: string }> | null = null;
  #disposed = false;

  constructor(graph: Graph, { backend, book, scales, onDiagnostic, onCompiling }: GraphRunnerOptions) {
    this.#wanted = graph;
    this.#good = graph;
    this.#backend = backend;
    this.#book = book;
    this.#scales = scales;
    this.#planner = new GraphPlanner({ capabilities: backend.capabilities, book, scales });
    this.#graphs = new GraphSuccession(backend);
    this.#onDiagnostic = onDiagnostic;
    this.#onCompiling = onCompiling;
    // What can't be measured is planned with the defaults.
    this.#priced = book?.open(backend).catch(() => undefined) ?? Promise.resolve();
  }

  /** The graph that is wanted: that of the next frame, if it can be prepared. */
  get graph(): Graph {
    return this.#wanted;
  }

  /** How often programs were compiled, or may have been, so far. */
  get preparations(): number {
    return this.#preparations;
  }

  get isPreparing(): boolean {
    return this.#preparing > 0;
  }

  /** How the current graph is computed, in words; empty before the first frame. */
  get explanation(): string {
    const plan = this.#graphs.current?.graph.plan;
    if (plan === undefined) return '';
    if (this.#words?.plan !== plan) this.#words = { plan, text: planInWords(plan, this.#planner.prices) };
    return this.#words.text;
  }

  /** How far what is shown lies behind the newest frame: the one beside the other. */
  get latency(): Prepared['latency'] {
    return this.#graphs.current?.latency ?? NO_LATENCY;
  }

  /** What the current graph remembers takes so much of the device's memory. */
  get memoryBytes(): number {
    return this.#graphs.current?.graph.memoryBytes ?? 0;
  }

  /** Where outputs go, which decides how they are planned. The next frame is planned so. */
  set planOutput(output: GraphPlanner['output']) {
    if (output === this.#planner.output) return;
    this.#planner.output = output;
    this.#graphs.retire();
  }

  /**
   * Switches at a frame boundary; the old graph goes on until the new one is ready. Of several calls the newest wins.
   * @throws what `makePlan` and `Backend.prepare` throw; the old graph goes on then.
   */
  async setGraph(graph: Graph): Promise<void> {
    this.#wanted = graph;
    if (this.#taken === null) {
      this.#good = graph;
      return;
    }
    try {
      await this.#compiling(() => this.#prepare(graph));
    } catch (error) {
      this.#giveUp(graph);
      throw error;
    }
  }

  /**
   * What computes a frame of this form, most often at once; `done` says when it is no longer needed.
   * @throws NoPicture when the graph can't run on such frames.
   */
  ready(taken: TakenForm): ReadyGraph | Promise<ReadyGraph> {
    this.#mustLive();
    this.#taken = taken;
    return this.#isPreparedFor(taken) ? this.#take(taken) : this.#makeReady(taken);
  }

  async #makeReady(taken: TakenForm): Promise<ReadyGraph> {
    while (!this.#isPreparedFor(taken)) {
      const graph = this.#wanted;
      // The same graph at another size needs the same programs: nothing stalls, and nothing is told.
      const isKnown = this.#graphs.current !== null && graph === this.#good;
      try {
        await (isKnown ? this.#prepare(graph) : this.#compiling(() => this.#prepare(graph)));
      } catch (error) {
        if (graph === this.#good) throw new NoPicture(error);
        this.#giveUp(graph);
        this.#onDiagnostic(PipelineError.from(error, 'frame-failed'));
      }
      this.#mustLive();
    }
    return this.#take(taken);
  }

  #take(taken: TakenForm): ReadyGraph {
    const ready = this.#graphs.take(taken);
    if (ready === null) throw aborted();
    return ready;
  }

  /** A frame is done with what `ready` gave it. */
  done(graph: PreparedGraph): void {
    this.#graphs.done(graph);
  }

  /** What the passes of a frame took: the device may have changed. */
  observe(passesMs: number): void {
    // What is still being made faster says nothing of the device.
    const { current } = this.#graphs;
    if (current !== null && this.#isRefined && !this.isPreparing)
      this.#book?.observe(current.predictedMs, passesMs);
  }

  /**
   * The scale at which a frame is to be taken: the one that is asked for, or the next larger one at which the graph has an
   * output at all.
   */
  feasibleScale(scale: number, full: FrameSize): number {
    const form = this.#taken?.form;
    return form === undefined ? scale : this.#planner.feasibleScale(this.#wanted, scale, full, form);
  }

  /** What things cost on this device, once that is known. */
  async prices(): Promise<Prices> {
    await this.#priced;
    return this.#planner.prices;
  }

  /** As `GraphPlanner.plan`, of the graph that is wanted at its full size. */
  plan(form: FrameForm, output: GraphPlanner['output']): Plan {
    return this.#planner.plan(this.#wanted, form, 1, output);
  }

  /**
   * One piece of what is better done before it is needed, between two frames: first the programs that another level, or
   * a slider, may need next, then, for a filter that stays, faster programs.
   */
  improve(): Promise<void> {
    const nowMs = performance.now();
    const { current } = this.#graphs;
    if (current === null || this.#disposed || this.isPreparing || nowMs < this.#pauseUntilMs) return NOTHING;
    if (this.#book?.isStale === true) return this.#quietly(true, () => this.#priceAnew());
    // A slider that is dragged asks for the next graph already.
    const [ahead] = nowMs - this.#preparedMs < PAUSE_MS ? [] : this.#ahead;
    if (ahead !== undefined)
      return this.#quietly(false, async () => {
        if (!(await ahead())) this.#ahead = this.#ahead.filter((one) => one !== ahead);
      });
    if (!this.#isRefined && nowMs - this.#preparedMs >= SETTLED_MS)
      return this.#quietly(true, async () => {
        this.#isRefined = !(await this.#backend.refine(current.graph));
      });
    return NOTHING;
  }

  /** Gives everything back. Idempotent. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#graphs.dispose();
  }

  #isPreparedFor(taken: TakenForm): boolean {
    const { current } = this.#graphs;
    return current !== null && fitsSame(current.taken, taken);
  }

  /** What was refused is not tried again: the last good graph goes on, unless a newer one is wanted by now. */
  #giveUp(graph: Graph): void {
    if (this.#wanted === graph) this.#wanted = this.#good;
  }

  #mustLive(): void {
    if (this.#disposed) throw aborted();
  }

  /** Prepares `graph` for the frames that come now. */
  async #prepare(graph: Graph): Promise<void> {
    const taken = this.#taken;
    if (taken === null) return;
    if (this.#book !== null) await this.#priced;
    const plan = this.#planner.plan(graph, taken.form, taken.scale);
    const compiledBefore = this.#backend.compiledPrograms;
    const prepared = await this.#backend.prepare(plan, { present: this.#planner.output === 'canvas' });
    const isNew = graph !== this.#good || this.#graphs.current === null;
    try {
      // Now, while it is told that programs are made, and not with the first frame.
      if (this.#backend.compiledPrograms > compiledBefore && this.#isStillFor(graph, taken)) {
        this.#backend.prime(prepared);
        await this.#backend.finished();
      }
    } catch (error) {
      prepared.dispose();
      throw error;
    }
    if (!this.#isStillFor(graph, taken)) {
      prepared.dispose();
      return;
    }
    this.#graphs.succeed({
      graph: prepared,
      taken,
      fullOutput: fullOutputOf(graph, taken.full),
      predictedMs: predictedMs(plan, this.#planner.prices),
      latency: latencyOf(graph),
    });
    this.#good = graph;
    if (isNew) this.#ahead = this.#listAhead(graph, taken);
    this.#isRefined = false;
    this.#preparedMs = performance.now();
  }

  /** Not overtaken by a newer graph, nor made for frames that no longer come. */
  #isStillFor(graph: Graph, taken: TakenForm): boolean {
    if (this.#disposed || this.#wanted !== graph) return false;
    return this.#taken !== null && fitsSame(this.#taken, taken);
  }

  /** Programs do not depend on sizes, but on what the planner chooses at them. */
  #listAhead(graph: Graph, { form, full, scale }: TakenForm): (() => Promise<boolean>)[] {
    const others = this.#scales.filter((other) => other !== scale);
    const formAt = (one: number): FrameForm =>
      one === scale ? form : { ...form, ...sizeAtScale(full, one) };
    const warm = (one: Graph, at: FrameForm, scaled: number) => () => {
      const plan = this.#planner.planIfAny(one, at, scaled);
      return plan === null ? Promise.resolve(false) : this.#backend.warm(plan);
    };
    return [
      ...others.map((other) => warm(graph, formAt(other), other)),
      ...kinOf(graph).flatMap((one) => [scale, ...others].map((at) => warm(one, formAt(at), 1))),
    ];
  }

  /** Runs `work`, which compiles what a new graph needs: frames cost something else afterwards. */
  async #compiling(work: () => Promise<void>): Promise<void> {
    this.#begin(true);
    try {
      await work();
    } finally {
      this.#end(true);
    }
  }

  /** Runs an improvement; what runs, runs on if it fails. */
  async #quietly(changed: boolean, work: () => Promise<void>): Promise<void> {
    const compiledBefore = this.#backend.compiledPrograms;
    this.#begin(changed);
    try {
      await work();
      if (this.#backend.compiledPrograms > compiledBefore) await this.#backend.finished();
    } catch (error) {
      this.#ahead = [];
      this.#isRefined = true;
      if (!this.#disposed)
        this.#onDiagnostic(PipelineError.from(error, 'shader-failed', { recoverable: true }));
    } finally {
      this.#end(changed);
      if (this.#backend.compiledPrograms > compiledBefore) {
        if (!changed) this.#preparations++;
        this.#pauseUntilMs = performance.now() + PAUSE_MS;
      }
    }
  }

  #begin(changed: boolean): void {
    if (changed) this.#preparations++;
    if (this.#preparing++ === 0) this.#onCompiling(true, changed);
  }

  #end(changed: boolean): void {
    if (--this.#preparing === 0) this.#onCompiling(false, changed);
  }

  /** The device is not what it was: other algorithms may be the cheaper ones now. */
  async #priceAnew(): Promise<void> {
    this.#pauseUntilMs = performance.now() + PAUSE_MS;
    if (await this.#book?.calibrate()) await this.#prepare(this.#wanted);
  }
}

/** How large the output is of frames of a size: filters may crop or enlarge. */
export function fullOutputOf(graph: Graph, { width, height }: FrameSize): FrameSize {
  const [rows, columns] = outputShape(graph, { frame: [height, width, 3] });
  return { width: columns ?? width, height: rows ?? height };
}
