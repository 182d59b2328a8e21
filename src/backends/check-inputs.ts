/** What a graph runs on, checked: tensors against the shapes that it was built for, and the time of a frame. */
import { checkNumber } from '../core/check.ts';
import { checkTensor, showShape, sizeOf, type Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';

/**
 * @throws TypeError when an input is missing, unknown or no tensor.
 * @throws RangeError when its shape is not the graph's, or its values are not as many as its shape says.
 */
export function checkInputs(graph: Graph, inputs: Readonly<Record<string, Tensor>>): void {
  const known = graph.nodes.flatMap((node) => (node.op === 'input' ? [node] : []));
  for (const name of Object.keys(inputs)) {
    if (!known.some((node) => node.name === name)) {
      throw new TypeError(
        `inputs.${name} is none of the graph's inputs: ${known.map((node) => node.name).join(', ')}`,
      );
    }
  }
  for (const { name, shape } of known) {
    const tensor = checkTensor(`inputs.${name}`, inputs[name]);
    const fits =
      shape.length === tensor.shape.length &&
      shape.every((d, axis) => d === null || d === tensor.shape[axis]);
    if (!fits || tensor.data.length !== sizeOf(tensor.shape)) {
      throw new RangeError(
        `inputs.${name} must be ${showShape(shape)}, got ${showShape(tensor.shape)} with ${tensor.data.length} values`,
      );
    }
  }
}

/** @throws TypeError when `timestampUs` is no finite number. */
export function checkTimestamp(timestampUs: unknown): number {
  return checkNumber('timestampUs', timestampUs);
}
