/** Uploads frames by themselves, without a graph, and reads the textures that plans would read. */
import { openDevice } from '../../src/backends/webgl2/context.ts';
import { FrameUpload, type FrameUploadOptions } from '../../src/backends/webgl2/frame-upload.ts';
import { ProgramCache } from '../../src/backends/webgl2/programs.ts';
import type { FrameImage, UploadOptions, UploadPath } from '../../src/backends/port.ts';
import { Ledger } from '../../src/core/ledger.ts';
import type { FrameForm, FramePlane, Plan, TexelLayout } from '../../src/plan/plan.ts';
import { framePlaneImage, LANES } from '../../src/plan/texels.ts';
import { STATELESS } from '../support/stateless.ts';

/** A plan that reads these planes and does nothing with them. */
export function planReading(form: FrameForm, images: readonly (readonly [FramePlane, TexelLayout])[]): Plan {
  return {
    frame: form,
    images: images.map(([plane, layout]) => framePlaneImage(form, plane, layout)),
    passes: [],
    storage: images.map((_, i) => i),
    output: 0,
    chroma: null,
    ...STATELESS,
  };
}

export class Uploaded {
  readonly ledger = new Ledger();
  readonly programs: ProgramCache;
  readonly upload: FrameUpload;
  readonly gl: WebGL2RenderingContext;

  constructor(
    preferred: UploadPath = 'planes',
    { maxTextureSize = 8192, fits = 'drawn' }: Partial<FrameUploadOptions> = {},
  ) {
    const device = openDevice(new OffscreenCanvas(1, 1));
    this.gl = device.gl;
    this.programs = new ProgramCache(device, this.ledger);
    this.upload = new FrameUpload(device.gl, {
      ledger: this.ledger,
      programs: this.programs,
      maxTextureSize,
      preferred,
      fits,
    });
  }

  /** @consumes frame */
  async take(frame: FrameImage, options?: UploadOptions): Promise<FrameForm> {
    const form = await this.upload.take(frame, options);
    frame.close();
    return form;
  }

  /** A plane's pixels as a plan would find them: one byte each, of colours four. */
  async read(form: FrameForm, plane: FramePlane, layout: TexelLayout): Promise<Uint8Array> {
    const plan = planReading(form, [[plane, layout]]);
    await this.upload.prepare(plan);
    const { width, height } = framePlaneImage(form, plane, layout);
    const texture = this.upload.texture(plane, layout);
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, texture.framebuffer);
    const texels = texture.width * texture.height;
    const isWords = layout === 'packed16';
    const bytes = new Uint8Array((isWords ? 16 : 4) * texels);
    if (isWords)
      gl.readPixels(0, 0, texture.width, height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, new Uint32Array(bytes.buffer)); // prettier-ignore
    else gl.readPixels(0, 0, texture.width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    if (layout === 'rgba') return bytes;
    const row = texture.width * LANES[layout];
    const step = layout === 'single' ? 4 : 1;
    return Uint8Array.from(
      { length: width * height },
      (_, i) => bytes[step * (Math.floor(i / width) * row + (i % width))]!,
    );
  }

  dispose(): void {
    this.upload.dispose();
    this.programs.dispose();
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

/** The worst difference of samples; Infinity where their numbers differ. */
export function worstSample(output: Uint8Array, expected: ArrayLike<number>): number {
  if (output.length !== expected.length) return Infinity;
  return output.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (expected[i] ?? Number.NaN))), 0); // prettier-ignore
}

/** The worst difference of R, G and B: of `output` four bytes a pixel, `expected` three levels. */
export function worstColor(output: Uint8Array, expected: ArrayLike<number>): number {
  if (3 * output.length !== 4 * expected.length) return Infinity;
  return worstSample(
    output.filter((_, i) => i % 4 < 3),
    expected,
  );
}
