/** graph → primitives, once the frame's size is known. */
import { at } from '../core/assert.ts';
import type { Shape } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { FrameFacts, Lowering } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import type { Primitive, PrimitiveProgram } from '../primitives/primitive.ts';

export type FrameSize = Readonly<{ width: number; height: number }>;

/** @throws RangeError when a size in the graph would be < 1; it names the node. */
export function lower(graph: Graph, size: FrameSize, facts: FrameFacts): PrimitiveProgram {
  const values: Primitive[] = [];
  const lowering: Lowering = {
    facts,
    shapeOf: (value) => at(values, value).shape,
    add: (primitive) => values.push(primitive) - 1,
  };
  const ofNode: number[] = [];
  graph.nodes.forEach((node, index) => {
    if (node.op === 'frame') {
      ofNode.push(lowering.add({ kind: 'frame', shape: [size.height, size.width, 3] }));
      return;
    }
    const op = opNamed(node.op);
    const inputs = node.inputs.map((input) => at(ofNode, input));
    // With the frame's size given, no dimension is unknown any more.
    const shape = op.inferShape(
      inputs.map((input) => lowering.shapeOf(input)),
      node.options,
      `node ${index} (${node.op})`,
    ) as Shape;
    ofNode.push(op.lower(inputs, node.options, shape, lowering));
  });
  return { values, output: at(ofNode, graph.output) };
}
