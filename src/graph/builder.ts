/** Builds graphs from typed functions: each call adds a node and checks it at once. */
import { at } from '../core/assert.ts';
import { checkInteger, show } from '../core/check.ts';
import { opNamed, type OpName, type OpOptions } from '../ops/registry.ts';
import type { SymbolicShape } from '../ops/op.ts';
import type { Graph, GraphNode, OpNode } from './graph.ts';
import { opFields } from './op-fields.ts';

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
  readonly #nodes: GraphNode[] = [];

  input(name: string, shape: SymbolicShape): GraphValue {
    checkInputShape(`input '${name}'`, shape);
    this.#nodes.push({ op: 'input', name, shape: [...shape] });
    return new GraphValue(this, this.#nodes.length - 1, shape);
  }

  add<Name extends OpName>(op: Name, inputs: readonly GraphValue[], options: OpOptions<Name>): GraphValue {
    const index = this.#nodes.length;
    const where = `node ${index} (${op})`;
    inputs.forEach((input, i) => {
      this.#check(input, `${where}: input ${i}`);
    });
    checkOptionNames(op, options, where);
    const shape = opNamed(op).inferShape(
      inputs.map((input) => input.shape),
      options,
      where,
    );
    this.#nodes.push({ op, inputs: inputs.map((input) => input.index), options, shape } as unknown as OpNode);
    return new GraphValue(this, index, shape);
  }

  /** The nodes that `output` and the measurements need, renumbered. */
  build(output: GraphValue, measurements: Readonly<Record<string, GraphValue>> = {}): Graph {
    this.#check(output, 'the output');
    const measured = this.#checkMeasurements(measurements);
    const needed = this.#needed([output.index, ...measured.map(([, { index }]) => index)]);
    const renumbered = new Map(needed.map((index, position) => [index, position]));
    const nodes = needed.map((index): GraphNode => {
      const node = at(this.#nodes, index);
      if (node.op === 'input') return node;
      const inputs = node.inputs.map((input) => renumbered.get(input) ?? 0);
      return { ...node, inputs };
    });
    const graph: Graph = { version: 1, nodes, output: renumbered.get(output.index) ?? 0 };
    if (measured.length === 0) return graph;
    const indices = measured.map(([name, { index }]) => [name, renumbered.get(index) ?? 0] as const);
    return { ...graph, measurements: Object.fromEntries(indices) };
  }

  #checkMeasurements(measurements: unknown): readonly (readonly [string, GraphValue])[] {
    if (typeof measurements !== 'object' || measurements === null) {
      throw new TypeError(`the measurements must be an object { name: value }, got ${show(measurements)}`);
    }
    const measured = Object.entries(measurements as Readonly<Record<string, GraphValue>>);
    if (measured.length > MAX_MEASUREMENTS) {
      throw new RangeError(
        `a graph may have at most ${MAX_MEASUREMENTS} measurements, got ${measured.length}`,
      );
    }
    for (const [name, value] of measured) {
      checkName(`the name of measurement ${show(name)}`, name);
      this.#check(value, `measurement ${show(name)}`);
    }
    return measured;
  }

  #check(value: unknown, name: string): void {
    if (!(value instanceof GraphValue)) {
      throw new TypeError(`${name} must be a value of the graph that is being built, got ${show(value)}`);
    }
    if (!value.belongsTo(this)) throw new TypeError(`${name} belongs to another graph`);
  }

  /** The inputs and all that `outputs` depend on, in order. */
  #needed(outputs: readonly number[]): number[] {
    const needed = new Set(this.#nodes.flatMap(({ op }, index) => (op === 'input' ? [index] : [])));
    const visit = (index: number): void => {
      if (needed.has(index)) return;
      needed.add(index);
      const node = at(this.#nodes, index);
      if (node.op !== 'input') node.inputs.forEach(visit);
    };
    outputs.forEach(visit);
    return [...needed].sort((a, b) => a - b);
  }
}

const MAX_MEASUREMENTS = 4;
const MAX_NAME = 64;

/** @throws TypeError when `value` is no name of an input or a measurement. */
export function checkName(where: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME && value !== '__proto__')
    return value;
  throw new TypeError(`${where} must be a name of 1 to ${MAX_NAME} letters, got ${show(value)}`);
}

/** What a graph gives: the value to show, and small ones that are read back with each frame. */
export type GraphOutputs = Readonly<{
  output: GraphValue;
  /** At most 4, by names of 1 to 64 letters; of a live picture each of at most 65,536 values. */
  measurements?: Readonly<Record<string, GraphValue>>;
}>;

function buildOutputs(builder: GraphBuilder, built: GraphValue | GraphOutputs): Graph {
  const isValue = built instanceof GraphValue || typeof built !== 'object' || !('output' in built);
  return isValue ? builder.build(built) : builder.build(built.output, built.measurements);
}

/** What a graph is built over: tensors by name, with null where a size is not known yet. */
export type InputShapes = Readonly<Record<string, SymbolicShape>>;

type InputValues<Shapes> = { readonly [Name in keyof Shapes]: GraphValue };

/**
 * A graph from a function of the frame (R'G'B' in 0..1, `[height, width, 3]`) to the value to show, or to
 * `{ output, measurements }`.
 * @throws TypeError | RangeError that name the node, the option, the value and what is allowed.
 * @example graph(({ frame }) => { const y = luma(frame); return magnitude(conv2d(y, sobelX), conv2d(y, sobelY)); })
 */
export function graph(build: (inputs: Readonly<{ frame: GraphValue }>) => GraphValue | GraphOutputs): Graph;
/**
 * A graph over named tensors of rank 0 to 5, channels last.
 * @param shapes null where a size is not known before the graph runs; channels are always known.
 * @example graph({ x: [null, null, 1] }, ({ x }) => conv2d(x, sobelX))
 */
export function graph<const Shapes extends InputShapes>(
  shapes: Shapes,
  build: (inputs: InputValues<Shapes>) => GraphValue | GraphOutputs,
): Graph;
export function graph(
  shapesOrBuild: InputShapes | ((inputs: Readonly<{ frame: GraphValue }>) => GraphValue | GraphOutputs),
  build?: (inputs: Readonly<Record<string, GraphValue>>) => GraphValue | GraphOutputs,
): Graph {
  const builder = new GraphBuilder();
  if (typeof shapesOrBuild === 'function') {
    return buildOutputs(builder, shapesOrBuild({ frame: builder.input('frame', [null, null, 3]) }));
  }
  if (build === undefined) throw new TypeError('graph(shapes, build) needs a function that builds the graph');
  const inputs = Object.entries(shapesOrBuild).map(
    ([name, shape]) => [name, builder.input(name, shape)] as const,
  );
  return buildOutputs(builder, build(Object.fromEntries(inputs)));
}

/** An option that an op does not know is a slip of the pen: it would be ignored in silence. */
function checkOptionNames(op: OpName, options: unknown, where: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${where}: options must be an object, got ${show(options)}`);
  }
  const known = Object.keys(opFields[op].options);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const allowed = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    throw new TypeError(`${where}: there is no option '${name}': ${allowed}`);
  }
}

const MAX_RANK = 5;

function checkInputShape(name: string, shape: SymbolicShape): void {
  if (!Array.isArray(shape) || shape.length > MAX_RANK) {
    throw new TypeError(`${name} must be a shape of rank 0 to ${MAX_RANK}, got ${show(shape)}`);
  }
  shape.forEach((dimension: number | null, axis) => {
    if (dimension !== null) checkInteger(`${name}: shape[${axis}]`, dimension, { min: 1 });
  });
}
