/** Graphs as JSON: what goes out comes back, and nothing that comes in does harm. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { fromJSON, toJSON } from '../../src/graph/json.ts';
import { shortestFloat32 } from '../../src/graph/json-values.ts';
import { add, clamp, conv2d, luma, magnitude } from '../../src/graph/operators.ts';
import { filters } from '../../pipelines/index.ts';
import { parseCases } from '../conformance/cases.ts';
import { prepareCase } from '../conformance/case-graph.ts';
import sample from '../conformance/sample.json?raw';
import { randomGraph } from './random-graph.ts';

const kernel = tensor([2, 3], [0.1, -2, 1 / 3, 4, 1e-30, 6]);
const small = graph(({ frame }) => {
  const y = luma(frame);
  return magnitude(conv2d(y, { weights: kernel, bias: Float32Array.of(0.1), padding: [[1, 0], [1, 1]] }), add(y, 0.5)); // prettier-ignore
});

const throughText = (of: Graph): Graph => fromJSON(JSON.stringify(toJSON(of)));

/** JSON has no −0. */
function withoutNegativeZero<T>(value: T): T {
  if (typeof value === 'number') return ((value as number) + 0) as T;
  if (value instanceof Float32Array) return value.map((one) => one + 0) as T;
  if (Array.isArray(value)) return value.map(withoutNegativeZero) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutNegativeZero(one)])) as T;
}

describe('there and back', () => {
  test('random graphs', () => {
    fc.assert(
      fc.property(randomGraph, (of) => {
        expect(throughText(of)).toEqual(of);
        expect(fromJSON(toJSON(of))).toEqual(of);
      }),
    );
  });

  test.each(filters)('filter $name', (filter) => {
    expect(throughText(filter.build())).toEqual(filter.build());
  });

  test('every op of the conformance sample', () => {
    for (const one of parseCases(sample, 'sample.json')) {
      for (const { graph: of } of prepareCase(one).jobs) {
        expect(throughText(of), one.name).toEqual(withoutNegativeZero(of));
      }
    }
  });

  test('infinite limits, which JSON has no number for', () => {
    const of = graph(({ frame }) => clamp(frame, { min: -Infinity, max: Infinity }));
    expect(throughText(of)).toEqual(of);
  });

  test('any float32, in at most nine digits', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const short = shortestFloat32(value);
        expect(Math.fround(short)).toBe(value + 0);
        if (!Number.isInteger(value)) expect(short).toBe(Number(short.toPrecision(9)));
      }),
    );
    expect(shortestFloat32(Math.fround(0.1))).toBe(0.1);
  });

  test('shapes of nodes are computed, not believed', () => {
    const json = toJSON(small);
    const lying = {
      ...json,
      nodes: json.nodes.map((node) => (node['op'] === 'input' ? node : { ...node, shape: [7] })),
    };
    expect(fromJSON(lying)).toEqual(small);
  });
});

const input = { op: 'input', name: 'x', shape: [null, null, 1] };
const absolute = { op: 'abs', inputs: [0], options: {} };
const conv = (options: object) => ({ op: 'conv2d', inputs: [0], options });
const filter = { shape: [1, 1], float32: [1] };
const of = (...nodes: unknown[]) => ({ version: 1, nodes, output: nodes.length - 1 });

