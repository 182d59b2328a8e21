/**
 * One graph over the frames of a clip, each exactly once and in order: nothing is dropped, nothing is computed smaller, and
 * nothing is measured that two runs could measure differently. What costs what is what the planner assumes, frames come in by
 * the usual way and go out as pixels, so the same frames give the same bytes. Owns its backend.
 */
import type { Backend, PreparedGraph } from '../backends/port.ts';
import { fullSizeOf, type Size } from '../core/frame-size.ts';
import { turnOf } from '../core/frame-turn.ts';
import { PipelineError } from '../core/errors.ts';
import type { FrameLease } from '../frames/frame-lease.ts';
import { PixelFrames } from '../frames/worker/pixel-frames.ts';
import { WebGl2Backend } from '../backends/webgl2/webgl2-backend.ts';
import type { Ledger } from '../core/ledger.ts';
import type { Graph } from '../graph/graph.ts';
import { hasMemory } from '../graph/latency.ts';
import { aborted, contextLost, noPicture, NoPicture } from './faults.ts';
import { fullOutputOf, GraphRunner } from './graph-runner.ts';
import { reopen } from './reopen.ts';
import { sliceReach } from './slice-reach.ts';
import { takenAs, type TakenForm } from './taken-form.ts';

export type FrameFilterOptions = Readonly<{
  /** A backend on a device of its own. Called again when the device is lost. @throws PipelineError */
  openBackend: () => Backend;
}>;

/** Frames before the one that is shown, and behind it, that it depends on. */
export type FrameReach = Readonly<{ before: number; after: number }>;

/** What is left of a running mean's start after so many of its times is 0.03 %: less than a level of 8 bits. */
const SETTLED = 8;
const MOST_FRAMES = 3000;
/** Faster programs take their time to compile: worth it where so many frames have come already. */
const LONG_FRAMES = 30;

export class FrameFilter {
  /** Whether an output depends on more than the newest frame. */
  readonly hasMemory: boolean;
  readonly #graph: Graph;
  readonly #options: FrameFilterOptions;
  readonly #frames = new PixelFrames();
  #backend: Backend;
  #runner: GraphRunner;
  #taken: TakenForm | null = null;
  /** Computed since it began, or last forgot. */
  #computed = 0;
  /** Whose programs are as fast as can be. */
  #refined: PreparedGraph | null = null;
  #isDisposed = false;

  /** @throws PipelineError `webgl2-missing` */
  constructor(graph: Graph, options: FrameFilterOptions) {
    this.#graph = graph;
    this.hasMemory = hasMemory(graph);
    this.#options = options;
    this.#backend = options.openBackend();
    this.#runner = this.#newRunner();
  }

  /** How large the output is of frames of this size: filters may crop or enlarge. */
  outputSize(size: Size): Size {
    return fullOutputOf(this.#graph, size);
  }

  /** Of frames that are `frameMs` apart. */
  reach(frameMs: number): FrameReach {
    return sliceReach(this.#graph, frameMs, { settled: SETTLED, most: MOST_FRAMES });
  }

  /**
   * Computes one frame. What comes out is late by `reach().after` frames: it belongs to an earlier one.
   * @param isShown whether the output is wanted; a filter with memory needs the frame either way.
   * @returns null where it is not wanted, and while a filter gathers the frames that it is to have first.
   * @throws PipelineError `context-lost`: `rebuild`, and begin again with the frames that it depends on.
   * @consumes lease
   * @returnsOwned
   */
  async run(lease: FrameLease<VideoFrame>, isShown: boolean): Promise<VideoFrame | null> {
    try {
      return await this.#run(lease, isShown);
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  /** @throws PipelineError `context-lost` when there is no device to be had. */
  async rebuild(): Promise<void> {
    this.#drop();
    this.#backend = await reopen(this.#options.openBackend, () => this.#isDisposed);
    this.#runner = this.#newRunner();
  }

  /** Nothing is remembered any more: the next frame begins a sequence. */
  forget(): void {
    this.#runner.dispose();
    this.#runner = this.#newRunner();
    this.#computed = 0;
  }

  /** Gives everything back. Idempotent. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#drop();
  }

  async #run(lease: FrameLease<VideoFrame>, isShown: boolean): Promise<VideoFrame | null> {
    const { form, width, height } = await this.#take(lease);
    const ready = this.#runner.ready(form);
    const { graph, fullOutput } = ready instanceof Promise ? await ready : ready;
    try {
      if (this.#computed++ >= LONG_FRAMES && graph !== this.#refined) await this.#refine(graph);
      this.#backend.execute(graph, lease.timestampUs);
      if (!isShown || !graph.isWarm) return null;
      const pixels = this.#backend.read(graph);
      return this.#frames.frameOf(pixels, {
        timestampUs: lease.timestampUs,
        // Pixels need not be square, and filters may change the size.
        width: Math.round((fullOutput.width * width) / form.full.width),
        height: Math.round((fullOutput.height * height) / form.full.height),
      });
    } finally {
      this.#runner.done(graph);
    }
  }

  /** After as many frames in each run, so that two runs compute the same. */
  async #refine(graph: PreparedGraph): Promise<void> {
    while (await this.#backend.refine(graph));
    this.#refined = graph;
  }

  /** All that needs the frame itself; it is closed then, whatever happens. */
  async #take(lease: FrameLease<VideoFrame>) {
    try {
      if (this.#isDisposed) throw aborted();
      const { frame } = lease;
      const { displayWidth: width, displayHeight: height } = frame;
      const full = fullSizeOf(frame);
      const [path] = this.#backend.uploadPaths(frame);
      const form = await this.#backend.upload(frame, { full, ...(path === undefined ? {} : { path }) });
      this.#taken = takenAs(this.#taken, form, full, 1, turnOf(frame), lease.sequence);
      return { form: this.#taken, width, height };
    } finally {
      lease.release();
    }
  }

  #newRunner(): GraphRunner {
    return new GraphRunner(this.#graph, {
      backend: this.#backend,
      book: null,
      scales: [1],
      onDiagnostic: () => undefined,
      onCompiling: () => undefined,
    });
  }

  #drop(): void {
    this.#runner.dispose();
    this.#backend.dispose();
    this.#taken = null;
    this.#refined = null;
  }

  #faultOf(error: unknown): PipelineError {
    if (this.#isDisposed) return aborted();
    if (error instanceof NoPicture) return noPicture(error);
    if (this.#backend.isLost) return contextLost(error);
    return PipelineError.from(error, 'frame-failed');
  }
}

/** A filter on WebGL2. @throws PipelineError `webgl2-missing` */
export function openFrameFilter(graph: Graph, ledger: Ledger): FrameFilter {
  return new FrameFilter(graph, { openBackend: () => new WebGl2Backend({ ledger }) });
}
