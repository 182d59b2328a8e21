/**
 * Graphs as JSON: what a file or a URL holds. Whatever comes in is checked field by field and built anew, so that a
 * graph from a stranger is as sound as one from our own builder; shapes of nodes are computed, never trusted.
 */
import { at } from '../core/assert.ts';
import { checkInteger, show } from '../core/check.ts';
import { ops, type OpName } from '../ops/registry.ts';
import { checkName, GraphBuilder, type GraphValue } from './builder.ts';
import type { Graph, GraphNode } from './graph.ts';
import { opFields } from './op-fields.ts';
import {
  checkFields,
  decodeShape,
  decodeValue,
  encodeValue,
  isObject,
  NumberBudget,
  type JsonObject,
} from './json-values.ts';

export const MAX_JSON_NODES = 4096;

/** `{ version, nodes, output }`, and `measurements` where there are some; for `JSON.stringify`. */
export type GraphJson = Readonly<{
  version: 1;
  nodes: readonly JsonObject[];
  output: number;
  measurements?: Readonly<Record<string, number>>;
}>;

/**
 * @example const text = JSON.stringify(toJSON(edges));
 * @throws TypeError when the graph holds what JSON can't, such as NaN.
 */
export function toJSON(graph: Graph): GraphJson {
  const { output, measurements } = graph;
  const json = { version: 1, nodes: graph.nodes.map(nodeToJSON), output } as const;
  return measurements === undefined ? json : { ...json, measurements: { ...measurements } };
}

function nodeToJSON(node: GraphNode, index: number): JsonObject {
  if (node.op === 'input') return { op: 'input', name: node.name, shape: [...node.shape] };
  const options = encodeValue(node.options, `nodes[${index}].options`) as JsonObject;
  return { op: node.op, inputs: [...node.inputs], options };
}

/**
 * The inverse of `toJSON`.
 * @param source the text, or what `JSON.parse` made of it.
 * @throws SyntaxError when the text is no JSON.
 * @throws TypeError | RangeError that name the node and the field, its value and what is allowed.
 */
export function fromJSON(source: unknown): Graph {
  const value = typeof source === 'string' ? parse(source) : source;
  if (!isObject(value))
    throw new TypeError(`a graph must be an object { version, nodes, output }, got ${show(value)}`);
  checkFields(value, ['version', 'nodes', 'output', 'measurements'], 'graph');
  const { version, nodes, output, measurements } = value;
  if (version !== 1) throw new RangeError(`graph.version must be 1, got ${show(version)}`);
  if (!Array.isArray(nodes) || nodes.length === 0) {
    throw new TypeError(`graph.nodes must be an array of nodes, got ${show(nodes)}`);
  }
  if (nodes.length > MAX_JSON_NODES) {
    throw new RangeError(`graph.nodes may hold at most ${MAX_JSON_NODES} nodes, got ${nodes.length}`);
  }
  const reader = new NodeReader();
  // Not `forEach`, here and below: it passes over the holes that an array of a stranger may have.
  for (const [index, node] of nodes.entries()) reader.read(node, index);
  return reader.finish(output, measurements);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`the graph is no JSON: ${messageOf(error)}`, { cause: error });
  }
}

class NodeReader {
  readonly #builder = new GraphBuilder();
  readonly #values: GraphValue[] = [];
  readonly #names = new Set<string>();
  readonly #budget = new NumberBudget();

  read(node: unknown, index: number): void {
    const where = `nodes[${index}]`;
    if (!isObject(node)) throw new TypeError(`${where} must be an object with an op, got ${show(node)}`);
    this.#values.push(node['op'] === 'input' ? this.#input(node, where) : this.#op(node, where));
  }

  finish(output: unknown, measurements: unknown = {}): Graph {
    if (!isObject(measurements)) {
      throw new TypeError(`graph.measurements must be an object { name: node }, got ${show(measurements)}`);
    }
    const measured = Object.entries(measurements).map(
      ([name, node]) => [name, this.#valueOf(`graph.measurements[${show(name)}]`, node)] as const,
    );
    return this.#builder.build(this.#valueOf('graph.output', output), Object.fromEntries(measured));
  }

  #valueOf(where: string, node: unknown): GraphValue {
    return at(this.#values, checkInteger(where, node, { min: 0, max: this.#values.length - 1 }));
  }

  #input(node: Readonly<Record<string, unknown>>, where: string): GraphValue {
    checkFields(node, ['op', 'name', 'shape'], where);
    const name = checkName(`${where}.name`, node['name']);
    if (this.#names.has(name)) throw new RangeError(`${where}.name ${show(name)} is taken by another input`);
    this.#names.add(name);
    return this.#builder.input(name, decodeShape(node['shape'], `${where}.shape`));
  }

  #op(node: Readonly<Record<string, unknown>>, where: string): GraphValue {
    // A node's shape may be there, as graphs in memory have it, and says nothing.
    checkFields(node, ['op', 'inputs', 'options', 'shape'], where);
    const op = checkOp(node['op'], where);
    const inputs = this.#operands(node['inputs'], opFields[op].inputs, `${where}.inputs`);
    const options = this.#options(node['options'] ?? {}, op, `${where}.options`);
    try {
      return this.#builder.add(op, inputs, options);
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) throw error;
      throw new TypeError(`${where} (${op}) is no node that can run: ${messageOf(error)}`, { cause: error });
    }
  }

  #operands(value: unknown, [least, most]: readonly [number, number], where: string): readonly GraphValue[] {
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      const count = least === most ? `${least}` : `${least} to ${most}`;
      throw new TypeError(`${where} must be an array of ${count} earlier node(s), got ${show(value)}`);
    }
    return Array.from(value, (one: unknown, i) => {
      const index = checkInteger(`${where}[${i}]`, one, { min: 0 });
      const found = this.#values[index];
      if (found !== undefined) return found;
      throw new RangeError(
        `${where}[${i}] must be an earlier node, 0 to ${this.#values.length - 1}, got ${index}`,
      );
    });
  }

  #options(value: unknown, op: OpName, where: string): Readonly<Record<string, unknown>> {
    if (!isObject(value)) throw new TypeError(`${where} must be an object, got ${show(value)}`);
    checkFields(value, Object.keys(opFields[op].options), where);
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, decodeValue(one, `${where}.${name}`, this.#budget)]),
    );
  }
}

function checkOp(value: unknown, where: string): OpName {
  if (typeof value === 'string' && Object.hasOwn(ops, value)) return value as OpName;
  throw new TypeError(`${where}.op must be 'input' or the name of an op, got ${show(value)}`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