describe('refuses', () => {
  test.each<[string, unknown, typeof Error, string]>([
    ['no JSON', '{', SyntaxError, 'the graph is no JSON'],
    ['no object', '3', TypeError, 'a graph must be an object'],
    ['another version', { ...of(input), version: 2 }, RangeError, 'graph.version must be 1, got 2'],
    ['another field', { ...of(input), code: 'x' }, TypeError, 'graph.code is unknown'],
    ['no nodes', { ...of(), output: 0 }, TypeError, 'graph.nodes must be an array of nodes'],
    [
      'too many nodes',
      of(...new Array<unknown>(4097).fill(input)),
      RangeError,
      'at most 4096 nodes, got 4097',
    ],
    ['an output that is none', { ...of(input), output: 1 }, RangeError, 'graph.output must be 0 to 0, got 1'],
    ['a node that is none', of(3), TypeError, 'nodes[0] must be an object'],
    [
      'an unknown op',
      of(input, { ...absolute, op: 'eval' }),
      TypeError,
      'nodes[1].op must be \'input\' or the name of an op, got "eval"',
    ],
    ['an op of the prototype', of(input, { ...absolute, op: 'constructor' }), TypeError, 'nodes[1].op'],
    ['a field of a node', of(input, { ...absolute, run: 1 }), TypeError, 'nodes[1].run is unknown'],
    [
      'a cycle',
      of(input, { ...absolute, inputs: [1] }),
      RangeError,
      'nodes[1].inputs[0] must be an earlier node, 0 to 0, got 1',
    ],
    [
      'a forward reference',
      of({ ...absolute, inputs: [1] }, input),
      RangeError,
      'nodes[0].inputs[0] must be an earlier node',
    ],
    [
      'too many inputs',
      of(input, { ...absolute, inputs: [0, 0] }),
      TypeError,
      'nodes[1].inputs must be an array of 1 earlier node(s)',
    ],
    ['a name twice', of(input, input), RangeError, 'nodes[1].name "x" is taken'],
    ['a name that is none', of({ ...input, name: '__proto__' }), TypeError, 'nodes[0].name must be a name'],
    ['a size of 0', of({ ...input, shape: [0, 1, 1] }), RangeError, 'nodes[0].shape[0] must be 1 to'],
    [
      'a rank of 6',
      of({ ...input, shape: [1, 1, 1, 1, 1, 1] }),
      TypeError,
      'nodes[0].shape must be an array of at most 5',
    ],
    [
      'an unknown option',
      of(input, conv({ weights: filter, stride: 2 })),
      TypeError,
      'nodes[1].options.stride is unknown',
    ],
    [
      'a text for a weight',
      of(input, conv({ weights: { shape: [1, 1], float32: ['1'] } })),
      TypeError,
      'nodes[1].options.weights.float32[0] must be a finite float32, got "1"',
    ],
    ['NaN', of(input, conv({ weights: { shape: [1, 1], float32: [Number.NaN] } })), TypeError, 'got NaN'],
    [
      'past float32',
      of(input, conv({ weights: { shape: [1, 1], float32: [1e39] } })),
      TypeError,
      'must be a finite float32, got 1e+39',
    ],
    [
      'too few weights',
      of(input, conv({ weights: { shape: [2, 2], float32: [1] } })),
      RangeError,
      'nodes[1].options.weights.float32 must hold 4 numbers',
    ],
    [
      'an option of the wrong type',
      of(input, conv({ weights: filter, padding: 3 })),
      TypeError,
      'node 1 (conv2d): options.padding',
    ],
    ['no weights', of(input, conv({})), TypeError, 'node 1 (conv2d): options.weights'],
    [
      'infinite options',
      of(input, { op: 'add', inputs: [0], options: { constant: 'Infinity' } }),
      TypeError,
      'node 1 (add)',
    ],
    [
      'deep nesting',
      of(input, conv({ weights: filter, padding: [[[[[1]]]]] })),
      RangeError,
      'options.padding[0][0][0][0] may nest at most',
    ],
    [
      'a long text',
      of(input, conv({ weights: filter, edge: 'x'.repeat(99) })),
      RangeError,
      'nodes[1].options.edge may have at most',
    ],
    [
      'an object with other fields',
      of(input, conv({ weights: filter, activation: { name: 'elu', run: 1 } })),
      TypeError,
      'nodes[1].options.activation.run is unknown',
    ],
  ])('%s', (_, json, kind, message) => {
    expect(() => fromJSON(json)).toThrow(kind);
    expect(() => fromJSON(json)).toThrow(message);
  });

  test('more numbers than a graph may hold', () => {
    const huge = { shape: [1, 16_000_001], float32: new Array<number>(16_000_001).fill(0) };
    expect(() => fromJSON(of(input, conv({ weights: huge })))).toThrow('at most 16000000 numbers');
  });

  test('a graph that holds NaN on the way out', () => {
    const broken = graph(({ frame }) => conv2d(frame, { weights: tensor([1, 1], [1]) }));
    const weights = { shape: [1, 1], data: Float32Array.of(Number.NaN) };
    const nodes = broken.nodes.map((node) =>
      node.op === 'conv2d' ? { ...node, options: { weights } } : node,
    );
    expect(() => toJSON({ ...broken, nodes })).toThrow(
      'nodes[1].options.weights.data[0] must be a finite number',
    );
  });
});

/** What a stranger may put anywhere. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'Infinity',
    'abs',
    '__proto__',
    -1,
    0,
    0.5,
    1e9,
    2 ** 53,
    Number.NaN,
    [],
    {},
    [[]],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

type Json = Record<string, unknown> | unknown[];

/** All containers in `value`, itself included. */
function containers(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(containers)];
}

function mutate(value: unknown, where: number, which: number, by: unknown): void {
  const all = containers(value);
  const one = all[where % all.length] as Record<string, unknown>;
  const keys = Object.keys(one);
  const key = keys[which % (keys.length + 1)] ?? 'added';
  if (by === undefined) Reflect.deleteProperty(one, key);
  else
    Object.defineProperty(one, key, {
      value: structuredClone(by),
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

/** One graph with each op of the sample. */
const valid = parseCases(sample, 'sample.json').map((one) => JSON.stringify(toJSON(prepareCase(one).jobs[0]!.graph))); // prettier-ignore

describe('fuzz', () => {
  const edit = fc.tuple(fc.nat(200), fc.nat(8), fc.option(anything, { nil: undefined, freq: 6 }));

  test('mutated graphs load or are refused by name, and load to the same again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...valid),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          const json: unknown = JSON.parse(text);
          for (const [where, which, by] of edits) mutate(json, where, which, by);
          expectNoHarm(json);
        },
      ),
      { numRuns: 4000 },
    );
  });

  test('mutated text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valid), fc.nat(), fc.string({ maxLength: 3 }), (text, at, by) => {
        const cut = at % text.length;
        expectNoHarm(text.slice(0, cut) + by + text.slice(cut + 1));
      }),
      { numRuns: 1000 },
    );
  });
});

function expectNoHarm(json: unknown): void {
  let loaded: Graph;
  try {
    loaded = fromJSON(json);
  } catch (error) {
    const isClear = [TypeError, RangeError, SyntaxError].some((kind) => error instanceof kind);
    // A message of the engine's own, such as "Cannot read properties of undefined", names no field.
    const isOwn = /node|graph|input/.test((error as Error).message) && (error as Error).cause === undefined;
    if (!isClear || !(isOwn || error instanceof SyntaxError)) throw error;
    return;
  }
  expect(throughText(loaded)).toEqual(withoutNegativeZero(loaded));
}
