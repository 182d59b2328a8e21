/**
 * A frame that somebody owns. Whoever holds the lease releases it exactly once, on every path; moving it ends
 * the old holder's right, cloning it makes a second holder. Works for whatever has `close()`: VideoFrame, ImageBitmap, a
 * test's fake.
 */
import type { Ledger, LedgerToken } from '../core/ledger.ts';

export type FrameImage = VideoFrame | ImageBitmap;

export type Closable = Readonly<{ close(): void }>;

/** As VideoFrame does: another handle on the same pixels, which live until the last handle is closed. */
type Clonable<Frame> = Readonly<{ clone(): Frame }>;

/** How many leases hold a frame that can't be cloned. */
type Share = { holders: number };

export type LeaseOptions = Readonly<{
  /** Computed for the sake of those that follow, and not shown. Default false. */
  isLeadIn?: boolean;
  /** Which source it is of, where one follows another: frames of two are no sequence. Default 0. */
  sequence?: number;
}>;

/** As what a lease goes on; what is not given stays. */
export type LeaseChange = Readonly<{ timestampUs?: number; sequence?: number }>;

export class FrameLease<Frame extends Closable = FrameImage> {
  /** Of the frame, in µs. */
  readonly timestampUs: number;
  readonly isLeadIn: boolean;
  readonly sequence: number;
  readonly #ledger: Ledger;
  readonly #token: LedgerToken;
  #frame: Frame | null;
  #share: Share | null = null;

  /** @consumes frame */
  constructor(
    frame: Frame,
    timestampUs: number,
    ledger: Ledger,
    { isLeadIn = false, sequence = 0 }: LeaseOptions = {},
  ) {
    this.timestampUs = timestampUs;
    this.isLeadIn = isLeadIn;
    this.sequence = sequence;
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
  move({ timestampUs = this.timestampUs, sequence = this.sequence }: LeaseChange = {}): FrameLease<Frame> {
    const frame = this.frame;
    this.#frame = null;
    this.#token.release();
    const { isLeadIn } = this;
    return this.#leaseOf(frame, timestampUs, { isLeadIn, sequence });
  }

  /**
   * A second lease, to be released by itself; this one stays as it is. A VideoFrame is cloned: the new lease has a frame of
   * its own, which may be transferred, and the pixels (a camera's buffer) are given back when both are closed. An ImageBitmap
   * can't be: both leases lend the same one, which closes with the last of them, so nobody may transfer it.
   * @returnsOwned
   * @throws Error after `release` or `move`.
   */
  clone(): FrameLease<Frame> {
    const { frame } = this;
    if (isClonable(frame)) return new FrameLease(frame.clone(), this.timestampUs, this.#ledger, this);
    this.#share ??= { holders: 1 };
    this.#share.holders++;
    return this.#leaseOf(frame, this.timestampUs, this);
  }

  /**
   * Closes the frame; one that cloned leases share closes with the last of them.
   * @throws Error on the second call, or after `move`.
   */
  release(): void {
    const frame = this.#frame;
    if (frame === null) throw new Error('frame lease: released twice, or after it was moved');
    this.#frame = null;
    this.#token.release();
    if (this.#share === null || --this.#share.holders === 0) frame.close();
  }

  #leaseOf(frame: Frame, timestampUs: number, options: LeaseOptions): FrameLease<Frame> {
    const lease = new FrameLease(frame, timestampUs, this.#ledger, options);
    lease.#share = this.#share;
    return lease;
  }
}

function isClonable<Frame extends Closable>(frame: Frame): frame is Frame & Clonable<Frame> {
  return 'clone' in frame && typeof frame.clone === 'function';
}
