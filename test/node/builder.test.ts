/** Graphs as they are built: checked at once, plain data at the end. */
import { describe, expect, test } from 'vitest';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import {
  abs,
  add,
  clamp,
  conv2d,
  div,
  luma,
  magnitude,
  max,
  min,
  mul,
  sub,
} from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { box } from '../../src/kernels/box.ts';
import { sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { filters } from '../../pipelines/index.ts';
import { noise } from './fakes/images.ts';

const edges = (): Graph =>
  graph(({ frame }) => {
    const y = luma(frame);
    return magnitude(conv2d(y, sobelX), conv2d(y, sobelY));
  });

describe('a graph', () => {
  test('lists its nodes in order, with inputs, options and shapes', () => {
    expect(edges()).toEqual({
      version: 1,
      nodes: [
        { op: 'input', name: 'frame', shape: [null, null, 3] },
        { op: 'luma', inputs: [0], options: {}, shape: [null, null, 1] },
        { op: 'conv2d', inputs: [1], options: { weights: sobelX }, shape: [null, null, 1] },
        { op: 'conv2d', inputs: [1], options: { weights: sobelY }, shape: [null, null, 1] },
        { op: 'magnitude', inputs: [2, 3], options: {}, shape: [null, null, 1] },
      ],
      output: 4,
    });
  });

  test('leaves out what the output does not need, and numbers the rest anew', () => {
    const pruned = graph(({ frame }) => {
      conv2d(frame, box(5));
      const y = luma(frame);
      abs(y);
      const twice = mul(y, 2);
      add(twice, frame);
      return sub(twice, y);
    });
    expect(pruned.nodes.map((node) => node.op)).toEqual(['input', 'luma', 'mul', 'sub']);
    expect(pruned.nodes[3]).toMatchObject({ inputs: [2, 1] });
    expect(pruned.output).toBe(3);
  });

  test('may be the frame itself', () => {
    expect(graph(({ frame }) => frame)).toEqual({
      version: 1,
      nodes: [{ op: 'input', name: 'frame', shape: [null, null, 3] }],
      output: 0,
    });
  });

  test('takes a number for the second operand of any arithmetic', () => {
    for (const op of [add, sub, mul, div, min, max]) {
      expect(graph(({ frame }) => op(frame, 0.5)).nodes[1]).toMatchObject({ inputs: [0], options: { constant: 0.5 } }); // prettier-ignore
      expect(graph(({ frame }) => op(frame, frame)).nodes[1]).toMatchObject({ inputs: [0, 0], options: {} });
    }
  });

  test.each(filters.map((filter) => [filter.name, filter] as const))(
    '%s survives structuredClone, and computes the same',
    (_name, filter) => {
      const sent = filter.build();
      const received = structuredClone(sent);
      expect(received).toEqual(sent);
      expect(filter.build()).toEqual(sent);
      const frame = noise(5, 6, 3);
      expect(runReference(received, { frame })).toEqual(runReference(sent, { frame }));
    },
  );

  test('is plain data: no functions, and nothing but numbers, words, lists and weights', () => {
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) {
        expect(['number', 'string', 'boolean', 'object']).toContain(typeof value);
      } else if (!ArrayBuffer.isView(value)) {
        expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(value));
        Object.values(value).forEach(visit);
      }
    };
    filters.forEach((filter) => visit(filter.build()));
  });
});

describe('what the builder refuses', () => {
  const building = (build: (frame: GraphValue) => unknown) =>
    expect(() => graph(({ frame }) => build(frame) as GraphValue));

  test.each<[string, (frame: GraphValue) => unknown, typeof TypeError, string]>([
    ['an edge mode', (f) => conv2d(f, { weights: box(3), edge: 'mirror' as 'zero' }), TypeError, `node 1 (conv2d): options.edge must be 'zero' | 'replicate' | 'reflect' | 'symmetric' | 'wrap', got "mirror"`],
    ['an option that it does not have', (f) => conv2d(f, { weights: box(3), stride: 2 } as never), TypeError, "node 1 (conv2d): there is no option 'stride': it has "],
    ['bounds that cross', (f) => clamp(abs(f), { min: 1, max: 0 }), RangeError, 'node 2 (clamp): options.max must be ≥ 1, got 0'],
    ['a constant', (f) => mul(f, Number.NaN), TypeError, 'node 1 (mul): the constant must be a finite number, got NaN'],
    ['channels', (f) => luma(luma(f)), RangeError, 'node 2 (luma): the input must have 3 channels (R, G, B), got 1'],
    ['no second input', (f) => add(f, undefined as unknown as number), TypeError, 'node 1 (add): input 1 must be a value of the graph that is being built, got undefined'],
    ['a number first', (f) => sub(1 as unknown as GraphValue, f), TypeError, 'sub: the input must be a value of the graph that is being built, got 1'],
    ['no output', () => undefined, TypeError, 'the output must be a value of the graph that is being built, got undefined'],
    ['a number for output', () => 3, TypeError, 'the output must be a value of the graph that is being built, got 3'],
    ['rows in the place of a kernel', (f) => conv2d(f, [[1]] as never), TypeError, 'node 1 (conv2d): options.weights must'],
    ['no kernel', (f) => conv2d(f, undefined as never), TypeError, 'options.weights must'],
  ])('%s', (_name, build, Class, message) => {
    building(build).toThrow(Class);
    building(build).toThrow(message);
  }); // prettier-ignore

  test('values of another graph', () => {
    let foreign: GraphValue | undefined;
    graph(({ frame }) => {
      foreign = abs(frame);
      return foreign;
    });
    building((frame) => add(frame, foreign!)).toThrow('node 1 (add): input 1 belongs to another graph');
    building(() => foreign).toThrow('the output belongs to another graph');
  });

  test('a size that only the frame decides is left open, and refused with the frame', () => {
    const most = graph(({ frame }) =>
      conv2d(frame, { weights: kernel([[1, 1, 1, 1, 1]]), padding: 'valid' }),
    );
    expect(runReference(most, { frame: noise(1, 5, 3) }).shape).toEqual([1, 1, 3]);
    expect(() => runReference(most, { frame: noise(1, 4, 3) })).toThrow(
      "node 1 (conv2d): an input width of 4, padded by 0 + 0, is smaller than the window's 5",
    );
    const mixed = graph(({ frame }) => add(frame, conv2d(frame, { weights: box(3), padding: 'valid' })));
    expect(() => runReference(mixed, { frame: noise(4, 5, 3) })).toThrow(
      'node 2 (add): the inputs must have one size, got [4, 5, 3] and [2, 3, 3]',
    );
  });
});
