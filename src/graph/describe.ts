/** A graph as a table of layers, as Keras' `summary()` prints it: shapes, weights, work, and how far each layer sees. */
import { at } from '../core/assert.ts';
import { showShape, type Shape } from '../core/tensor.ts';
import type { LayerFacts, Latency, SymbolicShape } from '../ops/op.ts';
import { opNamed } from '../ops/registry.ts';
import type { Graph, GraphNode } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { latencyOf } from './latency.ts';

export type LayerRow = Readonly<{
  /** The op and the node's index, or the input's name. */
  layer: string;
  /** The node's index in the graph. */
  index: number;
  /** null where the sizes of the inputs decide and are not given. */
  outputShape: SymbolicShape;
  /** Weights, biases, scales that the node brings along. */
  parameters: number;
  /** Multiplications with a weight; null while a size that they depend on is not known. */
  macs: number | null;
  /** Input pixels that one output value depends on, per spatial axis; null as `macs`. */
  receptiveField: readonly (number | null)[];
}>;

export type GraphDescription = Readonly<{
  rows: readonly LayerRow[];
  parameters: number;
  /** null when one of the rows doesn't know. */
  macs: number | null;
  /** What is read back with each frame: shapes by their names. */
  measurements: Readonly<Record<string, SymbolicShape>>;
  /** How far behind the newest frame the output is. */
  latency: Latency;
  /** The table, ready to print. */
  text: string;
}>;

/** Per spatial axis: pixels seen, and the distance in input pixels between neighbours. */
type Sight = Readonly<{ seen: readonly number[]; jump: readonly number[] }>;

/**
 * What a graph consists of. The receptive field grows by (extent − 1) · jump at each window, and jump by its
 * stride; of several inputs the widest counts.
 * @param inputShapes sizes of inputs, where the graph leaves them open: `{ frame: [256, 256, 3] }`.
 * @throws TypeError | RangeError when a shape doesn't fit the graph.
 */
export function describe(graph: Graph, inputShapes: Readonly<Record<string, Shape>> = {}): GraphDescription {
  const shapes = inferShapes(graph, inputShapes);
  const sights: Sight[] = [];
  const rows = graph.nodes.map((node, index): LayerRow => {
    const shape = at(shapes, index);
    const facts = factsOf(node, shape, shapes);
    const sight =
      node.op === 'input'
        ? NOTHING_SEEN
        : look(
            node.inputs.map((input) => at(sights, input)),
            facts.window,
          );
    sights.push(sight);
    return {
      layer: node.op === 'input' ? node.name : `${node.op} ${index}`,
      index,
      outputShape: shape,
      parameters: facts.parameters,
      macs: known(facts.macs),
      receptiveField: sight.seen.map(known),
    };
  });
  const parameters = rows.reduce((sum, row) => sum + row.parameters, 0);
  const macs = rows.reduce<number | null>(
    (sum, row) => (sum === null || row.macs === null ? null : sum + row.macs),
    0,
  );
  const measured = Object.entries(graph.measurements ?? {});
  const measurements = Object.fromEntries(measured.map(([name, node]) => [name, at(shapes, node)]));
  const latency = latencyOf(graph);
  const text = [
    tableText(rows, parameters, macs),
    ...measured.map(([name, node]) => `measures ${name}: ${at(rows, node).layer}`),
    ...lateText(latency),
  ].join('\n');
  return { rows, parameters, macs, measurements, latency, text };
}

const NO_FACTS: LayerFacts = { parameters: 0, macs: 0 };
const NOTHING_SEEN: Sight = { seen: [], jump: [] };

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);

function factsOf(node: GraphNode, shape: SymbolicShape, shapes: readonly SymbolicShape[]): LayerFacts {
  if (node.op === 'input') return NO_FACTS;
  const inputs = node.inputs.map((input) => unknownAsNaN(at(shapes, input)));
  return opNamed(node.op).layer?.(inputs, node.options, unknownAsNaN(shape)) ?? NO_FACTS;
}

/** What is counted over a size that isn't known comes out as NaN: not known either. */
const unknownAsNaN = (shape: SymbolicShape): Shape => shape.map((size) => size ?? Number.NaN);

/** Axes align at the last one: a window over x alone leaves y as it is. */
function look(inputs: readonly Sight[], window: LayerFacts['window']): Sight {
  const rank = Math.max(0, window?.extent.length ?? 0, ...inputs.map(({ seen }) => seen.length));
  const seen: number[] = [];
  const jump: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const fromEnd = axis - rank;
    const seenBefore = Math.max(1, ...inputs.map((input) => input.seen.at(fromEnd) ?? 1));
    const jumps = inputs.flatMap((input) => input.jump.at(fromEnd) ?? []);
    const jumpBefore = jumps.length === 0 ? 1 : Math.max(...jumps);
    const extent = window?.extent.at(fromEnd) ?? 1;
    seen.push(seenBefore + (extent - 1) * jumpBefore);
    jump.push(jumpBefore * (window?.stride.at(fromEnd) ?? 1));
  }
  return { seen, jump };
}

const HEAD = ['layer', 'output shape', 'parameters', 'MACs', 'sees'] as const;

function tableText(rows: readonly LayerRow[], parameters: number, macs: number | null): string {
  const cells = rows.map((row) => [
    row.layer,
    showShape(row.outputShape),
    row.parameters.toLocaleString('en-US'),
    showMacs(row.macs),
    row.receptiveField.map((size) => (size === null ? '?' : String(Math.ceil(size)))).join('×') || '–',
  ]);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => at(row, column).length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(at(widths, column)) : cell.padStart(at(widths, column)),
      )
      .join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const total = `${parameters.toLocaleString('en-US')} parameters, ${showMacs(macs)}${macs === null ? ' MAC' : ''}`;
  return [line(HEAD), rule, ...cells.map(line), rule, total].join('\n');
}

function lateText({ frames, ms }: Latency): readonly string[] {
  const parts = [
    frames > 0 ? `${frames} ${frames === 1 ? 'frame' : 'frames'}` : '',
    ms > 0 ? `${ms} ms` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`${parts.join(' and ')} late`];
}

const UNITS = [
  [1e9, 'GMAC'],
  [1e6, 'MMAC'],
  [1e3, 'kMAC'],
] as const;

function showMacs(macs: number | null): string {
  if (macs === null) return '?';
  const [size, unit] = UNITS.find(([least]) => macs >= least) ?? [1, 'MAC'];
  return `${size === 1 ? macs : (macs / size).toFixed(2)} ${unit}`;
}
