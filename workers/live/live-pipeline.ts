/** The worker's half of a live pipeline: source → RxJS → engine → output, and its figures. */
import type { Subscription } from 'rxjs';
import { map } from 'rxjs';
import { assertNever } from '../../src/core/assert.ts';
import { serializeError } from '../../src/core/errors.ts';
import { Ledger, type LedgerBalance } from '../../src/core/ledger.ts';
import type { EngineOutput, LiveEngine } from '../../src/engine/live-engine.ts';
import { openWebGl2Engine } from '../../src/engine/webgl2-engine.ts';
import { FrameAccount } from '../../src/frames/frame-account.ts';
import type { FrameLease } from '../../src/frames/frame-lease.ts';
import type { FrameSource } from '../../src/frames/frame-source.ts';
import { GapDetector } from '../../src/frames/gap-detector.ts';
import { PatternSource } from '../../src/frames/worker/pattern-source.ts';
import { PushSource } from '../../src/frames/worker/push-source.ts';
import { ReadableSource } from '../../src/frames/worker/readable-source.ts';
import { TrackSink } from '../../src/frames/worker/track-sink.ts';
import { TrackSource } from '../../src/frames/worker/track-source.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { framesFrom } from '../../src/rx/frames-from.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import type { LiveEvents, LiveOutput, LiveSource, LiveStats } from './live.contract.ts';

const STATS_PERIOD_MS = 250;

export class LivePipeline {
  readonly #ledger = new Ledger();
  readonly #account = new FrameAccount();
  readonly #gaps = new GapDetector();
  readonly #events: LiveEvents;
  readonly #source: FrameSource;
  readonly #sink: TrackSink | null;
  readonly #engine: LiveEngine;
  readonly #frames: Subscription;
  readonly #statsTimer: ReturnType<typeof setInterval>;
  #preparations = 0;
  #working: Promise<void> = Promise.resolve();

  /** @throws PipelineError `webgl2-missing` */
  constructor(source: LiveSource, output: LiveOutput, graph: Graph, events: LiveEvents) {
    this.#events = events;
    this.#sink = output.kind === 'video' ? new TrackSink(output.writable) : null;
    this.#engine = openWebGl2Engine(graph, {
      ledger: this.#ledger,
      ...(output.kind === 'canvas' ? { canvas: output.canvas } : {}),
      output: this.#engineOutput(),
      account: this.#account,
      onDiagnostic: (error) => {
        events.diagnostic(serializeError(error));
      },
    });
    this.#source = this.#makeSource(source);
    this.#frames = this.#run();
    this.#statsTimer = setInterval(() => {
      events.stats(this.#stats());
    }, STATS_PERIOD_MS);
  }

  get source(): FrameSource {
    return this.#source;
  }

  setGraph(graph: Graph): Promise<void> {
    return this.#engine.setGraph(graph);
  }

  /** Ends in order: no more frames, the last one done, everything given back. */
  async stop(): Promise<LedgerBalance> {
    clearInterval(this.#statsTimer);
    this.#frames.unsubscribe();
    await this.#working;
    this.#engine.dispose();
    await this.#sink?.close();
    this.#events.stats(this.#stats());
    return this.#ledger.balance();
  }

  #run(): Subscription {
    return framesFrom(this.#source)
      .pipe(
        map((lease) => this.#arrived(lease)),
        latestFrame((lease) => this.#work(lease), {
          onDrop: (reason) => {
            this.#account.drop(reason === 'replaced' && this.#engine.isPreparing ? 'compiling' : reason);
          },
        }),
      )
      .subscribe({
        error: (error: unknown) => {
          this.#events.ended(serializeError(error));
        },
        complete: () => {
          this.#events.ended(null);
        },
      });
  }

  #arrived(lease: FrameLease): FrameLease {
    // On software GL a compile stalls this thread: frames lost meanwhile are lost to it.
    const { preparations } = this.#engine;
    this.#account.miss(
      this.#gaps.next(lease.timestampUs),
      preparations === this.#preparations ? 'source' : 'compiling',
    );
    this.#preparations = preparations;
    this.#account.arrive();
    return lease;
  }

  #work(lease: FrameLease): Promise<void> {
    const work = this.#engine.process(lease);
    // `stop` waits for it; whether it failed is the stream's to tell.
    this.#working = work.catch(() => undefined);
    return work;
  }

  #engineOutput(): EngineOutput {
    const sink = this.#sink;
    if (sink === null) return { kind: 'canvas' };
    return { kind: 'pixels', show: (pixels, timestampUs) => sink.show(pixels, timestampUs) };
  }

  #makeSource(source: LiveSource): FrameSource {
    switch (source.kind) {
      case 'readable':
        return new ReadableSource(source.readable, this.#ledger);
      case 'track':
        return new TrackSource(source.track, this.#ledger);
      case 'push':
        return new PushSource(this.#ledger);
      case 'pattern':
        return new PatternSource(source, this.#ledger);
      default:
        return assertNever(source);
    }
  }

  #stats(): LiveStats {
    const { width, height } = this.#engine.form ?? { width: 0, height: 0 };
    return {
      ...this.#account.counts(),
      ...this.#engine.timings.stats(performance.now()),
      width,
      height,
      level: 1,
      upload: this.#engine.backend.uploadPath,
      backend: this.#engine.backend.name,
      programs: this.#engine.backend.compiledPrograms,
      plan: this.#engine.explanation,
    };
  }
}
