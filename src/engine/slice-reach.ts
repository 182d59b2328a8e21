/** What a filter sees before and behind the slice of a volume that it shows, where slices are frames. */
import { at } from '../core/assert.ts';
import type { SliceReach } from '../frames/worker/volume-source.ts';
import { latencyOf } from '../graph/latency.ts';
import type { Graph, GraphNode } from '../graph/graph.ts';

/** A running mean is nearly that of all slices after so many of its times: what is left of older ones is 2 %. */
const SETTLED = 4;
/** Beyond that it would take too long. */
const MOST_SLICES = 64;

/** Earlier slices that a node remembers, with `sliceMs` from one to the next. */
function remembered(node: GraphNode, sliceMs: number): number {
  if (node.op === 'stack') return node.options.frames - 1;
  if (node.op !== 'temporal') return 0;
  const { window, shape, frames = MOST_SLICES } = node.options;
  if (shape === 'exponential' || shape === 'peak') return Math.ceil((SETTLED * window.ms) / sliceMs);
  return Math.min(frames - 1, Math.ceil(window.ms / sliceMs));
}

/** The most along any path to the output. */
export function sliceReach(graph: Graph, sliceMs: number): SliceReach {
  const depths: number[] = [];
  for (const node of graph.nodes) {
    const inputs = node.op === 'input' ? [] : node.inputs.map((input) => at(depths, input));
    depths.push(remembered(node, sliceMs) + Math.max(0, ...inputs));
  }
  const late = latencyOf(graph);
  const after = Math.min(MOST_SLICES, Math.round(late.frames + late.ms / sliceMs));
  const before = Math.min(MOST_SLICES, Math.max(0, at(depths, graph.output) - after));
  return { before, after };
}
