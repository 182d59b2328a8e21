/**
 * A graph cut into blocks along the first axis of its one input: which part of a block's output is that of the whole.
 *
 *   input  |--------- block 0 ---------|            |  a block reads past its cuts, so that at each of them some of
 *          |               |--------- block 1 ------|  the output is wrong; what is kept of one begins where the one
 *   output |======= kept =======|===== kept ========|  before ends. At the ends of the whole nothing is wrong.
 *
 * All blocks have one length, so that whatever is compiled for one serves all, and one that leaves the same rest as the
 * whole when divided by `unit`, so that strides fall on the same elements, 'same' pads and sizes round as in the whole.
 */
import { at } from '../core/assert.ts';
import { showShape, type Shape } from '../core/tensor.ts';
import { opNamed } from '../ops/registry.ts';
import { firstAxisRead, type FirstAxisRead } from './first-axis.ts';
import type { Graph } from './graph.ts';

/** Positions of a node's first axis that are as in the whole: `from` … `to` − 1. */
type Kept = Readonly<{ from: number; to: number }>;

/** Output positions per input position, as a fraction. */
type Rate = Readonly<{ num: number; den: number }>;

type Step = Readonly<{ read: FirstAxisRead | null; inputs: readonly number[]; length: number; rate: Rate }>;

const NOTHING: Kept = { from: 0, to: 0 };

export class BlockAxis {
  readonly graph: Graph;
  readonly inputName: string;
  /** Blocks begin at multiples of this, in input positions. */
  readonly unit: number;
  /** Of the output of the whole. */
  readonly outputShape: Shape;
  readonly #length: number;
  readonly #steps: readonly Step[];
  readonly #output: Step;

