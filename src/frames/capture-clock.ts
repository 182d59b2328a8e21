/**
 * When a frame was captured, on our own clock. Frames carry the source's time, whose zero nobody tells: the frame that
 * came soonest after its capture sets the relation of the two clocks, as RTP receivers do it. Latencies are therefore
 * those beyond what the fastest delivery takes.
 */

/** Clocks run apart, and a route becomes slower: the relation gives way by this share of the time. */
const DRIFT = 0.0005;
/** A source that jumps by more than this has a new zero. */
const JUMP_MS = 1000;

export class CaptureClock {
  /** Our clock minus the source's, in ms. */
  #offsetMs = NaN;
  #lastMs = NaN;

  /** NaN before any frame came. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** A frame came in. */
  arrive(timestampUs: number, nowMs: number): void {
    const sampleMs = nowMs - timestampUs / 1000;
    const kept = this.#offsetMs + DRIFT * Math.max(0, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    // Also where none is known yet.
    const isKept = Math.abs(sampleMs - kept) < JUMP_MS && kept < sampleMs;
    this.#offsetMs = isKept ? kept : sampleMs;
  }

  /** Of a source without a clock of its own: the next frame is captured when it comes in. */
  restart(): void {
    this.#offsetMs = NaN;
  }

  /** From its capture to `nowMs`; 0 before any frame came. */
  since(timestampUs: number, nowMs: number): number {
    return Math.max(0, nowMs - timestampUs / 1000 - this.#offsetMs) || 0;
  }
}
