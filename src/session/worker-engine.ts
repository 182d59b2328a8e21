/** The page's side of an engine in a worker. */
export { createWorkerEngine, type WorkerEngineOptions } from '../../workers/tensors/tensors.client.ts';
