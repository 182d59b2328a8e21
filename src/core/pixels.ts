/** Pixels on their way out of a backend: 8 bits a channel, rows from the top. */
import type { FrameColor } from './frame-color.ts';

export type InterleavedPixels = Readonly<{
  /** 'grey': one byte a pixel. 'rgbx': four, the last one unused. */
  layout: 'grey' | 'rgbx';
  width: number;
  height: number;
  /** Bytes from one row to the next; at least the row's own. */
  strideBytes: number;
  /** Borrowed: valid until the next frame. */
  data: Uint8Array<ArrayBuffer>;
}>;

/** A 4:2:0 picture: Y from the start of `data`, U and V at half size from their offsets, in codes of `color`. */
export type PlanarPixels = Readonly<{
  layout: 'i420';
  width: number;
  height: number;
  strideBytes: number;
  chromaStrideBytes: number;
  uOffset: number;
  vOffset: number;
  color: FrameColor;
  /** Borrowed: valid until the next frame. */
  data: Uint8Array<ArrayBuffer>;
}>;

export type Pixels = InterleavedPixels | PlanarPixels;
