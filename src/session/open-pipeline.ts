/**
 * The page's side of a running pipeline: opens source and output, starts the worker, hands filters on, and
 * closes everything in order. One pipeline is one worker.
 */
import { map, ReplaySubject, Subject, Subscription, type Observable } from 'rxjs';
import {
  LiveClient,
  type FrameMeasurements,
  type LiveBudget,
  type LiveEvents,
  type LiveOptions,
  type LiveStats,
} from '../../workers/live/live.client.ts';
import { checkNumber, checkOneOf } from '../core/check.ts';
import { deserializeError, PipelineError, type SerializedError } from '../core/errors.ts';
import { isSettled } from '../core/ledger.ts';
import { resolveParams, type Filter, type ParamValues } from '../graph/filter.ts';
import { openOutput, type OpenOutput, type OutputElement, type OutputElements } from './output.ts';
import {
  DEGRADATION_PREFERENCES,
  type BudgetDecision,
  type DegradationPreference,
} from '../schedule/budget.ts';
import { offerEnds } from './pipeline-ends.ts';
import { checkSource, openSource, type OpenSource, type SourceOptions } from './source.ts';
import { hiddenPage, pageVisible, pausedHidden } from './visibility.ts';
import { LiveVolumeControl, type VolumeControl } from './volume-control.ts';

export type PipelineOptions = Readonly<{
  source: SourceOptions;
  filter: Filter;
  /** Values of the filter's parameters; what is not given takes its default. */
  params?: Readonly<Record<string, unknown>>;
  /**
   * Shows the frames. A canvas must be fresh: it is handed to the worker for good. Of two elements the one is used that
   * costs less on this machine, and `stats.output` says which; the other stays empty.
   */
  output: OutputElement | OutputElements;
  /** Frames per second that are asked for, 1 to 240. Default null: as many as come. */
  targetFps?: number | null;
  /** What gives way when a frame costs more than its time. Default 'maintain-framerate': the resolution. */
  degradationPreference?: DegradationPreference;
  /**
   * Extra work per pixel, 0 to 20, for trying out how the rate is held: 1 fills a thirtieth of a second at the full
   * resolution. Default 0.
   */
  load?: number;
  /**
   * What becomes of frames while nobody sees the page. Default 'continue': others may still see the output.
   * 'pause' spares the battery.
   */
  whenHidden?: 'continue' | 'pause';
  /** How pixels come in and go out, where that is not to be found out by measuring, as tests want it. */
  transport?: LiveOptions['transport'];
  /** Makes the worker, where a bundler or a policy wants it made otherwise. */
  createWorker?: () => Worker;
}>;

export type { FrameMeasurements } from '../../workers/live/live.client.ts';

export type PipelineState =
  | Readonly<{ status: 'starting' }>
  | Readonly<{ status: 'running' }>
  /** Nobody sees the page, and this source or output stands still meanwhile; goes on by itself. */
  | Readonly<{ status: 'paused-hidden' }>
  | Readonly<{ status: 'stopped' }>
  | Readonly<{ status: 'failed'; error: PipelineError }>;

export type PipelineStats = LiveStats &
  Readonly<{
    /** How frames travel: 'processor → planes → pixels → video' is driver → upload → way out → element. */
    transport: string;
    /** 'camera' | 'video' | 'pattern' | 'volume' */
    source: string;
  }>;

export interface Pipeline extends AsyncDisposable {
  /** The state now, then each change. Ends after 'stopped' or 'failed'. */
  readonly state$: Observable<PipelineState>;
  /** The figures, every 250 ms while frames may flow: arrived = shown + dropped + pending. */
  readonly stats$: Observable<PipelineStats>;
  /** Faults that did not end it: a frame that was lost, a filter that could not be prepared. */
  readonly diagnostics$: Observable<PipelineError>;
  /** What the frame budget decides, and why: each frame that is dropped, each change of resolution or rate. */
  readonly decisions$: Observable<BudgetDecision>;
  /** What the filter measures of each frame that is shown, in their order; nothing where it measures nothing. */
  readonly measurements$: Observable<FrameMeasurements>;
  /** Of a source of kind 'volume': which slice is shown; null of all others. */
  readonly volume: VolumeControl | null;
  /**
   * The figures of this moment.
   * @throws PipelineError `aborted` before it runs and after it ended.
   */
  stats(): Promise<PipelineStats>;
  /**
   * Switches at a frame boundary; the old filter goes on until the new one is ready.
   * @throws TypeError | RangeError for wrong parameters.
   * @throws PipelineError `shader-failed` | `float-missing`; the old filter goes on then.
   */
  setFilter(filter: Filter, params?: Readonly<Record<string, unknown>>): Promise<void>;
  /** As `setFilter` with the filter that runs. */
  setParams(params: Readonly<Record<string, unknown>>): Promise<void>;
  /**
   * Asks for something else from now on; what is not given stays.
   * @throws TypeError | RangeError that name the option.
   */
  setBudget(change: BudgetChange): Promise<void>;
  /** Ends it and releases the camera. Idempotent. */
  stop(): Promise<void>;
}

/** What can be asked of the frame budget while it runs; see `PipelineOptions`. */
export type BudgetChange = Pick<PipelineOptions, 'targetFps' | 'degradationPreference' | 'load'>;

/**
 * Starts a pipeline: source → worker → output. Returns at once; `state$` tells how it goes.
 * @throws TypeError | RangeError for wrong options. Whatever goes wrong later is a state.
 */
