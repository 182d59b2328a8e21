/**
 * Frames' own times on our clock, with their distances kept to the microsecond: the relation of the two clocks is taken
 * once, with the first frame, and again only where the source starts over, as a clip does that loops.
 */
import type { CaptureClock } from '../frames/capture-clock.ts';

export class FrameClock {
  readonly #clock: Readonly<Pick<CaptureClock, 'offsetMs'>>;
  readonly #isClockless: boolean;
  /** Our clock minus the frames', as taken; and what was known of it then. */
  #offsetMs = NaN;
  #knownMs = NaN;
  #lastUs = -Infinity;
  /** From the capture of the last frame until it was shown. */
  #latencyMs = 0;

  /** @param isClockless frames' times say nothing of when they were captured, as a volume's: that is when they came. */
  constructor(clock: Readonly<Pick<CaptureClock, 'offsetMs'>>, isClockless: boolean) {
    this.#clock = clock;
    this.#isClockless = isClockless;
  }

  /** By how much frames are now known to have been captured later than the relation says. */
  get correctionMs(): number {
    return this.#isClockless ? 0 : this.#clock.offsetMs - this.#knownMs;
  }

  /** When a frame was captured that is shown at `nowMs`. */
  capturedMs(timestampUs: number, nowMs: number): number {
    const known = this.#clock.offsetMs;
    if (this.#isClockless || this.#lastUs === -Infinity) this.#take(known, known);
    // What is shown took as long from its capture as before.
    else if (timestampUs < this.#lastUs) this.#take(nowMs - this.#latencyMs - timestampUs / 1000, known);
    this.#lastUs = timestampUs;
    const capturedMs = timestampUs / 1000 + this.#offsetMs;
    this.#latencyMs = nowMs - capturedMs;
    return capturedMs;
  }

  #take(offsetMs: number, knownMs: number): void {
    this.#offsetMs = offsetMs;
    this.#knownMs = knownMs;
  }
}
