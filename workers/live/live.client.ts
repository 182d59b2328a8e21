/**
 * The page's end of a live worker. Every call is answered: when the worker can't be loaded or dies, pending and
 * later calls reject with a PipelineError. Keeps the worker and the proxies alive until `terminate`.
 */
import { proxy, transfer } from 'comlink';
import { assertNever } from '../../src/core/assert.ts';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import type { FrameImage } from '../../src/frames/frame-lease.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { WorkerClient } from '../worker-client.ts';
import type {
  LiveBudget,
  LiveContract,
  LiveEvents,
  LiveOptions,
  LiveOutput,
  LiveSource,
  LiveStats,
  VolumeCommand,
} from './live.contract.ts';

export type {
  FrameMeasurements,
  LiveBudget,
  LiveEvents,
  LiveOptions,
  LiveOutput,
  LiveSource,
  LiveStats,
  VolumeCommand,
  VolumeState,
} from './live.contract.ts';

export class LiveClient {
  readonly #client: WorkerClient<LiveContract>;

  constructor(createWorker: () => Worker = defaultWorker) {
    this.#client = new WorkerClient(createWorker());
  }

  /** Rejects when the worker is lost; else it never settles. */
  get failed(): Promise<never> {
    return this.#client.failed;
  }

  /** Whether the worker can read a track. */
  hasTrackProcessor(): Promise<boolean> {
    return this.#client.call((remote) => remote.hasTrackProcessor());
  }

  /**
   * Starts the pipeline. Source and output are transferred.
   * @throws PipelineError `webgl2-missing` | `worker-missing` | `worker-crashed` | `aborted`
   */
  open(
    source: LiveSource,
    output: LiveOutput,
    graph: Graph,
    options: LiveOptions,
    events: LiveEvents,
  ): Promise<void> {
    const from = transfer(source, partsOf(source));
    const to = transfer(
      output,
      [output.canvas, output.writable].filter((part) => part !== undefined),
    );
    return this.#client.call((remote) => remote.open(from, to, graph, options, proxy(events)));
  }

  /** @consumes frame */
  async push(frame: FrameImage, timestampUs: number): Promise<void> {
    try {
      await this.#client.call((remote) => remote.push(transfer(frame, [frame]), timestampUs));
    } finally {
      // Moved when the message left; still open when it could not be sent.
      frame.close();
    }
  }

  /** For sources of kind 'volume'. */
  volume(command: VolumeCommand): Promise<void> {
    return this.#client.call((remote) => remote.volume(command));
  }

  setGraph(graph: Graph): Promise<void> {
    return this.#client.call((remote) => remote.setGraph(graph));
  }

  setBudget(change: Partial<LiveBudget>): Promise<void> {
    return this.#client.call((remote) => remote.setBudget(change));
  }

  setVisible(visible: boolean): Promise<void> {
    return this.#client.call((remote) => remote.setVisible(visible));
  }

  /** Resolves after so many ms, also while the page is hidden. */
  wake(afterMs: number): Promise<void> {
    return this.#client.call((remote) => remote.wake(afterMs));
  }

  stats(): Promise<LiveStats> {
    return this.#client.call((remote) => remote.stats());
  }

  /** Ends the pipeline; answers what it left open. The worker itself lives until `terminate`. */
  stop(): Promise<LedgerBalance> {
    return this.#client.call((remote) => remote.stop());
  }

  /** Ends the worker. Idempotent. */
  terminate(): void {
    this.#client.terminate();
  }
}

/** What moves to the worker. */
function partsOf(end: LiveSource): Transferable[] {
  switch (end.kind) {
    // The DOM library knows these as transferable in part only.
    case 'readable':
      return [end.readable];
    case 'track':
      return [end.track];
    case 'push':
    case 'pattern':
    // Copied: the voxels are still the caller's.
    case 'volume':
      return [];
    default:
      return assertNever(end);
  }
}

function defaultWorker(): Worker {
  return new Worker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name: 'convolux' });
}
