/** The page's end of a worker that runs graphs on plain arrays. */
import type { Tensor } from '../../src/core/tensor.ts';
import type { BackendName, Engine, RunOptions, Sequence } from '../../src/engine/engine.ts';
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
    sequence: (graph, options = {}) => openSequence(client, backend, graph, options),
    dispose: () => {
      client.terminate();
    },
  };
}

type Inputs = Readonly<Record<string, Tensor>>;

let opened = 0;

function openSequence(
  client: WorkerClient<TensorsContract>,
  backend: BackendName,
  graph: Graph,
  options: RunOptions,
): Sequence {
  const id = ++opened;
  // Messages keep their order: whatever is asked of the sequence comes after this.
  const open = client.call((remote) => remote.openSequence(id, backend, graph, options));
  // Whoever asks for a frame hears of it; unheard it is no fault.
  open.catch(() => undefined);
  let isDisposed = false;
  return {
    async next(inputs: Inputs, timestampUs: number) {
      if (isDisposed) throw new TypeError('a sequence computes nothing once it is disposed');
      const output = client.call((remote) => remote.nextOfSequence(id, inputs, timestampUs));
      await Promise.all([open, output]);
      return output;
    },
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      // A worker that is gone has closed everything.
      client.call((remote) => remote.closeSequence(id)).catch(() => undefined);
    },
  };
}

function defaultWorker(): Worker {
  return new Worker(new URL('./tensors.worker.ts', import.meta.url), {
    type: 'module',
    name: 'convolux-tensors',
  });
}
