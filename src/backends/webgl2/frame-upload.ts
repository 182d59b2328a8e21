/**
 * Frames → textures. Three paths, as the machine likes them:
 *   planes   `copyTo` of I420; a plane becomes a texture when a plan reads it, in the layout that the plan wants, so a
 *            filter of luma never uploads chroma. Bytes go up as they lie: 4 or 16 pixels a texel, no conversion
 *   rgbx     `copyTo` with the browser's conversion, then one RGBA8 texture
 *   texture  `texImage2D(frame)`: a copy on the GPU where the frame is there already
 * On software GL `texImage2D(frame)` costs 30 times what `copyTo` does; on a GPU it is the other way round.
 */
import { assert } from '../../core/assert.ts';
import { PipelineError } from '../../core/errors.ts';
import { frameColorOf, type FrameColor } from '../../core/frame-color.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { PlanarPixels } from '../../core/pixels.ts';
import { sameForm, type FrameForm, type FramePlane, type TexelLayout } from '../../plan/plan.ts';
import { FORMAT_OF_PLANE, texelWidth } from '../../plan/texels.ts';
import type { FrameImage } from '../port.ts';
import { Texture } from './textures.ts';
import { WordBytes } from './word-bytes.ts';

export type UploadPath = 'planes' | 'rgbx' | 'texture';

/** An ImageBitmap is in sRGB: its luma is BT.709's. */
const BITMAP_COLOR: FrameColor = { matrix: 'bt709', fullRange: true };

/** Rows of planes end on a whole texel of 16 pixels. */
const ROW_BYTES = 16;

/** A texture and the frame whose pixels it holds. */
type Held = { texture: Texture; frame: number };

/** Where the planes of a frame lie in the buffer. */
type PlaneLayout = Readonly<{
  width: number;
  height: number;
  /** Of luma and of chroma. */
  strides: readonly [luma: number, chroma: number];
  starts: Readonly<Record<'y' | 'u' | 'v', number>>;
  copy: VideoFrameCopyToOptions;
}>;

