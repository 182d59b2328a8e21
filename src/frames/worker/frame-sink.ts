/** The port to the screen: one element of the page, to which a worker holds the far end. */
import type { Pixels } from '../../core/pixels.ts';
import type { FrameImage } from '../frame-lease.ts';

/** Which element shows the picture. */
export type OutputKind = 'canvas' | 'video';

/** What the element is given: pixels in memory, or what was drawn onto a canvas. */
export type OutputPath = 'pixels' | 'canvas';

/** How a picture is shown, at whatever size it was computed. */
export type ShownAs = Readonly<{ timestampUs: number; width: number; height: number }>;

/** A picture that went all the way but the last step. Whoever asked for it closes it. */
export type Rehearsal = Readonly<{
  /** What would have been seen, of a picture that is shown in its own size: RGBA, rows from the top. */
  read(): Promise<ArrayLike<number>>;
  close(): void;
}>;

export interface FrameSink {
  readonly kind: OutputKind;
  /**
   * Resolves when the picture is handed over. Planes are for a video; a canvas shows grey and colours.
   * @borrows pixels
   */
  showPixels(pixels: Pixels, as: ShownAs): Promise<void>;
  /** The same of what was drawn onto `canvas` in this task: that is taken before this returns. */
  showCanvas(canvas: OffscreenCanvas, as: ShownAs): Promise<void>;
  /** Black, where there is no picture. */
  showBlack(as: ShownAs): Promise<void>;
  /**
   * The frame as it came, unfiltered.
   * @borrows frame
   */
  showFrame(frame: FrameImage, as: ShownAs): Promise<void>;
  /**
   * All that showing takes, without showing: for measurements and checks.
   * @returnsOwned
   */
  rehearse(picture: Pixels | OffscreenCanvas, as: ShownAs): Promise<Rehearsal>;
  /** Lets the element go; it keeps its last picture. Idempotent. */
  close(): Promise<void>;
}
