/** The page's end of a clips worker. Every call is answered, also when the worker can't be loaded or dies. */
import { proxy, transfer } from 'comlink';
import type {
  Clip,
  ClipInfo,
  ClipInput,
  ClipJob,
  ClipProgress,
  ClipRange,
  ClipSound,
} from '../../src/clips/clip-types.ts';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { WorkerClient } from '../worker-client.ts';
import type { ClipPreview, ClipsContract } from './clips.contract.ts';

export type { ClipPreview } from './clips.contract.ts';

export class ClipsClient {
  readonly #client: WorkerClient<ClipsContract>;

  constructor(createWorker: () => Worker = defaultWorker) {
    this.#client = new WorkerClient(createWorker());
  }

  /** A stream in the job is transferred. */
  process(job: ClipJob, onProgress: (progress: ClipProgress) => void): Promise<Clip> {
    const moved = transfer(job, job.sink instanceof WritableStream ? [job.sink] : []);
    return this.#client.call((remote) => remote.process(moved, proxy(onProgress)));
  }

  open(input: ClipInput): Promise<ClipInfo> {
    return this.#client.call((remote) => remote.open(input));
  }

  preview(graph: Graph, atS: number): Promise<ClipPreview> {
    return this.#client.call((remote) => remote.preview(graph, atS));
  }

  readSound(input: ClipInput, range: ClipRange): Promise<ClipSound> {
    return this.#client.call((remote) => remote.readSound(input, range));
  }

  /** Ends what runs; answers what it left open. The worker itself lives until `terminate`. */
  stop(): Promise<LedgerBalance> {
    return this.#client.call((remote) => remote.stop());
  }

  /** Ends the worker. Idempotent. */
  terminate(): void {
    this.#client.terminate();
  }
}

function defaultWorker(): Worker {
  return new Worker(new URL('./clips.worker.ts', import.meta.url), {
    type: 'module',
    name: 'convolux clips',
  });
}
