/** How far behind the newest frame a graph's output is, and whether it remembers frames at all. */
import { at } from '../core/assert.ts';
import type { Latency } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import type { Graph } from './graph.ts';

const NONE: Latency = { frames: 0, ms: 0 };

/** Frames and milliseconds that the output is late by: the most of each along any path to it. */
export function latencyOf(graph: Graph): Latency {
  const late: Latency[] = [];
  for (const node of graph.nodes) {
    if (node.op === 'input') {
      late.push(NONE);
      continue;
    }
    const own = opNamed(node.op).latency?.(node.options) ?? NONE;
    const inputs = node.inputs.map((input) => at(late, input));
    const most = (part: keyof Latency) => Math.max(0, ...inputs.map((input) => input[part]));
    late.push({ frames: own.frames + most('frames'), ms: own.ms + most('ms') });
  }
  return at(late, graph.output);
}

/** Whether an output depends on more than the newest frame. */
export function hasMemory(graph: Graph): boolean {
  return graph.nodes.some(
    (node) => node.op !== 'input' && (opNamed(node.op).memory?.(node.options) ?? null) !== null,
  );
}
