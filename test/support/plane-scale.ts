/**
 * Bilinear scaling of 8-bit planes, in Node: it fits a clip to the size that a test's camera shall have. Sample positions
 * are pixel centres, outside the plane the border repeats. Shrinking by more than 2 aliases, which footage for a test may.
 */
import { chromaSize, type I420Picture } from './picture.ts';

type Tap = Readonly<{ low: number; high: number; weight: number }>;

/** For each target sample: its two source samples and how much of the second. */
function taps(from: number, to: number): readonly Tap[] {
  return Array.from({ length: to }, (_, index) => {
    const position = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, from - 1), weight: position - low };
  });
}

/** Scales one plane of `width` × `height` bytes to `toWidth` × `toHeight`. */
export function scalePlane(
  plane: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Uint8Array {
  if (plane.length !== width * height)
    throw new RangeError(`plane must have ${width * height} bytes, got ${plane.length}`);
  if (width === toWidth && height === toHeight) return plane.slice();
  const columns = taps(width, toWidth);
  const out = new Uint8Array(toWidth * toHeight);
  taps(height, toHeight).forEach((row, y) => {
    columns.forEach((column, x) => {
      const at = (line: number, cell: number): number => plane[line * width + cell] ?? 0;
      const upper = at(row.low, column.low) * (1 - column.weight) + at(row.low, column.high) * column.weight;
      const lower =
        at(row.high, column.low) * (1 - column.weight) + at(row.high, column.high) * column.weight;
      out[y * toWidth + x] = Math.round(upper * (1 - row.weight) + lower * row.weight);
    });
  });
  return out;
}

/** Scales all three planes; the aspect ratio is not kept unless the target has it. */
export function scalePicture(picture: I420Picture, width: number, height: number): I420Picture {
  const chroma = (plane: Uint8Array): Uint8Array =>
    scalePlane(
      plane,
      chromaSize(picture.width),
      chromaSize(picture.height),
      chromaSize(width),
      chromaSize(height),
    );
  return {
    width,
    height,
    y: scalePlane(picture.y, picture.width, picture.height, width, height),
    u: chroma(picture.u),
    v: chroma(picture.v),
  };
}
