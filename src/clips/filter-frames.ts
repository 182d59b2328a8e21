/**
 * A filter over the frames of a clip: each is computed once, in order, and what comes out late is given back its own time.
 *
 *   frames in     0   1   2   3   4   4   4      a filter that looks 2 frames ahead: the last frame stands for those
 *   frames out            0   1   2   3   4      that would come after it
 */
import { PipelineError } from '../core/errors.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FrameFilter } from '../engine/frame-filter.ts';
import { FrameLease } from '../frames/frame-lease.ts';
import type { ClipFrame } from './decode-clip.ts';

export type FilteredFrame = Readonly<{ frame: VideoFrame; timestampS: number; untilS: number }>;

/** The part of the clip that is wanted, and how frames of it are reached. */
export type FilterRun = Readonly<{
  filter: FrameFilter;
  ledger: Ledger;
  startS: number;
  endS: number;
  /** Mean distance of two frames. */
  frameMs: number;
  /** From the frame that is shown at `fromS` to the last one that begins before `toS`. */
  decode: (fromS: number, toS: number) => AsyncGenerator<ClipFrame>;
  /** Whether the output will have a picture of a frame that is shown in this time. */
  isWanted: (timestampS: number, untilS: number) => boolean;
}>;

type Shown = Omit<ClipFrame, 'lease'>;

/** Devices that are lost again and again are no device. */
const MOST_DEVICES = 5;

/**
 * The frames that are shown from `startS` to `endS`, filtered as they would be in the whole clip.
 * @throws PipelineError
 * @returnsOwned each frame
 */
export async function* filterFrames(run: FilterRun): AsyncGenerator<FilteredFrame> {
  let fromS = run.startS;
  for (let devices = 1; ; devices++) {
    try {
      for await (const filtered of filterFrom(run, fromS)) {
        fromS = filtered.untilS;
        yield filtered;
      }
      return;
    } catch (error) {
      const isLost = error instanceof PipelineError && error.code === 'context-lost';
      if (!isLost || devices === MOST_DEVICES) throw error;
      // What it remembered is gone: it goes back as far as it remembers.
      await run.filter.rebuild();
    }
  }
}

async function* filterFrom(run: FilterRun, fromS: number): AsyncGenerator<FilteredFrame> {
  const { filter, endS, frameMs } = run;
  const reach = filter.reach(frameMs);
  // Half a frame more, since distances differ.
  const backS = reach.before === 0 ? 0 : ((reach.before + 0.5) * frameMs) / 1000;
  const aheadS = reach.after === 0 ? 0 : ((reach.after + 0.5) * frameMs) / 1000;
  const late = new LateFrames(run, fromS, reach.after);
  const frames = run.decode(Math.max(0, fromS - backS), endS + aheadS);
  try {
    for await (const frame of frames) {
      const filtered = await late.next(frame);
      if (filtered !== null) yield filtered;
      if (late.isDone) return;
    }
    for (let left = reach.after; left > 0; left--) {
      const filtered = await late.repeatLast();
      if (filtered !== null) yield filtered;
    }
  } finally {
    late.close();
    await frames.return(undefined);
  }
}

/** Runs the filter and knows which frame each output is of. */
class LateFrames {
  readonly #run: FilterRun;
  readonly #fromS: number;
  readonly #after: number;
  /** Those whose output is still to come. */
  readonly #waiting: Shown[] = [];
  /** The newest frame, where it may have to stand for later ones. */
  #last: FrameLease<VideoFrame> | null = null;

  constructor(run: FilterRun, fromS: number, after: number) {
    this.#run = run;
    this.#fromS = fromS;
    this.#after = after;
  }

  /** Nothing that is wanted is still to come. */
  get isDone(): boolean {
    const [next] = this.#waiting;
    return next !== undefined && next.timestampS >= this.#run.endS;
  }

  /** @consumes frame @returnsOwned */
  async next({ lease, timestampS, untilS }: ClipFrame): Promise<FilteredFrame | null> {
    this.#waiting.push({ timestampS, untilS });
    if (this.#after > 0) {
      this.#last?.release();
      this.#last = lease.clone();
    }
    return this.#compute(lease, this.#waiting.length > this.#after ? this.#waiting.shift() : undefined);
  }

  /** @returnsOwned */
  async repeatLast(): Promise<FilteredFrame | null> {
    const last = this.#last;
    if (last === null) return null;
    const { ledger, frameMs } = this.#run;
    const timestampUs = last.timestampUs + Math.round(1000 * frameMs);
    const next = new FrameLease(last.frame.clone(), timestampUs, ledger);
    last.release();
    this.#last = next.clone();
    return this.#compute(next, this.#waiting.shift());
  }

  close(): void {
    this.#last?.release();
    this.#last = null;
  }

  /** @param shown whose output this is. @consumes lease @returnsOwned */
  async #compute(lease: FrameLease<VideoFrame>, shown: Shown | undefined): Promise<FilteredFrame | null> {
    const isShown = shown !== undefined && this.#isWanted(shown);
    const { filter } = this.#run;
    if (!isShown && !filter.hasMemory) {
      lease.release();
      return null;
    }
    const frame = await filter.run(lease, isShown);
    return frame === null || shown === undefined ? null : { ...shown, frame };
  }

  #isWanted({ timestampS, untilS }: Shown): boolean {
    const { endS, isWanted } = this.#run;
    return untilS > this.#fromS && timestampS < endS && isWanted(timestampS, untilS);
  }
}
