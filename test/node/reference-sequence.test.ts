/** The reference over frames: what it remembers, when it forgets, and what mistakes leave as it was. */
import { describe, expect, test } from 'vitest';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { tensor } from '../../src/core/tensor.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { graph } from '../../src/graph/builder.ts';
import { add, frameAt, luma, mul, reduceMean, stack, sub, temporal } from '../../src/graph/operators.ts';

const sumOfTwo = graph({ x: [null] }, ({ x }) => {
  const two = stack(x, { frames: 2, warmUp: 'ramp' });
  return add(frameAt(two, 0), frameAt(two, 1));
});
const waiting = graph({ x: [null] }, ({ x }) => stack(x, { frames: 3, warmUp: 'none' }));
const x = (...values: number[]) => ({ x: tensor([values.length], values) });

test('what a frame leaves, the next one meets', () => {
  const sequence = new ReferenceSequence(sumOfTwo);
  expect(sequence.next(x(1), 0).data).toEqual(Float32Array.of(1));
  expect(sequence.next(x(10), 10_000).data).toEqual(Float32Array.of(11));
  expect(sequence.next(x(100), 20_000).data).toEqual(Float32Array.of(110));
});

test('a run is a sequence of one', () => {
  expect(runReference(sumOfTwo, x(7)).data).toEqual(Float32Array.of(7));
  expect(runReference(sumOfTwo, x(7)).data).toEqual(Float32Array.of(7));
  const gone = graph({ x: [1] }, (inputs) =>
    temporal(inputs.x, { window: { ms: 100 }, shape: 'derivative' }),
  );
  expect(runReference(gone, x(7)).data).toEqual(Float32Array.of(0));
});

test('memories on top of each other, each with rules of its own', () => {
  const nested = graph({ x: [1] }, (inputs) => {
    const before = frameAt(stack(inputs.x, { frames: 2 }), 0);
    return stack(before, { frames: 2, warmUp: 'ramp', maxGapMs: 15 });
  });
  const sequence = new ReferenceSequence(nested);
  const outputs = [[1, 0], [2, 10], [3, 30], [4, 40]].map(([value = 0, ms = 0]) => [...sequence.next(x(value), 1000 * ms).data]); // prettier-ignore
  // The gap of 20 ms is too long for the second memory alone.
  expect(outputs).toEqual([[0, 1], [1, 1], [0, 2], [2, 3]]); // prettier-ignore
});

test('what it is given stays the caller’s', () => {
  const sequence = new ReferenceSequence(sumOfTwo);
  const first = x(1);
  sequence.next(first, 0);
  first.x.data[0] = 1000;
  const output = sequence.next(x(2), 10_000);
  expect(output.data).toEqual(Float32Array.of(3));
  output.data[0] = 1000;
  expect(sequence.next(x(4), 20_000).data).toEqual(Float32Array.of(6));
});

describe('begins anew', () => {
  test('with inputs of another size', () => {
    const sequence = new ReferenceSequence(sumOfTwo);
    sequence.next(x(1), 0);
    expect(sequence.next(x(10, 20), 10_000).data).toEqual(Float32Array.of(10, 20));
    expect(sequence.next(x(100), 20_000).data).toEqual(Float32Array.of(100));
  });

  test('when it is told to forget', () => {
    const sequence = new ReferenceSequence(sumOfTwo);
    sequence.next(x(1), 0);
    sequence.forget();
    expect(sequence.next(x(10), 10_000).data).toEqual(Float32Array.of(10));
  });
});

describe('mistakes leave what it remembers as it was', () => {
  const narrow = graph({ x: [null], y: [null] }, (inputs) => {
    const two = stack(inputs.x, { frames: 2, warmUp: 'ramp' });
    return sub(frameAt(two, 1), mul(frameAt(two, 0), inputs.y));
  });
  const both = (a: number, b = 1) => ({ x: tensor([1], [a]), y: tensor([1], [b]) });

  test.each([
    ['an input that is missing', x(5), 10_000],
    ['inputs that do not go together', { x: tensor([2], [1, 2]), y: tensor([3], [1, 2, 3]) }, 10_000],
    ['no time', both(5), Number.NaN],
  ])('%s', (_name, inputs, timestampUs) => {
    const sequence = new ReferenceSequence(narrow);
    sequence.next(both(3), 0);
    expect(() => sequence.next(inputs, timestampUs)).toThrow();
    expect(sequence.next(both(10), 10_000).data).toEqual(Float32Array.of(7));
  });
});

