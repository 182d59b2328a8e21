/**
 * The page's end of a live worker. Every call is answered: when the worker can't be loaded or dies, pending and
 * later calls reject with a PipelineError. Keeps the worker and the proxies alive until `terminate`.
 */
import { proxy, releaseProxy, transfer, wrap, type Remote } from 'comlink';
import { assertNever } from '../../src/core/assert.ts';
import { PipelineError } from '../../src/core/errors.ts';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import type { FrameImage } from '../../src/frames/frame-lease.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { installThrowHandler } from '../throw-handler.ts';
import type { LiveContract, LiveEvents, LiveOutput, LiveSource } from './live.contract.ts';

export type { LiveEvents, LiveOutput, LiveSource, LiveStats } from './live.contract.ts';

installThrowHandler();

export class LiveClient {
  readonly #worker: Worker;
  readonly #remote: Remote<LiveContract>;
  readonly #failed: Promise<never>;
  #fail: (error: PipelineError) => void = () => undefined;
  #answered = false;
  #terminated = false;

  constructor(createWorker: () => Worker = defaultWorker) {
    this.#failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    // Whoever waits hears of it through `call`; unheard it is no fault.
    this.#failed.catch(() => undefined);
    this.#worker = createWorker();
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#fail(this.#answered ? crashed(event.message) : missing(event.message));
    });
    this.#remote = wrap<LiveContract>(this.#worker);
  }

  /** Rejects with `worker-missing` or `worker-crashed` when the worker is lost; else it never settles. */
  get failed(): Promise<never> {
    return this.#failed;
  }

  /** Whether the worker can read a track. */
  hasTrackProcessor(): Promise<boolean> {
    return this.#call((remote) => remote.hasTrackProcessor());
  }

  /**
   * Starts the pipeline. Source and output are transferred.
   * @throws PipelineError `webgl2-missing` | `worker-missing` | `worker-crashed` | `aborted`
   */
  open(source: LiveSource, output: LiveOutput, graph: Graph, events: LiveEvents): Promise<void> {
    const [from, to] = [transfer(source, partsOf(source)), transfer(output, partsOf(output))];
    return this.#call((remote) => remote.open(from, to, graph, proxy(events)));
  }

  /** @consumes frame */
  async push(frame: FrameImage, timestampUs: number): Promise<void> {
    try {
      await this.#call((remote) => remote.push(transfer(frame, [frame]), timestampUs));
    } finally {
      // Moved when the message left; still open when it could not be sent.
      frame.close();
    }
  }

  setGraph(graph: Graph): Promise<void> {
    return this.#call((remote) => remote.setGraph(graph));
  }

  /** Ends the pipeline; answers what it left open. The worker itself lives until `terminate`. */
  stop(): Promise<LedgerBalance> {
    return this.#call((remote) => remote.stop());
  }

  async #call<Result>(ask: (remote: Remote<LiveContract>) => Promise<Result>): Promise<Result> {
    if (this.#terminated) throw new PipelineError('aborted', 'The pipeline was stopped.');
    const result = await Promise.race([ask(this.#remote), this.#failed]);
    this.#answered = true;
    return result;
  }

  /** Ends the worker. Idempotent. */
  terminate(): void {
    if (this.#terminated) return;
    this.#terminated = true;
    this.#fail(new PipelineError('aborted', 'The pipeline was stopped.'));
    this.#remote[releaseProxy]();
    this.#worker.terminate();
  }
}

/** What moves to the worker. */
function partsOf(end: LiveSource | LiveOutput): Transferable[] {
  switch (end.kind) {
    // The DOM library knows these as transferable in part only.
    case 'readable':
      return [end.readable];
    case 'track':
      return [end.track];
    case 'canvas':
      return [end.canvas];
    case 'video':
      return [end.writable];
    case 'push':
    case 'pattern':
      return [];
    default:
      return assertNever(end);
  }
}

function defaultWorker(): Worker {
  return new Worker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name: 'convolux' });
}

function missing(message: string | undefined): PipelineError {
  return new PipelineError(
    'worker-missing',
    'The part of this page that runs the filters could not be loaded. Check the connection and reload the page.',
    { recoverable: true, context: { message: message ?? '' } },
  );
}

function crashed(message: string | undefined): PipelineError {
  return new PipelineError(
    'worker-crashed',
    'The part of this page that runs the filters stopped. Start again to go on.',
    {
      recoverable: true,
      context: { message: message ?? '' },
    },
  );
}