export class FrameUpload {
  readonly #gl: WebGL2RenderingContext;
  readonly #ledger: Ledger;
  readonly #maxTextureSize: number;
  readonly #preferred: UploadPath;
  readonly #held: Record<FramePlane, Map<TexelLayout, Held>> = {
    rgba: new Map(),
    y: new Map(),
    u: new Map(),
    v: new Map(),
  };
  /** Kept from frame to frame. */
  readonly #memory = new WordBytes();
  #layout: PlaneLayout | null = null;
  #form: FrameForm | null = null;
  /** The same object for all frames of a form. */
  #planar: PlanarPixels | null = null;
  #path: UploadPath;
  #frame = 0;

  constructor(gl: WebGL2RenderingContext, ledger: Ledger, maxTextureSize: number, preferred: UploadPath) {
    this.#gl = gl;
    this.#ledger = ledger;
    this.#maxTextureSize = maxTextureSize;
    this.#preferred = preferred;
    this.#path = preferred;
  }

  /** The path that the last frame took. */
  get path(): UploadPath {
    return this.#path;
  }

  /**
   * Resolves when the frame's pixels are copied.
   * @borrows frame
   * @throws PipelineError `frame-too-large`
   */
  async take(frame: FrameImage): Promise<FrameForm> {
    this.#frame++;
    if (!('copyTo' in frame)) return this.#takeBitmap(frame, frame.width, frame.height, BITMAP_COLOR);
    const rect = frame.visibleRect;
    if (rect === null) throw new PipelineError('frame-failed', 'A frame was closed before it could be read.', { recoverable: true }); // prettier-ignore
    const { width, height } = rect;
    this.#checkSize(width, height);
    const color = frameColorOf(frame.colorSpace);
    // A frame without a format is opaque: only the browser itself can read it.
    this.#path = frame.format === null ? 'texture' : this.#preferred;
    if (this.#path === 'planes' && frame.format !== 'I420') this.#path = 'rgbx';
    switch (this.#path) {
      case 'planes':
        return this.#takePlanes(frame, width, height, color);
      case 'rgbx':
        return this.#takeRgbx(frame, width, height, color);
      case 'texture':
        return this.#takeBitmap(frame, width, height, color);
    }
  }

  /** The texture of a plane of the last frame, uploaded now if it was not before. */
  texture(plane: FramePlane, layout: TexelLayout): Texture {
    const held = this.#held[plane].get(layout);
    if (held?.frame === this.#frame) return held.texture;
    assert(plane !== 'rgba' && this.#layout !== null, 'a frame was uploaded before the graph runs');
    return this.#uploadPlane(plane, layout, this.#layout);
  }

  /**
   * The last frame's planes as they came; null where it came as a texture.
   * Valid until the next frame.
   */
  planes(): PlanarPixels | null {
    return this.#path === 'planes' ? this.#planar : null;
  }

  dispose(): void {
    for (const held of Object.values(this.#held)) {
      held.forEach(({ texture }) => {
        texture.dispose();
      });
      held.clear();
    }
  }

  #checkSize(width: number, height: number): void {
    if (Math.max(width, height) > this.#maxTextureSize) {
      throw new PipelineError(
        'frame-too-large',
        `The picture is ${width}×${height} px, and this graphics device holds at most ${this.#maxTextureSize} px on ` +
          'a side. Choose a smaller size.',
        { context: { width, height, limit: this.#maxTextureSize } },
      );
    }
  }

  async #takePlanes(frame: VideoFrame, width: number, height: number, color: FrameColor): Promise<FrameForm> {
    if (this.#layout?.width !== width || this.#layout.height !== height) {
      this.#layout = planeLayout(width, height);
      this.#memory.reserve(this.#layout.starts.v + this.#layout.strides[1] * Math.ceil(height / 2));
    }
    await frame.copyTo(this.#memory.bytes, this.#layout.copy);
    const form = this.#formOf(width, height, 'planar420', color);
    if (this.#planar?.data !== this.#memory.bytes || this.#planar.color !== form.color)
      this.#planar = planarOf(this.#layout, form.color, this.#memory.bytes);
    return form;
  }

  #formOf(width: number, height: number, layout: FrameForm['layout'], color: FrameColor): FrameForm {
    const form = { width, height, layout, color };
    const last = this.#form;
    return last !== null && sameForm(last, form) ? last : (this.#form = form);
  }

  async #takeRgbx(frame: VideoFrame, width: number, height: number, color: FrameColor): Promise<FrameForm> {
    this.#layout = null;
    this.#memory.reserve(4 * width * height);
    await frame.copyTo(this.#memory.bytes, { format: 'RGBX', layout: [{ offset: 0, stride: 4 * width }] });
    const gl = this.#gl;
    this.#bind('rgba', 'rgba', width, height);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, this.#memory.bytes);
    return this.#formOf(width, height, 'rgba', color);
  }

  #takeBitmap(frame: FrameImage, width: number, height: number, color: FrameColor): FrameForm {
    this.#checkSize(width, height);
    const gl = this.#gl;
    this.#path = 'texture';
    this.#layout = null;
    this.#bind('rgba', 'rgba', width, height);
    // Mutable storage, the whole frame, RGBA and UNSIGNED_BYTE: the form that browsers copy on the GPU.
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, frame as TexImageSource);
    return this.#formOf(width, height, 'rgba', color);
  }

  #uploadPlane(plane: 'y' | 'u' | 'v', layout: TexelLayout, planes: PlaneLayout): Texture {
    const gl = this.#gl;
    const isLuma = plane === 'y';
    const width = isLuma ? planes.width : Math.ceil(planes.width / 2);
    const height = isLuma ? planes.height : Math.ceil(planes.height / 2);
    const texture = this.#bind(plane, layout, width, height);
    const stride = planes.strides[isLuma ? 0 : 1];
    const start = planes.starts[plane];
    // Rows are longer than the image; their length is told in texels.
    if (layout === 'packed16') {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, texture.width, height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, this.#memory.words, start / 4); // prettier-ignore
      return texture;
    }
    const isSingle = layout === 'single';
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, isSingle ? stride : stride / 4);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, texture.width, height, isSingle ? gl.RED : gl.RGBA, gl.UNSIGNED_BYTE, this.#memory.bytes, start); // prettier-ignore
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
    return texture;
  }

  /** The plane's texture in this size, marked as this frame's and bound to unit 0. */
  #bind(plane: FramePlane, layout: TexelLayout, width: number, height: number): Texture {
    const gl = this.#gl;
    const texels = texelWidth(width, layout);
    const held = this.#held[plane].get(layout);
    if (held?.texture.width === texels && held.texture.height === height) {
      held.frame = this.#frame;
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, held.texture.handle);
      return held.texture;
    }
    held?.texture.dispose();
    const texture = new Texture(gl, this.#ledger, texels, height, FORMAT_OF_PLANE[layout]);
    this.#held[plane].set(layout, { texture, frame: this.#frame });
    return texture;
  }
}

function planarOf(
  { width, height, strides, starts }: PlaneLayout,
  color: FrameColor,
  data: Uint8Array<ArrayBuffer>,
): PlanarPixels {
  return {
    layout: 'i420',
    width,
    height,
    strideBytes: strides[0],
    chromaStrideBytes: strides[1],
    uOffset: starts.u,
    vOffset: starts.v,
    color,
    data,
  };
}

function planeLayout(width: number, height: number): PlaneLayout {
  const rowBytes = (pixels: number) => ROW_BYTES * Math.ceil(pixels / ROW_BYTES);
  const [luma, chroma] = [rowBytes(width), rowBytes(Math.ceil(width / 2))];
  const u = luma * height;
  const v = u + chroma * Math.ceil(height / 2);
  return {
    width,
    height,
    strides: [luma, chroma],
    starts: { y: 0, u, v },
    copy: {
      layout: [
        { offset: 0, stride: luma },
        { offset: u, stride: chroma },
        { offset: v, stride: chroma },
      ],
    },
  };
}
