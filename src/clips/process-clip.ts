/**
 * A clip through a filter, in a worker: each frame once, at its own time, with its sound. Owns the input, the filter and the
 * output for as long as that takes, and leaves either a whole clip or none.
 */
import {
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
  type OutputFormat,
  type VideoTrackMetadata,
} from 'mediabunny';
import type { Size } from '../core/frame-size.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FrameFilter } from '../engine/frame-filter.ts';
import type { Graph } from '../graph/graph.ts';
import { addAudio, audioNotes, audioOf, planAudio, type AudioPlan } from './clip-audio.ts';
import { asUnreadable, cancelled, unreadable } from './clip-faults.ts';
import { ProgressMeter } from './clip-progress.ts';
import { openClipTarget, type ClipTarget } from './clip-target.ts';
import type {
  Clip,
  ClipContainer,
  ClipJob,
  ClipOutputOptions,
  ClipProgress,
  ClipVideoCodec,
} from './clip-types.ts';
import { chooseVideoCodec } from './choose-codec.ts';
import { decodeClip } from './decode-clip.ts';
import { FrameFit } from './fit-frame.ts';
import { filterFrames, type FilteredFrame } from './filter-frames.ts';
import { outputTimes, type OutputTime } from './frame-rate.ts';
import { openInput, type OpenInput } from './open-input.ts';
import { PictureClock } from './picture-clock.ts';

export type ProcessOptions = Readonly<{
  openFilter: (graph: Graph) => FrameFilter;
  ledger: Ledger;
  signal: AbortSignal;
  onProgress: (progress: ClipProgress) => void;
}>;

/** What was decided before the work began. */
type Plan = Readonly<{
  startS: number;
  /** Infinite where all of the clip is wanted: files do not always know their length. */
  endS: number;
  container: ClipContainer;
  codec: ClipVideoCodec;
  width: number;
  height: number;
  audio: readonly AudioPlan[];
  format: OutputFormat;
}>;

const KEY_FRAME_S = 2;
/** What is finer is no clock of a file. */
const FINEST_HZ = 1_000_000;

/**
 * @throws PipelineError `clip-unreadable` | `codec-unsupported` | `clip-unwritable` | `disk-full` | `aborted`
 * @throws PipelineError `webgl2-missing` | `shader-failed` | `float-missing` | `frame-too-large` | `context-lost`
 * @throws RangeError for a range that is not in the clip.
 * @consumes job.sink
 */
export async function processClip(job: ClipJob, options: ProcessOptions): Promise<Clip> {
  const target = await openClipTarget(job.sink, job.isPositional);
  try {
    options.signal.throwIfAborted();
    const opened = await openInput(job.input);
    // Reading ends at once, wherever it is.
    const stop = (): void => {
      opened.dispose();
    };
    options.signal.addEventListener('abort', stop, { once: true });
    try {
      options.signal.throwIfAborted();
      return await processOpened(opened, target, job, options);
    } finally {
      options.signal.removeEventListener('abort', stop);
      opened.dispose();
    }
  } catch (error) {
    const fault = options.signal.aborted ? cancelled() : (target.fault() ?? error);
    await target.abort(fault);
    throw fault;
  }
}

async function processOpened(
  opened: OpenInput,
  target: ClipTarget,
  job: ClipJob,
  options: ProcessOptions,
): Promise<Clip> {
  const filter = options.openFilter(job.graph);
  try {
    const plan = await makePlan(opened, target, job, filter);
    return await new ClipRun(opened, target, job, plan, filter, options).run();
  } finally {
    filter.dispose();
  }
}

async function makePlan(
  opened: OpenInput,
  target: ClipTarget,
  { output, range }: ClipJob,
  filter: FrameFilter,
): Promise<Plan> {
  const { container = 'mp4', codec, bitrate, audio = 'keep' } = output;
  const { durationS } = opened.info;
  const { startS = 0, endS = Infinity } = range;
  if (startS >= durationS)
    throw new RangeError(`options.range.startS must be < ${durationS} s, the clip's length, got ${startS}`);
  const size = outputSize(filter.outputSize(opened.info), output);
  const format = formatOf(container, target.isAppendOnly);
  return {
    startS,
    endS: endS >= durationS ? Infinity : endS,
    container,
    codec: await chooseVideoCodec({ container, codec, bitrate, ...size }),
    ...size,
    audio: await planAudio(audio === 'none' ? [] : opened.audios, container, format),
    format,
  };
}

