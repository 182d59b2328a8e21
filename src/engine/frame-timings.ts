/** How fast frames are shown and how long each takes, over the last moments. A pure window with a given clock. */

const WINDOW_MS = 2000;
const MOST_SAMPLES = 240;

type Sample = Readonly<{ shownMs: number; tookMs: number }>;

export type TimingStats = Readonly<{
  /** Shown frames per second. */
  fps: number;
  /** From taking a frame to having shown it. */
  frameMsP50: number;
  frameMsP95: number;
}>;

export class FrameTimings {
  #samples: Sample[] = [];

  shown(shownMs: number, tookMs: number): void {
    this.#samples.push({ shownMs, tookMs });
    if (this.#samples.length > MOST_SAMPLES) this.#samples.shift();
  }

  stats(nowMs: number): TimingStats {
    this.#samples = this.#samples.filter(({ shownMs }) => nowMs - shownMs <= WINDOW_MS);
    const first = this.#samples[0];
    if (first === undefined) return { fps: 0, frameMsP50: 0, frameMsP95: 0 };
    // From the first frame of the window until now: a stream that stalls counts down at once.
    const spanMs = nowMs - first.shownMs;
    const fps = spanMs <= 0 ? 0 : ((this.#samples.length - 1) * 1000) / spanMs;
    const took = this.#samples.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    return { fps, frameMsP50: percentile(took, 0.5), frameMsP95: percentile(took, 0.95) };
  }
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
