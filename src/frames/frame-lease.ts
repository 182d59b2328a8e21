/**
 * A frame that somebody owns. Whoever holds the lease releases it exactly once, on every path; moving it ends
 * the old holder's right. Works for whatever has `close()`: VideoFrame, ImageBitmap, a test's fake.
 */
import type { Ledger, LedgerToken } from '../core/ledger.ts';

export type FrameImage = VideoFrame | ImageBitmap;

export type Closable = Readonly<{ close(): void }>;

export class FrameLease<Frame extends Closable = FrameImage> {
  readonly timestampUs: number;
  readonly #ledger: Ledger;
  #frame: Frame | null;
  #token: LedgerToken;

  /** @consumes frame */
  constructor(frame: Frame, timestampUs: number, ledger: Ledger) {
    this.timestampUs = timestampUs;
    this.#frame = frame;
    this.#ledger = ledger;
    this.#token = ledger.open('frames');
  }

  /**
   * @returns the frame, borrowed: it stays the lease's to close.
   * @throws Error after `release` or `move`.
   */
  get frame(): Frame {
    if (this.#frame === null) throw new Error('frame lease: used after it was released or moved');
    return this.#frame;
  }

  /**
   * Hands the frame to a new lease and ends this one.
   * @returnsOwned
   * @throws Error after `release` or `move`.
   */
  move(): FrameLease<Frame> {
    const frame = this.frame;
    this.#frame = null;
    this.#token.release();
    return new FrameLease(frame, this.timestampUs, this.#ledger);
  }

  /**
   * Closes the frame.
   * @throws Error on the second call, or after `move`.
   */
  release(): void {
    const frame = this.#frame;
    if (frame === null) throw new Error('frame lease: released twice, or after it was moved');
    this.#frame = null;
    this.#token.release();
    frame.close();
  }
}
