/**
 * A recording that the browser's own MediaRecorder makes of the output's stream, for browsers whose workers have no
 * encoder. Its frames have the times when they were shown, and its files may not seek: hence only then.
 */
import { first } from 'rxjs';
import type { Clip, ClipContainer, ClipSink, ClipVideoCodec } from '../clips/clip-types.ts';
import { PipelineError } from '../core/errors.ts';
import { isPositional } from './clip-sink.ts';
import type { Pipeline, PipelineStats } from './pipeline-types.ts';
import { endsOf } from './pipeline-ends.ts';
import type { RecordingDriver, RecordingDriverOptions } from './recording-driver.ts';

/** As MediaRecorder knows them; the one that plays in most places first. */
const VIDEO: Readonly<Record<ClipVideoCodec, string>> = {
  avc: 'avc1',
  vp9: 'vp9',
  av1: 'av1',
  vp8: 'vp8',
  hevc: 'hvc1',
};
const AUDIO: Readonly<Record<ClipContainer, readonly string[]>> = {
  mp4: ['mp4a.40.2', 'opus'],
  webm: ['opus'],
};
const TICK_MS = 250;
const NOTE =
  'Made by the browser’s own recorder, so it may not seek well and tells when frames were shown, not captured.';

type Kind = Readonly<{ mimeType: string; videoCodec: ClipVideoCodec; audioCodec: string | null }>;

export function recordWithBrowser(pipeline: Pipeline, options: RecordingDriverOptions): RecordingDriver {
  const recording = new BrowserRecording(pipeline, options);
  return {
    command: (command) => {
      recording.command(command);
    },
    ended: recording.ended,
  };
}

class BrowserRecording {
  readonly ended: Promise<Clip>;
  readonly #pipeline: Pipeline;
  readonly #options: RecordingDriverOptions;
  #recorder: MediaRecorder | null = null;
  #stats: PipelineStats | null = null;
  #isPaused = false;
  #stop: () => void = () => undefined;
  /** Of what is recorded, until `#sinceMs`. */
  #recordedMs = 0;
  #sinceMs: number | null = null;
  #frames = { recorded: 0, dropped: 0 };
  #bytes = 0;

  constructor(pipeline: Pipeline, options: RecordingDriverOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve;
    });
    this.ended = this.#run(stopped);
  }

  command(command: 'pause' | 'resume' | 'stop'): void {
    if (command === 'stop') {
      this.#stop();
      return;
    }
    this.#isPaused = command === 'pause';
    if (this.#recorder !== null) this.#recorder[command]();
    this.#count(null);
  }

  async #run(stopped: Promise<void>): Promise<Clip> {
    const kind = this.#choose();
    const place = await openPlace(this.#options.sink);
    const following = this.#pipeline.stats$.subscribe({
      next: (stats) => {
        this.#count(stats);
      },
      complete: this.#stop,
    });
    let stream: MediaStream | null = null;
    try {
      await Promise.race([this.#firstFrame(), stopped]);
      const output = this.#stats?.output ?? '';
      stream = output === '' ? null : endsOf(this.#pipeline).stream(output);
      if (stream === null)
        throw new PipelineError('aborted', 'Nothing was recorded: no frame was shown meanwhile.');
      await this.#record(stream, kind, place, stopped);
      const blob = await place.commit(kind.mimeType);
      return this.#clip(kind, blob);
    } catch (error) {
      await place.abort(error);
      throw error;
    } finally {
      following.unsubscribe();
      for (const track of stream?.getTracks() ?? []) track.stop();
    }
  }

  async #firstFrame(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#pipeline.stats$.pipe(first(({ shown }) => shown > 0, null)).subscribe(() => {
        resolve();
      });
    });
  }

  async #record(
    stream: MediaStream,
    { mimeType }: Kind,
    place: Place,
    stopped: Promise<void>,
  ): Promise<void> {
    const { sound, bitrate, onBegun } = this.#options;
    const tracks = [...stream.getVideoTracks(), ...(sound === null ? [] : [sound])];
    const recorder = new MediaRecorder(new MediaStream(tracks), {
      mimeType,
      ...(bitrate === undefined ? {} : { videoBitsPerSecond: bitrate }),
    });
    let writing: Promise<void> = Promise.resolve();
    const over = new Promise<void>((resolve, reject) => {
      recorder.addEventListener('dataavailable', ({ data }) => {
        this.#bytes += data.size;
        writing = writing.then(() => place.write(data));
        writing.catch(reject);
      });
      recorder.addEventListener('stop', () => {
        resolve();
      });
      recorder.addEventListener('error', (event) => {
        reject(new PipelineError('clip-unwritable', 'The browser’s own recorder stopped.', { cause: event }));
      });
    });
    this.#recorder = recorder;
    recorder.start(TICK_MS);
    if (this.#isPaused) recorder.pause();
    onBegun();
    this.#count(null);
    await Promise.race([stopped, over]);
    if (recorder.state !== 'inactive') recorder.stop();
    await over;
    await writing;
    this.#count(null);
  }

  /** Time and frames so far; `stats` are newer ones of the pipeline. */
  #count(stats: PipelineStats | null): void {
    const nowMs = performance.now();
    if (this.#sinceMs !== null) this.#recordedMs += nowMs - this.#sinceMs;
    if (stats !== null && this.#stats !== null && this.#sinceMs !== null) {
      this.#frames.recorded += stats.shown - this.#stats.shown;
      this.#frames.dropped += stats.dropped - this.#stats.dropped;
    }
    this.#stats = stats ?? this.#stats;
    this.#sinceMs = this.#recorder?.state === 'recording' ? nowMs : null;
    const { recorded: frames, dropped } = this.#frames;
    this.#options.onStats({
      durationS: this.#recordedMs / 1000,
      frames,
      dropped,
      sizeBytes: this.#bytes,
      queued: 0,
    });
  }

  #clip({ mimeType, videoCodec, audioCodec }: Kind, blob: Blob | null): Clip {
    const { fullWidth: width = 0, fullHeight: height = 0 } = this.#stats ?? {};
    return {
      blob,
      mimeType: this.#recorder?.mimeType ?? mimeType,
      container: this.#options.container,
      videoCodec,
      audio: audioCodec === null ? [] : [{ codec: audioCodec, how: 'recorded' }],
      width,
      height,
      frames: this.#frames.recorded,
      durationS: this.#recordedMs / 1000,
      sizeBytes: this.#bytes,
      skippedFrames: 0,
      skippedAtS: [],
      notes: [NOTE],
    };
  }

  /** @throws PipelineError `codec-unsupported` */
  #choose(): Kind {
    const { container, codec, sound } = this.#options;
    const all = (Object.keys(VIDEO) as ClipVideoCodec[]).flatMap((one) =>
      kindsOf(container, one, sound !== null),
    );
    const possible = all.filter(({ mimeType }) => isRecordable(mimeType));
    const found = possible.find(({ videoCodec }) => codec === undefined || videoCodec === codec);
    if (found !== undefined) return found;
    const names = [...new Set(possible.map(({ videoCodec }) => videoCodec))].join(', ') || 'none';
    throw new PipelineError(
      'codec-unsupported',
      `This browser can not record ${codec ?? 'a picture'} into ${container === 'mp4' ? 'MP4' : 'WebM'}. Possible here: ${names}.`,
      { context: { container } },
    );
  }
}

