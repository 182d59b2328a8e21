/**
 * When frames come, and what of them is remembered: shared by everything that keeps frames, so that each agrees on
 * where a sequence begins. No clock of its own; runs on any thread.
 */

/** What stands for frames before the first one. */
export const WARM_UPS = ['replicate', 'ramp', 'none'] as const;

/**
 * replicate: the first frame has been there forever. ramp: nothing has, zeros, so that the output fades in; means are
 * of what is there. none: as replicate, but nothing is shown until all frames are there.
 */
export type WarmUp = (typeof WARM_UPS)[number];

/** The most frames that are remembered, the newest included. */
export const MOST_FRAMES = 32;

export type MemoryRules = Readonly<{
  /** Frames that are remembered, this one included: 1 to `MOST_FRAMES`. */
  frames: number;
  /** Frames that make it full, where some are remembered for other ends. Default all. */
  fullAt?: number;
  warmUp: WarmUp;
  /** After a longer gap the sequence begins anew. */
  maxGapMs: number;
}>;

/** What is known of a frame when it is computed. */
export type MemoryMoment = Readonly<{
  /**
   * first: nothing is remembered, the sequence begins. next: a newer frame. again: the time of the last frame once
   * more; this one takes its place.
   */
  step: 'first' | 'next' | 'again';
  /** Since the frame before; 0 at the first one. */
  elapsedMs: number;
  /** How long ago the remembered frames were, the newest first: 0, then rising; at most `frames` of them. */
  agesMs: readonly number[];
  /** Whether all frames are there that are to be remembered. */
  isFull: boolean;
}>;

export class MemoryClock {
  readonly rules: MemoryRules;
  /** The newest first. */
  #timestampsUs: readonly number[] = [];

  constructor(rules: MemoryRules) {
    this.rules = rules;
  }

  /**
   * A frame is about to be computed. A timestamp that goes back, as after a seek, or that comes more than `maxGapMs`
   * after the last one, begins a sequence.
   */
  next(timestampUs: number): MemoryMoment {
    const { frames, maxGapMs } = this.rules;
    const [last] = this.#timestampsUs;
    const isFirst = last === undefined || timestampUs < last || timestampUs - last > 1000 * maxGapMs;
    const step = isFirst ? 'first' : timestampUs === last ? 'again' : 'next';
    if (step === 'first') this.#timestampsUs = [timestampUs];
    else if (step === 'next') this.#timestampsUs = [timestampUs, ...this.#timestampsUs.slice(0, frames)];
    const known = this.#timestampsUs;
    return {
      step: known.length === 1 ? 'first' : step,
      elapsedMs: known.length === 1 ? 0 : (timestampUs - (known[1] ?? timestampUs)) / 1000,
      agesMs: known.slice(0, frames).map((one) => (timestampUs - one) / 1000),
      isFull: known.length >= (this.rules.fullAt ?? frames),
    };
  }

  /** Frames that are remembered now: up to one more than the rules ask for. */
  get kept(): number {
    return this.#timestampsUs.length;
  }

  /** Nothing is remembered any more: the next frame is the first one. */
  forget(): void {
    this.#timestampsUs = [];
  }

  /** Goes on where `other` is, with the frames that both remember. */
  follow(other: MemoryClock): void {
    const { frames } = this.rules;
    // The one more tells only how long ago it was: of a memory that remembers less, it is no frame to remember.
    const kept = other.rules.frames < frames ? other.rules.frames : frames + 1;
    this.#timestampsUs = other.#timestampsUs.slice(0, kept);
  }
}
