/**
 * Times that go on although those who give them change: each source has a zero of its own, and whoever gets the frames
 * wants one row of times. A source's own times are kept where they go on by themselves, as those of a camera do that is
 * opened again; else all of them are shifted, so that the first follows the last one before by as much as passed meanwhile.
 *
 *     first source    10.0 10.1 10.2
 *     second                          0.5 0.6 0.7     0.1 s later
 *     here            10.0 10.1 10.2  10.3 10.4 10.5
 *
 * Runs on any thread; times in µs, our own clock in ms.
 */

/** So far from what was expected, times are still taken as ones that go on. */
const CLOSE_US = 1_000_000;

export class Timeline {
  #shiftUs = 0;
  #isNew = false;
  /** The last time in the row, and when that was; NaN before any. */
  #lastUs = NaN;
  #lastMs = NaN;

  /** NaN before any. */
  get lastUs(): number {
    return this.#lastUs;
  }

  /** The next time is another source's. */
  restart(): void {
    this.#isNew = true;
  }

  /** The moment `nowMs` in the row, later than all before; 0 before any. */
  expected(nowMs: number): number {
    if (Number.isNaN(this.#lastUs)) return 0;
    return this.#lastUs + Math.max(1, Math.round(1000 * (nowMs - this.#lastMs)));
  }

  /** A source's time as one of the row. The first one after `restart` decides for all of that source. */
  at(timestampUs: number, nowMs: number): number {
    if (this.#isNew) this.#shiftUs = this.#shiftOf(timestampUs, nowMs);
    this.#isNew = false;
    return timestampUs + this.#shiftUs;
  }

  /** The row is at `atUs` now. */
  reach(atUs: number, nowMs: number): void {
    this.#lastUs = atUs;
    this.#lastMs = nowMs;
  }

  #shiftOf(timestampUs: number, nowMs: number): number {
    if (Number.isNaN(this.#lastUs)) return 0;
    const expectedUs = this.expected(nowMs);
    const goesOn = timestampUs > this.#lastUs && Math.abs(timestampUs - expectedUs) <= CLOSE_US;
    return goesOn ? 0 : expectedUs - timestampUs;
  }
}
