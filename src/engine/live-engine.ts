/**
 * Runs one graph on one frame after another, on the thread that made it: take the pixels, compute, show. Owns its
 * backend, which is replaced when the device goes away, and the outputs. A fault of one frame costs that frame only.
 */
import type { Backend, FrameImage, PreparedGraph } from '../backends/port.ts';
import { assert } from '../core/assert.ts';
import { PipelineError } from '../core/errors.ts';
import { fullSizeOf, type Size } from '../core/frame-size.ts';
import { turnOf } from '../core/frame-turn.ts';
import type { Tensor } from '../core/tensor.ts';
import { CaptureClock } from '../frames/capture-clock.ts';
import type { FrameLease } from '../frames/frame-lease.ts';
import type { Sinks } from '../frames/worker/sinks.ts';
import type { Graph } from '../graph/graph.ts';
import { SCALES } from '../schedule/budget.ts';
import { aborted, contextLost, noPicture, NoPicture } from './faults.ts';
import { FrameDistance } from './frame-distance.ts';
import { GraphRunner } from './graph-runner.ts';
import type { PriceBook } from './price-book.ts';
import { reopen } from './reopen.ts';
import { StageTimings } from './stage-timings.ts';
import { takenAs, type TakenForm } from './taken-form.ts';
import { calibrateTransport, type ForcedTransport, type TransportChoice } from './transport.ts';

export type LiveEngineOptions = Readonly<{
  /** A backend on a device of its own. Called again when the device is lost. @throws PipelineError */
  openBackend: () => Backend;
  sinks: Sinks;
  /** What is not to be found out by measuring. Default: all is. */
  transport?: ForcedTransport;
  /** What things cost on this device. Default what the planner assumes, never measured. */
  prices?: PriceBook;
  /** Faults that end nothing. */
  onDiagnostic: (error: PipelineError) => void;
  /** Told when programs begin to be compiled, and when that is over; `changed`: frames cost something else now. */
  onCompiling?: (compiling: boolean, changed: boolean) => void;
  /** Told when another number of frames may be computed at the same time; at first it is 1. */
  onInFlight?: (most: 1 | 2) => void;
}>;

/** How one frame is to be computed, and who wants to know of it. */
export type FrameRun = Readonly<{
  /** Share of the full resolution on a side. */
  scale: number;
  uploaded(ms: number): void;
  computed(timing: Readonly<{ gpuMs?: number; pollMs?: number }>): void;
}>;

/** What came of a frame. */
export type FrameResult = Readonly<{
  timestampUs: number;
  /** Whether it was shown: not while a filter over several frames gathers those that it wants first, nor a lead-in. */
  isShown: boolean;
  /** What the graph measured of it, by name; null where it measures nothing, and of frames that are not shown. */
  measurements: Readonly<Record<string, Tensor>> | null;
}>;

export type EngineFigures = Readonly<{
  /** Of the picture as it was computed last, and at its full resolution; 0 before the first frame. */
  width: number;
  height: number;
  fullWidth: number;
  fullHeight: number;
  upload: string;
  /** How it goes out; empty before the first frame. */
  output: TransportChoice['output'] | '';
  outputPath: TransportChoice['outputPath'] | '';
  backend: string;
  programs: number;
  plan: string;
  /** How far what is shown lies behind the newest frame, for filters that look ahead; NaN ms until two frames came. */
  latencyFrames: number;
  latencyMs: number;
  /** What the filter remembers takes so much of the device's memory. */
  memoryBytes: number;
}>;

/** The turn is a frame's that waited, and that will take it when it wakes. */
const PROMISED = 0;

/** Before the first frame. */
const NOTHING: Size = { width: 0, height: 0 };

const measures = ({ plan }: PreparedGraph): boolean => Object.keys(plan.measurements).length > 0;

export class LiveEngine {
  readonly timings = new StageTimings();
  /** Extra work per pixel, for trying out the frame budget: 1 fills a thirtieth of a second at the full resolution. */
  load = 0;
  /** Of the frames that came in. */
  readonly clock = new CaptureClock();
  readonly #options: LiveEngineOptions;
  readonly #distance = new FrameDistance();
  #backend: Backend;
  #runner: GraphRunner;
  /** How pixels come in and go out here; null until a frame came. */
  #transport: TransportChoice | null = null;
  /** The frame that needs the textures into which the next one is written; null where that is none. */
  #turn: number | null = null;
  #tickets = 0;
  readonly #waiting: (() => void)[] = [];
  #taken: TakenForm | null = null;
  /** What passes took lately, to know when to look; of a graph. */
  #passes: { graph: PreparedGraph; ms: number; beforeMs: number } | null = null;
  #closing: Promise<void> | null = null;

  /** @throws PipelineError `webgl2-missing` */
  constructor(graph: Graph, options: LiveEngineOptions) {
    this.#options = options;
    this.#backend = options.openBackend();
    this.#runner = this.#newRunner(graph);
  }

  get isPreparing(): boolean {
    return this.#runner.isPreparing;
  }

