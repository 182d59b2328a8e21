/** A plan that is ready to run on WebGL2: its programs and its textures. */
import { assert, at } from '../../core/assert.ts';
import { isRemembered, type Plan } from '../../plan/plan.ts';
import { BYTES_OF_TEXEL } from '../../plan/texels.ts';
import type { PreparedGraph } from '../port.ts';
import type { CompiledPass, Draw } from './compiled-pass.ts';
import type { ReadablePlanes } from './pixel-reader.ts';
import { GraphMemory } from './graph-memory.ts';
import { singleLayer, type LayerList, type Texture } from './textures.ts';

/** What draws an output onto the canvas. */
export type Present = Readonly<{ draw: Draw; images: readonly number[] }>;

export class WebGl2Graph implements PreparedGraph {
  readonly plan: Plan;
  readonly passes: readonly CompiledPass[];
  /** One per image of the plan; null where the frame's own planes are read. */
  readonly textures: (Texture | null)[];
  readonly memory: GraphMemory;
  /** What draws the output onto the canvas; null where nothing is shown. */
  readonly present: Present | null;
  /** The planes of an output that passes write, once they were read. */
  planes: ReadablePlanes | null = null;
  readonly #giveBack: (graph: WebGl2Graph) => void;
  #disposed = false;

  /** @param giveBack takes back what the graph held; called once. */
  constructor(
    plan: Plan,
    passes: readonly CompiledPass[],
    present: Present | null,
    textures: (Texture | null)[],
    giveBack: (graph: WebGl2Graph) => void,
  ) {
    this.plan = plan;
    this.passes = passes;
    this.present = present;
    this.textures = textures;
    this.memory = new GraphMemory(plan);
    this.#giveBack = giveBack;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  get isWarm(): boolean {
    return this.memory.isWarm;
  }

  get memoryBytes(): number {
    const remembered = this.plan.images.flatMap((image, index) =>
      isRemembered(image) ? [this.textureOf(index)] : [],
    );
    return remembered.reduce((sum, { width, height, layers, format }) => sum + width * height * Math.max(1, layers) * BYTES_OF_TEXEL[format], 0); // prettier-ignore
  }

  /** Of an image that is no plane of the frame. */
  textureOf(image: number): Texture {
    const texture = this.textures[image];
    assert(texture !== null && texture !== undefined, 'an image that is written has a texture of its own');
    return texture;
  }

  /** The layers of `image` that a draw writes; null where it has none. */
  layersOf(image: number): LayerList | null {
    return at(this.plan.images, image).layers === undefined
      ? null
      : singleLayer(this.memory.newestLayer(image));
  }

  /** What was written last becomes what was before. */
  readonly move = (memory: number): void => {
    for (const pair of this.memory.pairs) {
      if (pair.memory !== memory) continue;
      const { of, previous } = pair;
      [this.textures[of], this.textures[previous]] = [this.textureOf(previous), this.textureOf(of)];
    }
  };

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#giveBack(this);
  }
}
