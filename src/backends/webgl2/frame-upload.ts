/**
 * Frames → textures. Three paths, as the machine likes them:
 *   planes   `copyTo` of I420, then Y as RGBA8 of a quarter of the width (no conversion), U and V as R8
 *   rgbx     `copyTo` with the browser's conversion, then one RGBA8 texture
 *   texture  `texImage2D(frame)`: a copy on the GPU where the frame is there already
 * On software GL `texImage2D(frame)` costs 30 times what `copyTo` does; on a GPU it is the other way round.
 */
import { PipelineError } from '../../core/errors.ts';
import { frameColorOf, type FrameColor } from '../../core/frame-color.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { FrameForm } from '../../plan/plan.ts';
import type { FrameImage } from '../port.ts';
import { Texture } from './textures.ts';

export type UploadPath = 'planes' | 'rgbx' | 'texture';

type PlaneName = 'rgba' | 'y' | 'u' | 'v';

/** An ImageBitmap is in sRGB: its luma is BT.709's. */
const BITMAP_COLOR: FrameColor = { matrix: 'bt709', fullRange: true };

export class FrameUpload {
  readonly #gl: WebGL2RenderingContext;
  readonly #ledger: Ledger;
  readonly #maxTextureSize: number;
  readonly #preferred: UploadPath;
  readonly #planes = new Map<PlaneName, Texture>();
  #buffer = new Uint8Array(0);
  #path: UploadPath;

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

  plane(name: PlaneName): Texture | undefined {
    return this.#planes.get(name);
  }

  /**
   * Resolves when the frame's pixels are copied.
   * @borrows frame
   * @throws PipelineError `frame-too-large`
   */
  async take(frame: FrameImage): Promise<FrameForm> {
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

  dispose(): void {
    this.#planes.forEach((texture) => {
      texture.dispose();
    });
    this.#planes.clear();
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
    const [chromaWidth, chromaHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    // Rows of Y end on a whole texel of 4 pixels.
    const stride = 4 * Math.ceil(width / 4);
    const [uStart, vStart] = [stride * height, stride * height + chromaWidth * chromaHeight];
    const buffer = this.#bytes(vStart + chromaWidth * chromaHeight);
    await frame.copyTo(buffer, {
      layout: [
        { offset: 0, stride },
        { offset: uStart, stride: chromaWidth },
        { offset: vStart, stride: chromaWidth },
      ],
    });
    this.#write('y', stride / 4, height, 'rgba8', buffer.subarray(0, uStart));
    this.#write('u', chromaWidth, chromaHeight, 'r8', buffer.subarray(uStart, vStart));
    this.#write('v', chromaWidth, chromaHeight, 'r8', buffer.subarray(vStart));
    return { width, height, layout: 'planar420', color };
  }

  async #takeRgbx(frame: VideoFrame, width: number, height: number, color: FrameColor): Promise<FrameForm> {
    const buffer = this.#bytes(4 * width * height);
    await frame.copyTo(buffer, { format: 'RGBX', layout: [{ offset: 0, stride: 4 * width }] });
    this.#write('rgba', width, height, 'rgba8', buffer);
    return { width, height, layout: 'rgba', color };
  }

  #takeBitmap(frame: FrameImage, width: number, height: number, color: FrameColor): FrameForm {
    this.#checkSize(width, height);
    const gl = this.#gl;
    this.#path = 'texture';
    this.#texture('rgba', width, height, 'rgba8');
    // Mutable storage, the whole frame, RGBA and UNSIGNED_BYTE: the form that browsers copy on the GPU.
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, frame as TexImageSource);
    return { width, height, layout: 'rgba', color };
  }

  #write(name: PlaneName, width: number, height: number, format: 'r8' | 'rgba8', bytes: Uint8Array): void {
    const gl = this.#gl;
    this.#texture(name, width, height, format);
    const external = format === 'r8' ? gl.RED : gl.RGBA;
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, external, gl.UNSIGNED_BYTE, bytes);
  }

  /** The plane's texture in this size, bound to unit 0. */
  #texture(name: PlaneName, width: number, height: number, format: 'r8' | 'rgba8'): Texture {
    const gl = this.#gl;
    const known = this.#planes.get(name);
    if (known?.width === width && known.height === height) {
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, known.handle);
      return known;
    }
    known?.dispose();
    const texture = new Texture(gl, this.#ledger, width, height, format);
    this.#planes.set(name, texture);
    return texture;
  }

  /** A buffer of exactly `length` bytes, kept from frame to frame. */
  #bytes(length: number): Uint8Array<ArrayBuffer> {
    if (this.#buffer.length !== length) this.#buffer = new Uint8Array(length);
    return this.#buffer;
  }
}
