/** Decoded frames as planes of bytes, pictures of them in RGB, and how far two of these are apart. */
import type { ColorMatrix } from '../../src/core/frame-color.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { rgbOf, type FramePlanes } from './frame-planes.ts';

const MATRICES: Readonly<Record<string, ColorMatrix>> = { bt709: 'bt709', 'bt2020-ncl': 'bt2020' };

/**
 * 8-bit 4:2:0 of what a decoder gave; finer codes are rounded.
 * @borrows frame
 */
export async function planesOf(frame: VideoFrame): Promise<FramePlanes> {
  const { visibleRect, colorSpace } = frame;
  const format: string | null = frame.format;
  if (visibleRect === null || format === null) throw new Error('an opaque frame');
  const { width, height } = visibleRect;
  const bytes = new Uint8Array(frame.allocationSize());
  const layout = await frame.copyTo(bytes);
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const color = {
    matrix: MATRICES[colorSpace.matrix ?? ''] ?? 'bt601',
    fullRange: colorSpace.fullRange ?? false,
  };
  const plane = (at: number, w: number, h: number, step = 1, first = 0): Uint8Array => {
    const { offset, stride } = layout[at]!;
    return Uint8Array.from({ length: w * h }, (_, i) => {
      const place = offset + Math.floor(i / w) * stride + step * (i % w) + first;
      return step === 2 && deep
        ? Math.min(255, Math.round((bytes[place]! + 256 * bytes[place + 1]!) / 4))
        : bytes[place]!;
    });
  };
  const deep = format === 'I420P10';
  const step = deep ? 2 : 1;
  const y = plane(0, width, height, step);
  switch (format) {
    case 'I420':
    case 'I420P10':
      return { width, height, y, u: plane(1, columns, rows, step), v: plane(2, columns, rows, step), color };
    case 'NV12':
      return { width, height, y, u: plane(1, columns, rows, 2), v: plane(1, columns, rows, 2, 1), color };
    default:
      throw new Error(`a frame of ${format}`);
  }
}

/** R'G'B' in 0..255, `[height, width, 3]`, turned clockwise as a file asks for it. */
export type Shown = Readonly<{ width: number; height: number; levels: Float32Array }>;

export const shownOf = (planes: FramePlanes, rotation = 0): Shown =>
  turned(inLevels(rgbOf(planes)), rotation);

/** Of a picture in 0..1 of one channel or three. */
export function inLevels({ shape: [height = 0, width = 0, channels = 1], data }: Tensor): Shown {
  const levels = Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const value = data[channels === 1 ? Math.floor(i / 3) : i]!;
    return 255 * Math.min(1, Math.max(0, value));
  });
  return { width, height, levels };
}

function turned(picture: Shown, rotation: number): Shown {
  let { width, height, levels } = picture;
  for (let quarter = rotation / 90; quarter > 0; quarter--) {
    const [from, fromWidth, fromHeight] = [levels, width, height];
    [width, height] = [fromHeight, fromWidth];
    levels = new Float32Array(from.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        // What was at the bottom left comes to the top left.
        const source = 3 * ((fromHeight - 1 - x) * fromWidth + y);
        levels.set(from.subarray(source, source + 3), 3 * (y * width + x));
      }
    }
  }
  return { width, height, levels };
}

/** Means over a grid of blocks, row by row: what is left where codecs may be imprecise, or sizes differ. */
export function blocksOf({ width, height, levels }: Shown, columns: number, rows: number): Float32Array {
  const sums = new Float64Array(3 * columns * rows);
  const counts = new Float64Array(3 * columns * rows);
  for (let i = 0; i < levels.length; i++) {
    const pixel = Math.floor(i / 3);
    const column = Math.floor(((pixel % width) * columns) / width);
    const row = Math.floor((Math.floor(pixel / width) * rows) / height);
    const block = 3 * (row * columns + column) + (i % 3);
    sums[block]! += levels[i]!;
    counts[block]! += 1;
  }
  return Float32Array.from(sums, (sum, block) => sum / counts[block]!);
}

/** Mean difference of R, of G and of B, in levels. */
export function meanDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): readonly [number, number, number] {
  if (a.length !== b.length) throw new RangeError(`${a.length} values beside ${b.length}`);
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) sums[(i % 3) as 0 | 1 | 2] += Math.abs(a[i]! - b[i]!);
  return [(3 * sums[0]) / a.length, (3 * sums[1]) / a.length, (3 * sums[2]) / a.length];
}

export const worstDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...meanDifference(a, b));
