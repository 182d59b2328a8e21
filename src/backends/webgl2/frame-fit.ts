/** Draws planes of a frame smaller and upright. Owns its programs, which are few: one for each layout and number of taps. */
import { assert } from '../../core/assert.ts';
import type { FramePlane, TexelLayout } from '../../plan/plan.ts';
import { emitFit, type FitTaps } from './emit-fit.ts';
import type { Fit, Placement } from './frame-placement.ts';
import type { Program, ProgramCache } from './programs.ts';
import type { Texture } from './textures.ts';

export class FrameFit {
  readonly #gl: WebGL2RenderingContext;
  readonly #programs: ProgramCache;
  readonly #ready = new Map<string, Program>();

  constructor(gl: WebGL2RenderingContext, programs: ProgramCache) {
    this.#gl = gl;
    this.#programs = programs;
  }

  has(layout: TexelLayout, taps: FitTaps): boolean {
    return this.#ready.has(keyOf(layout, taps));
  }

  /**
   * Makes sure of a program.
   * @throws PipelineError `shader-failed` | `context-lost`
   */
  async compile(layout: TexelLayout, taps: FitTaps): Promise<void> {
    const key = keyOf(layout, taps);
    if (this.#ready.has(key)) return;
    const program = await this.#programs.get(emitFit(layout, taps));
    // Somebody else may have waited for the same one.
    if (this.#ready.has(key)) this.#programs.release(program);
    else this.#ready.set(key, program);
  }

  /** @param most texels that are drawn on a side. */
  draw(raw: Texture, target: Texture, image: FitImage, fit: Fit, most = Infinity): void {
    const gl = this.#gl;
    const program = this.#ready.get(keyOf(image.layout, fit.taps));
    assert(program !== undefined, 'a fit was compiled when its plan was prepared');
    const { start, step }: Placement = image.plane === 'u' || image.plane === 'v' ? fit.half : fit.full;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, raw.handle);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.viewport(0, 0, Math.min(target.width, most), Math.min(target.height, most));
    gl.useProgram(program.handle);
    gl.uniform1i(program.uniform('uRaw'), 0);
    gl.uniform2fv(program.uniform('uStart'), start);
    gl.uniform4fv(program.uniform('uStep'), step);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  dispose(): void {
    for (const program of this.#ready.values()) this.#programs.release(program);
    this.#ready.clear();
  }
}

/** The image of a plan that is drawn. */
export type FitImage = Readonly<{ plane: FramePlane; layout: TexelLayout }>;

/** One channel or four, a texel of one pixel is drawn by the same program. */
const keyOf = (layout: TexelLayout, taps: FitTaps): string =>
  `${layout === 'single' ? 'rgba' : layout} ${taps}`;
