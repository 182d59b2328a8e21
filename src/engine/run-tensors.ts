/** Graphs on plain arrays, on WebGL2 in this thread. */
import { WebGl2Backend } from '../backends/webgl2/webgl2-backend.ts';
import type { FrameColor } from '../core/frame-color.ts';
import { Ledger } from '../core/ledger.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { TensorSequence } from './tensor-sequence.ts';

type TensorOptions = Readonly<{ color?: FrameColor }>;

/** Owns a backend, made with the first frame, and its sequences; what is computed follows one another. */
export class TensorRunner {
  readonly #ledger: Ledger;
  readonly #sequences = new Set<TensorSequence>();
  #backend: WebGl2Backend | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ledger = new Ledger()) {
    this.#ledger = ledger;
  }

  /**
   * The output of a sequence of one.
   * @throws as `Engine.run`
   */
  async run(
    graph: Graph,
    inputs: Readonly<Record<string, Tensor>>,
    options: TensorOptions = {},
  ): Promise<Tensor> {
    const sequence = this.sequence(graph, options);
    try {
      return (await sequence.compute(inputs, 0)).output;
    } finally {
      sequence.dispose();
    }
  }

  /** Nothing is made before its first frame comes. The caller disposes of it. */
  sequence(
    graph: Graph,
    { color = { matrix: 'bt601', fullRange: false } }: TensorOptions = {},
  ): TensorSequence {
    const sequence = new TensorSequence(graph, color, {
      backend: () => (this.#backend ??= new WebGl2Backend({ ledger: this.#ledger })),
      inTurn: (task) => this.#inTurn(task),
      onDispose: (one) => this.#sequences.delete(one),
    });
    this.#sequences.add(sequence);
    return sequence;
  }

  dispose(): void {
    for (const sequence of this.#sequences) sequence.dispose();
    this.#backend?.dispose();
    this.#backend = null;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    // The next one waits for this one, however it ends.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
