/** What a graph measures beside its output, how late that is, and the names of what it remembers. */
import { describe, expect, test } from 'vitest';
import { graph, type GraphOutputs, type GraphValue } from '../../src/graph/builder.ts';
import { describe as describeGraph } from '../../src/graph/describe.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { fromJSON, toJSON } from '../../src/graph/json.ts';
import { hasMemory, latencyOf } from '../../src/graph/latency.ts';
import { abs, add, frameAt, luma, neg, reduceMax, reduceMean, stack, temporal } from '../../src/graph/operators.ts'; // prettier-ignore
import { lower } from '../../src/plan/lower.ts';

const FACTS = { luma: [0.299, 0.587, 0.114] } as const;

const measuring = graph(({ frame }) => {
  neg(frame);
  const y = luma(frame);
  const loudest = reduceMax(abs(y));
  return { output: y, measurements: { mean: reduceMean(y), loudest } };
});

describe('measurements', () => {
  test('are nodes by their names, and what they need stays', () => {
    expect(measuring.nodes.map(({ op }) => op)).toEqual(['input', 'luma', 'abs', 'reduceMax', 'reduceMean']);
    expect([measuring.output, measuring.measurements]).toEqual([1, { mean: 4, loudest: 3 }]);
  });

  test('a graph without any says nothing of them', () => {
    const plain = graph(({ frame }) => ({ output: frame, measurements: {} }));
    expect(plain).toEqual(graph(({ frame }) => ({ output: frame })));
    expect(plain).toEqual(graph(({ frame }) => frame));
    expect('measurements' in plain).toBe(false);
    expect('measurements' in toJSON(plain)).toBe(false);
  });

  test('of graphs over tensors', () => {
    const of = graph({ x: [4] }, ({ x }) => ({ output: x, measurements: { x } }));
    expect(of.measurements).toEqual({ x: 0 });
  });

  test('go to JSON and back', () => {
    expect(toJSON(measuring).measurements).toEqual({ mean: 4, loudest: 3 });
    expect(fromJSON(JSON.stringify(toJSON(measuring)))).toEqual(measuring);
  });

  test('are told of with the layers', () => {
    const { measurements, text } = describeGraph(measuring, { frame: [2, 2, 3] });
    expect(measurements).toEqual({ mean: [], loudest: [] });
    expect(text.split('\n').slice(-2)).toEqual([
      'measures mean: reduceMean 4',
      'measures loudest: reduceMax 3',
    ]);
  });

  test('go with the lowered program', () => {
    const { values, measurements = {} } = lower(measuring, { frame: [2, 2, 3] }, FACTS);
    expect(Object.keys(measurements)).toEqual(['mean', 'loudest']);
    for (const value of Object.values(measurements)) expect(values[value]?.shape).toEqual([]);
  });

  const returning = (outputs: (frame: GraphValue) => unknown) => () =>
    graph(({ frame }) => outputs(frame) as GraphOutputs);

  test.each<[string, () => Graph, typeof Error, string]>([
    [
      'five',
      returning((f) => ({ output: f, measurements: { a: f, b: f, c: f, d: f, e: f } })),
      RangeError,
      'a graph may have at most 4 measurements, got 5',
    ],
    [
      'no value',
      returning((f) => ({ output: f, measurements: { a: 3 } })),
      TypeError,
      'measurement "a" must be a value of the graph that is being built, got 3',
    ],
    [
      'no name',
      returning((f) => ({ output: f, measurements: { '': f } })),
      TypeError,
      'the name of measurement "" must be a name of 1 to 64 letters',
    ],
    [
      'no object',
      returning((f) => ({ output: f, measurements: f.index })),
      TypeError,
      'the measurements must be an object { name: value }, got 0',
    ],
    [
      'no output',
      returning(() => ({ output: 3 })),
      TypeError,
      'the output must be a value of the graph that is being built, got 3',
    ],
    [
      'nothing',
      returning(() => undefined),
      TypeError,
      'the output must be a value of the graph that is being built, got undefined',
    ],
    [
      'a function',
      returning(() => abs),
      TypeError,
      'the output must be a value of the graph that is being built',
    ],
  ])('refuses %s', (_name, build, type, message) => {
    expect(build).toThrow(type);
    expect(build).toThrow(message);
  });

  const input = { op: 'input', name: 'x', shape: [1] };
  const named = (name: string): unknown => JSON.parse(`{ ${JSON.stringify(name)}: 0 }`);

  test.each<[string, unknown, typeof Error, string]>([
    ['a list', [0], TypeError, 'graph.measurements must be an object { name: node }, got [0]'],
    ['a node that is none', { a: 1 }, RangeError, 'graph.measurements["a"] must be 0 to 0, got 1'],
    [
      'a number with a fraction',
      { a: 0.5 },
      TypeError,
      'graph.measurements["a"] must be an integer, got 0.5',
    ],
    ['text', { a: '0' }, TypeError, 'graph.measurements["a"] must be an integer'],
    ['five', { a: 0, b: 0, c: 0, d: 0, e: 0 }, RangeError, 'at most 4 measurements, got 5'],
    ['a name of the prototype', named('__proto__'), TypeError, 'must be a name of 1 to 64 letters'],
    ['a long name', named('n'.repeat(65)), TypeError, 'must be a name of 1 to 64 letters'],
  ])('refuses from a stranger: %s', (_name, measurements, type, message) => {
    const read = () => fromJSON({ version: 1, nodes: [input], output: 0, measurements });
    expect(read).toThrow(type);
    expect(read).toThrow(message);
  });
});