/** Where bytes only come in order, each piece of the file says of itself what the whole says elsewhere. */
function formatOf(container: ClipContainer, isAppendOnly: boolean): OutputFormat {
  if (container === 'webm') return new WebMOutputFormat({ appendOnly: isAppendOnly });
  return new Mp4OutputFormat(isAppendOnly ? { fastStart: 'fragmented' } : {});
}

/** One side given, the other follows. Encoders want even ones where they are drawn anew. */
function outputSize(own: Size, { size }: ClipOutputOptions): Size {
  if (size?.width === undefined && size?.height === undefined) return own;
  const even = (side: number): number => Math.max(2, 2 * Math.round(side / 2));
  return {
    width: even(size.width ?? ((size.height ?? 0) * own.width) / own.height),
    height: even(size.height ?? ((size.width ?? 0) * own.height) / own.width),
  };
}

/** The work itself: picture and sound, side by side, into one file. */
class ClipRun {
  readonly #opened: OpenInput;
  readonly #target: ClipTarget;
  readonly #job: ClipJob;
  readonly #plan: Plan;
  readonly #filter: FrameFilter;
  readonly #options: ProcessOptions;
  readonly #output: Output;
  readonly #picture: VideoSampleSource;
  readonly #clock: PictureClock;
  readonly #meter: ProgressMeter;
  /** Ends one half of the work when the other fails. */
  readonly #halt = new AbortController();
  #frames = 0;
  #endS = 0;
  #size: Size | null = null;
  readonly #skippedAtS: number[] = [];
  #skippedFrames = 0;

  constructor(
    opened: OpenInput,
    target: ClipTarget,
    job: ClipJob,
    plan: Plan,
    filter: FrameFilter,
    options: ProcessOptions,
  ) {
    this.#opened = opened;
    this.#target = target;
    this.#job = job;
    this.#plan = plan;
    this.#filter = filter;
    this.#options = options;
    this.#output = new Output({ format: plan.format, target: target.target });
    this.#picture = this.#pictureSource();
    this.#clock = new PictureClock(plan.startS);
    const endS = Math.min(plan.endS, opened.info.durationS);
    this.#meter = new ProgressMeter(plan.startS, endS, options.onProgress);
  }

