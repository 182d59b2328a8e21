/**
 * How a frame lies: where the pixels of the upright picture, at the size that is computed, are in the frame as it came.
 * Positions are counted from the upper left corner in pixels of luma, a pixel's middle at ½; chroma, which lies
 * between its four pixels of luma, is at half of that.
 */
import type { Size } from '../../core/frame-size.ts';
import type { Turn } from '../../core/frame-turn.ts';
import type { FitTaps } from './emit-fit.ts';

/** Of a pixel of a plane: raw = start + x · right + y · down, as shares of the raw plane's texture. */
export type Placement = Readonly<{ step: Float32Array; start: Float32Array }>;

export type Fit = Readonly<{ taps: FitTaps; full: Placement; half: Placement }>;

/** A share above which a pixel's taps miss a texel between them, and a little for sizes that were rounded. */
const MOST_PER_TAP = 2.02;

/** The same picture, turned. */
export function turnedSize({ width, height }: Size, { rotation }: Turn): Size {
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** Taps of a pixel of `size` in a picture of `upright`. */
export function tapsOf(upright: Size, size: Size): FitTaps {
  return Math.max(upright.width / size.width, upright.height / size.height) > MOST_PER_TAP ? 4 : 1;
}

export const isTurned = ({ rotation, flip }: Turn): boolean => rotation !== 0 || flip;

/** @returns null where each pixel is where it came. */
export function fitOf(raw: Size, turn: Turn, size: Size): Fit | null {
  const upright = turnedSize(raw, turn);
  if (upright.width === size.width && upright.height === size.height && !isTurned(turn)) return null;
  const taps = tapsOf(upright, size);
  const half = { width: Math.ceil(raw.width / 2), height: Math.ceil(raw.height / 2) };
  return { taps, full: placement(raw, turn, size, raw, 1), half: placement(raw, turn, size, half, 2) };
}

/** @param texture the plane's texels, each of `share` pixels of luma on a side. */
function placement(raw: Size, turn: Turn, size: Size, texture: Size, share: number): Placement {
  const upright = turnedSize(raw, turn);
  const [across, down] = [upright.width / size.width, upright.height / size.height];
  const at = (x: number, y: number) => rawPosition(raw, turn, share * across * x, share * down * y);
  const [start, right, below] = [at(0.5, 0.5), at(1.5, 0.5), at(0.5, 1.5)];
  const [width, height] = [share * texture.width, share * texture.height];
  return {
    start: Float32Array.of(start.x / width, start.y / height),
    step: Float32Array.of(
      (right.x - start.x) / width,
      (right.y - start.y) / height,
      (below.x - start.x) / width,
      (below.y - start.y) / height,
    ),
  };
}

/** From a position in the upright picture, in raw pixels, to that in the raw one. */
function rawPosition({ width, height }: Size, { rotation, flip }: Turn, x: number, y: number) {
  const across = flip ? (rotation % 180 === 0 ? width : height) - x : x;
  switch (rotation) {
    case 0:
      return { x: across, y };
    case 90:
      return { x: y, y: height - across };
    case 180:
      return { x: width - across, y: height - y };
    case 270:
      return { x: width - y, y: across };
  }
}
