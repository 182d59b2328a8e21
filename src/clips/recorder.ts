/**
 * Records what is shown, in the live worker: frames are encoded as they come, at the times when they were captured, and
 * written as they are encoded. Loaded when somebody records. Owns each frame that it is given, the sound and the sink.
 */
import {
  AudioSampleSource,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import { PipelineError } from '../core/errors.ts';
import { sameSize, type Size } from '../core/frame-size.ts';
import type { FrameLease } from '../frames/frame-lease.ts';
import type { CaptureClock } from '../frames/capture-clock.ts';
import { chooseAudioCodec, chooseVideoCodec } from './choose-codec.ts';
import type { Clip, ClipVideoCodec } from './clip-types.ts';
import { FrameClock } from './frame-clock.ts';
import { openRecordingTarget, type RecordingTarget } from './recording-target.ts';
import { RecordingTimeline } from './recording-timeline.ts';
import type { RecordingOptions } from './recording-types.ts';
import { SoundTrack } from './sound-track.ts';

export type RecorderOptions = RecordingOptions &
  Readonly<{
    /** Of the frames as they come in. */
    clock: Readonly<Pick<CaptureClock, 'offsetMs'>>;
    /** Frames' times say nothing of when they were captured. */
    isClockless: boolean;
    /** The first frame came. */
    onBegun: () => void;
    /** Told once: nothing more is recorded. */
    onFault: (error: PipelineError) => void;
  }>;

export type RecorderFigures = Readonly<{
  durationS: number;
  frames: number;
  /** Frames that were given and are not in the recording. */
  lost: number;
  sizeBytes: number;
  queued: number;
}>;

/** Where a reader can begin, and what a crash costs at most. */
const KEY_FRAMES_S = { inMemory: 2, elsewhere: 1 } as const;
const AUDIO_BITRATE = 128_000;
/** Of the first frame, until the next one tells. */
const ASSUMED_FRAME_US = 33_333;

const OPUS_IN_MP4 =
  'The sound is Opus, because this browser does not encode AAC: some players do not play that in an MP4.';

/** All that is there once the first frame came. */
type Open = Readonly<{
  target: RecordingTarget;
  output: Output;
  video: VideoSampleSource;
  size: Size;
  codec: ClipVideoCodec;
  audioCodec: string | null;
}>;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #timeline = new RecordingTimeline();
  readonly #clock: FrameClock;
  readonly #sound: SoundTrack | null;
  #open: Open | null = null;
  /** Frames are encoded in turn. */
  #line: Promise<void> = Promise.resolve();
  #fault: PipelineError | null = null;
  #stopping: Promise<Clip> | null = null;
  /** In the recording, of the last frame: when it is shown, and for how long. */
  #lastUs = -1;
  #frameUs = ASSUMED_FRAME_US;
  /** Of the last frame, on our clock. */
  #endMs = 0;
  /** Given to the encoder and not come back, by their times in the recording in µs. */
  #encoding: number[] = [];
  #frames = 0;
  #lost = 0;

  /** @consumes options.sound, options.sink */
  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#clock = new FrameClock(options.clock, options.isClockless);
    this.#sound = options.sound === null ? null : new SoundTrack(options.sound, this.#timeline, this.#clock);
  }

  get figures(): RecorderFigures {
    return {
      durationS: this.#endUs / 1e6,
      frames: this.#frames,
      lost: this.#lost,
      sizeBytes: this.#open?.target.sizeBytes() ?? 0,
      queued: this.#encoding.length,
    };
  }

  /**
   * A frame that was shown. Resolves when the encoder has room for the next one, and never rejects.
   * @consumes lease
   */
  add(lease: FrameLease<VideoFrame>): Promise<void> {
    const nowMs = performance.now();
    const capturedMs = this.#clock.capturedMs(lease.timestampUs, nowMs);
    if (this.#isOver) {
      lease.release();
      return Promise.resolve();
    }
    if (this.#timeline.begin(capturedMs)) this.#options.onBegun();
    const atMs = this.#timeline.at(capturedMs);
    const atUs = Math.round((atMs ?? 0) * 1000);
    if (atMs === null || atUs <= this.#lastUs) {
      if (atMs !== null) this.#lost++;
      lease.release();
      return Promise.resolve();
    }
    if (this.#lastUs >= 0) this.#frameUs = atUs - this.#lastUs;
    this.#lastUs = atUs;
    const frameUs = this.#frameUs;
    this.#endMs = capturedMs + frameUs / 1000;
    this.#line = this.#line.then(() => this.#encode(lease, atUs, frameUs, capturedMs));
    return this.#line;
  }

  pause(): void {
    this.#timeline.pause(performance.now());
  }

  resume(): void {
    this.#timeline.resume(performance.now());
  }

  /**
   * Finishes what was recorded. Idempotent.
   * @throws PipelineError what recording failed with, or `aborted` where nothing was recorded.
   */
  stop(): Promise<Clip> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  get #isOver(): boolean {
    return this.#fault !== null || this.#stopping !== null;
  }

  get #endUs(): number {
    return this.#lastUs < 0 ? 0 : this.#lastUs + this.#frameUs;
  }

  async #encode(
    lease: FrameLease<VideoFrame>,
    atUs: number,
    frameUs: number,
    capturedMs: number,
  ): Promise<void> {
    try {
      if (this.#fault !== null) return;
      const open = (this.#open ??= await this.#begin(lease.frame));
      await this.#give(open, lease.frame, atUs, frameUs);
      this.#sound?.follow(capturedMs, atUs / 1e6);
    } catch (error) {
      await this.#fail(error);
    } finally {
      lease.release();
    }
  }

  /** @borrows frame */
  async #give({ video, size }: Open, frame: VideoFrame, atUs: number, frameUs: number): Promise<void> {
    const sample = new VideoSample(frame.clone(), { timestamp: atUs / 1e6, duration: frameUs / 1e6 });
    let fitted = sample;
    try {
      if (!this.#fits(frame, size)) {
        const { width, height } = size;
        fitted = await sample.transform({ width, height, fit: 'contain', alpha: 'discard' });
      }
      this.#encoding.push(atUs);
      await video.add(fitted);
    } finally {
      sample.close();
      if (fitted !== sample) fitted.close();
    }
  }

  /**
   * Encoders scale frames to the size that the first one had: those of another resolution pass, but for the first, which
   * tells them that size, and those of another shape, which they would distort.
   */
  #fits({ codedWidth, codedHeight, displayWidth, displayHeight }: VideoFrame, size: Size): boolean {
    const isWhole = codedWidth === size.width && codedHeight === size.height;
    return isWhole || (this.#hasGiven && sameSize({ width: displayWidth, height: displayHeight }, size));
  }

  get #hasGiven(): boolean {
    return this.#frames + this.#encoding.length > 0;
  }

  /** Chooses codecs for the first frame and opens what is written to. @borrows frame */
  async #begin(frame: VideoFrame): Promise<Open> {
    const { container, bitrate, sink, isPositional } = this.#options;
    const size = { width: frame.displayWidth, height: frame.displayHeight };
    const codec = await chooseVideoCodec({ container, codec: this.#options.codec, ...size, bitrate });
    const sound = this.#sound;
    const audioCodec = sound === null ? null : await chooseAudioCodec(container, sound.format);
    const target = await openRecordingTarget(sink, isPositional);
    const output = new Output({ format: this.#format(target), target: target.target });
    const video = new VideoSampleSource({
      codec,
      quality: new Quality(bitrate === undefined ? { quality: 'high', preferBitrate: true } : { bitrate }),
      latencyMode: 'realtime',
      keyFrameInterval: KEY_FRAMES_S[sink === null ? 'inMemory' : 'elsewhere'],
      sizeChangeBehavior: 'passThrough',
      onEncodedPacket: ({ microsecondTimestamp }) => {
        this.#encoded(microsecondTimestamp);
      },
    });
    output.addVideoTrack(video);
    if (sound !== null && audioCodec !== null) {
      const source = new AudioSampleSource({
        codec: audioCodec,
        quality: new Quality({ bitrate: AUDIO_BITRATE }),
      });
      output.addAudioTrack(source);
      sound.open(source, (error) => void this.#fail(error));
    }
    await output.start();
    return { target, output, video, size, codec, audioCodec };
  }

  #format({ isAppendOnly, isLasting }: RecordingTarget): Mp4OutputFormat | WebMOutputFormat {
    if (this.#options.container === 'webm') return new WebMOutputFormat({ appendOnly: isAppendOnly });
    return new Mp4OutputFormat({ fastStart: isAppendOnly || isLasting ? 'fragmented' : false });
  }

  /** Frames come back in their order: those before that did not are not in the recording. */
  #encoded(atUs: number): void {
    const index = this.#encoding.indexOf(atUs);
    this.#encoding.splice(0, index + 1);
    this.#lost += Math.max(0, index);
    this.#frames++;
  }

  async #stop(): Promise<Clip> {
    await this.#line;
    this.#timeline.end(this.#endMs);
    try {
      if (this.#fault !== null) throw this.#fault;
      if (this.#open === null) throw nothingRecorded();
      await this.#sound?.finish();
      await this.#open.output.finalize();
      return await this.#clipOf(this.#open);
    } catch (error) {
      throw await this.#fail(error);
    }
  }

  async #clipOf({ target, output, size, codec, audioCodec }: Open): Promise<Clip> {
    const { container } = this.#options;
    const mimeType = await output.getMimeType();
    return {
      blob: await target.commit(mimeType),
      mimeType,
      container,
      videoCodec: codec,
      audio: audioCodec === null ? [] : [{ codec: audioCodec, how: 'recorded' }],
      ...size,
      frames: this.#frames,
      durationS: Math.max(this.#endUs / 1e6, this.#sound?.endS ?? 0),
      sizeBytes: target.sizeBytes(),
      skippedFrames: 0,
      skippedAtS: [],
      notes: container === 'mp4' && audioCodec === 'opus' ? [OPUS_IN_MP4] : [],
    };
  }

  /** Ends it; what lies on a disk stays there. Only the first fault counts. */
  async #fail(error: unknown): Promise<PipelineError> {
    if (this.#fault !== null) return this.#fault;
    const fault = this.#open?.target.fault() ?? PipelineError.from(error, 'clip-unwritable', { context: { positionS: this.#endUs / 1e6 } }); // prettier-ignore
    this.#fault = fault;
    this.#options.onFault(fault);
    await this.#sound?.cancel();
    // What could not be written can't be ended either.
    await this.#open?.output.cancel().catch(() => undefined);
    await this.#open?.target.abort(fault);
    if (this.#open === null && this.#options.sink instanceof WritableStream)
      await this.#options.sink.abort(fault).catch(() => undefined);
    return fault;
  }
}

function nothingRecorded(): PipelineError {
  return new PipelineError('aborted', 'Nothing was recorded: no frame was shown meanwhile.');
}
