/** Graphs on plain arrays, on WebGL2 in this thread. */
import { checkInputs } from '../backends/check-inputs.ts';
import { WebGl2Backend } from '../backends/webgl2/webgl2-backend.ts';
import { lumaWeights, type FrameColor } from '../core/frame-color.ts';
import { Ledger } from '../core/ledger.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { lower } from '../plan/lower.ts';
import { simplify } from '../plan/simplify.ts';
import { planTensors } from '../plan/tensor-plan.ts';

/** Owns a backend, made with the first run; runs follow one another. */
export class TensorRunner {
  readonly #ledger: Ledger;
  #backend: WebGl2Backend | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ledger = new Ledger()) {
    this.#ledger = ledger;
  }

  /** @throws as `Engine.run` */
  run(
    graph: Graph,
    inputs: Readonly<Record<string, Tensor>>,
    { color = { matrix: 'bt601', fullRange: false } }: Readonly<{ color?: FrameColor }> = {},
  ): Promise<Tensor> {
    const result = this.#last.then(() => this.#run(graph, inputs, color));
    // The next run waits for this one, however it ends.
    this.#last = result.catch(() => undefined);
    return result;
  }

  dispose(): void {
    this.#backend?.dispose();
    this.#backend = null;
  }

  async #run(graph: Graph, inputs: Readonly<Record<string, Tensor>>, color: FrameColor): Promise<Tensor> {
    checkInputs(graph, inputs);
    const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
    const program = simplify(lower(graph, shapes, { luma: lumaWeights(color) }));
    this.#backend ??= new WebGl2Backend({ ledger: this.#ledger });
    const backend = this.#backend;
    const prepared = await backend.prepare(planTensors(program, backend.capabilities));
    try {
      backend.writeTensors(prepared, inputs);
      backend.execute(prepared);
      await backend.finished();
      return backend.readTensor(prepared);
    } finally {
      prepared.dispose();
    }
  }
}
