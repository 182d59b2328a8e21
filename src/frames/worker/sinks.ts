/** The ways out that a page offers: the far ends of its elements. */
import { CanvasSink } from './canvas-sink.ts';
import type { FrameImage } from '../frame-lease.ts';
import type { FrameSink, OutputKind, ShownAs } from './frame-sink.ts';
import { TappedSink, type FrameTap } from './tapped-sink.ts';
import { TrackSink } from './track-sink.ts';

/** One of them, or both: then the cheaper one is used. */
export type SinkEnds = Readonly<{ canvas?: OffscreenCanvas; outlet?: MessagePort }>;

/** Owns its sinks. */
export class Sinks {
  #canvas: TappedSink | undefined;
  #video: TappedSink | undefined;

  constructor({ canvas, video }: Readonly<Partial<Record<OutputKind, FrameSink>>>) {
    this.#canvas = canvas && new TappedSink(canvas);
    this.#video = video && new TappedSink(video);
  }

  /** Gives what is shown from now on to `tap` too, whichever way it goes out; null ends that. */
  set tap(tap: FrameTap | null) {
    for (const sink of this.#all) sink.tap = tap;
  }

  get canvas(): FrameSink | undefined {
    return this.#canvas;
  }

  get video(): FrameSink | undefined {
    return this.#video;
  }

  /**
   * Black on all of them, in the size of the last picture.
   * @param as also the size, where none was shown yet.
   */
  async showBlack(as: ShownAs): Promise<void> {
    const { timestampUs } = as;
    await Promise.all(this.#all.map((sink) => sink.showBlack({ ...(sink.last ?? as), timestampUs })));
  }

  /** @borrows frame */
  async showFrame(frame: FrameImage, as: ShownAs): Promise<void> {
    await Promise.all(this.#all.map((sink) => sink.showFrame(frame, as)));
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
    await Promise.all(this.#all.map((sink) => sink.close()));
  }

  get #all(): readonly TappedSink[] {
    return [this.#canvas, this.#video].filter((sink) => sink !== undefined);
  }
}

/** @consumes ends */
export function openSinks({ canvas, outlet }: SinkEnds): Sinks {
  return new Sinks({
    ...(canvas === undefined ? {} : { canvas: new CanvasSink(canvas) }),
    ...(outlet === undefined ? {} : { video: new TrackSink(outlet) }),
  });
}
