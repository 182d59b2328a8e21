/**
 * The graph: plain data that any channel can carry. Nodes stand in topological order; node 0 is the frame.
 * No functions and no code: weights are numbers.
 */
import type { OpName, OpOptions } from '../ops/registry.ts';
import type { SymbolicShape } from '../ops/op.ts';

export type FrameNode = Readonly<{ op: 'frame'; shape: SymbolicShape }>;

export type OpNode = {
  [Name in OpName]: Readonly<{
    op: Name;
    /** Indices of earlier nodes. */
    inputs: readonly number[];
    options: OpOptions<Name>;
    /** The output's shape; null where the frame's size decides. */
    shape: SymbolicShape;
  }>;
}[OpName];

export type GraphNode = FrameNode | OpNode;

export type Graph = Readonly<{
  version: 1;
  nodes: readonly GraphNode[];
  /** The index of the node that is shown. */
  output: number;
}>;
