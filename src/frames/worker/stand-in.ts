/**
 * What is shown where there is no filtered picture, as the failure policy says: from a fault on, or while the device is
 * away, until a picture is shown again. Under any policy but 'passthrough' no frame is shown as it came, whatever happens.
 */
import { assertNever } from '../../core/assert.ts';
import type { FailurePolicy } from '../failure-policy.ts';
import type { FrameImage, FrameLease } from '../frame-lease.ts';
import type { Sinks } from './sinks.ts';

/**
 * Apart from frames that are or may be shown themselves: by enough for those who count time in ms, and less than frames are
 * apart.
 */
const APART_US = 2000;

export class StandIn {
  readonly #policy: FailurePolicy;
  readonly #sinks: Sinks;
  readonly #onFault: (error: unknown) => void;
  #isFailing = false;
  #isLost = false;
  /** The last frame that came, and the last one that was shown. */
  #cameUs = 0;
  #shownUs = -Infinity;
  #width = 0;
  #height = 0;

  /** @param onFault told when even this could not be shown. */
  constructor(policy: FailurePolicy, sinks: Sinks, onFault: (error: unknown) => void) {
    this.#policy = policy;
    this.#sinks = sinks;
    this.#onFault = onFault;
  }

  /**
   * A frame came in.
   * @param isBusy one before it is being computed, and may still be shown.
   * @borrows lease
   */
  arrived({ frame, timestampUs }: FrameLease, isBusy: boolean): void {
    this.#cameUs = timestampUs;
    const isVideo = 'displayWidth' in frame;
    this.#width = isVideo ? frame.displayWidth : frame.width;
    this.#height = isVideo ? frame.displayHeight : frame.height;
    if (this.#isFailing && (this.#isLost || !isBusy)) this.#show(frame);
  }

  /** A frame could not be computed or shown. */
  failed(): void {
    this.#isFailing = true;
    // Of a device that is away, all of them fail.
    if (!this.#isLost) this.#show(null);
  }

  /** The device went away. May be told of more than once. */
  lost(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#isFailing = true;
    this.#show(null);
  }

  /** There is a device again: what is computed from now on may be shown. */
  restored(): void {
    this.#isLost = false;
  }

  /** A filtered picture was shown. */
  shown(timestampUs: number): void {
    this.#shownUs = timestampUs;
    this.#isFailing = false;
    this.#isLost = false;
  }

  /** @param frame null where there is none any more. */
  #show(frame: FrameImage | null): void {
    if (this.#width === 0) return;
    const size = { width: this.#width, height: this.#height };
    switch (this.#policy) {
      case 'freeze':
        return;
      case 'black':
        // Before the last frame that came, which may be shown itself yet.
        this.#sinks.showBlack({ timestampUs: Math.max(this.#cameUs - APART_US, this.#shownUs + APART_US), ...size }).catch(this.#onFault); // prettier-ignore
        return;
      case 'passthrough':
        if (frame !== null) this.#sinks.showFrame(frame, { timestampUs: this.#cameUs, ...size }).catch(this.#onFault); // prettier-ignore
        return;
      default:
        assertNever(this.#policy);
    }
  }
}
