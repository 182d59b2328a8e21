/**
 * What is drawn to learn a device's prices: the same kind of work some times and more times, so that all that is not
 * that work cancels. Owns its programs and textures until `dispose`; binds all it needs with every draw, and leaves
 * nothing bound that others count on.
 */
import { assert } from '../../core/assert.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { TexelFormat } from '../../plan/plan.ts';
import type { GlDevice } from './context.ts';
import { ProgramCache, type Program } from './programs.ts';
import { Texture } from './textures.ts';

/** Work of one kind. */
export type Work = 'pass' | 'texel' | 'multiplyAdd' | TexelFormat;

/** In the order of their use: what is needed most comes first. */
export const PROBE_STAGES = ['loops', 'words', 'plain', 'rest'] as const;
export type ProbeStage = (typeof PROBE_STAGES)[number];

/** Fetches, or multiply-adds, of a turn of the loops; of words a turn makes `WORDS_PER_TURN`. */
export const PER_TURN = 8;
export const WORDS_PER_TURN = 4;
/** Vectors of four bytes in a texel of words, each multiplied and added. */
export const VECTORS_OF_WORDS = 4;

/** Texels of a target on a side: enough for both cores of a small machine, and for all of a GPU's. */
const SIDE_ON_CPU = 128;
const SIDE_ON_GPU = 512;

const repeat = (times: number, line: (i: number) => string): string =>
  Array.from({ length: times }, (_, i) => line(i)).join('\n');

const head = (sampler: 'sampler2D' | 'usampler2D') => `#version 300 es
precision highp float;
precision highp int;
uniform highp ${sampler} uImage;
uniform ivec2 uTurns; // of fetches, of multiply-adds
uniform vec2 uTexel; // 1 / width, 1 / height
uniform vec4 uWeights;
out vec4 color;`;

/** Fetches walk over a window of 8 × 8 texels, as filters do: nearby, and never one twice in a row. */
const START = `  vec2 at = gl_FragCoord.xy * uTexel;
  vec4 a = vec4(at, 0.0, 1.0);
  int i = 0;`;
const LINE_OF_WINDOW = '    vec2 p = at + vec2(0.0, float(i & 7) * uTexel.y);';

/** `do … while`: software GL runs the body of a `for` once more than its condition holds. */
const SOURCES = {
  plain: `${head('sampler2D')}
void main() { color = texture(uImage, gl_FragCoord.xy * uTexel); }`,
  loops: `${head('sampler2D')}
void main() {
${START}
  do {
${LINE_OF_WINDOW}
${repeat(PER_TURN, (i) => `    a += uWeights.${'xyzw'.charAt(i & 3)} * texture(uImage, p); p.x += uTexel.x;`)}
  } while (++i < uTurns.x);
  vec4 b = a.wzyx;
  i = 0;
  do {
${repeat(PER_TURN, (i) => (i % 2 === 0 ? '    a = uWeights.x * a + uWeights;' : '    b = uWeights.y * b + uWeights;'))}
  } while (++i < uTurns.y);
  color = a + b;
}`,
  // Taken apart as packed16-texels.ts does it.
  words: `${head('usampler2D')}
void main() {
${START}
  do {
${LINE_OF_WINDOW}
    ivec4 t;
${repeat(
  WORDS_PER_TURN,
  () => `    t = ivec4(texture(uImage, p)); p.x += uTexel.x;
    a += uWeights.x * vec4(t & 0xFF);
    a += uWeights.y * (vec4(t & 0xFF00) * ${1 / 256});
    a += uWeights.z * (vec4(t & 0xFF0000) * ${(1 / 256 ** 2).toFixed(12)});
    a += uWeights.w * (vec4((t ^ ~0x7FFFFFFF) & ~0xFFFFFF) * ${(1 / 256 ** 3).toFixed(12)} + 128.0);`,
)}
  } while (++i < uTurns.x);
  color = a;
}`,
} as const;

/** Draws so many times the work that it stands for, and one time at least. */
export type Probe = Readonly<{ work: Work; draw: (count: number) => void }>;

