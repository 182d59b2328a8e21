/**
 * One source after another, as one: whoever listens hears of frames alone, whose times go on. Each frame says by its
 * `sequence` which belong together: those of one source, until it begins again as a clip does that loops. Owns its sources.
 */
import type { PipelineError } from '../../core/errors.ts';
import type { FrameLease } from '../frame-lease.ts';
import type { FrameObserver, FrameSource } from '../frame-source.ts';
import { Timeline } from '../timeline.ts';

export class SourceSwitch implements FrameSource {
  readonly #timeline = new Timeline();
  readonly #onEnd: (error: PipelineError | null) => void;
  #source: FrameSource;
  #sequence = 0;
  /** Of the last frame, as its source has it. */
  #ownUs = -Infinity;
  #observer: FrameObserver | null = null;
  #stop: () => void = () => undefined;

  /**
   * @param onEnd the source has no more frames, as `FrameObserver.end` says it. Others may follow, so that the observer is
   * not told.
   */
  constructor(source: FrameSource, onEnd: (error: PipelineError | null) => void) {
    this.#source = source;
    this.#onEnd = onEnd;
  }

  /** From which frames come now. */
  get current(): FrameSource {
    return this.#source;
  }

  start(observer: FrameObserver): () => void {
    this.#observer = observer;
    this.#stop = this.#begin(this.#source);
    return () => {
      this.#observer = null;
      this.#stop();
    };
  }

  /**
   * No frame of the old source comes after that.
   * @throws what starting `next` throws; the old source goes on then.
   */
  switchTo(next: FrameSource): void {
    const [old, stopOld] = [this.#source, this.#stop];
    this.#source = next;
    try {
      this.#stop = this.#begin(next);
    } catch (error) {
      this.#source = old;
      throw error;
    }
    this.#beginSequence();
    stopOld();
  }

  #begin(source: FrameSource): () => void {
    const observerNow = (): FrameObserver | null => (this.#source === source ? this.#observer : null);
    return source.start({
      frame: (lease) => {
        const observer = observerNow();
        if (observer === null) lease.release();
        else observer.frame(this.#placed(lease));
      },
      end: (error) => {
        if (observerNow() !== null) this.#onEnd(error);
      },
    });
  }

  /** @consumes lease @returnsOwned */
  #placed(lease: FrameLease): FrameLease {
    if (lease.timestampUs < this.#ownUs) this.#beginSequence();
    this.#ownUs = lease.timestampUs;
    const nowMs = performance.now();
    const timestampUs = this.#timeline.at(lease.timestampUs, nowMs);
    this.#timeline.reach(timestampUs, nowMs);
    // Those of the first are as they are.
    return this.#sequence === 0 ? lease : lease.move({ timestampUs, sequence: this.#sequence });
  }

  #beginSequence(): void {
    this.#sequence++;
    this.#ownUs = -Infinity;
    this.#timeline.restart();
  }
}
