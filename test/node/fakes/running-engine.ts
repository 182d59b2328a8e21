/** An engine on a fake backend, fed frame by frame. */
import type { PipelineError } from '../../../src/core/errors.ts';
import { Ledger } from '../../../src/core/ledger.ts';
import type { PriceBook } from '../../../src/engine/price-book.ts';
import { LiveEngine, type EngineOutput } from '../../../src/engine/live-engine.ts';
import { FrameAccount } from '../../../src/frames/frame-account.ts';
import { graph } from '../../../src/graph/builder.ts';
import { conv2d } from '../../../src/graph/operators.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { box } from '../../../src/kernels/box.ts';
import { FakeBackend } from './fake-backend.ts';
import { FakeFrame } from './fake-frame.ts';

/** A graph whose one pass is called `direct <side²>`, `read` for a side of 1. */
export const boxGraph = (side: number): Graph => graph(({ frame }) => conv2d(frame, box(side)));

export class RunningEngine {
  readonly backend = new FakeBackend();
  readonly account = new FrameAccount();
  readonly ledger = new Ledger();
  readonly diagnostics: PipelineError[] = [];
  readonly frames: FakeFrame[] = [];
  readonly engine: LiveEngine;

  constructor(first: Graph = boxGraph(2), output: EngineOutput = { kind: 'canvas' }, prices?: PriceBook) {
    this.engine = new LiveEngine(first, {
      backend: this.backend,
      output,
      account: this.account,
      ...(prices === undefined ? {} : { prices }),
      onDiagnostic: (error) => this.diagnostics.push(error),
    });
  }

  /** One more frame: it arrives, and is processed. */
  frame(): Promise<void> {
    const frame = new FakeFrame(40_000 * this.frames.length, () => this.backend.log.push('close'));
    this.frames.push(frame);
    this.account.arrive();
    return this.engine.process(frame.lease(this.ledger));
  }
}
