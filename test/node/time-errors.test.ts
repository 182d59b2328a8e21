/** What the ops of time refuse, and how they say so. */
import { describe, expect, test } from 'vitest';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import { fromJSON, toJSON } from '../../src/graph/json.ts';
import { conv1d, conv3d, difference, frameAt, stack, temporal } from '../../src/graph/operators.ts';
import type { StackOptions } from '../../src/ops/stack.ts';
import type { TemporalOptions } from '../../src/ops/temporal.ts';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';

const ones = (...shape: number[]): Tensor =>
  tensor(shape, new Float32Array(shape.reduce((a, b) => a * b)).fill(1));
const built = (build: (x: GraphValue) => GraphValue) => () =>
  graph({ x: [null, null, 1] }, ({ x }) => build(x));

const SECONDS = { window: { ms: 200 }, shape: 'box' } as const;

describe('options', () => {
  test.each<[unknown, typeof Error, string]>([
    [
      { frames: 0 },
      RangeError,
      'node 1 (stack): options.frames must be 1 to 32 frames, each kept in memory, got 0',
    ],
    [
      { frames: 33 },
      RangeError,
      'node 1 (stack): options.frames must be 1 to 32 frames, each kept in memory, got 33',
    ],
    [{ frames: 2.5 }, TypeError, 'options.frames must be an integer, got 2.5'],
    [{}, TypeError, 'options.frames must be an integer, got undefined'],
    [
      { frames: 3, warmUp: 'fade' },
      TypeError,
      "options.warmUp must be 'replicate' | 'ramp' | 'none', got \"fade\"",
    ],
    [{ frames: 3, maxGapMs: 0 }, RangeError, 'options.maxGapMs must be > 0 and ≤ 3600000 ms, got 0'],
    [{ frames: 3, maxGapMs: Infinity }, TypeError, 'options.maxGapMs must be a finite number, got Infinity'],
    [
      { frames: 3, alignment: 'late' },
      TypeError,
      "options.alignment must be 'causal' | 'centered', got \"late\"",
    ],
    [
      { frames: 4, alignment: 'centered' },
      RangeError,
      'options.frames must be odd where the middle one counts as now, got 4',
    ],
    [
      { frames: 3, depth: 1 },
      TypeError,
      "there is no option 'depth': it has frames, alignment, warmUp, maxGapMs",
    ],
  ])('stack %j', (options, type, message) => {
    const build = built((x) => stack(x, options as StackOptions));
    expect(build).toThrow(type);
    expect(build).toThrow(message);
  });

  test.each<[unknown, typeof Error, string]>([
    [{ shape: 'box' }, TypeError, 'node 1 (temporal): options.window must be { ms }, got undefined'],
    [{ shape: 'box', window: 200 }, TypeError, 'options.window must be { ms }, got 200'],
    [{ shape: 'box', window: { ms: 1, frames: 2 } }, TypeError, 'options.window must be { ms }, got a'],
    [{ shape: 'box', window: { ms: 0 } }, RangeError, 'options.window.ms must be > 0 and ≤ 60000 ms, got 0'],
    [
      { shape: 'box', window: { ms: 60_001 } },
      RangeError,
      'options.window.ms must be > 0 and ≤ 60000 ms, got 60001',
    ],
    [
      { shape: 'box', window: { ms: Number.NaN } },
      TypeError,
      'options.window.ms must be a finite number, got NaN',
    ],
    [
      { ...SECONDS, shape: 'sinc' },
      TypeError,
      "options.shape must be 'box' | 'gaussian' | 'derivative' | 'exponential' | 'peak', got \"sinc\"",
    ],
    [{ ...SECONDS, frames: 1 }, RangeError, 'options.frames must be 2 to 32 frames'],
    [{ ...SECONDS, shape: 'derivative', frames: 2 }, RangeError, 'options.frames must be 3 to 32 frames'],
    [
      { ...SECONDS, shape: 'derivative', alignment: 'centered' },
      TypeError,
      "options.alignment is not for 'derivative'",
    ],
    [{ ...SECONDS, alignment: 'middle' }, TypeError, "options.alignment must be 'causal' | 'centered'"],
    [
      { ...SECONDS, shape: 'exponential', frames: 3 },
      TypeError,
      "options.frames is not for 'exponential', which counts all frames so far, got 3",
    ],
    [
      { ...SECONDS, shape: 'exponential', alignment: 'causal' },
      TypeError,
      "options.alignment is not for 'exponential'",
    ],
    [
      { ...SECONDS, shape: 'exponential', warmUp: 'none' },
      TypeError,
      "options.warmUp is not for 'exponential'",
    ],
  ])('temporal %j', (options, type, message) => {
    const build = built((x) => temporal(x, options as TemporalOptions));
    expect(build).toThrow(type);
    expect(build).toThrow(message);
  });

  test.each<[number, typeof Error, string]>([
    [3, RangeError, 'node 2 (frameAt): options.index must be -3 to 2 in a stack of 3, got 3'],
    [-4, RangeError, 'options.index must be -3 to 2 in a stack of 3, got -4'],
    [0.5, TypeError, 'options.index must be an integer, got 0.5'],
  ])('frameAt %d', (index, type, message) => {
    const build = built((x) => frameAt(stack(x, { frames: 3 }), index));
    expect(build).toThrow(type);
    expect(build).toThrow(message);
  });

  test.each([0, 32, 1.5])('difference over %d frames', (frames) => {
    expect(built((x) => difference(x, { frames }))).toThrow(
      /^difference: options.frames must be (1 to 31|an integer)/,
    );
  });

  test('a stack of what has too many axes, or a frame of what has none', () => {
    const volume = (x: GraphValue) => stack(stack(stack(x, { frames: 2 }), { frames: 2 }), { frames: 2 });
    expect(built(volume)).toThrow(
      'node 3 (stack): the input must have a rank of 0 to 4, got [2, 2, ?, ?, 1]',
    );
    expect(() => graph({ x: [] }, ({ x }) => frameAt(x))).toThrow(
      'the input must be a stack [frames, …], got a single number',
    );
  });
});