  /**
   * @param shape of the graph's one input, as a whole.
   * @throws TypeError | RangeError when the graph takes another number of inputs, its length is fixed, a node looks at the
   *   whole axis, or the shape doesn't fit; it names the node and the way out.
   */
  constructor(graph: Graph, shape: Shape) {
    this.inputName = inputOf(graph, shape);
    this.#length = at(shape, 0);
    const shapes: Shape[] = [];
    const steps: Step[] = [];
    graph.nodes.forEach((node, index) => {
      if (node.op === 'input') {
        shapes.push(shape);
        steps.push({ read: null, inputs: [], length: this.#length, rate: { num: 1, den: 1 } });
        return;
      }
      const where = `node ${index} (${node.op})`;
      const inputs = node.inputs.map((input) => at(shapes, input));
      const own = opNamed(node.op).inferShape(inputs, node.options, where) as Shape;
      const read = firstAxisRead(node, inputs, where);
      const rate = rateOf(read, node.inputs.map((input) => at(steps, input).rate), where); // prettier-ignore
      shapes.push(own);
      steps.push({ read, inputs: node.inputs, length: at(own, 0), rate });
    });
    this.graph = graph;
    this.unit = steps.reduce((unit, { rate }) => (unit * rate.den) / gcd(unit, rate.den), 1);
    this.outputShape = at(shapes, graph.output);
    this.#steps = steps;
    this.#output = at(steps, graph.output);
  }

  /** Where the output of a block that begins at input position `start` lies in the whole. */
  outputStart(start: number): number {
    return this.#at(start, this.#output.rate);
  }

  /** The longest block length ≤ `most` that a block may have; the whole where that is within it. */
  lengthWithin(most: number): number {
    if (most >= this.#length) return this.#length;
    const rest = this.#length % this.unit;
    return Math.max(0, Math.floor((most - rest) / this.unit)) * this.unit + rest;
  }

  /** Whether blocks of that length keep anything, wherever they lie. */
  fits(length: number): boolean {
    if (length >= this.#length) return true;
    if (length < this.unit) return false;
    const least = this.#at(this.unit, this.#output.rate);
    const places = [[true, false], [false, false], [false, true]] as const; // prettier-ignore
    return places.every(([isFirst, isLast]) => {
      const { from, to } = this.#kept(length, isFirst, isLast);
      return to - from >= least;
    });
  }

  /** The output positions, in the block's own count, that are as in the whole. */
  keptOf(start: number, length: number): Kept {
    if (length === this.#length) return { from: 0, to: this.#output.length };
    return this.#kept(length, start === 0, start + length === this.#length);
  }

  /**
   * Where the block behind one that begins at `start` begins: as far on as what it keeps still reaches back to output
   * position `position`.
   */
  startBehind(position: number, length: number): number {
    const { from } = this.#kept(length, false, false);
    const { num, den } = this.#output.rate;
    const most = Math.floor(((position - from) * den) / num / this.unit) * this.unit;
    return Math.min(most, this.#length - length);
  }

  #at(start: number, { num, den }: Rate): number {
    return (start * num) / den;
  }

  #kept(length: number, isFirst: boolean, isLast: boolean): Kept {
    const kept: Kept[] = [];
    const lengths = this.#steps.map((step) => step.length - this.#at(this.#length - length, step.rate));
    this.#steps.forEach(({ read, inputs }, index) => {
      const own = at(lengths, index);
      if (read === null) {
        kept.push({ from: 0, to: own });
        return;
      }
      const from = Math.max(...inputs.map((input) => at(kept, input).from));
      const to = Math.min(...inputs.map((input) => at(kept, input).to));
      const before = at(lengths, at(inputs, 0));
      kept.push(keptThrough(read, { from, to }, { before, own, isFirst, isLast }));
    });
    return at(kept, this.graph.output);
  }
}

/** What is right behind a node, of an input of `before` elements that is right from … to; it gives `own`. */
function keptThrough(
  { stride, up, first, last, mirrored }: FirstAxisRead,
  { from, to }: Kept,
  {
    before,
    own,
    isFirst,
    isLast,
  }: Readonly<{ before: number; own: number; isFirst: boolean; isLast: boolean }>,
): Kept {
  const [begin, end] = mirrored;
  // What a mirrored edge shows lies inside; it must be right as well.
  if (own < 1 || to - from < 1 || (isFirst && to <= begin) || (isLast && before - from <= end))
    return NOTHING;
  // ⌈(q · stride + first) / up⌉ ≥ from, and ⌊(q · stride + last) / up⌋ ≤ to − 1.
  const left = isFirst ? 0 : Math.max(0, Math.ceil(((from - 1) * up + 1 - first) / stride));
  const right = isLast ? own : Math.min(own, Math.floor((to * up - 1 - last) / stride) + 1);
  return right > left ? { from: left, to: right } : NOTHING;
}

function inputOf(graph: Graph, shape: Shape): string {
  const inputs = graph.nodes.flatMap((node) => (node.op === 'input' ? [node] : []));
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    throw new TypeError(`a graph that runs in blocks must have one input, got ${inputs.length}: ${inputs.map(({ name }) => name).join(', ')}`); // prettier-ignore
  }
  const fits =
    input.shape.length === shape.length &&
    input.shape.every((size, axis) => size === null || size === shape[axis]);
  if (!fits) {
    throw new RangeError(`the graph's input '${input.name}' must be ${showShape(input.shape)}, got ${showShape(shape)}`); // prettier-ignore
  }
  if (input.shape[0] !== null) {
    throw new RangeError(
      `the graph's input '${input.name}' has a fixed length, ${showShape(input.shape)}, so it can not run in blocks: ` +
        'build the graph with null as its first size',
    );
  }
  return input.name;
}

function rateOf({ stride, up }: FirstAxisRead, inputs: readonly Rate[], where: string): Rate {
  const { num, den } = at(inputs, 0);
  if (inputs.some((other) => other.num !== num || other.den !== den)) {
    throw new RangeError(`${where}: its inputs run at different rates, so it can not run in blocks: use the same strides on both ways, or run the graph as a whole with engine.run()`); // prettier-ignore
  }
  const common = gcd(num * up, den * stride);
  return { num: (num * up) / common, den: (den * stride) / common };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
