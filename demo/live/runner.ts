/**
 * Runs one pipeline at a time: opens it for a source, follows its states, hands new filters and
 * parameters on, and closes it. Owns the Pipeline; everything it learns goes into the store. A start
 * waits for the previous pipeline to let the camera go, and of several starts the newest wins.
 */
import {
  openPipeline,
  PipelineError,
  sheppLogan,
  type BudgetChange,
  type BudgetDecision,
  type Filter,
  type FrameMeasurements,
  type OutputElement,
  type OutputElements,
  type Pipeline,
  type PipelineOptions,
  type PipelineState,
  type PipelineStats,
  type SourceOptions,
  type VolumeControl,
  type VolumeState,
} from 'convolux';
import { BehaviorSubject, Subject, type Observable, Subscription } from 'rxjs';
import sampleUrl from '../shared/assets/sample.webm?url';
import { asFault, type Fault } from '../shared/faults.ts';
import { currentParams, type Params } from '../shared/filter-settings.ts';
import { newestWins } from '../shared/newest-wins.ts';
import { loadCameraUtils } from './camera-utils.ts';
import { deviceReset, interruption, messageFor } from './messages.ts';
import type { OutputChoice, Settings, SourceKind, Store } from './store.ts';

type Look = Readonly<{ filter: Filter; params: Params }>;
type Run = Readonly<{
  pipeline: Pipeline;
  subscription: Subscription;
  apply: (look: Look) => void;
  setBudget: (budget: BudgetChange) => void;
}>;

/** Where the picture goes. */
export interface PictureFrame {
  /**
   * Fresh elements each time: a canvas that was handed to a worker can not be used again. 'auto' gives one of each,
   * and neither is seen before `show`.
   */
  newView(kind: OutputChoice): OutputElement | OutputElements;
  clear(): void;
}

export class Runner {
  readonly #store: Store;
  readonly #frame: PictureFrame;
  readonly #stats$ = new BehaviorSubject<PipelineStats | undefined>(undefined);
  readonly #decisions$ = new Subject<BudgetDecision | undefined>();
  readonly #volume$ = new BehaviorSubject<VolumeState | undefined>(undefined);
  readonly #measurements$ = new BehaviorSubject<Observable<FrameMeasurements> | undefined>(undefined);
  /** The slices of the volume; undefined for the phantom. */
  #files: readonly File[] | undefined;
  #run: Run | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** Counts starts and stops: whoever was overtaken while waiting sees it here and gives up. */
  #turn = 0;

  /** The faults told of this run: one that comes with every frame is told once, and stays dismissed. */
  readonly #told = new Set<Fault['code']>();

  constructor(store: Store, frame: PictureFrame) {
    this.#store = store;
    this.#frame = frame;
  }

  /** The newest figures; undefined while nothing runs. */
  get stats$(): Observable<PipelineStats | undefined> {
    return this.#stats$;
  }

  /** What runs now, and shows frames or soon will; null while nothing does. */
  get pipeline(): Pipeline | null {
    return this.#run?.pipeline ?? null;
  }

  /** What the frame budget decides; undefined when another run begins. */
  get decisions$(): Observable<BudgetDecision | undefined> {
    return this.#decisions$;
  }

  /** Which slice of a volume is shown; undefined while none is. */
  get volume$(): Observable<VolumeState | undefined> {
    return this.#volume$;
  }

  /** What the filter measures, another stream for each filter and each run; undefined while nothing is measured. */
  get measurements$(): Observable<Observable<FrameMeasurements> | undefined> {
    return this.#measurements$;
  }

  /** Shows the slices that are in these files, or the phantom. */
  startVolume(files: readonly File[] | undefined): Promise<void> {
    this.#files = files;
    return this.start('volume');
  }

