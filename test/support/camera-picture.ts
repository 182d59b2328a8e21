/**
 * What a camera frame means as numbers, computed in Node from its bytes. Chromium plays a Y4M file as untagged I420, which
 * it takes as BT.601 limited range in a camera frame (a VideoFrame built without a colour space would be BT.709).
 */
import { chromaSize, type I420Picture } from './picture.ts';
import type { ComputedPicture } from './compare-picture.ts';

type FloatPicture = ComputedPicture &
  Readonly<{ shape: readonly [height: number, width: number, channels: number]; data: Float32Array }>;

/** As `I420Picture`; a filter's codes need not be whole. */
export type PlanarPicture = Pick<I420Picture, 'width' | 'height'> &
  Readonly<Record<'y' | 'u' | 'v', ArrayLike<number>>>;

const limit = (value: number): number => Math.min(Math.max(value, 0), 1);

const lumaAt = (picture: PlanarPicture, pixel: number): number => ((picture.y[pixel] ?? 0) - 16) / 219;

/** Luma 0..1 in all three channels, so that a graph's `luma` op leaves it as it is. */
export function lumaPicture(picture: I420Picture): FloatPicture {
  const { width, height } = picture;
  const data = new Float32Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    data.fill(limit(lumaAt(picture, pixel)), pixel * 3, pixel * 3 + 3);
  return { shape: [height, width, 3], data };
}

/** How half-size chroma becomes full-size: each sample for its 2×2 pixels, or bilinear between the blocks' centres. */
export type ChromaUpsampling = 'nearest' | 'bilinear';

// BT.601: Kr = 0.299, Kb = 0.114.
const RED_FROM_V = 2 * (1 - 0.299);
const BLUE_FROM_U = 2 * (1 - 0.114);
const GREEN_FROM_U = (0.114 / 0.587) * BLUE_FROM_U;
const GREEN_FROM_V = (0.299 / 0.587) * RED_FROM_V;

/** RGB 0..1. */
export function rgbPicture(picture: PlanarPicture, upsampling: ChromaUpsampling): FloatPicture {
  const { width, height } = picture;
  const data = new Float32Array(width * height * 3);
  const chroma = upsampling === 'nearest' ? nearestChroma : bilinearChroma;
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const [column, row] = [pixel % width, Math.floor(pixel / width)];
    const y = lumaAt(picture, pixel);
    const u = (chroma(picture, picture.u, column, row) - 128) / 224;
    const v = (chroma(picture, picture.v, column, row) - 128) / 224;
    data[pixel * 3] = limit(y + RED_FROM_V * v);
    data[pixel * 3 + 1] = limit(y - GREEN_FROM_U * u - GREEN_FROM_V * v);
    data[pixel * 3 + 2] = limit(y + BLUE_FROM_U * u);
  }
  return { shape: [height, width, 3], data };
}

type ChromaAt = (picture: PlanarPicture, plane: ArrayLike<number>, column: number, row: number) => number;

const nearestChroma: ChromaAt = ({ width }, plane, column, row) =>
  plane[Math.floor(row / 2) * chromaSize(width) + Math.floor(column / 2)] ?? 0;

/** A chroma sample sits in the middle of its 2×2 pixels, so a pixel lies a quarter step beside it: weights 3/4 and 1/4. */
const bilinearChroma: ChromaAt = (picture, plane, column, row) => {
  const [width, height] = [chromaSize(picture.width), chromaSize(picture.height)];
  const x = Math.min(Math.max(column / 2 - 0.25, 0), width - 1);
  const y = Math.min(Math.max(row / 2 - 0.25, 0), height - 1);
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (cell: number, line: number): number =>
    plane[Math.min(line, height - 1) * width + Math.min(cell, width - 1)] ?? 0;
  const upper = at(left, top) * (1 - (x - left)) + at(left + 1, top) * (x - left);
  const lower = at(left, top + 1) * (1 - (x - left)) + at(left + 1, top + 1) * (x - left);
  return upper * (1 - (y - top)) + lower * (y - top);
};