function kindsOf(container: ClipContainer, videoCodec: ClipVideoCodec, hasSound: boolean): readonly Kind[] {
  const type = `video/${container};codecs=`;
  if (!hasSound) return [{ mimeType: type + VIDEO[videoCodec], videoCodec, audioCodec: null }];
  return AUDIO[container].map((audio) => ({
    mimeType: `${type}${VIDEO[videoCodec]},${audio}`,
    videoCodec,
    audioCodec: audio === 'opus' ? audio : 'aac',
  }));
}

const isRecordable = (mimeType: string): boolean =>
  typeof MediaRecorder === 'function' && MediaRecorder.isTypeSupported(mimeType);

type Place = Readonly<{
  write: (part: Blob) => Promise<void>;
  commit: (mimeType: string) => Promise<Blob | null>;
  abort: (reason: unknown) => Promise<void>;
}>;

/** Where the parts go, in their order. @throws PipelineError `clip-unwritable` */
async function openPlace(sink: ClipSink | null): Promise<Place> {
  if (sink === null) {
    const parts: Blob[] = [];
    return {
      write: (part) => {
        parts.push(part);
        return Promise.resolve();
      },
      commit: (type) => Promise.resolve(new Blob(parts, { type })),
      abort: () => Promise.resolve(),
    };
  }
  try {
    return streamPlace(sink instanceof WritableStream ? sink : await sink.createWritable(), sink);
  } catch (error) {
    throw asUnwritable(error);
  }
}

function streamPlace(stream: WritableStream<unknown>, sink: ClipSink): Place {
  const writer = stream.getWriter();
  writer.closed.catch(() => undefined);
  const atPositions = isPositional(sink) || !(sink instanceof WritableStream);
  let position = 0;
  return {
    write: async (part) => {
      const data = new Uint8Array(await part.arrayBuffer());
      try {
        await writer.write(atPositions ? { type: 'write', position, data } : data);
      } catch (error) {
        throw asUnwritable(error);
      }
      position += data.byteLength;
    },
    commit: async () => {
      await writer.close();
      return null;
    },
    abort: async (reason) => {
      await writer.abort(reason).catch(() => undefined);
    },
  };
}

function asUnwritable(error: unknown): PipelineError {
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  return isFull
    ? new PipelineError('disk-full', 'There is no room left for the recording.', {
        recoverable: true,
        cause: error,
      })
    : PipelineError.from(error, 'clip-unwritable', { recoverable: true });
}
