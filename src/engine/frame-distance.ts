/** How far apart the frames are that are computed, by their own timestamps: what is left out makes it longer. */

/** Frames whose mean distance counts. */
const FRAMES = 9;
/** What is further apart is a pause, and no distance. */
const PAUSE_US = 1_000_000;

export class FrameDistance {
  /** The oldest first. */
  #timestampsUs: number[] = [];

  /** A frame is computed. One that goes back, or comes after a pause, begins anew. */
  note(timestampUs: number): void {
    const passedUs = timestampUs - (this.#timestampsUs.at(-1) ?? NaN);
    if (passedUs === 0) return;
    if (!(passedUs > 0 && passedUs <= PAUSE_US)) this.#timestampsUs = [];
    this.#timestampsUs.push(timestampUs);
    if (this.#timestampsUs.length > FRAMES) this.#timestampsUs.shift();
  }

  /** In ms; NaN until two frames came. */
  get ms(): number {
    const [first = NaN] = this.#timestampsUs;
    const last = this.#timestampsUs.at(-1) ?? NaN;
    return (last - first) / (this.#timestampsUs.length - 1) / 1000;
  }
}