export class PriceProbes {
  /** Texels of a whole target. */
  readonly texels: number;
  readonly #device: GlDevice;
  readonly #ledger: Ledger;
  readonly #programs: ProgramCache;
  readonly #side: number;
  readonly #images = new Map<TexelFormat, Texture>();
  /** Each pass reads what the one before wrote, as in a plan. */
  readonly #targets: readonly [Texture, Texture];

  constructor(device: GlDevice, ledger: Ledger) {
    this.#device = device;
    this.#ledger = ledger;
    this.#programs = new ProgramCache(device, ledger);
    const { capabilities, isSoftware } = device;
    this.#side = Math.min(isSoftware ? SIDE_ON_CPU : SIDE_ON_GPU, capabilities.maxTextureSize);
    this.texels = this.#side ** 2;
    this.#targets = [this.#newTexture('rgba8'), this.#newTexture('rgba8')];
  }

  /**
   * Compiles what a stage draws with.
   * @returns what it measures; each was drawn once, as drivers finish programs with their first draw.
   * @throws PipelineError `shader-failed` | `context-lost`
   */
  async open(stage: ProbeStage): Promise<readonly Probe[]> {
    const program = await this.#programs.get(SOURCES[stage === 'rest' ? 'loops' : stage]);
    const probes = this.#probesOf(stage, program);
    for (const { draw } of probes) draw(1);
    this.drain();
    return probes;
  }

  /** Waits until all is drawn: `finish` is no more than a flush in some browsers. */
  drain(): void {
    const { gl } = this.#device;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#targets[0].framebuffer);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  dispose(): void {
    this.#programs.dispose();
    this.#targets.forEach((target) => {
      target.dispose();
    });
    this.#images.forEach((image) => {
      image.dispose();
    });
  }

  #probesOf(stage: ProbeStage, program: Program): readonly Probe[] {
    const fetches = (work: TexelFormat): Probe => {
      const image = this.#imageOf(work);
      return { work, draw: (count) => this.#draw(program, image, 0, this.#side, count, 1) };
    };
    const passes = (work: Work, side: number): Probe => ({
      work,
      draw: (count) => {
        for (let i = 0; i < count; i++) this.#draw(program, this.#targets[(i + 1) % 2]!, i % 2, side, 1, 1);
      },
    });
    const { floatFormat } = this.#device.capabilities;
    switch (stage) {
      case 'loops': {
        const image = this.#imageOf('rgba8');
        const products: Probe = {
          work: 'multiplyAdd',
          draw: (count) => this.#draw(program, image, 0, this.#side, 1, count),
        };
        const floats = floatFormat === null ? [] : [fetches(floatFormat)];
        return [fetches('rgba8'), products, ...floats, passes('pass', 1)];
      }
      case 'words':
        return [fetches('rgba32ui')];
      case 'plain':
        return [passes('texel', this.#side)];
      case 'rest':
        // Who renders floats renders half floats, though no plan stores both.
        return [fetches('r8'), ...(floatFormat === 'rgba32f' ? [fetches('rgba16f')] : [])];
    }
  }

  #draw(
    program: Program,
    image: Texture,
    target: number,
    side: number,
    turns: number,
    products: number,
  ): void {
    const { gl } = this.#device;
    const to = this.#targets[target];
    assert(to !== undefined && to !== image, 'nothing is read while it is written');
    gl.bindFramebuffer(gl.FRAMEBUFFER, to.framebuffer);
    gl.viewport(0, 0, side, side);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, image.handle);
    gl.useProgram(program.handle);
    gl.uniform1i(program.uniform('uImage'), 0);
    gl.uniform2i(program.uniform('uTurns'), turns, products);
    gl.uniform2f(program.uniform('uTexel'), 1 / this.#side, 1 / this.#side);
    // A sum that neither grows past what a float holds nor fades away, whatever the turns.
    gl.uniform4f(program.uniform('uWeights'), 0.4, 0.3, 0.2, 0.1);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #imageOf(format: TexelFormat): Texture {
    const known = this.#images.get(format);
    if (known !== undefined) return known;
    const image = this.#newTexture(format);
    this.#images.set(format, image);
    return image;
  }

  #newTexture(format: TexelFormat): Texture {
    return new Texture(this.#device.gl, this.#ledger, this.#side, this.#side, format);
  }
}
