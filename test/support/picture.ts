/** The two picture types that the test support passes around, in memory, on the Node side. */

/** 8-bit planar 4:2:0: `y` is width × height, `u` and `v` are ⌈width/2⌉ × ⌈height/2⌉, all without padding. */
export type I420Picture = Readonly<{
  width: number;
  height: number;
  y: Uint8Array;
  u: Uint8Array;
  v: Uint8Array;
}>;

/** 8-bit RGBA, rows without padding: what `getImageData` gives. */
export type RgbaPicture = Readonly<{ width: number; height: number; data: Uint8Array | Uint8ClampedArray }>;

/** The size of a chroma plane's side. */
export const chromaSize = (size: number): number => Math.ceil(size / 2);
