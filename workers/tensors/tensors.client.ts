/** The page's end of a worker that runs graphs on plain arrays. */
import type { Tensor } from '../../src/core/tensor.ts';
import type { BackendName, Engine, RunOptions } from '../../src/engine/engine.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { WorkerClient } from '../worker-client.ts';
import type { TensorsContract } from './tensors.contract.ts';

export type WorkerEngineOptions = Readonly<{
  /** Default 'webgl2'. */
  backend?: BackendName;
  /** Makes the worker, where a bundler or a policy wants it made otherwise. */
  createWorker?: () => Worker;
}>;

/** An engine in a worker of its own: nothing that it computes blocks the page. */
export function createWorkerEngine({
  backend = 'webgl2',
  createWorker = defaultWorker,
}: WorkerEngineOptions = {}): Engine {
  const client = new WorkerClient<TensorsContract>(createWorker());
  return {
    backend,
    run: (graph: Graph, inputs: Readonly<Record<string, Tensor>>, options: RunOptions = {}) =>
      client.call((remote) => remote.run(backend, graph, inputs, options)),
    dispose: () => {
      client.terminate();
    },
  };
}

function defaultWorker(): Worker {
  return new Worker(new URL('./tensors.worker.ts', import.meta.url), {
    type: 'module',
    name: 'convolux-tensors',
  });
}
