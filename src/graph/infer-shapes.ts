/** Which shapes the values of a graph have. */
import { at } from '../core/assert.ts';
import { showShape, type Shape } from '../core/tensor.ts';
import type { SymbolicShape } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import type { Graph } from './graph.ts';

/**
 * The shape of each node's output.
 * @param inputShapes sizes of inputs, where the graph leaves them open: `{ frame: [256, 256, 3] }`.
 * @throws TypeError | RangeError when a shape doesn't fit the graph.
 */
export function inferShapes(
  graph: Graph,
  inputShapes: Readonly<Record<string, Shape>>,
): readonly SymbolicShape[] {
  checkNames(graph, inputShapes);
  const shapes: SymbolicShape[] = [];
  graph.nodes.forEach((node, index) => {
    if (node.op === 'input') {
      const given = Object.hasOwn(inputShapes, node.name) ? inputShapes[node.name] : undefined;
      shapes.push(given === undefined ? node.shape : checkShape(node.name, given, node.shape));
      return;
    }
    const inputs = node.inputs.map((input) => at(shapes, input));
    shapes.push(opNamed(node.op).inferShape(inputs, node.options, `node ${index} (${node.op})`));
  });
  return shapes;
}

/** The shape of what a graph gives. @throws As `inferShapes`. */
export function outputShape(graph: Graph, inputShapes: Readonly<Record<string, Shape>>): SymbolicShape {
  return at(inferShapes(graph, inputShapes), graph.output);
}

function checkNames(graph: Graph, inputShapes: Readonly<Record<string, Shape>>): void {
  const names = graph.nodes.flatMap((node) => (node.op === 'input' ? [node.name] : []));
  for (const name of Object.keys(inputShapes)) {
    if (!names.includes(name)) {
      throw new TypeError(
        `inputShapes.${name} is none of the graph's inputs: ${names.join(', ') || 'it has none'}`,
      );
    }
  }
}

function checkShape(name: string, given: Shape, allowed: SymbolicShape): Shape {
  const fits =
    given.length === allowed.length &&
    given.every((size, axis) => Number.isInteger(size) && size >= 1 && (allowed[axis] ?? size) === size);
  if (!fits)
    throw new RangeError(`inputShapes.${name} must be ${showShape(allowed)}, got ${showShape(given)}`);
  return given;
}