const over = (build: (x: GraphValue) => GraphValue): Graph => graph({ x: [4, 4, 1] }, ({ x }) => build(x));
const centered = (x: GraphValue, frames: number) => frameAt(stack(x, { frames, alignment: 'centered' }), (frames - 1) / 2); // prettier-ignore
const gaussian = (x: GraphValue, alignment: 'causal' | 'centered') =>
  temporal(x, { window: { ms: 90 }, shape: 'gaussian', alignment });

describe('latency', () => {
  test.each<[string, Graph, number, number]>([
    ['nothing that remembers', over(abs), 0, 0],
    ['a causal stack', over((x) => frameAt(stack(x, { frames: 5 }))), 0, 0],
    ['a centered stack', over((x) => centered(x, 5)), 2, 0],
    ['one after another', over((x) => centered(centered(x, 5), 3)), 3, 0],
    ['the later one of two', over((x) => add(centered(x, 3), centered(x, 7))), 3, 0],
    ['a causal window', over((x) => gaussian(x, 'causal')), 0, 0],
    ['a centered window', over((x) => gaussian(x, 'centered')), 0, 45],
    ['a derivative', over((x) => temporal(x, { window: { ms: 90 }, shape: 'derivative' })), 0, 45],
    ['a running mean', over((x) => temporal(x, { window: { ms: 90 }, shape: 'exponential' })), 0, 0],
    ['frames and seconds', over((x) => gaussian(centered(x, 3), 'centered')), 1, 45],
  ])('of %s', (_name, of, frames, ms) => {
    expect(latencyOf(of)).toEqual({ frames, ms });
    expect(describeGraph(of).latency).toEqual({ frames, ms });
  });

  test('is said with the layers', () => {
    expect(describeGraph(over((x) => gaussian(centered(x, 3), 'centered'))).text).toMatch(
      /\n1 frame and 45 ms late$/,
    );
    expect(describeGraph(over(abs)).text).not.toContain('late');
  });
});

test('layers of time: shapes, and how many frames they see', () => {
  const { rows } = describeGraph(over((x) => gaussian(frameAt(stack(x, { frames: 3 })), 'causal')));
  expect(rows.map(({ outputShape }) => outputShape)).toEqual([[4, 4, 1], [3, 4, 4, 1], [4, 4, 1], [4, 4, 1]]); // prettier-ignore
  // 90 ms at 60 frames a second, both ends included.
  expect(rows.at(-1)?.receptiveField).toEqual([7, 1, 1]);
  expect(rows.at(-1)?.macs).toBe(16 * 7);
});

test('a graph has a memory where a node remembers', () => {
  expect(hasMemory(over(abs))).toBe(false);
  expect(hasMemory(over((x) => frameAt(stack(x, { frames: 1 }))))).toBe(false);
  expect(hasMemory(over((x) => frameAt(stack(x, { frames: 2 }))))).toBe(true);
  expect(hasMemory(over((x) => gaussian(x, 'causal')))).toBe(true);
});

describe('names of memories', () => {
  const namesOf = (of: Graph): string[] =>
    lower(of, { x: [4, 4, 1] }, FACTS).values.flatMap((value) =>
      'memory' in value ? [value.memory.name] : [],
    );
  const two = (frames: number, ms: number, first = abs) =>
    over((x) =>
      add(frameAt(stack(first(x), { frames })), temporal(x, { window: { ms }, shape: 'exponential' })),
    );

  test('the same where options alone differ', () => {
    expect(namesOf(two(3, 100))).toEqual(namesOf(two(7, 900)));
    expect(namesOf(two(3, 100))[0]).toMatch(/^stack [0-9a-f]{8} · 1$/);
  });

  test('another where something else leads there', () => {
    const [stacked, running] = namesOf(two(3, 100));
    const [otherStacked, otherRunning] = namesOf(two(3, 100, neg));
    expect(otherStacked).not.toBe(stacked);
    expect(otherRunning).toBe(running);
  });

  test('one each: what is alike is counted', () => {
    const names = namesOf(over((x) => add(gaussian(x, 'causal'), add(gaussian(x, 'causal'), gaussian(gaussian(x, 'causal'), 'causal'))))); // prettier-ignore
    expect(new Set(names).size).toBe(4);
    expect(names.map((name) => name.slice(-1))).toEqual(['1', '2', '3', '1']);
  });
});
