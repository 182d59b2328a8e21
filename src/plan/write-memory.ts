/** What a plan remembers, while it is written: rings of frames, and images that are read again with the next frame. */
import { at } from '../core/assert.ts';
import type { Memory } from '../primitives/primitive.ts';
import type { Image, Pass, PlanMemory } from './plan.ts';

export class MemoryWriter {
  readonly memories: PlanMemory[] = [];
  readonly #images: Image[];
  readonly #passes: Pass[];
  /** Rings by what they hold. */
  readonly #rings = new Map<string, number>();
  /** For each image that is read again, the one that it was. */
  readonly #previous = new Map<number, number>();

  /** @param images,passes of the plan that is written. */
  constructor(images: Image[], passes: Pass[]) {
    this.#images = images;
    this.#passes = passes;
  }

  /** The ring that holds the last frames of `image`: one for all that remember it alike. */
  ringOf(image: number, memory: Memory): number {
    const { frames, warmUp, maxGapMs, fullAt = frames } = memory;
    const key = [image, frames, warmUp, maxGapMs, fullAt].join(' ');
    const known = this.#rings.get(key);
    if (known !== undefined) return known;
    const held = at(this.#images, image);
    const layout = `${held.layout}${held.source.kind === 'frame' ? ` ${held.source.plane}` : ''}`;
    const ring = this.#add({
      ...held,
      source: { kind: 'pass', index: this.#passes.length },
      memory: this.#remember({ ...memory, name: `${memory.name} · ${layout}` }),
      layers: frames,
    });
    this.#passes.push({ kind: 'keep', label: `keep ${frames} frames`, image, output: ring });
    this.#rings.set(key, ring);
    return ring;
  }

  /** Images that their pass reads again with the next frame, under one clock. */
  pairs(images: readonly Image[], memory: Memory): readonly number[] {
    const index = this.#remember(memory);
    return images.map((image) => {
      const own = this.#add({ ...image, memory: index });
      this.#previous.set(own, this.#add({ ...image, source: { kind: 'previous', of: own } }));
      return own;
    });
  }

  /** What `image` held with the frame before. */
  previousOf(image: number): number {
    return this.#previous.get(image) ?? image;
  }

  #add(image: Image): number {
    return this.#images.push(image) - 1;
  }

  #remember(memory: PlanMemory): number {
    return this.memories.push(memory) - 1;
  }
}
