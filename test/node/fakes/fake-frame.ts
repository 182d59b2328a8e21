/** A frame that counts how often it was closed. */
import type { Ledger } from '../../../src/core/ledger.ts';
import { FrameLease } from '../../../src/frames/frame-lease.ts';

export class FakeFrame {
  readonly timestamp: number;
  readonly width: number;
  readonly height: number;
  closed = 0;
  readonly #onClose: () => void;

  constructor(timestamp = 0, onClose: () => void = () => {}, { width, height } = { width: 8, height: 6 }) {
    this.timestamp = timestamp;
    this.width = width;
    this.height = height;
    this.#onClose = onClose;
  }

  close(): void {
    this.closed++;
    this.#onClose();
  }

  /** In the place of a browser's frame, of which only time, size and `close` are used. */
  get asVideoFrame(): VideoFrame {
    return this as unknown as VideoFrame;
  }

  /** @returnsOwned */
  lease(ledger: Ledger): FrameLease {
    return new FrameLease(this.asVideoFrame, this.timestamp, ledger);
  }
}
