/** Sequences of frames for tests of what remembers them. */
import { tensor, toFloat32, toFloat64, type Shape, type Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { lower } from '../../src/plan/lower.ts';
import { PrimitiveSequence } from './run-primitives.ts';

const BT601 = { luma: [0.299, 0.587, 0.114] } as const;

/** Frames of numbers that look random, and are the same in every run: frame t, element i. */
export function noisyFrames(shape: Shape, count: number): readonly Tensor[] {
  let state = 4711;
  const size = shape.reduce((product, side) => product * side, 1);
  return Array.from({ length: count }, () => {
    const values = Array.from({ length: size }, () => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state / 2147483648;
    });
    return tensor(shape, values);
  });
}

/** Single numbers, one a frame. */
export const scalars = (values: readonly number[]): readonly Tensor[] =>
  values.map((value) => tensor([1], [value]));

/** The reference's outputs of a graph over `x`, at these times in ms; every 1/30 s where none are given. */
export function referenceOutputs(
  graph: Graph,
  frames: readonly Tensor[],
  times: readonly number[] = frames.map((_, i) => (i * 1000) / 30),
): readonly Tensor[] {
  const sequence = new ReferenceSequence(graph);
  return frames.map((x, i) => sequence.next({ x }, 1000 * times[i]!));
}

/** The same by what the graph lowers to. */
export function loweredOutputs(
  graph: Graph,
  frames: readonly Tensor[],
  times: readonly number[] = frames.map((_, i) => (i * 1000) / 30),
): readonly Tensor[] {
  const sequence = new PrimitiveSequence(lower(graph, { x: frames[0]!.shape }, BT601));
  return frames.map((x, i) => toFloat32(sequence.next({ x: toFloat64(x) }, 1000 * times[i]!)));
}

/** The first element of each. */
export const firsts = (outputs: readonly Tensor[]): readonly number[] => outputs.map(({ data }) => data[0]!);
