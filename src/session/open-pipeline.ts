/**
 * The page's side of a running pipeline: opens source and output, starts the worker, hands filters on, and
 * closes everything in order. One pipeline is one worker.
 */
import { ReplaySubject, Subject, type Observable } from 'rxjs';
import { LiveClient, type LiveEvents, type LiveStats } from '../../workers/live/live.client.ts';
import { deserializeError, PipelineError, type SerializedError } from '../core/errors.ts';
import { isSettled } from '../core/ledger.ts';
import { resolveParams, type Filter, type ParamValues } from '../graph/filter.ts';
import { openOutput, type OpenOutput, type OutputElement } from './output.ts';
import { checkSource, openSource, type OpenSource, type SourceOptions } from './source.ts';

export type PipelineOptions = Readonly<{
  source: SourceOptions;
  filter: Filter;
  /** Values of the filter's parameters; what is not given takes its default. */
  params?: Readonly<Record<string, unknown>>;
  /** Shows the frames. A canvas must be fresh: it is handed to the worker for good. */
  output: OutputElement;
  /** Makes the worker, where a bundler or a policy wants it made otherwise. */
  createWorker?: () => Worker;
}>;

export type PipelineState =
  | Readonly<{ status: 'starting' }>
  | Readonly<{ status: 'running' }>
  | Readonly<{ status: 'stopped' }>
  | Readonly<{ status: 'failed'; error: PipelineError }>;

export type PipelineStats = Omit<LiveStats, 'upload'> &
  Readonly<{
    /** How frames travel: 'processor → planes → video' is driver → upload → output. */
    transport: string;
    /** 'camera' | 'video' | 'pattern' */
    source: string;
  }>;

export interface Pipeline extends AsyncDisposable {
  /** The state now, then each change. Ends after 'stopped' or 'failed'. */
  readonly state$: Observable<PipelineState>;
  /** The figures, every 250 ms while frames may flow: arrived = shown + dropped + pending. */
  readonly stats$: Observable<PipelineStats>;
  /** Faults that did not end it: a frame that was lost, a filter that could not be prepared. */
  readonly diagnostics$: Observable<PipelineError>;
  /**
   * Switches at a frame boundary; the old filter goes on until the new one is ready.
   * @throws TypeError | RangeError for wrong parameters.
   * @throws PipelineError `shader-failed` | `float-missing`; the old filter goes on then.
   */
  setFilter(filter: Filter, params?: Readonly<Record<string, unknown>>): Promise<void>;
  /** As `setFilter` with the filter that runs. */
  setParams(params: Readonly<Record<string, unknown>>): Promise<void>;
  /** Ends it and releases the camera. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a pipeline: source → worker → output. Returns at once; `state$` tells how it goes.
 * @throws TypeError | RangeError for wrong options. Whatever goes wrong later is a state.
 */
export function openPipeline(options: PipelineOptions): Pipeline {
  checkSource(options.source);
  const params = resolveParams(options.filter, options.params);
  // Built now, so that a graph with a mistake throws here.
  options.filter.build(params);
  return new LivePipelineSession(options, params);
}

class LivePipelineSession implements Pipeline {
  readonly #options: PipelineOptions;
  /** Replays: whoever asks after the end still hears how it ended. */
  readonly #state$ = new ReplaySubject<PipelineState>(1);
  #status: PipelineState['status'] = 'starting';
  readonly #stats$ = new ReplaySubject<PipelineStats>(1);
  readonly #diagnostics$ = new Subject<PipelineError>();
  #filter: Filter;
  #params: ParamValues;
  #client: LiveClient | null = null;
  #source: OpenSource | null = null;
  #output: OpenOutput | null = null;
  /** Kept: Comlink's end is collected with it. */
  readonly #events: LiveEvents;
  #isOpen = false;
  #closing: Promise<void> | null = null;