export function openPipeline(options: PipelineOptions): Pipeline {
  checkSource(options.source);
  checkBudget('options', options);
  if (options.whenHidden !== undefined)
    checkOneOf('options.whenHidden', options.whenHidden, ['continue', 'pause']);
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
  readonly #decisions$ = new Subject<BudgetDecision>();
  readonly #measurements$ = new Subject<FrameMeasurements>();
  #budget: LiveBudget;
  #filter: Filter;
  #params: ParamValues;
  #client: LiveClient | null = null;
  #source: OpenSource | null = null;
  #output: OpenOutput | null = null;
  /** Kept: Comlink's end is collected with it. */
  readonly #events: LiveEvents;
  readonly #volume: LiveVolumeControl | null;
  readonly #visible$ = pageVisible();
  /** What follows the page's visibility. */
  readonly #page = new Subscription();
  #isOpen = false;
  #closing: Promise<void> | null = null;

  constructor(options: PipelineOptions, params: ParamValues) {
    this.#options = options;
    this.#filter = options.filter;
    this.#params = params;
    this.#budget = budgetOf(options);
    this.#volume = options.source.kind === 'volume' ? new LiveVolumeControl(() => this.#running(), () => this.#source?.slices ?? 0) : null; // prettier-ignore
    this.#events = {
      stats: (stats, decisions) => {
        for (const decision of decisions) this.#decisions$.next(decision);
        this.#stats$.next(this.#publicStats(stats));
      },
      measurements: (measurements) => {
        this.#measurements$.next(measurements);
      },
      volume: (state) => {
        this.#volume?.tell(state);
      },
      diagnostic: (error) => {
        this.#diagnostics$.next(asPipelineError(error));
      },
      ended: (error) => {
        this.#ended(error === null ? null : asPipelineError(error));
      },
    };
    offerEnds(this, { client: () => this.#running(), stream: (kind) => this.#output?.stream(kind) ?? null });
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

  get decisions$(): Observable<BudgetDecision> {
    return this.#decisions$.asObservable();
  }

  get measurements$(): Observable<FrameMeasurements> {
    return this.#measurements$.asObservable();
  }

  get volume(): VolumeControl | null {
    return this.#volume;
  }

  async stats(): Promise<PipelineStats> {
    return this.#publicStats(await this.#running().stats());
  }

  async setBudget(change: BudgetChange): Promise<void> {
    checkBudget('change', change);
    const { targetFps = this.#budget.targetFps, degradationPreference = this.#budget.degradationPreference, load = this.#budget.load } = change; // prettier-ignore
    this.#budget = { targetFps, degradationPreference, load };
    if (this.#client !== null && this.#isOpen && !this.#isOver()) await this.#client.setBudget(this.#budget);
  }

  async setFilter(filter: Filter, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const resolved = resolveParams(filter, params);
    const graph = filter.build(resolved);
    if (this.#isOver() || this.#closing !== null) throw notRunning();
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
      hiddenPage: hiddenPage(this.#visible$, (afterMs) => client.wake(afterMs)),
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
    const options = {
      budget: this.#budget,
      whenHidden: this.#options.whenHidden ?? 'continue',
      transport: this.#options.transport ?? {},
    };
    await client.open(source.live, output.live, graph, options, this.#events);
    await source.begin();
    if (this.#isOver() || this.#isClosing()) return;
    this.#tell({ status: 'running' });
    this.#followPage(client);
  }

  /** Tells the worker whether the page is seen, and the caller when nothing goes on because it isn't. */
  #followPage(client: LiveClient): void {
    this.#page.add(
      this.#visible$.subscribe((visible) => {
        // A worker that dies meanwhile is told of elsewhere.
        client.setVisible(visible).catch(() => undefined);
      }),
    );
    const shown$ = this.#stats$.pipe(map(({ shown }) => shown));
    this.#page.add(
      pausedHidden(this.#visible$, shown$).subscribe((paused) => {
        const status = paused ? 'paused-hidden' : 'running';
        if (status !== this.#status && !this.#isOver() && !this.#isClosing()) this.#tell({ status });
      }),
    );
  }

  /** @throws PipelineError `aborted` */
  #running(): LiveClient {
    if (this.#client === null || !this.#isOpen || this.#isOver() || this.#isClosing()) throw notRunning();
    return this.#client;
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
    this.#page.unsubscribe();
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
    this.#volume?.end();
    this.#stats$.complete();
    this.#decisions$.complete();
    this.#measurements$.complete();
    this.#diagnostics$.complete();
  }

  #publicStats(stats: LiveStats): PipelineStats {
    const { upload, outputPath, output } = stats;
    const transport = [this.#source?.driver ?? '', upload, outputPath, output].join(' → ');
    return { ...stats, transport, source: this.#options.source.kind };
  }
}

function budgetOf({ targetFps, degradationPreference, load }: PipelineOptions): LiveBudget {
  return {
    targetFps: targetFps ?? null,
    degradationPreference: degradationPreference ?? 'maintain-framerate',
    load: load ?? 0,
  };
}

/** @throws TypeError | RangeError */
function checkBudget(where: string, { targetFps, degradationPreference, load }: BudgetChange): void {
  if (targetFps !== undefined && targetFps !== null) {
    checkNumber(`${where}.targetFps`, targetFps, { min: 1, max: 240, unit: 'frames per second' });
  }
  if (degradationPreference !== undefined) {
    checkOneOf(`${where}.degradationPreference`, degradationPreference, DEGRADATION_PREFERENCES);
  }
  if (load !== undefined) checkNumber(`${where}.load`, load, { min: 0, max: 20 });
}

function notRunning(): PipelineError {
  return new PipelineError('aborted', 'The pipeline is not running.');
}

function asPipelineError(data: SerializedError): PipelineError {
  return PipelineError.from(deserializeError(data), 'frame-failed');
}
