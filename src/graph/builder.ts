/** Builds graphs from typed functions: each call adds a node and checks it at once. */
import { at } from '../core/assert.ts';
import { show } from '../core/check.ts';
import { opNamed, type OpName, type OpOptions } from '../ops/registry.ts';
import type { SymbolicShape } from '../ops/op.ts';
import type { Graph, GraphNode, OpNode } from './graph.ts';

/** A value while a graph is built: the output of one of its nodes. */
export class GraphValue {
  readonly #builder: GraphBuilder;
  readonly index: number;
  readonly shape: SymbolicShape;

  constructor(builder: GraphBuilder, index: number, shape: SymbolicShape) {
    this.#builder = builder;
    this.index = index;
    this.shape = shape;
  }

  /** Adds a node of `op` to the graph of `inputs`. */
  static apply<Name extends OpName>(
    op: Name,
    inputs: readonly GraphValue[],
    options: OpOptions<Name>,
  ): GraphValue {
    const first: unknown = inputs[0];
    if (!(first instanceof GraphValue)) {
      throw new TypeError(
        `${op}: the input must be a value of the graph that is being built, got ${show(first)}`,
      );
    }
    return first.#builder.add(op, inputs, options);
  }

  belongsTo(builder: GraphBuilder): boolean {
    return this.#builder === builder;
  }
}

export class GraphBuilder {
  readonly #nodes: GraphNode[] = [{ op: 'frame', shape: [null, null, 3] }];
  readonly frame = new GraphValue(this, 0, [null, null, 3]);

  add<Name extends OpName>(op: Name, inputs: readonly GraphValue[], options: OpOptions<Name>): GraphValue {
    const index = this.#nodes.length;
    const where = `node ${index} (${op})`;
    inputs.forEach((input, i) => {
      this.#check(input, `${where}: input ${i}`);
    });
    const shape = opNamed(op).inferShape(
      inputs.map((input) => input.shape),
      options,
      where,
    );
    this.#nodes.push({ op, inputs: inputs.map((input) => input.index), options, shape } as unknown as OpNode);
    return new GraphValue(this, index, shape);
  }

  /** The nodes that `output` needs, renumbered. */
  build(output: GraphValue): Graph {
    this.#check(output, 'the output');
    const needed = this.#needed(output.index);
    const renumbered = new Map(needed.map((index, position) => [index, position]));
    const nodes = needed.map((index): GraphNode => {
      const node = at(this.#nodes, index);
      if (node.op === 'frame') return node;
      const inputs = node.inputs.map((input) => renumbered.get(input) ?? 0);
      return { ...node, inputs };
    });
    return { version: 1, nodes, output: nodes.length - 1 };
  }

  #check(value: unknown, name: string): void {
    if (!(value instanceof GraphValue)) {
      throw new TypeError(`${name} must be a value of the graph that is being built, got ${show(value)}`);
    }
    if (!value.belongsTo(this)) throw new TypeError(`${name} belongs to another graph`);
  }

  /** The frame and all that `output` depends on, in order; the output comes last because inputs are earlier. */
  #needed(output: number): number[] {
    const needed = new Set<number>([0]);
    const visit = (index: number): void => {
      if (needed.has(index)) return;
      needed.add(index);
      const node = at(this.#nodes, index);
      if (node.op !== 'frame') node.inputs.forEach(visit);
    };
    visit(output);
    return [...needed].sort((a, b) => a - b);
  }
}

/**
 * A graph from a function of the frame (R'G'B' in 0..1, `[height, width, 3]`) to the value to show.
 * @throws TypeError | RangeError that name the node, the option, the value and what is allowed.
 * @example graph(({ frame }) => { const y = luma(frame); return magnitude(conv2d(y, sobelX), conv2d(y, sobelY)); })
 */
export function graph(build: (inputs: Readonly<{ frame: GraphValue }>) => GraphValue): Graph {
  const builder = new GraphBuilder();
  return builder.build(build({ frame: builder.frame }));
}
