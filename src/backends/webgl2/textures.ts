/** Textures that are counted: each is a token in the ledger, given back once. */
import type { Ledger, LedgerToken } from '../../core/ledger.ts';
import type { TexelFormat } from '../../plan/plan.ts';
import { BYTES_OF_TEXEL } from '../../plan/texels.ts';

/** Layers of an array texture that one draw writes; `key` names them. */
export type LayerList = Readonly<{ key: string; numbers: readonly number[] }>;

const SINGLE_LAYERS: LayerList[] = [];

/** One layer alone; the same object each time. */
export function singleLayer(layer: number): LayerList {
  return (SINGLE_LAYERS[layer] ??= { key: String(layer), numbers: [layer] });
}

export class Texture {
  readonly handle: WebGLTexture;
  /** In texels. */
  readonly width: number;
  readonly height: number;
  readonly format: TexelFormat;
  /** Of an array texture; 0 where it is none. */
  readonly layers: number;
  /** What it is bound to. */
  readonly target: GLenum;
  readonly #gl: WebGL2RenderingContext;
  readonly #token: LedgerToken;
  #framebuffer: WebGLFramebuffer | null = null;
  readonly #layered = new Map<string, WebGLFramebuffer>();
  /** Framebuffers that draw into this texture and others in one draw. */
  readonly #joint: { others: readonly Texture[]; framebuffer: WebGLFramebuffer }[] = [];

  /** Leaves the texture bound to unit 0. */
  constructor(
    gl: WebGL2RenderingContext,
    ledger: Ledger,
    width: number,
    height: number,
    format: TexelFormat,
    layers = 0,
  ) {
    this.#gl = gl;
    this.width = width;
    this.height = height;
    this.format = format;
    this.layers = layers;
    this.target = layers === 0 ? gl.TEXTURE_2D : gl.TEXTURE_2D_ARRAY;
    this.handle = gl.createTexture();
    this.#token = ledger.open('textures', width * height * Math.max(1, layers) * BYTES_OF_TEXEL[format]);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(this.target, this.handle);
    // Chroma planes are read between their texels; everything else texel by texel. Outside, the edge repeats.
    const filter = format === 'r8' ? gl.LINEAR : gl.NEAREST;
    gl.texParameteri(this.target, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(this.target, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(this.target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(this.target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    this.allocate();
  }

  /** Fresh storage, its values undefined. The texture is bound to the active unit. */
  allocate(): void {
    const gl = this.#gl;
    const { internal, external, type } = glFormat(gl, this.format);
    if (this.layers > 0)
      gl.texImage3D(this.target, 0, internal, this.width, this.height, this.layers, 0, external, type, null); // prettier-ignore
    else gl.texImage2D(gl.TEXTURE_2D, 0, internal, this.width, this.height, 0, external, type, null);
  }

  /** Fills an `rgba32f` texture, four numbers a texel. */
  write(values: Float32Array): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.handle);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, this.width, this.height, gl.RGBA, gl.FLOAT, values);
  }

  /** The framebuffer that draws into this texture. */
  get framebuffer(): WebGLFramebuffer {
    if (this.#framebuffer !== null) return this.#framebuffer;
    const gl = this.#gl;
    this.#framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.handle, 0);
    return this.#framebuffer;
  }

  /** The framebuffer that draws into this texture and `others`, in this order. */
  framebufferWith(others: readonly Texture[]): WebGLFramebuffer {
    const isWanted = (one: readonly Texture[]) =>
      one.length === others.length && one.every((other, i) => other === others[i]);
    const known = this.#joint.find((one) => isWanted(one.others));
    if (known !== undefined) return known.framebuffer;
    const gl = this.#gl;
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const attached = [this, ...others].map(({ handle }, i) => {
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + i, gl.TEXTURE_2D, handle, 0);
      return gl.COLOR_ATTACHMENT0 + i;
    });
    gl.drawBuffers(attached);
    this.#joint.push({ others, framebuffer });
    return framebuffer;
  }

  /** The framebuffer that draws into layers of this texture, one attachment each. */
  framebufferOf({ key, numbers }: LayerList): WebGLFramebuffer {
    const known = this.#layered.get(key);
    if (known !== undefined) return known;
    const gl = this.#gl;
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    numbers.forEach((layer, i) => {
      gl.framebufferTextureLayer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + i, this.handle, 0, layer);
    });
    gl.drawBuffers(numbers.map((_, i) => gl.COLOR_ATTACHMENT0 + i));
    this.#layered.set(key, framebuffer);
    return framebuffer;
  }

  /** @throws Error on the second call. */
  dispose(): void {
    this.#token.release();
    if (this.#framebuffer !== null) this.#gl.deleteFramebuffer(this.#framebuffer);
    for (const framebuffer of this.#layered.values()) this.#gl.deleteFramebuffer(framebuffer);
    for (const { framebuffer } of this.#joint) this.#gl.deleteFramebuffer(framebuffer);
    this.#gl.deleteTexture(this.handle);
  }
}

function glFormat(gl: WebGL2RenderingContext, format: TexelFormat) {
  switch (format) {
    case 'r8':
      return { internal: gl.R8, external: gl.RED, type: gl.UNSIGNED_BYTE };
    case 'rgba8':
      return { internal: gl.RGBA8, external: gl.RGBA, type: gl.UNSIGNED_BYTE };
    case 'rgba16f':
      return { internal: gl.RGBA16F, external: gl.RGBA, type: gl.HALF_FLOAT };
    case 'rgba32f':
      return { internal: gl.RGBA32F, external: gl.RGBA, type: gl.FLOAT };
    case 'rgba32ui':
      return { internal: gl.RGBA32UI, external: gl.RGBA_INTEGER, type: gl.UNSIGNED_INT };
  }
}
