/**
 * The page's side of a running pipeline: puts source, worker and output together, tells its states, and closes everything
 * in order. Owns them.
 */
import { filter, firstValueFrom, map, ReplaySubject, Subject, Subscription, type Observable } from 'rxjs';
import type {
  FrameMeasurements,
  LiveBudget,
  LiveClient,
  LiveEvents,
  LiveOptions,
  LiveStats,
} from '../../workers/live/live.client.ts';
import { deserializeError, PipelineError, type SerializedError } from '../core/errors.ts';
import type { CameraControl } from '../frames/page/camera-control.ts';
import { resolveParams, type Filter, type ParamValues } from '../graph/filter.ts';
import type { BudgetDecision } from '../schedule/budget.ts';
import { budgetOf, checkBudget } from './check-options.ts';
import { checkSource } from './check-source.ts';
import { CountsSoFar } from './counts-so-far.ts';
import { openOutput, type PipelineOutput } from './output.ts';
import type { TrackFacts } from './output-track.ts';
import { offerEnds } from './pipeline-ends.ts';
import type {
  BudgetChange,
  Pipeline,
  PipelineOptions,
  PipelineState,
  PipelineStats,
} from './pipeline-types.ts';
import { record } from './record.ts';
import type { Recording, RecordOptions } from './record-types.ts';
import { SessionState } from './session-state.ts';
import { SourceLife } from './source-life.ts';
import type { SourceOptions } from './source-types.ts';
import { notRunning, untilRunning } from './until-running.ts';
import { hiddenPage, pageVisible, pausedHidden } from './visibility.ts';
import { LiveVolumeControl, type VolumeControl } from './volume-control.ts';
import { WorkerLife, type WorkerStart } from './worker-life.ts';

export class PipelineSession implements Pipeline {
  readonly #state = new SessionState();
  readonly #stats$ = new ReplaySubject<PipelineStats>(1);
  readonly #diagnostics$ = new Subject<PipelineError>();
  readonly #decisions$ = new Subject<BudgetDecision>();
  readonly #measurements$ = new Subject<FrameMeasurements>();
  readonly state$: Observable<PipelineState> = this.#state.state$;
  readonly stats$: Observable<PipelineStats> = this.#stats$.asObservable();
  readonly diagnostics$: Observable<PipelineError> = this.#diagnostics$.asObservable();
  readonly decisions$: Observable<BudgetDecision> = this.#decisions$.asObservable();
  readonly measurements$: Observable<FrameMeasurements> = this.#measurements$.asObservable();

  readonly #options: PipelineOptions;
  readonly #counts = new CountsSoFar();
  #newest: PipelineStats | null = null;
  #budget: LiveBudget;
  #filter: Filter;
  #params: ParamValues;
  readonly #worker: WorkerLife;
  readonly #source: SourceLife;
  #output: PipelineOutput | null = null;
  #track: Promise<MediaStreamTrack> | null = null;
  #volume: LiveVolumeControl | null;
  readonly #visible$ = pageVisible();
  /** What follows the page's visibility. */
  readonly #page = new Subscription();
  /** Settles when it runs, or never will. */
  readonly #started: Promise<void>;
  #closing: Promise<void> | null = null;

  constructor(options: PipelineOptions, params: ParamValues) {
    this.#options = options;
    this.#filter = options.filter;
    this.#params = params;
    this.#budget = budgetOf(options);
    this.#volume = this.#volumeOf(options.source);
    this.#worker = this.#makeWorker();
    this.#source = this.#makeSource();
    offerEnds(this, { client: () => this.#running(), stream: (kind) => this.#output?.stream(kind) ?? null });
    this.#started = this.#start().catch((error: unknown) => {
      this.#ended(PipelineError.from(error, 'frame-failed'));
    });
  }

  get track(): Promise<MediaStreamTrack> {
    this.#track ??= this.#openTrack();
    // Whoever asked hears of it.
    this.#track.catch(() => undefined);
    return this.#track;
  }

  get volume(): VolumeControl | null {
    return this.#volume;
  }

  get camera(): CameraControl | null {
    return this.#state.isOver ? null : (this.#source.current?.camera ?? null);
  }

  async stats(): Promise<PipelineStats> {
    return this.#take(await this.#running().stats());
  }

