/** Where a pipeline shows its frames: elements of the page, a track, their far ends handed to the worker. */
import { PipelineError } from '../core/errors.ts';
import type { OutputKind } from '../frames/worker/frame-sink.ts';
import type { LiveOutput } from '../../workers/live/live.client.ts';
import { OutputTrack } from './output-track.ts';
import { openTrackOutput, type TrackOutput, type TrackOutputOptions } from './track-output.ts';

export type OutputElement = HTMLCanvasElement | HTMLVideoElement;

/** Both: what is shown cheapest is found out by measuring, and the other one stays unused. */
export type OutputElements = Readonly<{ canvas: HTMLCanvasElement; video: HTMLVideoElement }>;

export type OutputOptions = Omit<TrackOutputOptions, 'mayCapture'> &
  Readonly<{ elements: OutputElement | OutputElements | undefined }>;

/** @throws TypeError when it is neither an element nor two. */
export function checkOutput(output: unknown): void {
  if (output === undefined || output instanceof HTMLCanvasElement || output instanceof HTMLVideoElement)
    return;
  const { canvas, video } = (output as Readonly<Record<string, unknown>> | null) ?? {};
  if (!(canvas instanceof HTMLCanvasElement && video instanceof HTMLVideoElement))
    throw new TypeError('options.output must be a <canvas>, a <video>, or { canvas, video } of both');
}

/**
 * Makes the track, where one is needed; the elements are left as they are until a worker is connected.
 * @throws PipelineError `output-unsupported` for all but a canvas where the browser can't make one.
 */
export async function openOutput(options: OutputOptions): Promise<PipelineOutput> {
  const { elements } = options;
  const canvas = elements instanceof HTMLCanvasElement ? elements : elements instanceof HTMLVideoElement ? undefined : elements?.canvas; // prettier-ignore
  const video = elements instanceof HTMLVideoElement ? elements : elements instanceof HTMLCanvasElement ? undefined : elements?.video; // prettier-ignore
  const isTracked = canvas === undefined || video !== undefined;
  // Where the picture can go to a canvas at once, it does not go to a video by way of another one.
  const tracked = isTracked ? await openTrackOutput({ ...options, mayCapture: canvas === undefined }) : null;
  return new PipelineOutput(options, tracked, canvas ?? null, video ?? null);
}

export class PipelineOutput {
  readonly #options: OutputOptions;
  readonly #tracked: TrackOutput | null;
  readonly #canvas: HTMLCanvasElement | null;
  readonly #video: HTMLVideoElement | null;
  #isShown = false;
  /** What the canvas shows, as soon as somebody asked for it. */
  #captured: OutputTrack | null = null;

  constructor(
    options: OutputOptions,
    tracked: TrackOutput | null,
    canvas: HTMLCanvasElement | null,
    video: HTMLVideoElement | null,
  ) {
    this.#options = options;
    this.#tracked = tracked;
    this.#canvas = canvas;
    this.#video = video;
  }

  /** The far ends, for one worker: a canvas goes to the first, and with it. @throws PipelineError `output-in-use` */
  connect(): LiveOutput {
    const isFirst = !this.#isShown;
    this.#isShown = true;
    if (isFirst && this.#video !== null && this.#tracked !== null)
      show(this.#tracked.track.media, this.#video);
    return {
      ...(isFirst && this.#canvas !== null ? { canvas: handOver(this.#canvas) } : {}),
      ...(this.#tracked === null ? {} : { outlet: this.#tracked.connect() }),
    };
  }

  /** Whether another worker can go on: not with a canvas that somebody looks at by its track. */
  get isLasting(): boolean {
    return this.#tracked !== null && this.#captured === null;
  }

  /** Whether there are two ways, of which frames tell which one they go. */
  get isOpen(): boolean {
    return this.#tracked !== null && this.#canvas !== null;
  }

  /** Whether whoever had the track stopped it. */
  get isStopped(): boolean {
    return (this.#captured ?? this.#tracked?.track)?.isStopped ?? false;
  }

  /** What an element shows; by default the one that is there. @throws PipelineError `output-unsupported` */
  track(kind: OutputKind = this.#tracked === null ? 'canvas' : 'video'): MediaStreamTrack {
    if (kind === 'video' && this.#tracked !== null) return this.#tracked.track.media;
    this.#captured ??= this.#capture();
    return this.#captured.media;
  }

  /** A stream of its own, for a recorder. */
  stream(kind: OutputKind): MediaStream | null {
    if (kind === 'canvas') return this.#canvas?.captureStream() ?? null;
    return this.#tracked === null ? null : new MediaStream([this.#tracked.track.media.clone()]);
  }

  /** While no worker is there. */
  blacken(): void {
    this.#tracked?.blacken();
  }

  /** While no worker is there. @consumes frames */
  passThrough(frames: ReadableStream<VideoFrame>): void {
    this.#tracked?.passThrough(frames);
  }

  /** Lets the elements go; what was shown keeps its last picture. Idempotent. */
  async close(): Promise<void> {
    this.#video?.pause();
    this.#captured?.stop();
    await this.#tracked?.close();
  }

  #capture(): OutputTrack {
    // Missing in older browsers, whatever the types say.
    const capture = (this.#canvas as Partial<HTMLCanvasElement> | null)?.captureStream;
    const [track] = this.#canvas === null ? [] : (capture?.call(this.#canvas).getVideoTracks() ?? []);
    if (track === undefined)
      throw new PipelineError(
        'output-unsupported',
        'This browser can not make a track of what a <canvas> shows.',
      );
    return new OutputTrack(track, this.#options.contentHint, this.#options.facts);
  }
}

function handOver(canvas: HTMLCanvasElement): OffscreenCanvas {
  try {
    return canvas.transferControlToOffscreen();
  } catch (cause) {
    throw new PipelineError(
      'output-in-use',
      'The canvas is in use already: give each pipeline a fresh one.',
      {
        cause,
      },
    );
  }
}

function show(track: MediaStreamTrack, video: HTMLVideoElement): void {
  video.muted = true;
  video.playsInline = true;
  video.autoplay = true;
  video.srcObject = new MediaStream([track]);
  // Rejected when the element is taken out of the page meanwhile; it plays when it is back.
  video.play().catch(() => undefined);
}
