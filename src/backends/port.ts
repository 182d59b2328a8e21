/**
 * The port that every frame backend stands behind: plan a graph, take a frame, run, show or hand out pixels.
 * One backend belongs to one thread and owns its textures and programs until `dispose`.
 */
import type { Pixels } from '../core/pixels.ts';
import type { Graph } from '../graph/graph.ts';
import type { FrameForm, Plan } from '../plan/plan.ts';

/** A frame as a source gives it. */
export type FrameImage = VideoFrame | ImageBitmap;

/** A graph that is ready to run: planned, compiled, its images allocated. */
export interface PreparedGraph {
  readonly plan: Plan;
  /** Gives its images back. Idempotent. */
  dispose(): void;
}

export interface Backend {
  readonly name: string;
  /** How frames come in and results go out, for the stats: 'planes', 'texture', … */
  readonly uploadPath: string;
  /**
   * Takes the pixels of a frame; resolves when they are copied and the frame may be closed.
   * @borrows frame
   */
  upload(frame: FrameImage): Promise<FrameForm>;
  /**
   * Plans and compiles without disturbing what runs. The owner disposes of the result.
   * @throws RangeError for a graph that this device or this frame size can't hold.
   * @throws PipelineError `shader-failed` | `float-missing` | `context-lost`
   */
  prepare(graph: Graph, frame: FrameForm): Promise<PreparedGraph>;
  /** Computes the output for the frame that was uploaded last. */
  execute(prepared: PreparedGraph): void;
  /** Draws the output onto the backend's canvas, in the frame's size. */
  present(prepared: PreparedGraph): void;
  /** Resolves when all that was drawn is done, so that at most one frame is under way. */
  finished(): Promise<void>;
  /** Reads the output; waits for the GPU. */
  read(prepared: PreparedGraph): Pixels;
  /** Gives everything back. Idempotent. */
  dispose(): void;
}