  async run(): Promise<Clip> {
    const output = this.#output;
    const options = this.#options;
    try {
      output.addVideoTrack(this.#picture, await this.#pictureMetadata());
      const sounds: Awaited<ReturnType<typeof addAudio>>[] = [];
      for (const one of this.#plan.audio) sounds.push(await addAudio(one, output));
      output.setMetadataTags(await this.#opened.input.getMetadataTags());
      await output.start();
      const { startS, endS } = this.#plan;
      const run = {
        startS,
        endS,
        waitFor: (timestampS: number) => this.#clock.waitFor(timestampS),
        signal: this.#halt.signal,
      };
      options.signal.addEventListener(
        'abort',
        () => {
          this.#halt.abort();
        },
        { once: true, signal: this.#halt.signal },
      );
      options.signal.throwIfAborted();
      await this.#together([
        this.#movePicture(),
        ...sounds.map((move, i) =>
          move({ ...run, endS: Math.min(endS, this.#opened.audioEndsS[i] ?? Infinity) }),
        ),
      ]);
      options.signal.throwIfAborted();
      if (this.#frames === 0) throw unreadable('No frame of this clip could be read.');
      if (this.#opened.isCutOff && endS === Infinity) this.#meetEnd();
      await output.finalize();
      options.signal.throwIfAborted();
      return await this.#finish(await output.getMimeType());
    } catch (error) {
      await output.cancel().catch(() => undefined);
      throw error;
    }
  }

  /** The file ends early, and what was there is done. @throws PipelineError where that is not to be skipped. */
  #meetEnd(): void {
    const atS = this.#plan.startS + this.#endS;
    if (this.#job.onError === 'stop') throw asUnreadable(new Error('the file is cut off'), atS);
    if (this.#skippedAtS.length === 0) this.#skippedAtS.push(atS);
  }

  /** All of them, or the first fault of one when the others have ended. */
  async #together(works: readonly Promise<void>[]): Promise<void> {
    const faults: unknown[] = [];
    await Promise.all(
      works.map((work) =>
        work.catch((error: unknown) => {
          faults.push(error);
          this.#halt.abort();
          this.#clock.advance(Infinity);
        }),
      ),
    );
    if (faults.length > 0) throw faults[0];
  }

  async #movePicture(): Promise<void> {
    const { startS, width, height } = this.#plan;
    const endS = Math.min(this.#plan.endS, this.#opened.endS);
    const { ledger } = this.#options;
    const frameRate = this.#job.output.frameRate ?? 'keep';
    const timesOf = (timestampS: number, untilS: number) =>
      outputTimes({ timestampS, untilS }, { startS, endS }, frameRate);
    const frames = filterFrames({
      filter: this.#filter,
      ledger,
      startS,
      endS,
      frameMs: 1000 / this.#opened.info.fps,
      decode: (fromS, toS) =>
        decodeClip(this.#opened.video, fromS, toS, {
          ledger,
          onError: this.#job.onError,
          frameS: 1 / this.#opened.info.fps,
          onSkipped: (lost, atS) => {
            this.#skippedFrames += lost;
            this.#skippedAtS.push(atS);
          },
        }),
      isWanted: (timestampS, untilS) => timesOf(timestampS, untilS).length > 0,
    });
    const { size } = this.#job.output;
    const fit = size === undefined ? null : new FrameFit({ width, height });
    for await (const { frame, ...shown } of frames) {
      const one = { frame: fit?.fit(frame) ?? frame, ...shown };
      // Closed, whatever comes.
      const owned = ledger.open('frames');
      try {
        if (this.#halt.signal.aborted) return;
        await this.#write(one, timesOf(one.timestampS, one.untilS));
      } finally {
        one.frame.close();
        owned.release();
      }
      this.#clock.advance(one.untilS);
    }
    this.#picture.close();
    this.#clock.advance(Infinity);
  }

  /** @borrows one */
  async #write({ frame, untilS }: FilteredFrame, times: readonly OutputTime[]): Promise<void> {
    for (const { timestampS, durationS } of times) {
      // A sample closes its frame.
      const sample = new VideoSample(frame.clone(), { timestamp: timestampS, duration: durationS });
      try {
        await this.#picture.add(sample);
      } finally {
        sample.close();
      }
      this.#frames++;
      this.#endS = timestampS + durationS;
    }
    const { visibleRect } = frame;
    if (visibleRect !== null) this.#size ??= { width: visibleRect.width, height: visibleRect.height };
    this.#meter.advance(untilS, times.length);
  }

  #pictureSource(): VideoSampleSource {
    const { output } = this.#job;
    const { codec } = this.#plan;
    return new VideoSampleSource({
      codec,
      quality: output.bitrate === undefined ? new Quality('high') : new Quality({ bitrate: output.bitrate }),
      keyFrameInterval: KEY_FRAME_S,
      latencyMode: 'quality',
    });
  }

  /** The clock of the input's own times, so that they are kept as they are. */
  async #pictureMetadata(): Promise<VideoTrackMetadata> {
    const { frameRate = 'keep' } = this.#job.output;
    if (this.#plan.container !== 'mp4') return {};
    const hz = frameRate === 'keep' ? await this.#opened.video.getTimeResolution() : frameRate;
    return Number.isFinite(hz) && hz >= 1 && hz <= FINEST_HZ ? { frameRate: hz } : {};
  }

  async #finish(mimeType: string): Promise<Clip> {
    const { container, codec, audio } = this.#plan;
    const blob = await this.#target.commit(mimeType);
    this.#meter.finish();
    const size = this.#size ?? this.#plan;
    return {
      blob,
      mimeType,
      container,
      videoCodec: codec,
      audio: audioOf(audio),
      width: size.width,
      height: size.height,
      frames: this.#frames,
      durationS: this.#endS,
      sizeBytes: blob?.size ?? this.#target.sizeBytes(),
      skippedFrames: this.#skippedFrames,
      skippedAtS: this.#skippedAtS,
      notes: [...this.#pictureNotes(), ...audioNotes(audio, container)],
    };
  }

  #pictureNotes(): readonly string[] {
    const { otherVideos } = this.#opened;
    if (otherVideos === 0) return [];
    return [`This file has ${otherVideos + 1} pictures; the main one was used.`];
  }
}
