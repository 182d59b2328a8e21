/** Runs graphs on WebGL2 in the page, all on one context. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { TensorRunner } from '../../../src/engine/run-tensors.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { outcomeOf, type ConformanceBackend } from '../job.ts';

const runner = new TensorRunner();

export function runOnWebGl2(graph: Graph, inputs: Readonly<Record<string, Tensor>>): Promise<Tensor> {
  return runner.run(graph, inputs);
}

/** The backend for code that is in a page itself. */
export const webGl2Backend: ConformanceBackend = {
  name: 'webgl2',
  isGpu: true,
  async run(jobs) {
    return Promise.all(jobs.map((job) => outcomeOf(job, ({ graph, inputs }) => runOnWebGl2(graph, inputs))));
  },
};
