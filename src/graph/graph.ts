/**
 * The graph: plain data that any channel can carry. Nodes stand in topological order, the inputs first.
 * No functions and no code: weights are numbers.
 */
import type { SymbolicShape } from '../ops/op.ts';
import type { OpName, OpOptions } from '../ops/registry.ts';

/** What comes from outside, by its name: 'frame', or a tensor. */
export type InputNode = Readonly<{ op: 'input'; name: string; shape: SymbolicShape }>;

export type OpNode = {
  [Name in OpName]: Readonly<{
    op: Name;
    /** Indices of earlier nodes. */
    inputs: readonly number[];
    options: OpOptions<Name>;
    /** The output's shape; null where the sizes of the inputs decide. */
    shape: SymbolicShape;
  }>;
}[OpName];

export type GraphNode = InputNode | OpNode;

export type Graph = Readonly<{
  version: 1;
  nodes: readonly GraphNode[];
  /** The index of the node that is shown. */
  output: number;
  /** Nodes that are read back with each frame, by their names: at most 4. Absent where there are none. */
  measurements?: Readonly<Record<string, number>>;
}>;
