/**
 * Pictures → a 2D canvas, in the canvas's full size whatever they were computed at. A 2D canvas takes pixels and other
 * canvases alike, so the way out can change while it is shown; ImageBitmapRenderingContext takes bitmaps alone, and
 * makes the element as small as they are.
 */
import { assert, assertNever } from '../../core/assert.ts';
import { PipelineError } from '../../core/errors.ts';
import type { InterleavedPixels, Pixels } from '../../core/pixels.ts';
import type { FrameImage } from '../frame-lease.ts';
import type { ShownAs } from './frame-sink.ts';

type Context = OffscreenCanvasRenderingContext2D;

const OPAQUE = 0xff000000;
/** A level in each of red, green and blue. */
const GREY_STEP = 0x010101;

export class CanvasPainter {
  readonly canvas: OffscreenCanvas;
  readonly #context: Context;
  #image = new ImageData(1, 1);
  /** The image's memory, a pixel a word. */
  #words = new Uint32Array(this.#image.data.buffer);
  /** Where smaller pictures are put before they are enlarged. */
  #small: Context | null = null;

  /** @throws PipelineError `output-unsupported` */
  constructor(canvas: OffscreenCanvas) {
    this.canvas = canvas;
    this.#context = contextOf(canvas);
  }

  /**
   * Grey or colours: a canvas has no planes.
   * @borrows pixels
   */
  paintPixels(pixels: Pixels, as: ShownAs): void {
    assert(pixels.layout !== 'i420', 'what is shown on a canvas is planned as colours');
    this.#expand(pixels);
    this.#put(pixels, as);
  }

  /** Takes what was drawn onto `canvas`, which is empty then. */
  paintCanvas(canvas: OffscreenCanvas, as: ShownAs): void {
    const bitmap = canvas.transferToImageBitmap();
    this.#resize(as);
    this.#context.drawImage(bitmap, 0, 0, as.width, as.height);
    bitmap.close();
  }

  paintBlack(as: ShownAs): void {
    this.#resize(as);
    this.#context.fillStyle = 'black';
    this.#context.fillRect(0, 0, as.width, as.height);
  }

  /** @borrows frame */
  paintFrame(frame: FrameImage, as: ShownAs): void {
    this.#resize(as);
    this.#context.drawImage(frame, 0, 0, as.width, as.height);
  }

  #put({ width, height }: InterleavedPixels, as: ShownAs): void {
    this.#resize(as);
    if (width === as.width && height === as.height) {
      this.#context.putImageData(this.#image, 0, 0);
      return;
    }
    this.#small ??= contextOf(new OffscreenCanvas(width, height));
    const { canvas } = this.#small;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    this.#small.putImageData(this.#image, 0, 0);
    this.#context.drawImage(canvas, 0, 0, as.width, as.height);
  }

  #resize({ width, height }: ShownAs): void {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  #reserve({ width, height }: InterleavedPixels): void {
    if (this.#image.width === width && this.#image.height === height) return;
    this.#image = new ImageData(width, height);
    this.#words = new Uint32Array(this.#image.data.buffer);
  }

  /** Grey and colour pixels as opaque ones. */
  #expand(pixels: InterleavedPixels): void {
    this.#reserve(pixels);
    const { layout, width, height, strideBytes, data } = pixels;
    const words = this.#words;
    switch (layout) {
      case 'grey':
        for (let y = 0, to = 0; y < height; y++)
          for (let from = y * strideBytes, end = from + width; from < end; from++)
            words[to++] = data[from]! * GREY_STEP + OPAQUE;
        return;
      case 'rgbx': {
        const source = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
        for (let y = 0, to = 0; y < height; y++)
          for (let from = (y * strideBytes) >> 2, end = from + width; from < end; from++)
            words[to++] = source[from]! | OPAQUE;
        return;
      }
      default:
        assertNever(layout);
    }
  }
}

function contextOf(canvas: OffscreenCanvas): Context {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null)
    throw new PipelineError('output-unsupported', 'This browser can not draw on a canvas from a worker.');
  return context;
}
