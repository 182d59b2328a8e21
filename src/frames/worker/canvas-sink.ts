/** Pictures → a canvas of the page. */
import type { Pixels } from '../../core/pixels.ts';
import type { FrameImage } from '../frame-lease.ts';
import { CanvasPainter } from './canvas-painter.ts';
import type { FrameSink, Rehearsal, ShownAs } from './frame-sink.ts';

export class CanvasSink implements FrameSink {
  readonly kind = 'canvas';
  readonly #canvas: OffscreenCanvas;
  #painter: CanvasPainter | null = null;
  /** A canvas that nobody sees. */
  #rehearsals: CanvasPainter | null = null;

  /** @param canvas of the page, never drawn on so far. */
  constructor(canvas: OffscreenCanvas) {
    this.#canvas = canvas;
  }

  showPixels(pixels: Pixels, as: ShownAs): Promise<void> {
    this.#stage().paintPixels(pixels, as);
    return Promise.resolve();
  }

  showCanvas(canvas: OffscreenCanvas, as: ShownAs): Promise<void> {
    this.#stage().paintCanvas(canvas, as);
    return Promise.resolve();
  }

  showBlack(as: ShownAs): Promise<void> {
    this.#stage().paintBlack(as);
    return Promise.resolve();
  }

  showFrame(frame: FrameImage, as: ShownAs): Promise<void> {
    this.#stage().paintFrame(frame, as);
    return Promise.resolve();
  }

  rehearse(picture: Pixels | OffscreenCanvas, as: ShownAs): Promise<Rehearsal> {
    const painter = (this.#rehearsals ??= new CanvasPainter(new OffscreenCanvas(as.width, as.height)));
    if ('layout' in picture) painter.paintPixels(picture, as);
    else painter.paintCanvas(picture, as);
    return Promise.resolve({
      read: () => Promise.resolve(readCanvas(painter.canvas, as)),
      close: () => {
        // What the browser does with a canvas that is seen.
        painter.canvas.transferToImageBitmap().close();
      },
    });
  }

  close(): Promise<void> {
    this.#painter = null;
    this.#rehearsals = null;
    return Promise.resolve();
  }

  #stage(): CanvasPainter {
    this.#rehearsals = null;
    return (this.#painter ??= new CanvasPainter(this.#canvas));
  }
}

/** By way of another canvas: one that is read itself may be moved out of the GPU's memory for good. */
function readCanvas(canvas: OffscreenCanvas, { width, height }: ShownAs): ArrayLike<number> {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context?.drawImage(canvas, 0, 0);
  return context?.getImageData(0, 0, width, height).data ?? [];
}
