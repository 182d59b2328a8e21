/**
 * Tells when frames have come to cost another multiple of what was predicted than at first: a device that got hot, or
 * lost its power supply. A pure reducer of frames with a given clock.
 *
 * What a frame costs beside its passes differs from plan to plan, so each plan, known by what is predicted for it, is
 * held against its own first frames.
 */

/** Frames that a median is taken of. */
const WINDOW = 60;
const DRIFT = 2;
/** Back within this, a drift is over. */
const RETURN = 1.5;
/** After a calibration, for so long nothing counts as drift. */
const REST_MS = 60_000;
/** Plans whose first frames are remembered. */
const MOST_PLANS = 16;

export class DriftWatch {
  /** Measured / predicted of a plan's first frames, by what was predicted. */
  readonly #references = new Map<number, number>();
  #window: number[] = [];
  #predictedMs = 0;
  #sinceMs: number;
  #isDrifted = false;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  get isDrifted(): boolean {
    return this.#isDrifted;
  }

  /** One frame. Times that can't be are no frames. */
  observe(predictedMs: number, measuredMs: number, nowMs: number): void {
    const ratio = measuredMs / predictedMs;
    if (!(ratio > 0 && Number.isFinite(ratio))) return;
    if (predictedMs !== this.#predictedMs) {
      this.#predictedMs = predictedMs;
      this.#window = [];
    }
    this.#window.push(ratio);
    if (this.#window.length < WINDOW) return;
    const middle = median(this.#window);
    this.#window.shift();
    const reference = this.#references.get(predictedMs);
    if (reference === undefined) this.#remember(predictedMs, middle);
    else this.#judge(Math.max(middle / reference, reference / middle), nowMs);
  }

  /** What comes now is what is right. */
  restart(nowMs: number): void {
    this.#references.clear();
    this.#window = [];
    this.#sinceMs = nowMs;
    this.#isDrifted = false;
  }

  #judge(change: number, nowMs: number): void {
    if (change < RETURN) this.#isDrifted = false;
    else if (change >= DRIFT && nowMs - this.#sinceMs >= REST_MS) this.#isDrifted = true;
  }

  #remember(predictedMs: number, ratio: number): void {
    // A slider makes many plans: the oldest are forgotten.
    for (const oldest of this.#references.keys()) {
      if (this.#references.size < MOST_PLANS) break;
      this.#references.delete(oldest);
    }
    this.#references.set(predictedMs, ratio);
  }
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
