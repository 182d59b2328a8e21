/** Graphs on plain arrays: to check them, to teach with them, to test them. Any backend, in this thread. */
import { ReferenceSequence } from '../backends/reference/reference-sequence.ts';
import { runReference } from '../backends/reference/run-reference.ts';
import { checkOneOf } from '../core/check.ts';
import type { FrameColor } from '../core/frame-color.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { TensorRunner } from './run-tensors.ts';

export const BACKEND_NAMES = ['reference', 'webgl2'] as const;

/** 'reference' computes in float64 and runs anywhere, Node included; 'webgl2' needs a browser. */
export type BackendName = (typeof BACKEND_NAMES)[number];

export type RunOptions = Readonly<{
  /** Whose luma weights count. Default BT.601. */
  color?: FrameColor;
}>;

/** One graph on frame after frame: what it remembers of a frame, the next one meets. */
export interface Sequence {
  /**
   * The graph's output for the next frame; null while it is still to gather frames (warmUp 'none').
   * Calls are answered in their order.
   * @param inputs as of `Engine.run`; inputs of another size begin the sequence anew.
   * @param timestampUs when the frame was, in µs. One that goes back, or that leaves a gap longer than the memory's
   * `maxGapMs`, begins the sequence anew; with the last one once more the frame takes the last one's place.
   * @throws as `Engine.run`, and TypeError when the time is no finite number, and after `dispose`.
   */
  next(inputs: Readonly<Record<string, Tensor>>, timestampUs: number): Promise<Tensor | null>;
  /** Gives back what it holds. Idempotent. */
  dispose(): void;
}

export interface Engine {
  readonly backend: BackendName;
  /**
   * The graph's output.
   * @param inputs a tensor for each of the graph's inputs; `frame` is R'G'B' in 0..1, `[height, width, 3]`.
   * @throws TypeError | RangeError for inputs that do not fit the graph, and tensors too large for the device.
   * @throws PipelineError `webgl2-missing` | `float-missing` | `shader-failed` | `context-lost`
   */
  run(graph: Graph, inputs: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Tensor>;
  /** The graph on a sequence of frames. */
  sequence(graph: Graph, options?: RunOptions): Sequence;
  /** Gives everything back. Idempotent. */
  dispose(): void;
}

export type EngineOptions = Readonly<{
  /** Default 'webgl2'. */
  backend?: BackendName;
}>;

/**
 * An engine in this thread. What it compiled it keeps, so one engine serves many runs.
 * @throws TypeError for an unknown backend.
 */
export function createEngine({ backend = 'webgl2' }: EngineOptions = {}): Engine {
  if (checkOneOf('options.backend', backend, BACKEND_NAMES) === 'reference') {
    return {
      backend,
      // In a promise, so that mistakes reject as they do elsewhere.
      run: async (graph, inputs, options) => Promise.resolve(runReference(graph, inputs, options)),
      sequence: referenceSequence,
      dispose: () => undefined,
    };
  }
  const runner = new TensorRunner();
  return {
    backend,
    run: (graph, inputs, options) => runner.run(graph, inputs, options),
    sequence: (graph, options) => runner.sequence(graph, options),
    dispose: () => {
      runner.dispose();
    },
  };
}

function referenceSequence(graph: Graph, options?: RunOptions): Sequence {
  let sequence: ReferenceSequence | null = new ReferenceSequence(graph, options);
  return {
    // In a promise, so that mistakes reject as they do elsewhere.
    next: async (inputs, timestampUs) => {
      if (sequence === null) throw new TypeError('a sequence computes nothing once it is disposed');
      const output = sequence.next(inputs, timestampUs);
      return Promise.resolve(sequence.isWarm ? output : null);
    },
    dispose: () => {
      sequence = null;
    },
  };
}
