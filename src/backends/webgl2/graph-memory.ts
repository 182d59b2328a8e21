/**
 * What a plan remembers from frame to frame: when its frames were, and which texture is which. Textures of images that
 * are read again with the next frame come in pairs that change places; a ring has its frames in layers.
 */
import { assert, at } from '../../core/assert.ts';
import { MemoryClock } from '../../core/memory-clock.ts';
import type { Plan } from '../../plan/plan.ts';
import type { FrameMoment } from './emitted-term.ts';

/** An image, and the one that holds what it held with the frame before. */
export type ImagePair = Readonly<{ memory: number; of: number; previous: number }>;

/** Of a plan without memories nothing is asked. */
const NO_RULES = { frames: 1, warmUp: 'replicate', maxGapMs: Infinity } as const;
const BEGINNING: FrameMoment = { step: 'first', elapsedMs: 0, agesMs: [0], isFull: true, rules: NO_RULES, count: 0 }; // prettier-ignore

export class GraphMemory {
  readonly #plan: Plan;
  readonly #clocks: readonly MemoryClock[];
  readonly #counts: number[];
  readonly #moments: FrameMoment[];
  readonly pairs: readonly ImagePair[];

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#clocks = plan.memories.map((memory) => new MemoryClock(memory));
    this.#counts = plan.memories.map(() => 0);
    this.#moments = plan.memories.map((rules) => ({ ...BEGINNING, rules }));
    this.pairs = plan.images.flatMap(({ source }, previous) => {
      if (source.kind !== 'previous') return [];
      const { memory } = at(plan.images, source.of);
      assert(memory !== undefined, 'what is read again belongs to a memory');
      return [{ memory, of: source.of, previous }];
    });
  }

  /** Whether all frames are there that an output needs to be shown. */
  get isWarm(): boolean {
    return this.#moments.every(({ rules, isFull }) => rules.warmUp !== 'none' || isFull);
  }

  /** What a memory knows of the frame that is computed. */
  readonly momentOf = (memory: number): FrameMoment => this.#moments[memory] ?? BEGINNING;

  /** The layer of the newest frame in ring `image`. */
  newestLayer(image: number): number {
    const { memory, layers } = at(this.#plan.images, image);
    assert(memory !== undefined && layers !== undefined, 'a ring has layers and a memory');
    return at(this.#counts, memory) % layers;
  }

  /** A frame of this time is about to be computed: those memories move on for which it is a new one. */
  begin(timestampUs: number, move: (memory: number) => void): void {
    this.#clocks.forEach((clock, memory) => {
      const moment = clock.next(timestampUs);
      if (moment.step !== 'again') this.step(memory, move);
      this.#moments[memory] = { ...moment, rules: clock.rules, count: at(this.#counts, memory) };
    });
  }

  /** One step on: what was written last is from the frame before now. */
  step(memory: number, move: (memory: number) => void): void {
    this.#counts[memory] = at(this.#counts, memory) + 1;
    move(memory);
  }

  /** Undoes a step, for what was only tried. */
  stepBack(memory: number, move: (memory: number) => void): void {
    this.#counts[memory] = at(this.#counts, memory) - 1;
    move(memory);
  }

  forget(): void {
    for (const clock of this.#clocks) clock.forget();
  }

  /** Goes on where memory `from` of `other` is. */
  follow(memory: number, other: GraphMemory, from: number): void {
    at(this.#clocks, memory).follow(at(other.#clocks, from));
    this.#counts[memory] = at(other.#counts, from);
  }

  /** How many frames memory `memory` keeps now. */
  kept(memory: number): number {
    return at(this.#clocks, memory).kept;
  }
}
