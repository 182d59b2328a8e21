/**
 * The reference over a sequence of frames: the graph itself, op by op, in float64, without the planner, so that a
 * mistake of the planner shows. Owns what its nodes remember. No DOM: it works in Node.
 */
import { at } from '../../core/assert.ts';
import { lumaWeights, type FrameColor } from '../../core/frame-color.ts';
import { MemoryClock, type MemoryRules } from '../../core/memory-clock.ts';
import {
  checkTensor,
  sameShape,
  toFloat32,
  toFloat64,
  type Shape,
  type Tensor,
  type Tensor64,
} from '../../core/tensor.ts';
import type { Graph, OpNode } from '../../graph/graph.ts';
import type { FrameFacts, Past, SymbolicShape } from '../../ops/op.ts';
import { opNamed } from '../../ops/registry.ts';
import { checkInputs, checkTimestamp } from '../check-inputs.ts';

export type ReferenceOptions = Readonly<{
  /** Whose luma weights count. Default BT.601. */
  color?: FrameColor;
}>;

type Inputs = Readonly<Record<string, Tensor>>;

/** A graph on one frame after another, in float64: what the backends are held to. For arrays of any size, in any thread. */
export class ReferenceSequence {
  readonly #graph: Graph;
  readonly #facts: FrameFacts;
  readonly #memories: ReadonlyMap<number, NodeMemory>;
  #shapes: Readonly<Record<string, Shape>> = {};
  #measurements: Readonly<Record<string, Tensor>> = {};

  constructor(graph: Graph, { color = { matrix: 'bt601', fullRange: false } }: ReferenceOptions = {}) {
    this.#graph = graph;
    this.#facts = { luma: lumaWeights(color) };
    this.#memories = memoriesOf(graph);
  }

  /** False while an output stands for frames that a memory waits for, and is not to be shown. */
  get isWarm(): boolean {
    return [...this.#memories.values()].every(({ isWarm }) => isWarm);
  }

  /** The graph's measurements, of the last frame. */
  get measurements(): Readonly<Record<string, Tensor>> {
    return this.#measurements;
  }

  /**
   * The graph's output for the next frame. Inputs of another size begin a sequence.
   * @param inputs a tensor for each of the graph's inputs; `frame` is R'G'B' in 0..1, `[height, width, 3]`.
   * @param timestampUs one that goes back begins a sequence; the last one once more: the frame takes its place.
   * @throws TypeError when an input is missing or no tensor, or the time is no finite number; nothing is remembered
   * of it. @throws RangeError when its shape does not fit.
   */
  next(inputs: Inputs, timestampUs: number): Tensor {
    checkInputs(this.#graph, inputs);
    checkTimestamp(timestampUs);
    const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
    if (!this.#hasShapes(shapes)) {
      checkShapes(this.#graph, shapes);
      this.forget();
      this.#shapes = shapes;
    }
    const values: Tensor64[] = [];
    this.#graph.nodes.forEach((node, index) => {
      values.push(
        node.op === 'input'
          ? toFloat64(checkTensor(`inputs.${node.name}`, inputs[node.name]))
          : this.#compute(node, index, values, timestampUs),
      );
    });
    const measured = Object.entries(this.#graph.measurements ?? {});
    this.#measurements = Object.fromEntries(
      measured.map(([name, node]) => [name, toFloat32(at(values, node))]),
    );
    return toFloat32(at(values, this.#graph.output));
  }

  /** The next frame is the first one. */
  forget(): void {
    for (const memory of this.#memories.values()) memory.forget();
  }

  #hasShapes(shapes: Readonly<Record<string, Shape>>): boolean {
    return Object.entries(shapes).every(([name, shape]) => {
      const before = this.#shapes[name];
      return before !== undefined && sameShape(before, shape);
    });
  }

  #compute(node: OpNode, index: number, values: readonly Tensor64[], timestampUs: number): Tensor64 {
    const op = opNamed(node.op);
    const inputs = node.inputs.map((input) => at(values, input));
    const memory = this.#memories.get(index);
    if (memory === undefined) return op.reference(inputs, node.options, this.#facts);
    const past = memory.begin(at(inputs, 0), timestampUs);
    const output = op.reference(inputs, node.options, this.#facts, past);
    memory.end(output);
    return output;
  }
}

/** What one node remembers. */
class NodeMemory {
  readonly #clock: MemoryClock;
  #isFull = false;
  /** The newest first. */
  #inputs: readonly Tensor64[] = [];
  /** For the frame before the last one, and for the last one. */
  #outputs: readonly [before: Tensor64 | null, last: Tensor64 | null] = [null, null];

  constructor(rules: MemoryRules) {
    this.#clock = new MemoryClock(rules);
  }

  get isWarm(): boolean {
    return this.#isFull || this.#clock.rules.warmUp !== 'none';
  }

  begin(input: Tensor64, timestampUs: number): Past {
    const moment = this.#clock.next(timestampUs);
    this.#isFull = moment.isFull;
    const [before, last] = this.#outputs;
    if (moment.step === 'first') [this.#inputs, this.#outputs] = [[], [null, null]];
    else if (moment.step === 'again') [this.#inputs, this.#outputs] = [this.#inputs.slice(1), [before, null]];
    else this.#outputs = [last, null];
    this.#inputs = [input, ...this.#inputs].slice(0, this.#clock.rules.frames);
    return { inputs: this.#inputs, moment, previous: this.#outputs[0] };
  }

  end(output: Tensor64): void {
    this.#outputs = [this.#outputs[0], output];
  }

  forget(): void {
    this.#clock.forget();
    this.#isFull = false;
    [this.#inputs, this.#outputs] = [[], [null, null]];
  }
}

function memoriesOf(graph: Graph): ReadonlyMap<number, NodeMemory> {
  const memories = new Map<number, NodeMemory>();
  graph.nodes.forEach((node, index) => {
    const rules = node.op === 'input' ? null : opNamed(node.op).memory?.(node.options);
    if (rules !== null && rules !== undefined) memories.set(index, new NodeMemory(rules));
  });
  return memories;
}

/** @throws TypeError | RangeError when the graph does not run on inputs of these shapes. */
function checkShapes(graph: Graph, given: Readonly<Record<string, Shape>>): void {
  const shapes: SymbolicShape[] = [];
  graph.nodes.forEach((node, index) => {
    if (node.op === 'input') {
      shapes.push(given[node.name] ?? node.shape);
      return;
    }
    const inputs = node.inputs.map((input) => at(shapes, input));
    shapes.push(opNamed(node.op).inferShape(inputs, node.options, `node ${index} (${node.op})`));
  });
}
