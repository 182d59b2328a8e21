/**
 * Finds frames that the source made and we never saw, from gaps in the timestamps. The usual interval is the
 * median of the last nine; a pause of a second or more is a pause, not a loss.
 */

const HISTORY = 9;
const LEAST_SAMPLES = 5;
const PAUSE_US = 1_000_000;
/** Beyond this share of the usual interval a frame is missing: below it, it only came late. */
const GAP_RATIO = 1.75;

export class GapDetector {
  #last: number | null = null;
  #intervals: number[] = [];

  /** @returns how many frames were lost just before the one with this timestamp. */
  next(timestampUs: number): number {
    const interval = this.#last === null ? 0 : timestampUs - this.#last;
    this.#last = timestampUs;
    // A source that starts over (a clip that loops) or pauses has a new rhythm.
    if (interval <= 0 || interval >= PAUSE_US) {
      this.#intervals = [];
      return 0;
    }
    const usual = this.#median();
    this.#intervals = [...this.#intervals.slice(1 - HISTORY), interval];
    if (usual === null || interval < GAP_RATIO * usual) return 0;
    return Math.round(interval / usual) - 1;
  }

  /** Frames come of another source, which has a rhythm of its own. */
  restart(): void {
    this.#last = null;
    this.#intervals = [];
  }

  #median(): number | null {
    if (this.#intervals.length < LEAST_SAMPLES) return null;
    const sorted = this.#intervals.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }
}
