/** How the planes of a frame lie in memory: Y, then U, then V, one byte a sample, rows that end on a texel of 16 pixels. */
import type { FrameColor } from '../../core/frame-color.ts';
import type { PlanarPixels } from '../../core/pixels.ts';

export type PlaneName = 'y' | 'u' | 'v';

/** A plane's samples: bytes from `start`, `stride` from one row to the next. */
export type PlaneBytes = Readonly<{ width: number; height: number; start: number; stride: number }>;

export type PlaneLayout = Readonly<{ planes: Readonly<Record<PlaneName, PlaneBytes>>; sizeBytes: number }>;

/** The planes of the last frame, valid until the next one. */
export interface PlaneSource {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same memory. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** Where a plane is; its samples are there from now on. */
  plane(name: PlaneName): PlaneBytes;
}

/** Rows end on a whole texel of 16 pixels. */
const ROW_BYTES = 16;

export function planeLayout(width: number, height: number): PlaneLayout {
  const stride = rowBytes(width);
  const chroma = { width: Math.ceil(width / 2), height: Math.ceil(height / 2), stride: rowBytes(Math.ceil(width / 2)) }; // prettier-ignore
  const [start, size] = [stride * height, chroma.stride * chroma.height];
  return {
    planes: {
      y: { width, height, start: 0, stride },
      u: { ...chroma, start },
      v: { ...chroma, start: start + size },
    },
    sizeBytes: start + 2 * size,
  };
}

const rowBytes = (samples: number): number => ROW_BYTES * Math.ceil(samples / ROW_BYTES);

/** All planes of `source`, in codes of `color`. */
export function planarPixels(source: PlaneSource, color: FrameColor): PlanarPixels {
  const [y, u, v] = [source.plane('y'), source.plane('u'), source.plane('v')];
  return {
    layout: 'i420',
    width: y.width,
    height: y.height,
    strideBytes: y.stride,
    chromaStrideBytes: u.stride,
    uOffset: u.start,
    vOffset: v.start,
    color,
    data: source.bytes,
  };
}
