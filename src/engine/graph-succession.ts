/**
 * Which prepared graph computes the frames now, and which did before. Gives each back when no frame needs it any more,
 * and lets the next one go on with what the last one remembers.
 */
import type { Backend, PreparedGraph } from '../backends/port.ts';
import type { FrameSize } from '../plan/plan.ts';
import { isOneSequence, type TakenForm } from './taken-form.ts';

export type Prepared = Readonly<{
  graph: PreparedGraph;
  taken: TakenForm;
  /** What comes out at the full size, whatever it is computed at. */
  fullOutput: FrameSize;
  predictedMs: number;
  /** How far what it shows lies behind the newest frame: the one beside the other. */
  latency: Readonly<{ frames: number; ms: number }>;
}>;

export class GraphSuccession {
  readonly #backend: Backend;
  #current: Prepared | null = null;
  /** Whether a frame ran on the current one, so that it knows what came before it. */
  #hasRun = false;
  /** The one before, which remembers what the current one will go on with when a frame takes it. */
  #before: Prepared | null = null;
  /** Those that frames are running on: given back when the last of these frames is done. */
  readonly #running = new Map<PreparedGraph, number>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get current(): Prepared | null {
    return this.#current;
  }

  /** From the next frame on. */
  succeed(next: Prepared): void {
    this.retire();
    this.#current = next;
    this.#hasRun = false;
    if (this.#before !== null && !sharesMemory(this.#before, next)) this.#dropBefore();
  }

  /** Lets the current graph go; one that a frame is running on goes with that frame, what it remembers with the next. */
  retire(): void {
    const current = this.#current;
    this.#current = null;
    if (current === null) return;
    // Where it has run, it has taken over from the one before already.
    if (this.#hasRun) this.#before = current;
    else this.#giveBack(current.graph);
  }

  /**
   * What computes a frame, with all that it is to remember; `done` says when it is no longer needed. Frames before
   * were executed by now, if not read.
   * @returns null where nothing is prepared.
   * @throws what `Backend.carry` throws.
   */
  take(taken: TakenForm): Prepared | null {
    const current = this.#current;
    if (current === null) return null;
    const before = this.#before;
    if (before !== null) this.#takeOver(before, current, taken);
    else if (!isOneSequence(current.taken, taken)) this.#backend.forget(current.graph);
    this.#hasRun = true;
    this.#running.set(current.graph, (this.#running.get(current.graph) ?? 0) + 1);
    return (this.#current = current.taken === taken ? current : { ...current, taken });
  }

  /** A frame is done with what `take` gave it. */
  done(graph: PreparedGraph): void {
    const others = (this.#running.get(graph) ?? 1) - 1;
    if (others > 0) {
      this.#running.set(graph, others);
      return;
    }
    this.#running.delete(graph);
    if (graph !== this.#current?.graph && graph !== this.#before?.graph) graph.dispose();
  }

  /** Gives everything back. Idempotent. */
  dispose(): void {
    this.retire();
    this.#dropBefore();
    for (const graph of this.#running.keys()) graph.dispose();
    this.#running.clear();
  }

  #takeOver(before: Prepared, current: Prepared, taken: TakenForm): void {
    this.#before = null;
    try {
      if (isOneSequence(before.taken, taken)) this.#backend.carry(before.graph, current.graph);
    } finally {
      this.#giveBack(before.graph);
    }
  }

  #dropBefore(): void {
    const before = this.#before;
    this.#before = null;
    if (before !== null) this.#giveBack(before.graph);
  }

  #giveBack(graph: PreparedGraph): void {
    if (!this.#running.has(graph)) graph.dispose();
  }
}

function sharesMemory(a: Prepared, b: Prepared): boolean {
  const names = new Set(a.graph.plan.memories.map(({ name }) => name));
  return b.graph.plan.memories.some(({ name }) => names.has(name));
}
