/**
 * The page's end of any worker. Every call is answered: when the worker can't be loaded or dies, pending and later
 * calls reject with a PipelineError. Keeps the worker and its proxy alive until `terminate`.
 */
import { releaseProxy, wrap, type Remote } from 'comlink';
import { PipelineError } from '../src/core/errors.ts';
import { installThrowHandler } from './throw-handler.ts';

installThrowHandler();

export class WorkerClient<Contract> {
  readonly #worker: Worker;
  readonly #remote: Remote<Contract>;
  readonly #failed: Promise<never>;
  #fail: (error: PipelineError) => void = () => undefined;
  #answered = false;
  #terminated = false;

  constructor(worker: Worker) {
    this.#failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    // Whoever waits hears of it through `call`; unheard it is no fault.
    this.#failed.catch(() => undefined);
    this.#worker = worker;
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#fail(this.#answered ? crashed(event.message) : missing(event.message));
    });
    this.#remote = wrap<Contract>(this.#worker);
  }

  /** Rejects with `worker-missing` or `worker-crashed` when the worker is lost; else it never settles. */
  get failed(): Promise<never> {
    return this.#failed;
  }

  /** @throws what the worker throws, and PipelineError `worker-missing` | `worker-crashed` | `aborted`. */
  async call<Result>(ask: (remote: Remote<Contract>) => Promise<Result>): Promise<Result> {
    if (this.#terminated) throw stopped();
    const result = await Promise.race([ask(this.#remote), this.#failed]);
    this.#answered = true;
    return result;
  }

  /** It is known to be gone: whoever waits for it hears so. */
  lose(): void {
    this.#fail(crashed(undefined));
  }

  /** Ends the worker. Idempotent. */
  terminate(): void {
    if (this.#terminated) return;
    this.#terminated = true;
    this.#fail(stopped());
    (this.#remote as unknown as { [releaseProxy](): void })[releaseProxy]();
    this.#worker.terminate();
  }
}

function stopped(): PipelineError {
  return new PipelineError('aborted', 'The pipeline was stopped.');
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
    { recoverable: true, context: { message: message ?? '' } },
  );
}
