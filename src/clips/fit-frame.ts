/**
 * Frames in another size than they have, in their own colour coding: encoders do not follow a change of that. Clips may change
 * their size on the way (recordings of calls do); a file keeps one, so that later frames are drawn into the first one's, whole
 * and centred, on black.
 */
import { at } from '../core/assert.ts';
import { chromaExpansion, frameColorOf, lumaExpansion, lumaWeights } from '../core/frame-color.ts';
import { fullSizeOf, sameSize, type Size } from '../core/frame-size.ts';

type Shown = Size & Readonly<{ displayWidth: number; displayHeight: number }>;

export class FrameFit {
  #first: Shown | null;
  readonly #isFilled: boolean;

  /** @param size that all frames are stretched to. Default that of the first one, which later ones are fitted into. */
  constructor(size: Size | null = null) {
    this.#first = size === null ? null : { ...size, displayWidth: size.width, displayHeight: size.height };
    this.#isFilled = size !== null;
  }

  /**
   * @consumes frame
   * @returnsOwned the frame itself where it has the size.
   */
  fit(frame: VideoFrame): VideoFrame {
    const size = fullSizeOf(frame);
    const first = (this.#first ??= {
      ...size,
      displayWidth: frame.displayWidth,
      displayHeight: frame.displayHeight,
    });
    const isSame = sameSize(first, size) && (!this.#isFilled || sameSize(first, { width: frame.displayWidth, height: frame.displayHeight })); // prettier-ignore
    if (isSame) return frame;
    try {
      return codedAs(this.#isFilled ? stretchedTo(frame, first) : fittedInto(frame, first), frame, first);
    } finally {
      frame.close();
    }
  }
}

/** RGBA, rows from the top. @borrows frame */
function stretchedTo(frame: VideoFrame, { width, height }: Size): Uint8ClampedArray {
  return drawn(frame, { width, height }, [0, 0, width, height]);
}

/** The same with its own shape. @borrows frame */
function fittedInto(
  frame: VideoFrame,
  { width, height, displayWidth, displayHeight }: Shown,
): Uint8ClampedArray {
  const scale = Math.min(displayWidth / frame.displayWidth, displayHeight / frame.displayHeight);
  const w = (width * scale * frame.displayWidth) / displayWidth;
  const h = (height * scale * frame.displayHeight) / displayHeight;
  return drawn(frame, { width, height }, [(width - w) / 2, (height - h) / 2, w, h]);
}

type Box = readonly [x: number, y: number, width: number, height: number];

function drawn(frame: VideoFrame, { width, height }: Size, box: Box): Uint8ClampedArray {
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true }); // prettier-ignore
  if (context === null) throw new Error('convolux invariant broken: no 2D context for a canvas of its own');
  context.imageSmoothingQuality = 'high';
  context.fillRect(0, 0, width, height);
  context.drawImage(frame, ...box);
  return context.getImageData(0, 0, width, height).data;
}

/** R'G'B' → Y'CbCr 4:2:0, as ITU-R BT.601-7 §2.5 and BT.709-6 §3 have it; chroma is the mean of four pixels. @borrows like */
function codedAs(
  rgba: Uint8ClampedArray,
  like: VideoFrame,
  { width, height, displayWidth, displayHeight }: Shown,
) {
  const color = frameColorOf(like.colorSpace);
  const [luma, chroma] = [lumaExpansion(color), chromaExpansion(color)];
  const [red, green, blue] = lumaWeights(color);
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const data = new Uint8ClampedArray(width * height + 2 * columns * rows);
  // Sums of a row of chroma: red, green and blue of its pixels, and how many.
  const sums = new Float64Array(4 * columns);
  for (let y = 0; y < height; y++) {
    if (y % 2 === 0) sums.fill(0);
    for (let x = 0; x < width; x++) {
      const from = 4 * (y * width + x);
      const [r, g, b] = [at(rgba, from), at(rgba, from + 1), at(rgba, from + 2)];
      data[y * width + x] = ((red * r + green * g + blue * b) / 255 - luma.offset) * (255 / luma.scale);
      const cell = 4 * (x >> 1);
      sums[cell] = at(sums, cell) + r;
      sums[cell + 1] = at(sums, cell + 1) + g;
      sums[cell + 2] = at(sums, cell + 2) + b;
      sums[cell + 3] = at(sums, cell + 3) + 255;
    }
    if (y % 2 === 0 && y !== height - 1) continue;
    for (let x = 0; x < columns; x++) {
      const count = at(sums, 4 * x + 3);
      const [r, g, b] = [at(sums, 4 * x) / count, at(sums, 4 * x + 1) / count, at(sums, 4 * x + 2) / count];
      const value = red * r + green * g + blue * b;
      const cell = width * height + (y >> 1) * columns + x;
      data[cell] = ((b - value) / (2 * (1 - blue)) - chroma.offset) * (255 / chroma.scale);
      data[cell + columns * rows] = ((r - value) / (2 * (1 - red)) - chroma.offset) * (255 / chroma.scale);
    }
  }
  return new VideoFrame(data, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    displayWidth,
    displayHeight,
    timestamp: like.timestamp,
    // Chromium's tags come back as they went in.
    colorSpace: like.colorSpace.toJSON(),
  });
}
