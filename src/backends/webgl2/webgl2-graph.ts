/** A plan that is ready to run on WebGL2: its programs and its textures. */
import type { Plan } from '../../plan/plan.ts';
import type { PreparedGraph } from '../port.ts';
import type { CompiledPass, Draw } from './compiled-pass.ts';
import type { ReadablePlanes } from './pixel-reader.ts';
import type { Texture } from './textures.ts';

/** What draws an output onto the canvas. */
export type Present = Readonly<{ draw: Draw; images: readonly number[] }>;

export class WebGl2Graph implements PreparedGraph {
  readonly plan: Plan;
  readonly passes: readonly CompiledPass[];
  /** One per image of the plan; null where the frame's own planes are read. */
  readonly textures: readonly (Texture | null)[];
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
    textures: readonly (Texture | null)[],
    giveBack: (graph: WebGl2Graph) => void,
  ) {
    this.plan = plan;
    this.passes = passes;
    this.present = present;
    this.textures = textures;
    this.#giveBack = giveBack;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#giveBack(this);
  }
}
