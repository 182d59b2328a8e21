/** What page and worker say to each other: graphs on plain arrays. */
import type { Tensor } from '../../src/core/tensor.ts';
import type { BackendName, RunOptions } from '../../src/engine/engine.ts';
import type { Graph } from '../../src/graph/graph.ts';

export interface TensorsContract {
  run(
    backend: BackendName,
    graph: Graph,
    inputs: Readonly<Record<string, Tensor>>,
    options: RunOptions,
  ): Promise<Tensor>;

  /** Begins the sequence of that number, which the page gives. */
  openSequence(id: number, backend: BackendName, graph: Graph, options: RunOptions): Promise<void>;
  /** As `Sequence.next`. */
  nextOfSequence(
    id: number,
    inputs: Readonly<Record<string, Tensor>>,
    timestampUs: number,
  ): Promise<Tensor | null>;
  closeSequence(id: number): Promise<void>;
}