  /** How often programs were compiled, or may have been, so far. */
  get preparations(): number {
    return this.#runner.preparations;
  }

  /** Whether the device went away, so that it is time to `rebuild`. */
  get isLost(): boolean {
    return this.#backend.isLost;
  }

  get figures(): EngineFigures {
    const { form, full } = this.#taken ?? { form: NOTHING, full: NOTHING };
    const { frames, ms } = this.#runner.latency;
    return {
      width: form.width,
      height: form.height,
      fullWidth: full.width,
      fullHeight: full.height,
      upload: this.#backend.uploadPath,
      output: this.#transport?.output ?? '',
      outputPath: this.#transport?.outputPath ?? '',
      backend: this.#backend.name,
      programs: this.#backend.compiledPrograms,
      plan: this.#runner.explanation,
      latencyFrames: frames,
      latencyMs: ms + (frames === 0 ? 0 : frames * this.#distance.ms),
      memoryBytes: this.#runner.memoryBytes,
    };
  }

  /**
   * Switches at a frame boundary; the old graph goes on until the new one is ready. Of several calls the newest wins.
   * @throws what `makePlan` and `Backend.prepare` throw; the old graph goes on then.
   */
  setGraph(graph: Graph): Promise<void> {
    return this.#runner.setGraph(graph);
  }

  /**
   * A frame came in, whether or not it will be computed: it tells how late others are.
   * @param isClockless its time says nothing of when it was captured, as a volume's: that is now.
   */
  arrived(timestampUs: number, isClockless = false): void {
    if (isClockless) this.clock.restart();
    this.clock.arrive(timestampUs, performance.now());
  }

  /**
   * Takes, computes and shows one frame. Two may be under way: the second is taken when the first no longer needs what
   * it would be written into.
   * @consumes lease
   * @throws PipelineError for whatever went wrong; `isFinalFault` says whether later frames can do better.
   */
  async process(lease: FrameLease, run: FrameRun): Promise<FrameResult> {
    const ticket = ++this.#tickets;
    try {
      if (this.#turn !== null) await new Promise<void>((go) => this.#waiting.push(go));
      this.#turn = ticket;
      return await this.#process(lease, run, ticket);
    } catch (error) {
      throw this.#faultOf(error);
    } finally {
      this.#leave(ticket);
    }
  }

  /** One piece of what is better done before it is needed. For moments between frames. */
  improve(): Promise<void> {
    return this.#runner.improve();
  }

  /**
   * Starts again on a fresh device: nothing of the old one is used any more. The graph, the outputs and the figures stay.
   * @throws PipelineError `context-lost` when there is none to be had.
   */
  async rebuild(): Promise<void> {
    const { graph } = this.#runner;
    const { deviceName } = this.#backend;
    this.#dropBackend();
    const backend = await reopen(this.#options.openBackend, () => this.#closing !== null);
    this.#backend = backend;
    // What was measured holds on the same device, so that the picture is back soon; another one may have taken its place.
    if (backend.deviceName !== deviceName) {
      this.#transport = null;
      await this.#options.prices?.forget();
      this.#mustLive();
    }
    this.#runner = this.#newRunner(graph);
    if (this.#transport !== null) this.#runner.planOutput = this.#transport.planOutput;
    // What the old device held up waits no longer.
    this.#turn = null;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Gives everything back. Idempotent. */
  dispose(): Promise<void> {
    this.#closing ??= this.#dispose();
    return this.#closing;
  }

  async #dispose(): Promise<void> {
    this.#dropBackend();
    await this.#options.sinks.close();
  }

  #dropBackend(): void {
    this.#runner.dispose();
    this.#backend.dispose();
    this.#passes = null;
  }

  #newRunner(graph: Graph): GraphRunner {
    const { prices, onDiagnostic, onCompiling } = this.#options;
    return new GraphRunner(graph, {
      backend: this.#backend,
      book: prices ?? null,
      scales: SCALES,
      onDiagnostic,
      onCompiling: onCompiling ?? (() => undefined),
    });
  }

  /** The next frame may be taken. */
  #leave(ticket: number): void {
    if (this.#turn !== ticket) return;
    const next = this.#waiting.shift();
    this.#turn = next === undefined ? null : PROMISED;
    next?.();
  }

  async #process(lease: FrameLease, run: FrameRun, ticket: number): Promise<FrameResult> {
    const runner = this.#runner;
    const backend = this.#backend;
    const { sinks, onCompiling } = this.#options;
    const { isLeadIn } = lease;
    const { form, transport, picture, startMs, uploadMs } = await this.#take(lease, run.scale);
    run.uploaded(uploadMs);
    const ready = runner.ready(form);
    const { graph, fullOutput } = ready instanceof Promise ? await ready : ready;
    let isUnusual = false;
    try {
      const readyMs = performance.now();
      // Pixels of a camera need not be square, and filters may change the size.
      picture.width = Math.round((fullOutput.width * picture.width) / form.full.width);
      picture.height = Math.round((fullOutput.height * picture.height) / form.full.height);
      const { timestampUs } = picture;
      backend.execute(graph, timestampUs);
      this.#distance.note(timestampUs);
      const isShown = graph.isWarm && !isLeadIn;
      isUnusual = backend.burn(this.load, form.form, form.full);
      if (isUnusual) onCompiling?.(true, false);
      const sink = sinks[transport.output];
      assert(sink !== undefined, 'the way out was chosen among those that are there');
      let out: Promise<void> | null = null;
      if (transport.outputPath === 'canvas') {
        if (isShown) {
          backend.present(graph);
          out = sink.showCanvas(backend.canvas, picture);
        }
        // What is measured is read first: the next frame's takes its place.
        if (!measures(graph)) this.#leave(ticket);
      }
      const finished = backend.finished(this.#expectedMs(graph));
      const { gpuMs, pollMs } = out === null ? await finished : (await Promise.all([finished, out]))[0];
      const passedMs = performance.now();
      run.computed(gpuMs === null ? { pollMs } : { gpuMs, pollMs });
      this.#passed(graph, passedMs - readyMs);
      this.#mustLive();
      if (!isShown) return { timestampUs, isShown, measurements: null };
      const measurements = measures(graph) ? backend.readMeasurements(graph) : null;
      if (out === null) await sink.showPixels(backend.read(graph), picture);
      const shownMs = performance.now();
      this.timings.shown(shownMs, {
        upload: uploadMs,
        passes: passedMs - readyMs,
        readback: shownMs - passedMs,
        total: shownMs - startMs,
        latency: this.clock.since(timestampUs, shownMs),
      });
      return { timestampUs, isShown, measurements };
    } finally {
      if (isUnusual) onCompiling?.(false, false);
      runner.done(graph);
    }
  }

  /** All that needs the frame itself; it is closed then, whatever happens. */
  async #take(lease: FrameLease, wanted: number): Promise<Taken> {
    try {
      this.#mustLive();
      const { frame } = lease;
      const transport = (this.#transport ??= await this.#chooseTransport(frame));
      const startMs = performance.now();
      const full = fullSizeOf(frame);
      const scale = this.#runner.feasibleScale(wanted, full);
      const picture = pictureOf(frame, lease.timestampUs);
      const uploaded = await this.#backend.upload(frame, { scale, full, path: transport.upload });
      const form = takenAs(this.#taken, uploaded, full, scale, turnOf(frame), lease.sequence);
      this.#taken = form;
      return { form, transport, picture, startMs, uploadMs: performance.now() - startMs };
    } finally {
      lease.release();
    }
  }

  /** Measured on the first frame that comes, and again on a new device. Holds up frames meanwhile. */
  async #chooseTransport(frame: FrameImage): Promise<TransportChoice> {
    const { sinks, transport = {}, onDiagnostic, onCompiling, onInFlight } = this.#options;
    const [runner, backend] = [this.#runner, this.#backend];
    onCompiling?.(true, true);
    try {
      const choice = await calibrateTransport({
        backend,
        sinks,
        frame,
        forced: transport,
        plan: (form, output) => runner.plan(form, output),
        prices: await runner.prices(),
        onDiagnostic,
      });
      await sinks.keepOnly(choice.output);
      runner.planOutput = choice.planOutput;
      onInFlight?.(choice.outputPath === 'canvas' && !backend.isSoftware ? 2 : 1);
      return choice;
    } finally {
      onCompiling?.(false, true);
    }
  }

  /** The answer may change with every wait. */
  #mustLive(): void {
    if (this.#closing !== null) throw aborted();
  }

  /** What the passes took, the last time or the one before: one that was held up would make the next one wait. */
  #expectedMs(graph: PreparedGraph): number {
    const known = this.#passes;
    return known?.graph === graph ? Math.min(known.ms, known.beforeMs) : NaN;
  }

  #passed(graph: PreparedGraph, ms: number): void {
    this.#passes = { graph, ms, beforeMs: this.#passes?.graph === graph ? this.#passes.ms : ms };
    // Extra work is no part of the plan.
    if (this.load === 0) this.#runner.observe(ms);
  }

  #faultOf(error: unknown): PipelineError {
    if (this.#closing !== null) return aborted();
    if (error instanceof NoPicture) return noPicture(error);
    if (this.#backend.isLost) return contextLost(error);
    return PipelineError.from(error, 'frame-failed', { recoverable: true });
  }
}

/** As what a picture is shown: first the frame's own size, then that of what comes of it. */
type Picture = { timestampUs: number; width: number; height: number };

/** What is left of a frame when it was taken. */
type Taken = Readonly<{
  form: TakenForm;
  transport: TransportChoice;
  picture: Picture;
  startMs: number;
  uploadMs: number;
}>;

function pictureOf(frame: FrameImage, timestampUs: number): Picture {
  return 'displayWidth' in frame
    ? { timestampUs, width: frame.displayWidth, height: frame.displayHeight }
    : { timestampUs, width: frame.width, height: frame.height };
}
