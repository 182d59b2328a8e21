/**
 * The graphs that the known frame goes through. They are data, as a page's graphs are when they arrive: the builder and
 * its checks stay out of the worker.
 */
import type { Graph, InputNode } from '../graph/graph.ts';

const FRAME: InputNode = { op: 'input', name: 'frame', shape: [null, null, 3] };

/** The frame as it came. */
export const SAME: Graph = { version: 1, nodes: [FRAME], output: 0 };

/** As it came, to a quarter of a level, and through the device. */
export const NEARLY_SAME: Graph = {
  version: 1,
  nodes: [FRAME, { op: 'add', inputs: [0], options: { constant: 1 / 1024 }, shape: [null, null, 3] }],
  output: 1,
};

/** Its luma. */
export const GREY: Graph = {
  version: 1,
  nodes: [FRAME, { op: 'luma', inputs: [0], options: {}, shape: [null, null, 1] }],
  output: 1,
};
