/** Graphs on plain arrays: to check them, to teach with them, to test them. Any backend, in this thread. */
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

export interface Engine {
  readonly backend: BackendName;
  /**
   * The graph's output.
   * @param inputs a tensor for each of the graph's inputs; `frame` is R'G'B' in 0..1, `[height, width, 3]`.
   * @throws TypeError | RangeError for inputs that do not fit the graph, and tensors too large for the device.
   * @throws PipelineError `webgl2-missing` | `float-missing` | `shader-failed` | `context-lost`
   */
  run(graph: Graph, inputs: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Tensor>;
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
      dispose: () => undefined,
    };
  }
  const runner = new TensorRunner();
  return {
    backend,
    run: (graph, inputs, options) => runner.run(graph, inputs, options),
    dispose: () => {
      runner.dispose();
    },
  };
}
