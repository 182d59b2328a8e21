/** A frame that counts how often it was closed. */
import type { Size } from '../../../src/core/frame-size.ts';
import type { Turn } from '../../../src/core/frame-turn.ts';
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

/** One that tells how it lies; its size is that of the upright picture. */
export class TurnedFrame extends FakeFrame {
  readonly visibleRect: Size;
  readonly displayWidth: number;
  readonly displayHeight: number;
  readonly rotation: Turn['rotation'];
  readonly flip: boolean;

  constructor(timestamp: number, onClose: () => void, size: Size, { rotation, flip }: Turn) {
    super(timestamp, onClose, size);
    const { width, height } = size;
    this.visibleRect = rotation % 180 === 0 ? size : { width: height, height: width };
    this.displayWidth = width;
    this.displayHeight = height;
    this.rotation = rotation;
    this.flip = flip;
  }
}
