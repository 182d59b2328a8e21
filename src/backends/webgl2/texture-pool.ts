/**
 * Textures that plans hand back and others take again: a dragged slider or a filter that comes back allocates none.
 * Owned by one backend.
 */
import type { Ledger } from '../../core/ledger.ts';
import type { TexelFormat } from '../../plan/plan.ts';
import { Texture } from './textures.ts';

/** Handed back and kept; the oldest goes first. */
const MOST_FREE = 16;

export class TexturePool {
  readonly #gl: WebGL2RenderingContext;
  readonly #ledger: Ledger;
  readonly #free: Texture[] = [];

  constructor(gl: WebGL2RenderingContext, ledger: Ledger) {
    this.#gl = gl;
    this.#ledger = ledger;
  }

  /** Its values are undefined. */
  take(width: number, height: number, format: TexelFormat, layers = 0): Texture {
    const found = this.#free.findIndex(
      (texture) =>
        texture.width === width &&
        texture.height === height &&
        texture.format === format &&
        texture.layers === layers,
    );
    const [known] = found < 0 ? [] : this.#free.splice(found, 1);
    return known ?? new Texture(this.#gl, this.#ledger, width, height, format, layers);
  }

  /** @consumes texture */
  give(texture: Texture): void {
    this.#free.push(texture);
    if (this.#free.length > MOST_FREE) this.#free.shift()?.dispose();
  }

  dispose(): void {
    for (const texture of this.#free) texture.dispose();
    this.#free.length = 0;
  }
}