  async setBudget(change: BudgetChange): Promise<void> {
    checkBudget('change', change);
    const { targetFps = this.#budget.targetFps, degradationPreference = this.#budget.degradationPreference, load = this.#budget.load } = change; // prettier-ignore
    this.#budget = { targetFps, degradationPreference, load };
    await this.#worker.client?.setBudget(this.#budget);
  }

  async setFilter(filter: Filter, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const resolved = resolveParams(filter, params);
    const graph = filter.build(resolved);
    this.#mustGoOn();
    // While there is no worker there is nothing to switch: the next one opens with what is set here.
    await this.#worker.client?.setGraph(graph);
    this.#filter = filter;
    this.#params = resolved;
  }

  setParams(params: Readonly<Record<string, unknown>>): Promise<void> {
    return this.setFilter(this.#filter, { ...this.#params, ...params });
  }

  async setSource(source: SourceOptions): Promise<void> {
    checkSource(source);
    await this.#started;
    this.#mustGoOn();
    await this.#source.set(source);
  }

  record(options?: RecordOptions): Recording {
    return record(this, options);
  }

  async stop(): Promise<void> {
    await this.#close();
    this.#state.end(null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<void> {
    await Promise.all([this.#openSource(), this.#openOutput()]);
    if (this.#isClosing()) return;
    await this.#worker.open();
    await this.#source.current?.begin();
    if (this.#state.isOver || this.#isClosing()) return;
    this.#state.started();
    this.#followPage();
  }

  async #openSource(): Promise<void> {
    const hasProcessor = await this.#worker.hasProcessor();
    if (!this.#isClosing()) await this.#source.open(hasProcessor);
  }

  async #openOutput(): Promise<void> {
    const { output, contentHint = 'motion', createWorker } = this.#options;
    this.#output = await openOutput({
      elements: output,
      createWorker,
      contentHint,
      facts: () => this.#facts(),
      onStopped: () => {
        this.#ended(null);
      },
      onLost: (error) => {
        this.#ended(PipelineError.from(error, 'worker-crashed'));
      },
    });
    if (this.#isClosing()) await this.#output.close();
  }

  async #openTrack(): Promise<MediaStreamTrack> {
    await untilRunning(this);
    const output = this.#output;
    if (output === null) throw notRunning();
    if (!output.isOpen) return output.track();
    const chosen$ = this.stats$.pipe(
      map((stats) => stats.output),
      filter((kind) => kind !== ''),
    );
    const kind = await firstValueFrom(chosen$, { defaultValue: null });
    this.#mustGoOn();
    return output.track(kind ?? undefined);
  }

  #makeSource(): SourceLife {
    return new SourceLife(this.#options.source, {
      push: (frame, timestampUs) => this.#worker.push(frame, timestampUs),
      hiddenPage: hiddenPage(this.#visible$, (afterMs) => this.#worker.wake(afterMs)),
      volume: () => this.#volume?.now ?? null,
      reconnect: () => this.#worker.reconnect(),
      onSwitch: (source) => {
        this.#volume?.end();
        this.#volume = this.#volumeOf(source);
      },
      onFault: (error) => {
        this.#diagnostics$.next(error);
      },
      onLost: (error) => {
        this.#state.interrupted('source', error);
      },
      onBack: () => {
        this.#state.interrupted('source', null);
      },
      onEnd: (error) => {
        this.#ended(error);
      },
    });
  }

  #makeWorker(): WorkerLife {
    return new WorkerLife({
      createWorker: this.#options.createWorker,
      events: this.#events(),
      start: () => this.#workerStart(),
      source: () => this.#source.connect(),
      canGoOn: () => this.#output?.isLasting ?? false,
      onLost: (error) => {
        this.#counts.died();
        this.#showFailure();
        this.#state.interrupted('worker', error);
      },
      onBack: () => {
        this.#tellVisible(document.visibilityState !== 'hidden');
        this.#state.interrupted('worker', null);
      },
      onDead: (error) => {
        this.#ended(error);
      },
    });
  }

  #events(): LiveEvents {
    return {
      stats: (stats, decisions) => {
        for (const decision of decisions) this.#decisions$.next(decision);
        this.#stats$.next(this.#take(stats));
        if (this.#output?.isStopped === true) this.#ended(null);
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
        const cause = error === null ? null : asPipelineError(error);
        // Whatever else a worker ends with is its own fault.
        if (cause === null || cause.code === 'track-ended') this.#source.ended(cause);
        else this.#ended(cause);
      },
    };
  }

  #workerStart(): WorkerStart {
    const output = this.#output;
    if (output === null) throw notRunning();
    const { whenHidden = 'continue', transport = {}, failurePolicy = 'freeze' } = this.#options;
    return {
      output: output.connect(),
      graph: this.#filter.build(this.#params),
      // What was measured once holds for the next worker too.
      options: {
        budget: this.#budget,
        whenHidden,
        transport: { ...this.#measured(), ...transport },
        failurePolicy,
      },
    };
  }

  #measured(): LiveOptions['transport'] {
    const { output = '', outputPath = '', upload } = this.#newest ?? {};
    // Before anything is shown nothing was measured. What a worker tells of its uploads is one of their names.
    if (output === '' || outputPath === '') return {};
    return { upload: upload as NonNullable<LiveOptions['transport']['upload']>, outputPath };
  }

