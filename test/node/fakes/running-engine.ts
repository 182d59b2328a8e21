/** An engine on a fake backend, fed frame by frame, and what a pipeline does with what comes of it. */
import { vi } from 'vitest';
import { PipelineError } from '../../../src/core/errors.ts';
import type { Size } from '../../../src/core/frame-size.ts';
import type { Turn } from '../../../src/core/frame-turn.ts';
import { Ledger } from '../../../src/core/ledger.ts';
import type { PriceBook } from '../../../src/engine/price-book.ts';
import { isFinalFault } from '../../../src/engine/faults.ts';
import { LiveEngine, type FrameResult, type FrameRun } from '../../../src/engine/live-engine.ts';
import { FrameAccount } from '../../../src/frames/frame-account.ts';
import { Sinks } from '../../../src/frames/worker/sinks.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { graph } from '../../../src/graph/builder.ts';
import { conv2d } from '../../../src/graph/operators.ts';
import { box } from '../../../src/kernels/box.ts';
import { FakeBackend } from './fake-backend.ts';
import { FakeFrame, TurnedFrame } from './fake-frame.ts';
import { FakeSink } from './fake-sink.ts';

/** A graph whose one pass is called `direct <side²>`, `read` for a side of 1. */
export const boxGraph = (side: number): Graph => graph(({ frame }) => conv2d(frame, box(side)));

export type RunningEngineOptions = Readonly<{
  outputPath?: 'canvas' | 'pixels';
  prices?: PriceBook;
}>;

/** What is not given is as usual: upright frames of the backend's form, 40 ms apart. */
type GivenFrame = Partial<FrameRun> & Readonly<{ timestampUs?: number; full?: Size; turn?: Turn }>;

export class RunningEngine {
  readonly backends: FakeBackend[] = [];
  readonly sink = new FakeSink();
  readonly account = new FrameAccount();
  readonly ledger = new Ledger();
  readonly diagnostics: PipelineError[] = [];
  readonly frames: FakeFrame[] = [];
  readonly engine: LiveEngine;
  readonly compiling: boolean[] = [];
  /** Of frames that did not fail. */
  readonly results: FrameResult[] = [];
  /** What opening a backend does; tests make it fail. */
  readonly openBackend = vi.fn((): FakeBackend => {
    const backend = new FakeBackend();
    this.backends.push(backend);
    return backend;
  });

  constructor(first: Graph = boxGraph(2), { outputPath = 'canvas', prices }: RunningEngineOptions = {}) {
    this.engine = new LiveEngine(first, {
      openBackend: this.openBackend,
      sinks: new Sinks({ video: this.sink }),
      transport: { upload: 'planes', outputPath },
      ...(prices === undefined ? {} : { prices }),
      onDiagnostic: (error) => this.diagnostics.push(error),
      onCompiling: (compiling) => this.compiling.push(compiling),
    });
  }

  /** The one that is used now. */
  get backend(): FakeBackend {
    return this.backends.at(-1)!;
  }

  /** One more frame: it arrives and is processed; then there is a quiet moment. */
  async frame({
    scale = 1,
    uploaded = () => {},
    computed = () => {},
    timestampUs = 40_000 * this.frames.length,
    full = this.backend.form,
    turn,
  }: GivenFrame = {}): Promise<void> {
    const closed = () => this.backend.log.push('close');
    const frame = turn === undefined ? new FakeFrame(timestampUs, closed, full) : new TurnedFrame(timestampUs, closed, full, turn); // prettier-ignore
    this.frames.push(frame);
    this.account.arrive();
    let result: FrameResult;
    try {
      result = await this.engine.process(frame.lease(this.ledger), { scale, uploaded, computed });
    } catch (error) {
      this.account.drop('failed');
      if (isFinalFault(error)) throw error;
      if (error instanceof PipelineError && error.code !== 'aborted') this.diagnostics.push(error);
      return;
    }
    this.results.push(result);
    if (result.isShown) this.account.show();
    else this.account.drop('warming');
    await this.engine.improve();
  }
}
