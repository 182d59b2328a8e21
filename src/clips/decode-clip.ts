/**
 * The frames of a clip, decoded, in the order in which they are shown, each checked against what the file says there is: a
 * frame that the decoder leaves out is damage, not a shorter clip.
 */
import { VideoSampleSink, type InputVideoTrack, type VideoSample } from 'mediabunny';
import type { Ledger } from '../core/ledger.ts';
import { FrameLease } from '../frames/frame-lease.ts';
import { asUnreadable } from './clip-faults.ts';
import type { ClipErrorPolicy } from './clip-types.ts';
import { inEightBits } from './eight-bits.ts';
import { FrameFit } from './fit-frame.ts';
import { frameTimes, type FrameTime } from './frame-times.ts';

/** A frame, and when it is shown: until the next one is, or it ends. */
export type ClipFrame = Readonly<{
  /** Its own time is `timestampS` in whole µs. */
  lease: FrameLease<VideoFrame>;
  timestampS: number;
  untilS: number;
}>;

export type DecodeOptions = Readonly<{
  ledger: Ledger;
  onError: ClipErrorPolicy;
  /** How long a frame is shown of which neither the file nor a next one says it: WebM is silent on its last. */
  frameS: number;
  /** So many frames are missing from this time on. */
  onSkipped: (frames: number, atS: number) => void;
}>;

/** Containers and decoders round times; no two frames are closer than this. */
const SAME_S = 0.0004;

/**
 * From the frame that is shown at `fromS` to the last one that begins before `toS`.
 * @throws PipelineError `clip-unreadable` with `positionS`, where there is damage that is not to be skipped.
 * @returnsOwned each frame's lease
 */
export async function* decodeClip(
  track: InputVideoTrack,
  fromS: number,
  toS: number,
  options: DecodeOptions,
): AsyncGenerator<ClipFrame> {
  const run = new DecodeRun(track, fromS, toS, options);
  try {
    for (let next = await run.next(); next !== null; next = await run.next()) {
      const fault = yield* run.straight(next);
      if (fault === null) return;
      const lost = await run.next();
      if (options.onError === 'stop' || lost === null) throw asUnreadable(fault, lost?.timestampS);
      yield* run.throughDamage(lost);
    }
  } finally {
    await run.close();
  }
}

class DecodeRun {
  readonly #sink: VideoSampleSink;
  readonly #times: AsyncGenerator<FrameTime>;
  readonly #toS: number;
  readonly #options: DecodeOptions;
  /** Expected next; undefined where that is not known yet, null behind the last one. */
  #expected: FrameTime | null | undefined;
  #isFirst = true;
  readonly #fit = new FrameFit();

  constructor(track: InputVideoTrack, fromS: number, toS: number, options: DecodeOptions) {
    this.#sink = new VideoSampleSink(track);
    this.#times = frameTimes(track, fromS);
    this.#toS = toS;
    this.#options = options;
  }

  /** The frame that is to come next; null where none is. */
  async next(): Promise<FrameTime | null> {
    const time = await this.#peek();
    return time === null || time.timestampS >= this.#toS ? null : time;
  }

  /** Frame after frame; ends with the first fault, whatever it is, or with null behind the last frame. */
  async *straight(from: FrameTime): AsyncGenerator<ClipFrame, unknown> {
    try {
      for await (const sample of this.#sink.samples(from.timestampS, this.#toS)) {
        const time = await this.#expectedAs(sample);
        if (time === 'missing') return new Error('frames are missing');
        if (time === null) continue;
        yield await this.#frameOf(sample, time);
      }
    } catch (error) {
      return error;
    }
    const missing = await this.next();
    return missing === null ? null : new Error('the clip ends before its time');
  }

  /**
   * One by one to the first that can't be decoded: a decoder that failed took frames with it that were fine. What is left
   * of its group is lost.
   */
  async *throughDamage(from: FrameTime): AsyncGenerator<ClipFrame, void> {
    let time: FrameTime | null = from;
    for (; time !== null && time.group === from.group; time = await this.next()) {
      const sample = await this.#sink.getSample(time.timestampS).catch(() => null);
      if (sample === null || Math.abs(sample.timestamp - time.timestampS) > SAME_S) {
        sample?.close();
        break;
      }
      yield await this.#frameOf(sample, time);
    }
    if (time?.group !== from.group) return;
    let lost = 0;
    for (let one: FrameTime | null = time; one?.group === time.group; one = await this.next()) {
      this.#expected = undefined;
      lost++;
    }
    this.#options.onSkipped(lost, time.timestampS);
  }

  async close(): Promise<void> {
    await this.#times.return(undefined);
  }

  async #peek(): Promise<FrameTime | null> {
    if (this.#expected === undefined) {
      const next = await this.#times.next();
      this.#expected = next.done === true ? null : next.value;
    }
    return this.#expected;
  }

  /**
   * Which of those that are expected a sample is; null for one that is none of them, which is closed.
   * @returns 'missing' where others were to come first; the sample is closed.
   */
  async #expectedAs(sample: VideoSample): Promise<FrameTime | null | 'missing'> {
    const beginS = (await this.#peek())?.timestampS ?? 0;
    let missing = 0;
    for (let time = await this.#peek(); time !== null; time = await this.#peek()) {
      if (Math.abs(time.timestampS - sample.timestamp) <= SAME_S) {
        if (missing > 0) this.#options.onSkipped(missing, beginS);
        return time;
      }
      if (time.timestampS > sample.timestamp) break;
      // Frames before the first that can be decoded belong to what was cut off.
      if (!this.#isFirst && this.#options.onError === 'stop') {
        sample.close();
        return 'missing';
      }
      missing++;
      this.#expected = undefined;
    }
    sample.close();
    return null;
  }

  /** @consumes sample */
  async #frameOf(sample: VideoSample, { timestampS, endS }: FrameTime): Promise<ClipFrame> {
    this.#isFirst = false;
    this.#expected = undefined;
    const frame = this.#fit.fit(await uprightFrameOf(sample));
    const lease = new FrameLease(frame, Math.round(1e6 * timestampS), this.#options.ledger);
    try {
      const next = await this.#peek();
      const ownEndS = endS > timestampS ? endS : timestampS + this.#options.frameS;
      return { lease, timestampS, untilS: next?.timestampS ?? ownEndS };
    } catch (error) {
      lease.release();
      throw error;
    }
  }
}

/**
 * A frame that tells how it is turned, as a camera's does; where the browser's frames can't, one that is drawn upright.
 * @consumes sample
 * @returnsOwned
 */
async function uprightFrameOf(sample: VideoSample): Promise<VideoFrame> {
  try {
    const frame = await inEightBits(sample.toVideoFrame());
    return sample.rotation === 0 && !sample.flip ? frame : await turnedFrame(frame, sample);
  } finally {
    sample.close();
  }
}

/** @consumes frame @borrows sample @returnsOwned */
async function turnedFrame(frame: VideoFrame, sample: VideoSample): Promise<VideoFrame> {
  try {
    const { rotation, flip } = sample;
    // Newer than the library's types.
    const turned = new VideoFrame(frame, { rotation, flip } as VideoFrameInit);
    if ('rotation' in turned) return turned;
    turned.close();
  } finally {
    frame.close();
  }
  const drawn = await sample.transform({});
  try {
    return drawn.toVideoFrame();
  } finally {
    drawn.close();
  }
}
