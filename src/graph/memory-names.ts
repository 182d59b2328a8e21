/** Names for what nodes remember: graphs that differ in their options alone take it over from each other by these. */
import { at } from '../core/assert.ts';
import type { Graph } from './graph.ts';

/** FNV-1a, 32 bits (draft-eastlake-fnv). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** One for each node, unique in the graph: its op, what leads to it, and a number: `stack 1f3c2a · 1`. */
export function memoryNames(graph: Graph): readonly string[] {
  const hashes: number[] = [];
  const counts = new Map<string, number>();
  return graph.nodes.map((node) => {
    const from = node.op === 'input' ? node.name : node.inputs.map((input) => at(hashes, input)).join(' ');
    hashes.push(hash(`${node.op} ${from}`));
    const name = `${node.op} ${hash(from).toString(16).padStart(8, '0')}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${name} · ${count}`;
  });
}
