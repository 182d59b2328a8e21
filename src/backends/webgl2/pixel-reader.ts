/** Outputs → bytes in memory, read into one buffer that is kept from frame to frame. */
import type { FrameColor } from '../../core/frame-color.ts';
import type { Pixels } from '../../core/pixels.ts';
import type { FrameSize, Image } from '../../plan/plan.ts';
import type { Texture } from './textures.ts';
import { WordBytes } from './word-bytes.ts';

/** A texture to read, what it holds, and the framebuffer that it is attached to. */
export type Readable = Readonly<{ image: Image; texture: Texture; framebuffer: WebGLFramebuffer }>;

export type ReadablePlanes = readonly [y: Readable, u: Readable, v: Readable];

export class PixelReader {
  readonly #gl: WebGL2RenderingContext;
  readonly #memory = new WordBytes();
  /** What was answered last: the same object again while the form stays. */
  #last: Pixels | null = null;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  /** One image: grey or colour. */
  read(from: Readable): Pixels {
    const { image, texture } = from;
    const strideBytes = rowBytes(texture);
    if (this.#memory.reserve(strideBytes * texture.height)) this.#last = null;
    this.#readInto(from, 0);
    const layout = image.layout === 'rgba' ? 'rgbx' : 'grey';
    const { width, height } = image;
    const last = this.#last;
    if (last?.layout === layout && last.width === width && last.height === height && last.strideBytes === strideBytes) return last; // prettier-ignore
    return (this.#last = { layout, width, height, strideBytes, data: this.#memory.bytes });
  }

  /** Y, U and V, one after the other. */
  readPlanes([y, u, v]: ReadablePlanes, color: FrameColor): Pixels {
    const [luma, chroma] = [y.texture, u.texture];
    const uOffset = rowBytes(luma) * luma.height;
    const vOffset = uOffset + rowBytes(chroma) * chroma.height;
    if (this.#memory.reserve(vOffset + rowBytes(v.texture) * v.texture.height)) this.#last = null;
    this.#readInto(y, 0);
    this.#readInto(u, uOffset);
    this.#readInto(v, vOffset);
    const { width, height } = y.image;
    const last = this.#last;
    const isSame = last?.layout === 'i420' && last.width === width && last.height === height && last.uOffset === uOffset && last.vOffset === vOffset && last.color === color; // prettier-ignore
    if (isSame) return last;
    return (this.#last = {
      layout: 'i420',
      width,
      height,
      strideBytes: rowBytes(luma),
      chromaStrideBytes: rowBytes(chroma),
      uOffset,
      vOffset,
      color,
      data: this.#memory.bytes,
    });
  }

  #readInto({ texture, framebuffer }: Readable, offset: number): void {
    const gl = this.#gl;
    const { width, height } = texture;
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    if (texture.format === 'rgba32ui')
      gl.readPixels(0, 0, width, height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, this.#memory.words, offset / 4); // prettier-ignore
    else gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, this.#memory.bytes, offset);
  }
}

/**
 * The canvas: RGBA, rows from the top.
 * @param size from its lower left corner. Default all of it.
 */
export function readCanvas(
  gl: WebGL2RenderingContext,
  { width, height }: FrameSize = { width: gl.drawingBufferWidth, height: gl.drawingBufferHeight },
): Uint8Array {
  const bytes = new Uint8Array(4 * width * height);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  const upright = new Uint8Array(bytes.length);
  for (let y = 0; y < height; y++) {
    const row = bytes.subarray(4 * width * y, 4 * width * (y + 1));
    upright.set(row, 4 * width * (height - 1 - y));
  }
  return upright;
}

const rowBytes = ({ width, format }: Texture): number => (format === 'rgba32ui' ? 16 : 4) * width;
