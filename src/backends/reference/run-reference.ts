/**
 * The reference backend: runs the graph itself, op by op, in float64, without the planner, so that a mistake
 * of the planner shows. No DOM: it works in Node.
 */
import { at } from '../../core/assert.ts';
import { lumaWeights, type FrameColor } from '../../core/frame-color.ts';
import { showShape, sizeOf, toFloat32, toFloat64, type Tensor, type Tensor64 } from '../../core/tensor.ts';
import type { Graph } from '../../graph/graph.ts';
import { opNamed } from '../../ops/registry.ts';

export type ReferenceOptions = Readonly<{
  /** Whose luma weights count. Default BT.601. */
  color?: FrameColor;
}>;

/**
 * The graph's output for one frame.
 * @param inputs `frame`: R'G'B' in 0..1, `[height, width, 3]`.
 * @throws RangeError when the frame is no such tensor, or too small for the graph.
 */
export function runReference(
  graph: Graph,
  inputs: Readonly<{ frame: Tensor }>,
  options: ReferenceOptions = {},
): Tensor {
  const { frame } = inputs;
  if (frame.shape.length !== 3 || frame.shape[2] !== 3 || frame.data.length !== sizeOf(frame.shape)) {
    throw new RangeError(
      `inputs.frame must be [height, width, 3], got ${showShape(frame.shape)} with ${frame.data.length} values`,
    );
  }
  const facts = { luma: lumaWeights(options.color ?? { matrix: 'bt601', fullRange: false }) };
  const values: Tensor64[] = [];
  graph.nodes.forEach((node, index) => {
    if (node.op === 'frame') {
      values.push(toFloat64(frame));
      return;
    }
    const op = opNamed(node.op);
    const operands = node.inputs.map((input) => at(values, input));
    op.inferShape(operands.map((input) => input.shape), node.options, `node ${index} (${node.op})`); // prettier-ignore
    values.push(op.reference(operands, node.options, facts));
  });
  return toFloat32(at(values, graph.output));
}
