/**
 * The worker that computes, and its successors: one at a time. A worker that dies is replaced by one that goes on with the
 * same source, filter and track; one that is slow is left alone. Owns the workers.
 */
import {
  LiveClient,
  type LiveEvents,
  type LiveOptions,
  type LiveOutput,
  type LiveSource,
} from '../../workers/live/live.client.ts';
import { PipelineError } from '../core/errors.ts';
import { isSettled, type LedgerBalance } from '../core/ledger.ts';
import type { FrameImage } from '../frames/frame-lease.ts';
import type { Graph } from '../graph/graph.ts';
import { Turns } from './turns.ts';

/** So many workers may die in so many ms; one more, and it is given up. */
const MOST_DEATHS = 3;
const DEATHS_WITHIN_MS = 30_000;

/** What a worker starts with, beside its source. */
export type WorkerStart = Readonly<{
  output: LiveOutput;
  graph: Graph;
  options: Omit<LiveOptions, 'lock'>;
}>;

export type WorkerLifeOptions = Readonly<{
  createWorker: (() => Worker) | undefined;
  /** Of now, for a worker that starts. */
  start: () => WorkerStart;
  /** Of now, for the worker that there is. */
  source: () => LiveSource;
  events: LiveEvents;
  /** Whether another worker could go on with the output. */
  canGoOn: () => boolean;
  /** It died, and another one is on its way. */
  onLost: (error: PipelineError) => void;
  /** Another one goes on. */
  onBack: () => void;
  /** It died, and that was it. */
  onDead: (error: PipelineError) => void;
}>;

export class WorkerLife {
  readonly #options: WorkerLifeOptions;
  #client: LiveClient;
  /** Whether the worker has source and output. */
  #isOpen = false;
  /** Of whoever changes worker or source. */
  readonly #turns = new Turns();
  #deathsMs: number[] = [];
  /** Nobody waits for the end of this worker any more. */
  #watching = new AbortController();
  #isOver = false;

  constructor(options: WorkerLifeOptions) {
    this.#options = options;
    this.#client = new LiveClient(options.createWorker);
    this.#client.failed.catch((error: unknown) => {
      // Before it is open nothing is there that another one could go on with.
      if (!this.#isOver && !this.#isOpen) options.onDead(PipelineError.from(error, 'worker-crashed'));
    });
  }

  /** The one that runs; null while there is none. */
  get client(): LiveClient | null {
    return this.#isOpen && !this.#isOver ? this.#client : null;
  }

  /** Whether workers of this browser can read a track. @throws PipelineError `worker-missing` | `worker-crashed` */
  hasProcessor(): Promise<boolean> {
    return this.#client.hasTrackProcessor();
  }

  /** @throws PipelineError what the worker fails with. */
  open(): Promise<void> {
    return this.#turns.take(() => this.#open());
  }

  /** Frames come from what `source` tells of now. A worker that dies meanwhile is no fault: the next one starts with it. */
  reconnect(): Promise<void> {
    return this.#turns.take(async () => {
      const { client } = this;
      if (client === null) return;
      try {
        await client.setSource(this.#options.source());
      } catch (error) {
        if (!this.#isLoss(error)) throw error;
      }
    });
  }

  /** One that comes while no worker is there is let go. @consumes frame */
  async push(frame: FrameImage, timestampUs: number): Promise<void> {
    const { client } = this;
    if (client === null) {
      frame.close();
      return;
    }
    try {
      await client.push(frame, timestampUs);
    } catch (error) {
      if (!this.#isLoss(error)) throw error;
    }
  }

  /** Resolves after so many ms, also while the page is hidden. @throws PipelineError `aborted` when it is over. */
  async wake(afterMs: number): Promise<void> {
    if (this.client === null) await this.#turns.idle;
    if (this.#isOver) throw new PipelineError('aborted', 'The pipeline was stopped.');
    try {
      // As long as there is none, the page's own timers are better than nothing.
      await (this.client?.wake(afterMs) ?? new Promise((resolve) => setTimeout(resolve, afterMs)));
    } catch (error) {
      if (!this.#isLoss(error)) throw error;
    }
  }

  /** Answers what the worker left open; null where it is gone. Idempotent. */
  async close(): Promise<LedgerBalance | null> {
    this.#isOver = true;
    try {
      const balance = await this.#client.stop();
      return isSettled(balance) ? null : balance;
    } catch {
      // What it held went with it.
      return null;
    } finally {
      this.#watching.abort();
      this.#client.terminate();
    }
  }

  async #open(): Promise<void> {
    const client = this.#client;
    // What is connected to it before it is there would wait, and be old.
    await client.hasTrackProcessor();
    if (this.#isOver) return;
    const { output, graph, options } = this.#options.start();
    const lock = 'locks' in navigator ? `convolux ${crypto.randomUUID()}` : '';
    // What is asked of it from now on comes after that.
    this.#isOpen = true;
    await client.open(this.#options.source(), output, graph, { ...options, lock }, this.#options.events);
    this.#watch(client, lock);
  }

  /** A worker that fails says so. One that is ended does not, but whatever it holds is let go: a lock that we wait for. */
  #watch(client: LiveClient, lock: string): void {
    const watching = new AbortController();
    this.#watching = watching;
    client.failed.catch((error: unknown) => {
      watching.abort();
      if (client === this.#client) this.#lost(PipelineError.from(error, 'worker-crashed'));
    });
    if (lock === '') return;
    navigator.locks
      .request(lock, { signal: watching.signal }, () => {
        client.lose();
      })
      // Nobody waits for it any more.
      .catch(() => undefined);
  }

  #lost(error: PipelineError): void {
    if (this.#isOver) return;
    this.#isOpen = false;
    this.#client.terminate();
    const nowMs = performance.now();
    this.#deathsMs = [...this.#deathsMs, nowMs].filter((atMs) => nowMs - atMs < DEATHS_WITHIN_MS);
    if (!this.#options.canGoOn() || this.#deathsMs.length > MOST_DEATHS) {
      this.#options.onDead(error);
      return;
    }
    this.#options.onLost(error);
    void this.#turns.take(() => this.#replace());
  }

  async #replace(): Promise<void> {
    if (this.#isOver) return;
    const client = new LiveClient(this.#options.createWorker);
    this.#client = client;
    try {
      await this.#open();
    } catch (cause) {
      if (this.#hasEnded()) return;
      const error = PipelineError.from(cause, 'worker-crashed');
      if (error.code === 'worker-crashed') this.#lost(error);
      else this.#options.onDead(error);
      return;
    }
    if (!this.#hasEnded()) this.#options.onBack();
  }

  /** A method, because the answer may change with every wait. */
  #hasEnded(): boolean {
    return this.#isOver;
  }

  /** Whether that is the end of a worker, of which others tell. */
  #isLoss(error: unknown): boolean {
    return error instanceof PipelineError && (error.code === 'worker-crashed' || error.code === 'aborted');
  }
}
