/** The worker's half of a live pipeline: source → RxJS → budget → engine → output, and its figures. */
import { map, Subject, type Subscription } from 'rxjs';
import type { Clip } from '../../src/clips/clip-types.ts';
import { assert } from '../../src/core/assert.ts';
import { PipelineError, serializeError } from '../../src/core/errors.ts';
import { Ledger, type LedgerBalance } from '../../src/core/ledger.ts';
import { aborted, isFinalFault } from '../../src/engine/faults.ts';
import type { FrameResult, LiveEngine } from '../../src/engine/live-engine.ts';
import { sliceReach } from '../../src/engine/slice-reach.ts';
import { openWebGl2Engine } from '../../src/engine/webgl2-engine.ts';
import { FrameAccount, type DropReason } from '../../src/frames/frame-account.ts';
import type { FrameLease } from '../../src/frames/frame-lease.ts';
import { GapDetector } from '../../src/frames/gap-detector.ts';
import { openSinks, type Sinks } from '../../src/frames/worker/sinks.ts';
import type { FrameObserver, FrameSource } from '../../src/frames/frame-source.ts';
import { SourceSwitch } from '../../src/frames/worker/source-switch.ts';
import { StandIn } from '../../src/frames/worker/stand-in.ts';
import { VolumeSource } from '../../src/frames/worker/volume-source.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { framesFrom } from '../../src/rx/frames-from.ts';
import { withinBudget } from '../../src/rx/within-budget.ts';
import type { BudgetControl, BudgetRun } from '../../src/rx/within-budget-options.ts';
import type { BudgetDecision } from '../../src/schedule/budget.ts';
import { initialBudget, type BudgetState } from '../../src/schedule/reduce-budget.ts';
import type {
  LiveBudget,
  LiveEvents,
  LiveOptions,
  LiveOutput,
  LiveSource,
  LiveStats,
  RecordingCommand,
  RecordingEvents,
  RecordingOptions,
  VolumeCommand,
} from './live.contract.ts';
import { LiveRecording } from './live-recording.ts';
import { openSource } from './open-source.ts';

const STATS_PERIOD_MS = 250;
/** Kept from one telling of the figures to the next; of a flood the newest. */
const MOST_DECISIONS = 100;

/** Of a source that nobody wants any more. */
const NOBODY: FrameObserver = {
  frame: (lease) => {
    lease.release();
  },
  end: () => undefined,
};

export class LivePipeline {
  readonly #ledger = new Ledger();
  readonly #account = new FrameAccount();
  readonly #gaps = new GapDetector();
  readonly #control$ = new Subject<BudgetControl>();
  readonly #events: LiveEvents;
  readonly #sources: SourceSwitch;
  readonly #sinks: Sinks;
  readonly #standIn: StandIn;
  readonly #engine: LiveEngine;
  readonly #frames: Subscription;
  readonly #statsTimer: ReturnType<typeof setInterval>;
  #graph: Graph;
  #budget: LiveBudget;
  #state: BudgetState;
  #decisions: BudgetDecision[] = [];
  #preparations = 0;
  readonly #working = new Set<Promise<unknown>>();
  #recording: LiveRecording | null = null;
  /** Of the last frame that came. */
  #sequence = 0;
  /** The source has no more frames, which is told when the last one is done. */
  #isLastComing = false;

