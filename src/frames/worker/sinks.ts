/** The ways out that a page offers: the far ends of its elements. */
import { CanvasSink } from './canvas-sink.ts';
import type { FrameSink, OutputKind } from './frame-sink.ts';
import { TrackSink } from './track-sink.ts';

/** One of them, or both: then the cheaper one is used. */
export type SinkEnds = Readonly<{ canvas?: OffscreenCanvas; writable?: WritableStream<VideoFrame> }>;

/** Owns its sinks. */
export class Sinks {
  #canvas: FrameSink | undefined;
  #video: FrameSink | undefined;

  constructor({ canvas, video }: Readonly<Partial<Record<OutputKind, FrameSink>>>) {
    this.#canvas = canvas;
    this.#video = video;
  }

  get canvas(): FrameSink | undefined {
    return this.#canvas;
  }

  get video(): FrameSink | undefined {
    return this.#video;
  }

  /** Closes the other one for good. */
  async keepOnly(kind: OutputKind): Promise<void> {
    const other = kind === 'canvas' ? this.#video : this.#canvas;
    if (kind === 'canvas') this.#video = undefined;
    else this.#canvas = undefined;
    await other?.close();
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all([this.#canvas?.close(), this.#video?.close()]);
  }
}

/** @consumes ends */
export function openSinks({ canvas, writable }: SinkEnds): Sinks {
  return new Sinks({
    ...(canvas === undefined ? {} : { canvas: new CanvasSink(canvas) }),
    ...(writable === undefined ? {} : { video: new TrackSink(writable) }),
  });
}
