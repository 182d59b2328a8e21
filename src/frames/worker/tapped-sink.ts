/** A way out at which somebody else may take part: each picture that is shown is given to the tap too. */
import type { Pixels } from '../../core/pixels.ts';
import { blackFrame } from '../black-frame.ts';
import type { FrameImage } from '../frame-lease.ts';
import type { FrameSink, OutputKind, Rehearsal, ShownAs } from './frame-sink.ts';
import { PixelFrames } from './pixel-frames.ts';
import { frameOfCanvas, frameOfImage } from './track-sink.ts';

/**
 * Takes a picture, with the time of its capture and its full size as the one to be displayed in. The frame counts as shown
 * when this resolves: whoever can't keep up holds it for so long.
 * @consumes frame
 */
export type FrameTap = (frame: VideoFrame) => Promise<void>;

/** Owns the sink. */
export class TappedSink implements FrameSink {
  /** null: nobody takes anything, and nothing is made for it. */
  tap: FrameTap | null = null;
  /** How the last picture was shown; null before any. */
  last: ShownAs | null = null;
  readonly #sink: FrameSink;
  readonly #frames = new PixelFrames();

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  get kind(): OutputKind {
    return this.#sink.kind;
  }

  // Not async: where nobody takes anything, nothing is allocated for it.
  showPixels(pixels: Pixels, as: ShownAs): Promise<void> {
    const { tap } = this;
    this.last = as;
    const taken = tap?.(this.#frames.frameOf(pixels, as));
    return both(this.#sink.showPixels(pixels, as), taken);
  }

  showCanvas(canvas: OffscreenCanvas, as: ShownAs): Promise<void> {
    const { tap } = this;
    this.last = as;
    const taken = tap?.(frameOfCanvas(canvas, as));
    return both(this.#sink.showCanvas(canvas, as), taken);
  }

  showBlack(as: ShownAs): Promise<void> {
    const { tap } = this;
    const taken = tap?.(blackFrame(as, as.timestampUs));
    return both(this.#sink.showBlack(as), taken);
  }

  showFrame(frame: FrameImage, as: ShownAs): Promise<void> {
    const { tap } = this;
    const taken = tap?.(frameOfImage(frame, as));
    return both(this.#sink.showFrame(frame, as), taken);
  }

  rehearse(picture: Pixels | OffscreenCanvas, as: ShownAs): Promise<Rehearsal> {
    return this.#sink.rehearse(picture, as);
  }

  close(): Promise<void> {
    return this.#sink.close();
  }
}

function both(shown: Promise<void>, taken: Promise<void> | undefined): Promise<void> {
  return taken === undefined ? shown : Promise.all([shown, taken]).then(() => undefined);
}