  /** What is seen while there is no worker. */
  #showFailure(): void {
    const { failurePolicy = 'freeze' } = this.#options;
    if (failurePolicy === 'black') this.#output?.blacken();
    if (failurePolicy !== 'passthrough' || !this.#state.gives('source')) return;
    const raw = this.#source.current?.raw() ?? null;
    if (raw !== null) this.#output?.passThrough(raw);
  }

  /** Tells the worker whether the page is seen, and the caller when nothing goes on because it isn't. */
  #followPage(): void {
    this.#page.add(
      this.#visible$.subscribe((visible) => {
        this.#tellVisible(visible);
      }),
    );
    const shown$ = this.stats$.pipe(map(({ shown }) => shown));
    this.#page.add(
      pausedHidden(this.#visible$, shown$).subscribe((paused) => {
        this.#state.paused(paused);
      }),
    );
  }

  #tellVisible(visible: boolean): void {
    // A worker that dies meanwhile is told of elsewhere.
    this.#worker.client?.setVisible(visible).catch(() => undefined);
  }

  #facts(): TrackFacts {
    const { fullWidth = 0, fullHeight = 0, fps = 0 } = this.#newest ?? {};
    const { facingMode } = this.#source.current?.settings() ?? {};
    return {
      ...(fullWidth === 0 ? {} : { width: fullWidth, height: fullHeight }),
      ...(fps === 0 ? {} : { frameRate: Math.round(10 * fps) / 10 }),
      ...(facingMode === undefined ? {} : { facingMode }),
    };
  }

  #volumeOf({ kind }: SourceOptions): LiveVolumeControl | null {
    if (kind !== 'volume') return null;
    return new LiveVolumeControl(
      () => this.#running(),
      () => this.#source.current?.slices ?? 0,
    );
  }

  /** @throws PipelineError `aborted` */
  #running(): LiveClient {
    this.#mustGoOn();
    const { client } = this.#worker;
    if (client === null) throw notRunning();
    return client;
  }

  /** @throws PipelineError `aborted` */
  #mustGoOn(): void {
    if (this.#state.isOver || this.#isClosing()) throw notRunning();
  }

  #ended(error: PipelineError | null): void {
    if (this.#state.isOver || this.#isClosing()) return;
    this.#state.end(error);
    void this.#close();
  }

  /** A method, because the answer may change with every wait. */
  #isClosing(): boolean {
    return this.#closing !== null;
  }

  #close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    this.#page.unsubscribe();
    this.#source.close();
    const balance = await this.#worker.close();
    if (balance !== null) {
      this.#diagnostics$.next(new PipelineError('frame-failed', 'The worker ended with frames or textures still open.', { context: balance })); // prettier-ignore
    }
    await this.#output?.close();
    this.#volume?.end();
    this.#stats$.complete();
    this.#decisions$.complete();
    this.#measurements$.complete();
    this.#diagnostics$.complete();
  }

  #take(live: LiveStats): PipelineStats {
    const stats = this.#counts.add(live);
    const { upload, outputPath, output } = stats;
    const transport = [this.#source.current?.driver ?? '', upload, outputPath, output].join(' → ');
    this.#newest = { ...stats, transport, source: this.#source.kind };
    return this.#newest;
  }
}

function asPipelineError(error: SerializedError): PipelineError {
  return PipelineError.from(deserializeError(error), 'frame-failed');
}
