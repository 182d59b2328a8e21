/**
 * The reference backend: runs the graph itself, op by op, in float64, without the planner, so that a mistake
 * of the planner shows. No DOM: it works in Node.
 */
import { at } from '../../core/assert.ts';
import { lumaWeights, type FrameColor } from '../../core/frame-color.ts';
import { checkTensor, toFloat32, toFloat64, type Tensor, type Tensor64 } from '../../core/tensor.ts';
import { checkInputs } from '../check-inputs.ts';
import type { Graph } from '../../graph/graph.ts';
import { opNamed } from '../../ops/registry.ts';

export type ReferenceOptions = Readonly<{
  /** Whose luma weights count. Default BT.601. */
  color?: FrameColor;
}>;

/**
 * The graph's output, by definition.
 * @param inputs a tensor for each of the graph's inputs; `frame` is R'G'B' in 0..1, `[height, width, 3]`.
 * @throws TypeError when an input is missing or no tensor. @throws RangeError when its shape does not fit.
 */
export function runReference(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
  options: ReferenceOptions = {},
): Tensor {
  checkInputs(graph, inputs);
  const facts = { luma: lumaWeights(options.color ?? { matrix: 'bt601', fullRange: false }) };
  const values: Tensor64[] = [];
  graph.nodes.forEach((node, index) => {
    if (node.op === 'input') {
      values.push(toFloat64(checkTensor(`inputs.${node.name}`, inputs[node.name])));
      return;
    }
    const op = opNamed(node.op);
    const operands = node.inputs.map((input) => at(values, input));
    op.inferShape(
      operands.map((input) => input.shape),
      node.options,
      `node ${index} (${node.op})`,
    );
    values.push(op.reference(operands, node.options, facts));
  });
  return toFloat32(at(values, graph.output));
}
