/**
 * The port that every frame backend stands behind: take a frame, run a plan on it, show or hand out pixels.
 * One backend belongs to one thread and owns its textures and programs until `dispose`.
 */
import type { Pixels } from '../core/pixels.ts';
import type { Tensor } from '../core/tensor.ts';
import type { DeviceCapabilities, FrameForm, FrameSize, Plan } from '../plan/plan.ts';
import type { Prices } from '../plan/prices.ts';

/** A frame as a source gives it. */
export type FrameImage = VideoFrame | ImageBitmap;

/** How frames come in: as planes, as colours that the browser converts, or straight into a texture. */
export type UploadPath = 'planes' | 'rgbx' | 'texture';

export type UploadOptions = Readonly<{
  /** Share of the full size on a side at which the frame is computed, above 0, at most 1. Default 1. */
  scale?: number;
  /** The frame's full size, where the caller knows it already: `fullSizeOf(frame)`. */
  full?: FrameSize;
  /** The way in, where the frame can take it. Default the cheapest as far as is known. */
  path?: UploadPath;
}>;

/** What the wait for a frame has told. */
export type GpuTiming = Readonly<{
  /** How long the GPU worked, by its own clock; null where it has none or was disturbed. */
  gpuMs: number | null;
  /** Between two looks: the work may have been done that much earlier. */
  pollMs: number;
}>;

/** A plan that is ready to run: compiled, its images allocated. What it remembers from frame to frame is its own. */
export interface PreparedGraph {
  readonly plan: Plan;
  /** Whether what was executed last is to be shown: not while frames are missing that a memory is to have first. */
  readonly isWarm: boolean;
  /** What it remembers takes so much of the device's memory, in bytes; 0 where it remembers nothing. */
  readonly memoryBytes: number;
  /** Gives its images back. Idempotent. */
  dispose(): void;
}

export type PrepareOptions = Readonly<{
  /** Whether `present` will be called, which takes a program more. Default false. */
  present?: boolean;
}>;

export interface Backend {
  readonly name: string;
  /** The device that it runs on: what was measured on one of the same name holds here. */
  readonly deviceName: string;
  /** Whether the device is the CPU, which has nothing to do beside us. */
  readonly isSoftware: boolean;
  /** Whether the device went away: nothing can be computed with this backend any more. */
  readonly isLost: boolean;
  /** What plans may count on. */
  readonly capabilities: DeviceCapabilities;
  /** How frames come in and results go out, for the stats: 'planes', 'texture', … */
  readonly uploadPath: string;
  /**
   * Takes the pixels of a frame; resolves when they are copied and the frame may be closed. They take the place of the
   * last frame's: that one was executed before, and read where its output is the frame itself.
   * @borrows frame
   * @returns what plans are made for: the picture upright, at `scale` of its full size, which is that of the visible
   * pixels, but on each axis no more than it is to be shown with.
   * @throws PipelineError `frame-too-large` | `frame-failed` | `shader-failed` | `context-lost`
   */
  upload(frame: FrameImage, options?: UploadOptions): Promise<FrameForm>;
  /** The paths that `frame` can take, the usual one first. */
  uploadPaths(frame: FrameImage): readonly UploadPath[];
  /**
   * Compiles without disturbing what runs. The owner disposes of the result.
   * @throws PipelineError `shader-failed` | `context-lost`
   */
  prepare(plan: Plan, options?: PrepareOptions): Promise<PreparedGraph>;
  /**
   * Draws a texel of each pass: drivers finish programs with their first draw. A frame was uploaded before, in the plan's
   * layout. `finished` tells when that is done.
   */
  prime(prepared: PreparedGraph): void;
  /** How many programs were compiled so far. */
  readonly compiledPrograms: number;
  /**
   * Makes `prepared` faster where that pays, by at most one compilation, which may stall: for quiet moments.
   * @returns whether there is more to do.
   * @throws PipelineError `shader-failed` | `context-lost`
   */
  refine(prepared: PreparedGraph): Promise<boolean>;
  /**
   * Compiles at most one program that `plan` will need and that is not there yet.
   * @returns whether it had to.
   * @throws PipelineError `shader-failed` | `context-lost`
   */
  warm(plan: Plan): Promise<boolean>;
  /**
   * Computes the output for the frame that was uploaded last. What is remembered goes on from the frame before, or begins
   * anew, as its `MemoryClock`s say.
   * @param timestampUs the frame's own time. Default 0.
   */
  execute(prepared: PreparedGraph, timestampUs?: number): void;
  /**
   * `to` goes on where `from` is: it takes over what it remembers under the same names, resampled where sizes differ.
   * `to` was not executed yet; `from` is not executed any more.
   * @throws PipelineError `shader-failed` | `context-lost`
   */
  carry(from: PreparedGraph, to: PreparedGraph): void;
  /** Nothing is remembered any more: the next frame begins a sequence. */
  forget(prepared: PreparedGraph): void;
  /**
   * Draws extra work, for trying out the frame budget: on each pixel of `size` as much as takes `load` / 30 s where all of
   * `fullSize` is drawn. 0 costs nothing and gives back what that took.
   * @returns whether it only got ready, so that what this frame takes tells nothing.
   * @throws PipelineError `shader-failed`
   */
  burn(load: number, size: FrameSize, fullSize: FrameSize): boolean;
  /** Where `present` draws: the backend's own, gone with it. */
  readonly canvas: OffscreenCanvas;
  /** Draws the output onto `canvas`, which takes its size. For what was prepared for that. */
  present(prepared: PreparedGraph): void;
  /**
   * What `present` drew: RGBA, rows from the top. In the task of `present`, and before anybody takes the picture.
   * @throws PipelineError `context-lost`
   */
  readCanvas(): Uint8Array;
  /**
   * Blocks until all that was asked for is done: for measurements.
   * @throws PipelineError `context-lost`
   */
  wait(): void;
  /**
   * Resolves when all that was drawn is done.
   * @param expectedMs how long that should take, so that nobody looks before; default nobody knows.
   * @throws PipelineError `context-lost`
   */
  finished(expectedMs?: number): Promise<GpuTiming>;
  /** Reads the output; blocks the thread until the GPU is done, so `finished` comes first. */
  read(prepared: PreparedGraph): Pixels;
  /**
   * What the plan measures, by name, of the frame that was executed last; blocks the thread as `read` does. Empty where
   * it measures nothing.
   */
  readMeasurements(prepared: PreparedGraph): Readonly<Record<string, Tensor>>;
  /**
   * Measures what the planner's prices are here; holds up the device for up to 150 ms.
   * @param defaults whose ratios hold for what there is no time to measure.
   * @returns null when it can't tell.
   */
  calibrate(defaults: Prices): Promise<Prices | null>;
  /** Gives everything back. Idempotent. */
  dispose(): void;
}
