/** What a filter sees before and behind the slice of a volume that it shows, where slices are frames. */
import { at } from '../core/assert.ts';
import type { SliceReach } from '../frames/worker/volume-source.ts';
import { latencyOf } from '../graph/latency.ts';
import type { Graph, GraphNode } from '../graph/graph.ts';

export type ReachLimits = Readonly<{
  /** A running mean counts as that of all frames after so many of its times. */
  settled: number;
  /** Frames beyond which it would take too long. */
  most: number;
}>;

/** What is left of a running mean's older slices is 2 %. */
const OF_SLICES: ReachLimits = { settled: 4, most: 64 };

/** Earlier slices that a node remembers, with `sliceMs` from one to the next. */
function remembered(node: GraphNode, sliceMs: number, { settled, most }: ReachLimits): number {
  if (node.op === 'stack') return node.options.frames - 1;
  if (node.op !== 'temporal') return 0;
  const { window, shape, frames = most } = node.options;
  if (shape === 'exponential' || shape === 'peak') return Math.ceil((settled * window.ms) / sliceMs);
  return Math.min(frames - 1, Math.ceil(window.ms / sliceMs));
}

/** The most along any path to the output. */
export function sliceReach(graph: Graph, sliceMs: number, limits = OF_SLICES): SliceReach {
  const depths: number[] = [];
  for (const node of graph.nodes) {
    const inputs = node.op === 'input' ? [] : node.inputs.map((input) => at(depths, input));
    depths.push(remembered(node, sliceMs, limits) + Math.max(0, ...inputs));
  }
  const late = latencyOf(graph);
  const after = Math.min(limits.most, Math.round(late.frames + late.ms / sliceMs));
  const before = Math.min(limits.most, Math.max(0, at(depths, graph.output) - after));
  return { before, after };
}
