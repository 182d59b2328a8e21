/** A graph over plain arrays that come one after another, on WebGL2 in this thread. */
import { checkInputs } from '../backends/check-inputs.ts';
import type { PreparedGraph } from '../backends/port.ts';
import type { WebGl2Backend } from '../backends/webgl2/webgl2-backend.ts';
import { checkNumber } from '../core/check.ts';
import { lumaWeights, type FrameColor } from '../core/frame-color.ts';
import { showShape, type Shape, type Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { lower } from '../plan/lower.ts';
import { simplify } from '../plan/simplify.ts';
import { planTensors } from '../plan/tensor-plan.ts';

type Inputs = Readonly<Record<string, Tensor>>;

/** What a frame came to. */
export type SequenceFrame = Readonly<{
  output: Tensor;
  /** False while frames are missing that the graph is to have before anything is shown. */
  isWarm: boolean;
}>;

export type SequenceHost = Readonly<{
  /** The backend that all sequences of a runner share. */
  backend: () => WebGl2Backend;
  /** Runs `task` when those before it are over. */
  inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  onDispose: (sequence: TensorSequence) => void;
}>;

/** Owns what it prepared, and with it what is remembered, until `dispose`. */
export class TensorSequence {
  readonly #graph: Graph;
  readonly #color: FrameColor;
  readonly #host: SequenceHost;
  #prepared: Readonly<{ graph: PreparedGraph; shapes: string }> | null = null;
  #isComputing = false;
  #isDisposed = false;

  constructor(graph: Graph, color: FrameColor, host: SequenceHost) {
    this.#graph = graph;
    this.#color = color;
    this.#host = host;
  }

  /**
   * The output for the next inputs; null while the graph warms up. Inputs of other shapes begin anew, as does a timestamp
   * that goes back.
   * @throws as `compute`
   */
  async next(inputs: Inputs, timestampUs: number): Promise<Tensor | null> {
    const { output, isWarm } = await this.compute(inputs, timestampUs);
    return isWarm ? output : null;
  }

  /**
   * The output, whether it is to be shown or not.
   * @throws TypeError | RangeError for inputs that do not fit the graph, a timestamp that is no finite number, tensors too
   * large for the device, and after `dispose`.
   * @throws PipelineError `webgl2-missing` | `float-missing` | `shader-failed` | `context-lost`
   */
  compute(inputs: Inputs, timestampUs: number): Promise<SequenceFrame> {
    return this.#host.inTurn(async () => {
      if (this.#isDisposed) throw new TypeError('a sequence computes nothing once it is disposed');
      this.#isComputing = true;
      try {
        return await this.#compute(inputs, timestampUs);
      } finally {
        this.#rest();
      }
    });
  }

  /** What is computed right now is finished first. Idempotent. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#host.onDispose(this);
    if (!this.#isComputing) this.#release();
  }

  async #compute(inputs: Inputs, timestampUs: number): Promise<SequenceFrame> {
    checkInputs(this.#graph, inputs);
    checkNumber('timestampUs', timestampUs);
    const backend = this.#host.backend();
    const graph = await this.#prepare(inputs, backend);
    backend.writeTensors(graph, inputs);
    backend.execute(graph, timestampUs);
    await backend.finished();
    return { output: backend.readTensor(graph), isWarm: graph.isWarm };
  }

  async #prepare(inputs: Inputs, backend: WebGl2Backend): Promise<PreparedGraph> {
    const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
    const key = keyOf(shapes);
    if (this.#prepared?.shapes === key) return this.#prepared.graph;
    const program = simplify(lower(this.#graph, shapes, { luma: lumaWeights(this.#color) }));
    const plan = planTensors(program, backend.capabilities);
    // Only now: inputs that do not fit leave what is remembered as it is.
    this.#release();
    const graph = await backend.prepare(plan);
    this.#prepared = { graph, shapes: key };
    return graph;
  }

  #rest(): void {
    this.#isComputing = false;
    if (this.#isDisposed) this.#release();
  }

  #release(): void {
    this.#prepared?.graph.dispose();
    this.#prepared = null;
  }
}

function keyOf(shapes: Readonly<Record<string, Shape>>): string {
  return Object.entries(shapes)
    .map(([name, shape]) => `${name} ${showShape(shape)}`)
    .sort()
    .join(', ');
}
