/** A source that sends what a test says, when it says so. */
import type { PipelineError } from '../../../src/core/errors.ts';
import type { Ledger } from '../../../src/core/ledger.ts';
import type { FrameObserver, FrameSource } from '../../../src/frames/frame-source.ts';
import { FakeFrame } from './fake-frame.ts';

export class FakeSource implements FrameSource {
  starts = 0;
  stops = 0;
  /** All frames sent, in order. */
  readonly frames: FakeFrame[] = [];
  readonly #ledger: Ledger;
  #observer: FrameObserver | null = null;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  start(observer: FrameObserver): () => void {
    this.starts++;
    this.#observer = observer;
    return () => {
      this.stops++;
    };
  }

  /** Sends one frame, even after it was stopped: what is under way then still comes. */
  send(): FakeFrame {
    const frame = new FakeFrame(this.frames.length);
    this.frames.push(frame);
    this.#observer?.frame(frame.lease(this.#ledger));
    return frame;
  }

  end(error: PipelineError | null = null): void {
    this.#observer?.end(error);
  }
}
