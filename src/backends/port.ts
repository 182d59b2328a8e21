/**
 * The port that every frame backend stands behind: take a frame, run a plan on it, show or hand out pixels.
 * One backend belongs to one thread and owns its textures and programs until `dispose`.
 */
import type { Pixels } from '../core/pixels.ts';
import type { DeviceCapabilities, FrameForm, Plan } from '../plan/plan.ts';
import type { Prices } from '../plan/prices.ts';

/** A frame as a source gives it. */
export type FrameImage = VideoFrame | ImageBitmap;

/** A plan that is ready to run: compiled, its images allocated. */
export interface PreparedGraph {
  readonly plan: Plan;
  /** Gives its images back. Idempotent. */
  dispose(): void;
}

export interface Backend {
  readonly name: string;
  /** The device that it runs on: what was measured on one of the same name holds here. */
  readonly deviceName: string;
  /** What plans may count on. */
  readonly capabilities: DeviceCapabilities;
  /** How frames come in and results go out, for the stats: 'planes', 'texture', … */
  readonly uploadPath: string;
  /**
   * Takes the pixels of a frame; resolves when they are copied and the frame may be closed.
   * @borrows frame
   * @throws PipelineError `frame-too-large` | `context-lost`
   */
  upload(frame: FrameImage): Promise<FrameForm>;
  /**
   * Compiles without disturbing what runs. The owner disposes of the result.
   * @throws PipelineError `shader-failed` | `context-lost`
   */
  prepare(plan: Plan): Promise<PreparedGraph>;
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
  /** Computes the output for the frame that was uploaded last. */
  execute(prepared: PreparedGraph): void;
  /** Draws the output onto the backend's canvas, in the frame's size. */
  present(prepared: PreparedGraph): void;
  /** Resolves when all that was drawn is done, so that at most one frame is under way. */
  finished(): Promise<void>;
  /** Reads the output; blocks the thread until the GPU is done, so `finished` comes first. */
  read(prepared: PreparedGraph): Pixels;
  /**
   * Measures what the planner's prices are here; holds up the device for up to 150 ms.
   * @param defaults whose ratios hold for what there is no time to measure.
   * @returns null when it can't tell.
   */
  calibrate(defaults: Prices): Promise<Prices | null>;
  /** Gives everything back. Idempotent. */
  dispose(): void;
}
