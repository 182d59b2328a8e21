/**
 * Hands what one graph remembers on to the next one, so that a picture goes on where it was: textures change hands where
 * they are alike, and are drawn anew where the size is another. Memories are the same where their names are.
 */
import { at } from '../../core/assert.ts';
import type { Ledger } from '../../core/ledger.ts';
import { sameShape } from '../../core/tensor.ts';
import type { Image, Plan } from '../../plan/plan.ts';
import { carriedForm, emitCarry, type CarriedForm } from './emit-carry.ts';
import type { Program, ProgramCache } from './programs.ts';
import { singleLayer, Texture } from './textures.ts';
import type { WebGl2Graph } from './webgl2-graph.ts';

const keyOf = ({ layout, isRing }: CarriedForm): string => `${layout} ${String(isRing)}`;

/** Indices of the images that belong to a memory, in order. */
function imagesOf({ images }: Plan, memory: number): readonly number[] {
  return images.flatMap((image, index) => {
    const own = image.source.kind === 'previous' ? at(images, image.source.of).memory : image.memory;
    return own === memory ? [index] : [];
  });
}

/** Whether both hold the same, be it at other sizes. */
function isAlike(a: Image, b: Image, frames: number): boolean {
  return (
    a.source.kind === b.source.kind &&
    a.layout === b.layout &&
    a.format === b.format &&
    a.channels === b.channels &&
    (a.layers === undefined) === (b.layers === undefined) &&
    (a.expansion === null) === (b.expansion === null) &&
    isAlikeInDepth(a, b, frames)
  );
}

/** Images may differ in size; frames of anything else that lie side by side must be as many and as large. */
function isAlikeInDepth({ atlas: a }: Image, { atlas: b }: Image, frames: number): boolean {
  if (a === null || b === null) return a === b;
  if (a.block !== null || b.block !== null || a.shape.length !== b.shape.length) return false;
  const isOfImages = a.shape.length === 4 || (a.shape.length === 3 && frames === 1);
  return isOfImages ? [0, 1, 4].every((axis) => a.dims[axis] === b.dims[axis]) : sameShape(a.shape, b.shape);
}

export class MemoryCarrier {
  readonly #gl: WebGL2RenderingContext;
  readonly #programs: ProgramCache;
  readonly #ledger: Ledger;
  readonly #ready = new Map<string, Program>();
  readonly #primed = new Set<string>();

  constructor(gl: WebGL2RenderingContext, ledger: Ledger, programs: ProgramCache) {
    this.#gl = gl;
    this.#ledger = ledger;
    this.#programs = programs;
  }

  /**
   * Compiles what a change of size would need.
   * @throws PipelineError `shader-failed` | `context-lost`
   */
  async prepare({ images }: Plan): Promise<void> {
    for (const image of images) {
      const form = carriedForm(image);
      if (image.memory === undefined || this.#ready.has(keyOf(form))) continue;
      this.#ready.set(keyOf(form), await this.#programs.get(emitCarry(form)));
    }
  }

  /** Draws a texel with each program that a change of size would need: drivers finish programs with their first draw. */
  prime({ plan, textures }: WebGl2Graph): void {
    plan.images.forEach((image, index) => {
      const key = keyOf(carriedForm(image));
      const texture = textures[index];
      if (image.memory === undefined || this.#primed.has(key) || texture === null || texture === undefined)
        return;
      this.#primed.add(key);
      const scratch = new Texture(this.#gl, this.#ledger, 1, 1, texture.format);
      this.#draw([image, image], [texture, scratch], [0, null]);
      scratch.dispose();
    });
  }

  /** What is not alike begins anew. */
  carry(from: WebGl2Graph, to: WebGl2Graph): void {
    to.plan.memories.forEach(({ name, frames, isDerived }, memory) => {
      if (isDerived === true) return;
      const old = from.plan.memories.findIndex((one) => one.name === name);
      if (old < 0 || from.memory.kept(old) === 0) return;
      const [mine, theirs] = [imagesOf(to.plan, memory), imagesOf(from.plan, old)];
      const fits = mine.length === theirs.length && mine.every((image, i) => isAlike(at(to.plan.images, image), at(from.plan.images, at(theirs, i)), frames)); // prettier-ignore
      if (!fits) return;
      to.memory.follow(memory, from.memory, old);
      mine.forEach((image, i) => {
        this.#carryImage(from, at(theirs, i), to, image);
      });
    });
  }

  #carryImage(from: WebGl2Graph, theirs: number, to: WebGl2Graph, mine: number): void {
    const [old, texture] = [from.textureOf(theirs), to.textureOf(mine)];
    const isSame = old.width === texture.width && old.height === texture.height && old.layers === texture.layers; // prettier-ignore
    const images = [at(from.plan.images, theirs), at(to.plan.images, mine)] as const;
    if (isSame && images[0].width === images[1].width) {
      [from.textures[theirs], to.textures[mine]] = [texture, old];
      return;
    }
    const { layers } = images[1];
    if (layers === undefined) {
      this.#draw(images, [old, texture], [0, null]);
      return;
    }
    const { memory = 0 } = images[1];
    const [newestOld, newest] = [from.memory.newestLayer(theirs), to.memory.newestLayer(mine)];
    for (let age = Math.min(to.memory.kept(memory), old.layers, layers) - 1; age >= 0; age--) {
      const layer = (newest - age + layers) % layers;
      this.#draw(images, [old, texture], [(newestOld - age + old.layers) % old.layers, layer]);
    }
  }

  #draw(
    [before, now]: readonly [before: Image, now: Image],
    [old, texture]: readonly [old: Texture, texture: Texture],
    [fromLayer, toLayer]: readonly [from: number, to: number | null],
  ): void {
    const gl = this.#gl;
    const program = this.#ready.get(keyOf(carriedForm(now)));
    if (program === undefined) return;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(old.target, old.handle);
    gl.bindFramebuffer(gl.FRAMEBUFFER, toLayer === null ? texture.framebuffer : texture.framebufferOf(singleLayer(toLayer))); // prettier-ignore
    gl.viewport(0, 0, texture.width, texture.height);
    gl.useProgram(program.handle);
    const [from, to] = [tileOf(before), tileOf(now)];
    gl.uniform1i(program.uniform('uImage'), 0);
    gl.uniform1i(program.uniform('uLayer'), fromLayer);
    gl.uniform2f(program.uniform('uFrom'), from.width, from.height);
    gl.uniform2f(program.uniform('uTo'), to.width, to.height);
    gl.uniform2i(program.uniform('uTiles'), from.columns, to.columns);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}

/** Of an image that is one tile: all of it. */
function tileOf({
  width,
  height,
  atlas,
}: Image): Readonly<{ width: number; height: number; columns: number }> {
  return atlas === null ? { width, height, columns: 1 } : { width: atlas.dims[3], height: atlas.dims[2], columns: atlas.columns }; // prettier-ignore
}