  /** @throws PipelineError `webgl2-missing` */
  constructor(
    source: LiveSource,
    output: LiveOutput,
    graph: Graph,
    { budget, whenHidden, transport, failurePolicy }: LiveOptions,
    events: LiveEvents,
  ) {
    this.#events = events;
    this.#graph = graph;
    this.#budget = budget;
    this.#sinks = openSinks(output);
    this.#standIn = new StandIn(failurePolicy, this.#sinks, (error) => {
      this.#diagnose(PipelineError.from(error, 'frame-failed', { recoverable: true }));
    });
    this.#engine = openWebGl2Engine(graph, {
      ledger: this.#ledger,
      sinks: this.#sinks,
      transport,
      onDiagnostic: (error) => {
        this.#diagnose(error);
      },
      onCompiling: (compiling, changed) => {
        this.#control$.next({ type: 'compiling', compiling, changed });
      },
      onInFlight: (inFlight) => {
        this.#control$.next({ type: 'target', inFlight });
      },
    });
    this.#engine.load = budget.load;
    this.#sources = new SourceSwitch(this.#open(source), (error) => {
      this.#sourceEnded(error);
    });
    this.#state = initialBudget({ whenHidden });
    this.#frames = this.#run(whenHidden);
    this.#statsTimer = setInterval(() => {
      this.#tell();
    }, STATS_PERIOD_MS);
  }

  get source(): FrameSource {
    return this.#sources.current;
  }

  async setGraph(graph: Graph): Promise<void> {
    await this.#engine.setGraph(graph);
    this.#graph = graph;
    const volume = this.#volume;
    if (volume !== null) lookInto(graph, volume);
  }

  /** Where the source before has ended, it goes on. @consumes source */
  setSource(source: LiveSource): void {
    const next = this.#open(source);
    if (this.#frames.closed) {
      next.start(NOBODY)();
      throw aborted();
    }
    this.#sources.switchTo(next);
    this.#isLastComing = false;
    const { degradationPreference } = this.#budget;
    this.#control$.next({ type: 'target', fps: this.#targetFps, degradationPreference });
  }

  /** Of a source of kind 'volume'; nothing of any other. */
  commandVolume(command: VolumeCommand): void {
    if (command.type === 'go') this.#volume?.goTo(command.slice);
    else this.#volume?.[command.type]();
  }

  setBudget(change: Partial<LiveBudget>): void {
    const before = this.#budget;
    this.#budget = { ...before, ...change };
    const { targetFps, degradationPreference, load } = this.#budget;
    this.#engine.load = load;
    this.#volume?.limit(targetFps);
    // Asked for again, the same would still begin a new cadence.
    if (targetFps !== before.targetFps || degradationPreference !== before.degradationPreference)
      this.#control$.next({ type: 'target', fps: this.#targetFps, degradationPreference });
  }

  setVisible(visible: boolean): void {
    this.#control$.next({ type: 'visible', visible });
  }

  /** Until `commandRecording('stop')` or `stop`. @throws PipelineError */
  async record(options: RecordingOptions, events: RecordingEvents): Promise<Clip> {
    assert(this.#recording === null, 'one recording at a time');
    const recording = new LiveRecording(options, events, {
      sinks: this.#sinks,
      ledger: this.#ledger,
      clock: this.#engine.clock,
      isClockless: this.#volume !== null,
      dropped: () => this.#account.counts().dropped,
    });
    this.#recording = recording;
    try {
      return await recording.ended;
    } finally {
      this.#recording = null;
    }
  }

  commandRecording(command: RecordingCommand): void {
    void this.#recording?.command(command);
  }

  /** Ends in order: no more frames, the last ones done, everything given back. */
  async stop(): Promise<LedgerBalance> {
    clearInterval(this.#statsTimer);
    this.#frames.unsubscribe();
    await Promise.allSettled(this.#working);
    await this.#finishRecording();
    // Nobody waits for what was in flight any more.
    for (let left = this.#account.counts().pending; left > 0; left--) this.#account.drop('stopped');
    await this.#engine.dispose();
    this.#tell();
    return this.#ledger.balance();
  }

  /** How it ended is told to whoever asked for it. */
  async #finishRecording(): Promise<void> {
    await this.#recording?.command('stop');
    await this.#recording?.ended.catch(() => undefined);
  }

  stats(): LiveStats {
    const nowMs = performance.now();
    const { level, scale, every, budgetMs, predictedMs, inFlight } = this.#state;
    return {
      ...this.#account.counts(),
      ...this.#engine.timings.stats(nowMs),
      inFlight: inFlight.length,
      targetFps: this.#budget.targetFps,
      budgetMs,
      predictedMs: predictedMs ?? NaN,
      level,
      scale,
      every,
      ...this.#engine.figures,
      textureBytes: this.#ledger.textureBytes,
    };
  }

  #run(whenHidden: 'continue' | 'pause'): Subscription {
    const { degradationPreference } = this.#budget;
    const targetFps = this.#targetFps;
    return framesFrom(this.#sources)
      .pipe(
        map((lease) => this.#arrived(lease)),
        withinBudget((lease, run) => this.#work(lease, run), {
          ...(targetFps === null ? {} : { targetFps }),
          degradationPreference,
          whenHidden,
          control$: this.#control$,
          onDecision: (decision) => {
            this.#decisions.push(decision);
            if (this.#decisions.length > MOST_DECISIONS) this.#decisions.shift();
          },
          onDrop: (reason) => {
            this.#account.drop(reason);
            this.#volume?.lost();
            this.#settle();
          },
          onState: (state) => {
            this.#state = state;
          },
          isFinal: isFinalFault,
          onFault: (error, isGivenUp) => {
            this.#fault(PipelineError.from(error, 'frame-failed', { recoverable: true }), isGivenUp);
          },
          checkContext: () => {
            if (this.#engine.isLost) this.#standIn.lost();
            return this.#engine.isLost;
          },
          rebuild: async () => {
            await this.#engine.rebuild();
            this.#standIn.restored();
          },
        }),
      )
      .subscribe({
        next: (result) => {
          this.#finish(result);
        },
        error: (error: unknown) => {
          this.#standIn.failed();
          this.#events.ended(serializeError(error));
        },
      });
  }

  #arrived(lease: FrameLease): FrameLease {
    if (lease.sequence !== this.#sequence) {
      this.#sequence = lease.sequence;
      this.#gaps.restart();
      this.#engine.clock.restart();
    }
    this.#standIn.arrived(lease, this.#working.size > 0);
    // On software GL a compile stalls this thread: frames lost meanwhile are lost to it.
    const { preparations } = this.#engine;
    const reason: DropReason = preparations === this.#preparations ? 'source' : 'compiling';
    this.#account.miss(this.#gaps.next(lease.timestampUs), reason);
    this.#preparations = preparations;
    this.#account.arrive();
    this.#engine.arrived(lease.timestampUs, this.#volume !== null);
    return lease;
  }

  #work(lease: FrameLease, run: BudgetRun): Promise<FrameResult> {
    const work = this.#engine.process(lease, run);
    // `stop` waits for it; whether it failed is the stream's to tell.
    this.#working.add(work);
    const done = (): void => {
      this.#working.delete(work);
    };
    work.then(done, done);
    return work;
  }

  #finish({ timestampUs, isShown, measurements }: FrameResult): void {
    if (isShown) {
      this.#account.show();
      this.#standIn.shown(timestampUs);
    } else this.#account.drop('warming');
    this.#volume?.done(isShown);
    this.#settle();
    if (measurements !== null) this.#events.measurements({ timestampUs, values: measurements });
    void this.#engine.improve();
  }

  /** One frame was lost, or with it the device. */
  #fault(error: PipelineError, isGivenUp: boolean): void {
    if (error.code === 'aborted') return;
    this.#diagnose(error);
    // Nobody waits for it: there may be a newer picture already, on a newer device.
    if (isGivenUp) return;
    if (error.code === 'context-lost') {
      this.#standIn.lost();
      this.#control$.next({ type: 'lost' });
    } else this.#standIn.failed();
  }

  /** Another one may follow. */
  #sourceEnded(error: PipelineError | null): void {
    if (error !== null) this.#events.ended(serializeError(error));
    this.#isLastComing = error === null;
    this.#settle();
  }

  #settle(): void {
    if (!this.#isLastComing || this.#account.pending > 0) return;
    this.#isLastComing = false;
    this.#events.ended(null);
  }

  #diagnose(error: PipelineError): void {
    this.#events.diagnostic(serializeError(error));
  }

  #tell(): void {
    const decisions = this.#decisions;
    this.#decisions = [];
    this.#events.stats(this.stats(), decisions);
    this.#recording?.tell();
  }

  get #volume(): VolumeSource | null {
    const { source } = this;
    return source instanceof VolumeSource ? source : null;
  }

  /** A volume keeps the rate by itself: none of its slices may be left out. */
  get #targetFps(): number | null {
    return this.#volume === null ? this.#budget.targetFps : null;
  }

  /** @consumes source */
  #open(source: LiveSource): FrameSource {
    const opened = openSource(source, this.#ledger, (state) => {
      this.#events.volume(state);
    });
    if (opened instanceof VolumeSource) {
      lookInto(this.#graph, opened);
      opened.limit(this.#budget.targetFps);
    }
    return opened;
  }
}

/** What is shown of a volume's slice depends on those around it. */
function lookInto(graph: Graph, volume: VolumeSource): void {
  volume.see(sliceReach(graph, volume.sliceMs));
}