describe('warm', () => {
  const warmAt = (times: readonly number[], of = waiting): boolean[] => {
    const sequence = new ReferenceSequence(of);
    return times.map((ms) => {
      sequence.next(x(ms), 1000 * ms);
      return sequence.isWarm;
    });
  };

  test('once the frames are there that it waits for, and anew after a seek or a gap', () => {
    expect(warmAt([0, 10, 20, 30])).toEqual([false, false, true, true]);
    expect(warmAt([0, 10, 20, 5, 15, 25])).toEqual([false, false, true, false, false, true]);
    expect(warmAt([0, 10, 20, 2000])).toEqual([false, false, true, false]);
    expect(warmAt([0, 10, 10, 10, 20])).toEqual([false, false, false, false, true]);
  });

  test('at once where nothing is waited for', () => {
    expect(warmAt([0], sumOfTwo)).toEqual([true]);
    expect(new ReferenceSequence(waiting).isWarm).toBe(false);
  });

  test('not after it forgot', () => {
    const sequence = new ReferenceSequence(waiting);
    for (const us of [0, 1, 2]) sequence.next(x(1), us);
    expect(sequence.isWarm).toBe(true);
    sequence.forget();
    expect(sequence.isWarm).toBe(false);
  });
});

test('measurements are of the last frame', () => {
  const measuring = graph(({ frame }) => {
    const y = luma(frame);
    return { output: y, measurements: { mean: reduceMean(y), newest: stack(reduceMean(y), { frames: 2 }) } };
  });
  const sequence = new ReferenceSequence(measuring);
  expect(sequence.measurements).toEqual({});
  for (const [i, grey] of [0.25, 0.75].entries()) {
    sequence.next({ frame: tensor([1, 2, 3], new Float32Array(6).fill(grey)) }, i);
  }
  expect(sequence.measurements).toEqual({ mean: tensor([], [0.75]), newest: tensor([2], [0.25, 0.75]) });
});

describe('an engine on the reference', () => {
  const engine = createEngine({ backend: 'reference' });

  test('gives the frames of a sequence, and none while it waits', async () => {
    const sequence = engine.sequence(waiting);
    const outputs = await Promise.all([1, 2, 3].map((value) => sequence.next(x(value), 1000 * value)));
    expect(outputs).toEqual([null, null, tensor([3, 1], [1, 2, 3])]);
  });

  test('keeps sequences apart', async () => {
    const [a, b] = [engine.sequence(sumOfTwo), engine.sequence(sumOfTwo)];
    await a.next(x(1), 0);
    await b.next(x(10), 0);
    expect(await a.next(x(2), 10)).toEqual(tensor([1], [3]));
    expect(await b.next(x(20), 10)).toEqual(tensor([1], [30]));
  });

  test('takes the colour whose luma counts', async () => {
    const sequence = engine.sequence(graph(({ frame }) => luma(frame)), { color: { matrix: 'bt709', fullRange: true } }); // prettier-ignore
    const output = await sequence.next({ frame: tensor([1, 1, 3], [1, 0, 0]) }, 0);
    expect(output?.data[0]).toBeCloseTo(0.2126, 6);
  });

  test('rejects what does not fit, and everything once it is disposed', async () => {
    const sequence = engine.sequence(sumOfTwo);
    await expect(sequence.next({}, 0)).rejects.toThrow(TypeError);
    await expect(sequence.next(x(1), Number.NaN)).rejects.toThrow(
      'timestampUs must be a finite number, got NaN',
    );
    sequence.dispose();
    sequence.dispose();
    await expect(sequence.next(x(1), 0)).rejects.toThrow('a sequence computes nothing once it is disposed');
  });
});