  constructor(options: PipelineOptions, params: ParamValues) {
    this.#options = options;
    this.#filter = options.filter;
    this.#params = params;
    this.#events = {
      stats: (stats) => {
        this.#stats$.next(this.#publicStats(stats));
      },
      diagnostic: (error) => {
        this.#diagnostics$.next(asPipelineError(error));
      },
      ended: (error) => {
        this.#ended(error === null ? null : asPipelineError(error));
      },
    };
    this.#tell({ status: 'starting' });
    this.#start().catch((error: unknown) => {
      this.#ended(PipelineError.from(error, 'frame-failed'));
    });
  }

  get state$(): Observable<PipelineState> {
    return this.#state$.asObservable();
  }

  get stats$(): Observable<PipelineStats> {
    return this.#stats$.asObservable();
  }

  get diagnostics$(): Observable<PipelineError> {
    return this.#diagnostics$.asObservable();
  }

  async setFilter(filter: Filter, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const resolved = resolveParams(filter, params);
    const graph = filter.build(resolved);
    if (this.#isOver() || this.#closing !== null)
      throw new PipelineError('aborted', 'The pipeline is not running.');
    // Before the worker is open there is nothing to switch: it will open with what is set here.
    if (this.#client !== null && this.#isOpen) await this.#client.setGraph(graph);
    this.#filter = filter;
    this.#params = resolved;
  }

  setParams(params: Readonly<Record<string, unknown>>): Promise<void> {
    return this.setFilter(this.#filter, { ...this.#params, ...params });
  }

  async stop(): Promise<void> {
    await this.#close();
    if (!this.#isOver()) this.#finish({ status: 'stopped' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<void> {
    const client = new LiveClient(this.#options.createWorker);
    this.#client = client;
    client.failed.catch((error: unknown) => {
      if (!this.#isClosing()) this.#ended(PipelineError.from(error, 'worker-crashed'));
    });
    const workerHasProcessor = await client.hasTrackProcessor();
    if (this.#isClosing()) return;
    const source = await openSource(this.#options.source, workerHasProcessor, {
      push: (frame, timestampUs) => client.push(frame, timestampUs),
      onFault: (error) => {
        this.#diagnostics$.next(error);
      },
      onEnd: (error) => {
        this.#ended(error);
      },
    });
    this.#source = source;
    // Stopped while the user was asked for the camera: it is released again.
    if (this.#isClosing()) {
      source.close();
      return;
    }
    const output = openOutput(this.#options.output);
    this.#output = output;
    const graph = this.#filter.build(this.#params);
    this.#isOpen = true;
    await client.open(source.live, output.live, graph, this.#events);
    await source.begin();
    if (!this.#isOver() && !this.#isClosing()) this.#tell({ status: 'running' });
  }

  #ended(error: PipelineError | null): void {
    if (this.#isOver() || this.#isClosing()) return;
    this.#finish(error === null ? { status: 'stopped' } : { status: 'failed', error });
    void this.#close();
  }

  #tell(state: PipelineState): void {
    this.#status = state.status;
    this.#state$.next(state);
  }

  #isOver(): boolean {
    return this.#status === 'stopped' || this.#status === 'failed';
  }

  /** A method, because the answer may change with every wait. */
  #isClosing(): boolean {
    return this.#closing !== null;
  }

  #finish(state: PipelineState): void {
    this.#tell(state);
    this.#state$.complete();
  }

  #close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    this.#source?.close();
    const client = this.#client;
    try {
      const balance = await client?.stop();
      if (balance !== undefined && !isSettled(balance)) {
        this.#diagnostics$.next(new PipelineError('frame-failed', 'The worker ended with frames or textures still open.', { context: balance })); // prettier-ignore
      }
    } catch {
      // The worker is gone: what it held went with it.
    }
    client?.terminate();
    this.#output?.close();
    this.#stats$.complete();
    this.#diagnostics$.complete();
  }

  #publicStats({ upload, ...stats }: LiveStats): PipelineStats {
    const transport = [this.#source?.driver ?? '', upload, this.#output?.kind ?? ''].join(' → ');
    return { ...stats, transport, source: this.#options.source.kind };
  }
}

function asPipelineError(data: SerializedError): PipelineError {
  return PipelineError.from(deserializeError(data), 'frame-failed');
}
