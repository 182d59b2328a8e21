/** How far a job is, how fast it goes, and how long it will take. */
import type { ClipProgress } from './clip-types.ts';

/** The rate is that of so many ms. */
const WINDOW_MS = 4000;
/** Told no more often than this. */
const PERIOD_MS = 100;

export class ProgressMeter {
  readonly #startS: number;
  readonly #endS: number;
  readonly #tell: (progress: ClipProgress) => void;
  readonly #beganMs: number;
  #toldMs = -Infinity;
  #frames = 0;
  #positionS: number;
  /** When some of the last frames were done. */
  #marks: Readonly<{ atMs: number; frames: number }>[] = [];

  constructor(startS: number, endS: number, tell: (progress: ClipProgress) => void) {
    this.#startS = startS;
    this.#endS = endS;
    this.#positionS = startS;
    this.#tell = tell;
    this.#beganMs = performance.now();
  }

  /** A frame that is shown until `untilS` went out `times` times. */
  advance(untilS: number, times: number): void {
    this.#frames += times;
    this.#positionS = Math.max(this.#positionS, Math.min(untilS, this.#endS));
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < PERIOD_MS) return;
    this.#toldMs = nowMs;
    this.#marks.push({ atMs: nowMs, frames: this.#frames });
    this.#marks = this.#marks.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS);
    this.#tell(this.#progress(nowMs, this.#share()));
  }

  /** All is done. */
  finish(): void {
    this.#positionS = this.#endS;
    this.#tell(this.#progress(performance.now(), 1));
  }

  /** The last bit is left for finishing the file. */
  #share(): number {
    return Math.min(0.999, (this.#positionS - this.#startS) / (this.#endS - this.#startS));
  }

  #progress(nowMs: number, share: number): ClipProgress {
    const [first] = this.#marks;
    const from = this.#marks.length > 1 && first !== undefined ? first : { atMs: this.#beganMs, frames: 0 };
    const overMs = nowMs - from.atMs;
    const elapsedS = (nowMs - this.#beganMs) / 1000;
    return {
      frames: this.#frames,
      share,
      fps: overMs > 0 ? (1000 * (this.#frames - from.frames)) / overMs : 0,
      secondsLeft: share > 0 ? (elapsedS * (1 - share)) / share : null,
      positionS: this.#positionS,
    };
  }
}
