/** Frames that the page sends one by one: the portable drivers, whose frames only a page can take. */
import type { Ledger } from '../../core/ledger.ts';
import { FrameLease, type FrameImage } from '../frame-lease.ts';
import type { FrameObserver, FrameSource } from '../frame-source.ts';

export class PushSource implements FrameSource {
  readonly #ledger: Ledger;
  #observer: FrameObserver | null = null;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  start(observer: FrameObserver): () => void {
    this.#observer = observer;
    return () => {
      this.#observer = null;
    };
  }

  /** @consumes frame */
  push(frame: FrameImage, timestampUs: number): void {
    if (this.#observer === null) frame.close();
    else this.#observer.frame(new FrameLease(frame, timestampUs, this.#ledger));
  }
}
