/** Pixels on their way out of a backend: 8 bits a channel, rows from the top. */
export type Pixels = Readonly<{
  /** 'grey': one byte a pixel. 'rgbx': four, the last one unused. */
  layout: 'grey' | 'rgbx';
  width: number;
  height: number;
  /** Bytes from one row to the next; at least the row's own. */
  strideBytes: number;
  /** Borrowed: valid until the next frame. */
  data: Uint8Array<ArrayBuffer>;
}>;
