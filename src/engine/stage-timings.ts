/** How fast frames are shown and what each stage takes, over the last moments. A pure window with a given clock. */

const WINDOW_MS = 2000;
/** Two seconds of the fastest cameras. */
const MOST_SAMPLES = 480;

/**
 * upload: the frame's pixels are taken. passes: until the GPU is done. readback: read and handed to the output.
 * total: all of it. latency: from the capture to the output.
 */
export const STAGES = ['upload', 'passes', 'readback', 'total', 'latency'] as const;
export type Stage = (typeof STAGES)[number];

/** What one frame took, in ms. */
export type StageTimes = Readonly<Record<Stage, number>>;

/** In ms, by nearest rank. */
export type Percentiles = Readonly<{ p50: number; p95: number }>;

export type TimingStats = Readonly<{
  /** Shown frames per second. */
  fps: number;
  stages: Readonly<Record<Stage, Percentiles>>;
}>;

export class StageTimings {
  /** When frames were shown, and what they took: the oldest is overwritten, so that a frame allocates nothing. */
  readonly #shownMs = new Float64Array(MOST_SAMPLES).fill(-Infinity);
  readonly #times = new Float64Array(MOST_SAMPLES * STAGES.length);
  #next = 0;

  shown(nowMs: number, times: StageTimes): void {
    const slot = this.#next;
    this.#next = (slot + 1) % MOST_SAMPLES;
    this.#shownMs[slot] = nowMs;
    for (let i = 0; i < STAGES.length; i++) this.#times[slot * STAGES.length + i] = times[STAGES[i]!];
  }

  stats(nowMs: number): TimingStats {
    const slots = [...this.#shownMs.keys()].filter((slot) => nowMs - this.#shownMs[slot]! <= WINDOW_MS);
    const firstMs = Math.min(...slots.map((slot) => this.#shownMs[slot]!));
    // From the first frame of the window until now: a stream that stalls counts down at once.
    const fps = slots.length > 0 && nowMs > firstMs ? ((slots.length - 1) * 1000) / (nowMs - firstMs) : 0;
    const percentiles = (index: number): Percentiles => {
      const sorted = slots.map((slot) => this.#times[slot * STAGES.length + index]!).sort((a, b) => a - b);
      return { p50: nearestRank(sorted, 0.5), p95: nearestRank(sorted, 0.95) };
    };
    const stages = Object.fromEntries(STAGES.map((stage, index) => [stage, percentiles(index)]));
    return { fps, stages: stages as Record<Stage, Percentiles> };
  }
}

function nearestRank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
