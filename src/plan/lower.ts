/** graph → primitives, once the inputs' sizes are known. */
import { at } from '../core/assert.ts';
import type { Shape } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { memoryNames } from '../graph/memory-names.ts';
import type { FrameFacts, Lowering } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import type { Primitive, PrimitiveProgram } from '../primitives/primitive.ts';

/**
 * @param shapes one for each of the graph's inputs, by name.
 * @throws TypeError when an input has no shape. @throws RangeError when a size would be < 1; it names the node.
 */
export function lower(
  graph: Graph,
  shapes: Readonly<Record<string, Shape>>,
  facts: FrameFacts,
): PrimitiveProgram {
  const values: Primitive[] = [];
  const lowering: Omit<Lowering, 'memoryName'> = {
    facts,
    shapeOf: (value) => at(values, value).shape,
    add: (primitive) => values.push(primitive) - 1,
  };
  const ofNode: number[] = [];
  const names = memoryNames(graph);
  graph.nodes.forEach((node, index) => {
    if (node.op === 'input') {
      const shape = shapes[node.name];
      if (shape === undefined) throw new TypeError(`the graph's input '${node.name}' is not given`);
      ofNode.push(lowering.add({ kind: 'input', name: node.name, shape }));
      return;
    }
    const op = opNamed(node.op);
    const inputs = node.inputs.map((input) => at(ofNode, input));
    // With the inputs' sizes given, no dimension is unknown any more.
    const shape = op.inferShape(
      inputs.map((input) => lowering.shapeOf(input)),
      node.options,
      `node ${index} (${node.op})`,
    ) as Shape;
    ofNode.push(op.lower(inputs, node.options, shape, { ...lowering, memoryName: at(names, index) }));
  });
  const program = { values, output: at(ofNode, graph.output) };
  if (graph.measurements === undefined) return program;
  const measured = Object.entries(graph.measurements).map(
    ([name, node]) => [name, at(ofNode, node)] as const,
  );
  return { ...program, measurements: Object.fromEntries(measured) };
}