describe('a kernel deeper than the stack', () => {
  const message = (depth: number, frames: number) =>
    `the kernel is ${depth} frames deep, and the stack holds ${frames}`;

  test.each<[string, (x: GraphValue) => GraphValue, string]>([
    ['conv3d', (x) => conv3d(x, ones(5, 3, 3)), message(5, 3)],
    ['conv3d, a layer', (x) => conv3d(x, ones(4, 1, 1, 1, 2)), message(4, 3)],
    ['conv3d with gaps', (x) => conv3d(x, { weights: ones(2, 1, 1), dilations: [3, 1, 1] }), message(4, 3)],
    ['conv3d, padded too little', (x) => conv3d(x, { weights: ones(5, 1, 1), padding: [[1, 0], [0, 0], [0, 0]] }), message(5, 3)], // prettier-ignore
    ['conv1d', (x) => conv1d(x, { weights: ones(5), axis: 't' }), message(5, 3)],
  ])('%s', (_name, build, text) => {
    const deep = built((x) => build(stack(x, { frames: 3 })));
    expect(deep).toThrow(RangeError);
    expect(deep).toThrow(text);
  });

  test('what `padding` asks for stands in', () => {
    const padded = (padding: 'same' | readonly (readonly [number, number])[]) =>
      built((x) => conv3d(stack(x, { frames: 3 }), { weights: ones(5, 1, 1), padding }))();
    expect(padded('same').nodes.at(-1)?.shape).toEqual([3, null, null, 1]);
    expect(padded([[2, 2], [0, 0], [0, 0]]).nodes.at(-1)?.shape).toEqual([3, null, null, 1]); // prettier-ignore
  });

  test('an image has no time to filter along', () => {
    expect(built((x) => conv1d(x, { weights: ones(3), axis: 't' }))).toThrow(
      "options.axis must be 'x' | 'y', got \"t\"",
    );
  });

  test('weights that are no numbers', () => {
    const weights = { shape: [3, 1, 1], data: Float32Array.of(1, Number.NaN, 1) };
    expect(built((x) => conv3d(stack(x, { frames: 3 }), weights))).toThrow(
      'node 2 (conv3d): options.weights[1] must be a finite number, got NaN',
    );
  });
});

describe('from a stranger', () => {
  const of = graph({ x: [null, null, 1] }, ({ x }) =>
    temporal(frameAt(stack(x, { frames: 3, alignment: 'centered', warmUp: 'none', maxGapMs: 250 }), 1), {
      window: { ms: 150 },
      shape: 'gaussian',
      alignment: 'centered',
      frames: 5,
    }),
  );

  test('what goes out comes back', () => {
    expect(fromJSON(JSON.stringify(toJSON(of)))).toEqual(of);
  });

  test.each<[string, object, string]>([
    [
      'frames',
      { op: 'stack', inputs: [0], options: { frames: 1e9 } },
      'node 1 (stack): options.frames must be 1 to 32',
    ],
    [
      'a window',
      { op: 'temporal', inputs: [0], options: { shape: 'box', window: { ms: '200' } } },
      'options.window.ms must be a finite number, got "200"',
    ],
    [
      'a window with code',
      { op: 'temporal', inputs: [0], options: { shape: 'box', window: { run: 1 } } },
      'nodes[1].options.window.run is unknown',
    ],
    ['an index', { op: 'frameAt', inputs: [0], options: { index: 1e300 } }, 'options.index must be'],
  ])('refuses %s', (_name, node, message) => {
    const json = { version: 1, nodes: [{ op: 'input', name: 'x', shape: [2, 2, 1] }, node], output: 1 };
    expect(() => fromJSON(json)).toThrow(message);
  });
});

describe('while it runs', () => {
  test.each([Number.NaN, Infinity, undefined, '5'])('a time that is none: %s', (timestampUs) => {
    const sequence = new ReferenceSequence(graph({ x: [1] }, ({ x }) => stack(x, { frames: 2 })));
    expect(() => sequence.next({ x: ones(1) }, timestampUs as number)).toThrow(TypeError);
    expect(() => sequence.next({ x: ones(1) }, timestampUs as number)).toThrow(
      'timestampUs must be a finite number',
    );
  });
});
