/** A frame that counts how often it was closed. */
import type { Ledger } from '../../../src/core/ledger.ts';
import { FrameLease } from '../../../src/frames/frame-lease.ts';

export class FakeFrame {
  readonly timestamp: number;
  closed = 0;
  readonly #onClose: () => void;

  constructor(timestamp = 0, onClose: () => void = () => {}) {
    this.timestamp = timestamp;
    this.#onClose = onClose;
  }

  close(): void {
    this.closed++;
    this.#onClose();
  }

  /** In the place of a browser's frame, of which only `timestamp` and `close` are used. */
  get asVideoFrame(): VideoFrame {
    return this as unknown as VideoFrame;
  }

  /** @returnsOwned */
  lease(ledger: Ledger): FrameLease {
    return new FrameLease(this.asVideoFrame, this.timestamp, ledger);
  }
}
