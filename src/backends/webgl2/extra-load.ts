/**
 * Extra work for the GPU, for trying out the frame budget: a pass whose fragments read and reckon in a loop, so that
 * its cost grows with the pixels as a filter's does. Owns a program and two textures while there is a load, nothing
 * before and after; leaves nothing bound that others count on.
 */
import { at } from '../../core/assert.ts';
import { PipelineError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { FrameSize } from '../../plan/plan.ts';
import type { GlDevice } from './context.ts';
import { ProgramCache, type Program } from './programs.ts';
import { Texture } from './textures.ts';

/** What a load of 1 takes at the full size: one period of 30 frames a second. */
export const LOAD_MS = 1000 / 30;

/** Pixels on a side that are drawn to learn what they cost. */
const SIDE_ON_CPU = 256;
const SIDE_ON_GPU = 1024;
/** Calibrating takes no longer than this, unless the clock's steps are longer still. */
const CALIBRATION_MS = 80;
const SAMPLES = 7;
/** Work is told from what surrounds it when it takes so long. */
const ENOUGH_MS = 4;
const MOST_TURNS = 1 << 20;

/**
 * Where a turn reads depends on what the turn before has read, so none can be left out or done ahead; near the pixel, as
 * filters read. `do … while`: software GL runs the body of a `for` once more than its condition holds.
 */
const SOURCE = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D uImage;
uniform int uTurns;
uniform vec2 uTexel; // 1 / width, 1 / height
out vec4 color;
void main() {
  vec2 at = gl_FragCoord.xy * uTexel;
  vec4 a = vec4(at, at);
  int i = 0;
  do {
    a = fract(3.7 * a + texture(uImage, at + (8.0 * a.xy - 4.0) * uTexel) + 0.1);
  } while (++i < uTurns);
  color = a;
}`;

/** What a pixel costs: once, and with each turn of its loop. */
type PixelPrice = Readonly<{ onceMs: number; turnMs: number }>;

type Work = Readonly<{ programs: ProgramCache; program: Program }>;

export class ExtraLoad {
  readonly #device: GlDevice;
  readonly #ledger: Ledger;
  readonly #now: () => number;
  /** Null until the program is there. */
  #work: Work | null = null;
  #opening: ProgramCache | null = null;
  #fault: PipelineError | null = null;
  /** Each draw reads what the one before wrote, so all of it is needed. */
  #targets: readonly [Texture, Texture] | null = null;
  #next = 0;
  #price: PixelPrice | null = null;

  /** @param now default `performance.now`. */
  constructor(device: GlDevice, ledger: Ledger, now = () => performance.now()) {
    this.#device = device;
    this.#ledger = ledger;
    this.#now = now;
  }

  /**
   * Draws as much work on each pixel as takes `load` × `LOAD_MS` where all of `fullSize` is drawn; 0 gives everything
   * back. Nothing is drawn until the program is compiled; the first draw calibrates, which blocks for some 50 ms.
   * @param size what is computed now.
   * @returns whether it only got ready, so that what this frame takes tells nothing.
   * @throws PipelineError `shader-failed`
   */
  burn(load: number, size: FrameSize, fullSize: FrameSize): boolean {
    if (load <= 0) {
      this.dispose();
      return false;
    }
    if (this.#fault !== null) throw this.#fault;
    if (this.#device.gl.isContextLost()) return false;
    if (this.#work === null) {
      void this.#open();
      return true;
    }
    this.#resize(size);
    const isFirst = this.#price === null;
    this.#price ??= this.#calibrate(this.#work.program, size);
    const { onceMs, turnMs } = this.#price;
    const pixelMs = (load * LOAD_MS) / (fullSize.width * fullSize.height);
    const turns = Math.max(1, Math.ceil((pixelMs - onceMs) / turnMs));
    // What the whole turns are too much is left out of the rows.
    const rows = Math.ceil(size.height * Math.min(1, pixelMs / (onceMs + turns * turnMs)));
    this.#draw(this.#work.program, size.width, rows, turns);
    return isFirst;
  }

  /** Gives everything back; `burn` may be called again. Idempotent. */
  dispose(): void {
    this.#work?.programs.dispose();
    this.#work = null;
    this.#opening = null;
    this.#fault = null;
    this.#targets?.forEach((target) => {
      target.dispose();
    });
    this.#targets = null;
  }

  async #open(): Promise<void> {
    if (this.#opening !== null) return;
    const programs = new ProgramCache(this.#device, this.#ledger);
    this.#opening = programs;
    try {
      const program = await programs.get(SOURCE);
      // Given up meanwhile.
      if (this.#opening === programs) this.#work = { programs, program };
      else programs.dispose();
    } catch (error) {
      if (this.#opening !== programs) return;
      const fault = PipelineError.from(error, 'shader-failed');
      // A context that is lost is the frame's to tell.
      if (fault.code !== 'context-lost') this.#fault = fault;
    } finally {
      if (this.#opening === programs) this.#opening = null;
    }
  }

  #resize({ width, height }: FrameSize): void {
    if (this.#targets?.[0].width === width && this.#targets[0].height === height) return;
    this.#targets?.forEach((target) => {
      target.dispose();
    });
    const target = (): Texture => new Texture(this.#device.gl, this.#ledger, width, height, 'rgba8');
    this.#targets = [target(), target()];
  }

  /** What disturbs a measurement only adds to it, so that the least time is the best one. */
  #calibrate(program: Program, size: FrameSize): PixelPrice {
    const side = this.#device.isSoftware ? SIDE_ON_CPU : SIDE_ON_GPU;
    const [width, height] = [Math.min(size.width, side), Math.min(size.height, side)];
    const time = (turns: number): number => {
      const start = this.#now();
      if (turns > 0) this.#draw(program, width, height, turns);
      this.#drain();
      return this.#now() - start;
    };
    const deadline = this.#now() + CALIBRATION_MS;
    // All that was drawn so far, and the first draw, with which drivers finish a program.
    time(1);
    let [turns, emptyMs, fewMs, manyMs] = [4, time(0), time(1), Infinity];
    while ((manyMs = time(turns)) - fewMs < ENOUGH_MS && turns < MOST_TURNS) turns *= 4;
    for (let i = 1; i < SAMPLES && this.#now() + fewMs + manyMs < deadline; i++) {
      emptyMs = Math.min(emptyMs, time(0));
      fewMs = Math.min(fewMs, time(1));
      manyMs = Math.min(manyMs, time(turns));
    }
    const turnMs = Math.max(manyMs - fewMs, Number.MIN_VALUE) / (turns - 1) / (width * height);
    return { turnMs, onceMs: Math.max(0, (fewMs - emptyMs) / (width * height) - turnMs) };
  }

  #draw(program: Program, width: number, height: number, turns: number): void {
    const { gl } = this.#device;
    if (this.#targets === null) return;
    const [to, from] = [at(this.#targets, this.#next), at(this.#targets, 1 - this.#next)];
    this.#next = 1 - this.#next;
    gl.bindFramebuffer(gl.FRAMEBUFFER, to.framebuffer);
    gl.viewport(0, 0, width, height);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, from.handle);
    gl.useProgram(program.handle);
    gl.uniform1i(program.uniform('uImage'), 0);
    gl.uniform1i(program.uniform('uTurns'), turns);
    gl.uniform2f(program.uniform('uTexel'), 1 / to.width, 1 / to.height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Waits until all is drawn: `finish` is no more than a flush in some browsers. */
  #drain(): void {
    const { gl } = this.#device;
    if (this.#targets === null) return;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#targets[0].framebuffer);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }
}