  /** What is asked of the volume, where one is shown; one that is closed meanwhile has nothing to say. */
  commandVolume(command: (volume: VolumeControl) => Promise<void>): void {
    const volume = this.#run?.pipeline.volume ?? null;
    if (volume !== null)
      command(volume).catch((cause: unknown) => {
        if (this.#run?.pipeline.volume === volume) this.#tell(cause);
      });
  }

  async start(source: SourceKind): Promise<void> {
    const turn = ++this.#turn;
    this.#store.dismissRun();
    this.#told.clear();
    this.#store.choose({ source });
    this.#store.update({ phase: { status: 'starting', source } });
    await this.#close();
    if (turn === this.#turn) this.#open(source);
  }

  async stop(after: 'stop' | 'end' = 'stop'): Promise<void> {
    this.#turn++;
    this.#store.update({ phase: { status: 'idle', after } });
    this.#frame.clear();
    await this.#close();
  }

  /** Hands the chosen filter and its parameters to what runs; a pipeline opened later takes them itself. */
  applyLook(): void {
    this.#run?.apply(this.#look());
  }

  /** The same for what is asked of the frame budget. */
  applyBudget(): void {
    this.#run?.setBudget(budgetOf(this.#store.state.settings));
  }

  #look(): Look {
    const { settings } = this.#store.state;
    return { filter: settings.filter, params: currentParams(settings) };
  }

  #open(source: SourceKind): void {
    const { settings } = this.#store.state;
    const look = this.#look();
    const output = this.#frame.newView(settings.output);
    this.#decisions$.next(undefined);
    let pipeline: Pipeline;
    try {
      pipeline = openPipeline({
        source: sourceOptions(source, settings, this.#files),
        ...look,
        ...budgetOf(settings),
        transport: forcedTransport(settings),
        output,
      });
    } catch (cause) {
      this.#fail(source, cause);
      return;
    }
    const subscription = new Subscription();
    this.#run = {
      pipeline,
      subscription,
      apply: this.#applierFor(pipeline, look),
      setBudget: newestWins<BudgetChange>((budget) => this.#setBudget(pipeline, budget)),
    };
    this.#measurements$.next(measuredBy(pipeline, look));
    subscription.add(pipeline.decisions$.subscribe((decision) => this.#decisions$.next(decision)));
    subscription.add(
      pipeline.stats$.subscribe((stats) => {
        this.#stats$.next(stats);
        if (stats.shown > 0 && this.#store.state.phase.status === 'starting') {
          this.#store.update({ phase: { status: 'running', source } });
        }
      }),
    );
    subscription.add(pipeline.volume?.state$.subscribe((state) => this.#volume$.next(state)));
    subscription.add(pipeline.diagnostics$.subscribe((fault) => this.#tell(fault)));
    subscription.add(
      pipeline.state$.subscribe({
        next: (state) => this.#follow(source, state),
        error: (cause: unknown) => this.#fail(source, cause),
      }),
    );
  }

  #follow(source: SourceKind, state: PipelineState): void {
    if (state.status === 'failed') this.#fail(source, state.error);
    if (state.status === 'paused-hidden') this.#store.update({ phase: { status: 'paused', source } });
    if (state.status === 'interrupted') this.#interrupt(source, asFault(state.error));
    const before = this.#store.state.phase.status;
    if (state.status === 'running' && (before === 'paused' || before === 'interrupted')) {
      this.#store.update({ phase: { status: 'running', source } });
      this.#store.dismiss('interrupted');
    }
    // A stop from here unsubscribes first, so this one came from the pipeline: its source ended.
    if (state.status === 'stopped') void this.stop('end');
  }

  /** The last picture stays. */
  #interrupt(source: SourceKind, fault: Fault): void {
    const { title, text } = interruption(fault);
    this.#store.update({ phase: { status: 'interrupted', source, fault } });
    this.#store.tell({ key: 'interrupted', scope: 'run', text: `${title}. ${text}` });
  }

  #fail(source: SourceKind, cause: unknown): void {
    // The last picture stays behind the message; an element that never showed one is only in the way.
    if (!['running', 'paused', 'interrupted'].includes(this.#store.state.phase.status)) this.#frame.clear();
    this.#store.dismiss('interrupted');
    this.#store.update({ phase: { status: 'failed', source, fault: asFault(cause) } });
    void this.#close();
  }

  #close(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    this.#stats$.next(undefined);
    this.#volume$.next(undefined);
    this.#measurements$.next(undefined);
    if (run !== undefined) {
      run.subscription.unsubscribe();
      this.#closing = this.#closing
        .then(() => run.pipeline.stop())
        .catch((cause: unknown) => this.#tell(cause));
    }
    return this.#closing;
  }

  #applierFor(pipeline: Pipeline, opened: Look): (look: Look) => void {
    let applied = opened;
    return newestWins<Look>(async (look) => {
      if (look.filter === applied.filter && look.params === applied.params) return;
      try {
        if (look.filter === applied.filter) await pipeline.setParams(look.params);
        else await pipeline.setFilter(look.filter, look.params);
        const isOther = look.filter !== applied.filter;
        applied = look;
        if (this.#run?.pipeline !== pipeline) return;
        if (isOther) this.#measurements$.next(measuredBy(pipeline, look));
        this.#store.dismiss('look');
      } catch (cause) {
        // After a stop or a failure the call that was under way has nothing more to say.
        if (this.#run?.pipeline !== pipeline) return;
        const { title, text } = messageFor(asFault(cause));
        const still = look.filter === applied.filter ? 'the settings before' : `“${applied.filter.title}”`;
        this.#store.tell({
          key: 'look',
          scope: 'run',
          text: `${look.filter.title}: ${title}. ${text} Until then the picture shows ${still}.`,
          retry: () => this.applyLook(),
        });
      }
    });
  }

  async #setBudget(pipeline: Pipeline, budget: BudgetChange): Promise<void> {
    try {
      await pipeline.setBudget(budget);
    } catch (cause) {
      if (this.#run?.pipeline === pipeline) this.#tell(cause);
    }
  }

  #tell(cause: unknown): void {
    const fault = asFault(cause);
    if (fault.code === 'context-lost' && cause instanceof PipelineError && cause.recoverable) {
      this.#store.tell({ key: 'device-reset', scope: 'run', text: deviceReset });
      return;
    }
    if (this.#told.has(fault.code)) return;
    this.#told.add(fault.code);
    const { title, text } = messageFor(fault);
    this.#store.tell({
      key: `fault ${fault.code}`,
      scope: 'run',
      text: `${title}. ${text} (${fault.detail})`,
    });
  }
}

function sourceOptions(
  source: SourceKind,
  { size, driver }: Settings,
  files: readonly File[] | undefined,
): SourceOptions {
  switch (source) {
    case 'camera':
      return { kind: 'camera', ...size, driver, loadCamera: loadCameraUtils };
    case 'sample':
      return { kind: 'video', url: sampleUrl, loop: true };
    case 'pattern':
      return { kind: 'pattern', ...size };
    case 'volume':
      return files === undefined ? { kind: 'volume', voxels: sheppLogan() } : { kind: 'volume', files };
  }
}

function budgetOf({ fps, degradation, load }: Settings): Required<BudgetChange> {
  return { targetFps: fps ?? null, degradationPreference: degradation, load };
}

/** Only what the address forces: the rest is found out by measuring. */
function forcedTransport({ upload, outputPath }: Settings): NonNullable<PipelineOptions['transport']> {
  return {
    ...(upload === 'auto' ? {} : { upload }),
    ...(outputPath === 'auto' ? {} : { outputPath }),
  };
}

/** Frames that were under way with another filter may still tell what that one measured: not to be listened to. */
function measuredBy(pipeline: Pipeline, { filter, params }: Look): Observable<FrameMeasurements> | undefined {
  return filter.build(params).measurements === undefined ? undefined : pipeline.measurements$;
}
