/** Graphs on plain arrays: the same values from every backend, in the page and in a worker. */
import { afterAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { conv2d, difference, frameAt, stack } from '../../src/graph/operators.ts';
import { softplus, tanh } from '../../src/graph/pointwise.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { createWorkerEngine } from '../../workers/tensors/tensors.client.ts';

const engines: Record<string, Engine> = {
  'the reference, in the page': createEngine({ backend: 'reference' }),
  'WebGL2, in the page': createEngine(),
  'the reference, in a worker': createWorkerEngine({ backend: 'reference' }),
  'WebGL2, in a worker': createWorkerEngine(),
};

afterAll(() => {
  for (const engine of Object.values(engines)) engine.dispose();
});

describe.each(Object.entries(engines))('%s', (_name, engine) => {
  test('a lesson: a cross on 3×3 gives one number', async () => {
    const cross = kernel([
      [1, 0, 1],
      [0, 1, 0],
      [1, 0, 1],
    ]);
    const lesson = graph({ x: [null, null, 1] }, ({ x }) => conv2d(x, { weights: cross, padding: 'valid' }));
    const x = tensor([3, 3, 1], [1, 2, 1, 0, 1, 0, 1, 0, 1]);
    expect(await engine.run(lesson, { x })).toEqual(tensor([1, 1, 1], [5]));
  });

  test('many runs at once, of several sizes, each with its own answer', async () => {
    const safe = graph({ x: [null] }, ({ x }) => tanh(softplus(x)));
    const runs = [1, 5, 64, 3].map((size) =>
      engine.run(safe, { x: tensor([size], new Float32Array(size).fill(size)) }),
    );
    const outputs = await Promise.all(runs);
    expect(outputs.map(({ shape }) => shape)).toEqual([[1], [5], [64], [3]]);
    expect(outputs[0]?.data[0]).toBeCloseTo(Math.tanh(Math.log1p(Math.exp(1))), 5);
    expect(outputs[2]?.data[63]).toBeCloseTo(1, 6);
  });

  test('sequences: each remembers its own frames, whatever runs in between', async () => {
    const change = graph({ x: [null, null, 1] }, ({ x }) => difference(x));
    const x = (value: number) => ({ x: tensor([1, 2, 1], [value, 2 * value]) });
    const [a, b] = [engine.sequence(change), engine.sequence(change)];
    const outputs = await Promise.all([
      a.next(x(1), 0),
      b.next(x(10), 0),
      a.next(x(4), 33_000),
      engine.run(change, x(7)),
      b.next(x(5), 33_000),
      // Back in time: it begins anew.
      a.next(x(9), 20_000),
    ]);
    expect(outputs.map((output) => [...output!.data])).toEqual([[0, 0], [0, 0], [3, 6], [0, 0], [-5, -10], [0, 0]]); // prettier-ignore
    a.dispose();
    expect((await b.next(x(6), 66_000))?.data).toEqual(Float32Array.of(1, 2));
    await expect(a.next(x(1), 40_000)).rejects.toThrow('a sequence computes nothing once it is disposed');
    b.dispose();
  });

  test('sequences: nothing while frames are waited for, mistakes reject with their name', async () => {
    const waiting = graph({ x: [1, 1, 1] }, ({ x }) => frameAt(stack(x, { frames: 2, warmUp: 'none' }), 0));
    const sequence = engine.sequence(waiting);
    const x = tensor([1, 1, 1], [0.5]);
    expect(await sequence.next({ x }, 0)).toBeNull();
    await expect(sequence.next({}, 10)).rejects.toThrow(TypeError);
    await expect(sequence.next({ x }, Number.NaN)).rejects.toThrow(
      'timestampUs must be a finite number, got NaN',
    );
    expect(await sequence.next({ x }, 10)).toEqual(x);
    sequence.dispose();
  });

  test('wrong inputs reject with their name', async () => {
    const one = graph({ x: [2, 2, 1] }, ({ x }) => tanh(x));
    const x = tensor([2, 2, 1], [1, 2, 3, 4]);
    await expect(engine.run(one, {})).rejects.toThrow(TypeError);
    await expect(engine.run(one, { x, y: x })).rejects.toThrow(/inputs\.y is none of the graph's inputs: x/);
    const wide = tensor([2, 2, 2], new Float32Array(8));
    await expect(engine.run(one, { x: wide })).rejects.toThrow(RangeError);
    await expect(engine.run(one, { x: wide })).rejects.toThrow(
      /inputs\.x must be \[2, 2, 1\], got \[2, 2, 2\]/,
    );
    expect((await engine.run(one, { x })).shape).toEqual([2, 2, 1]);
  });
});
