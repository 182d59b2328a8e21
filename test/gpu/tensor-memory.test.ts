/**
 * Graphs of any tensors that remember, frame by frame on WebGL2 against the reference: over frames that come at odd
 * times, a repeat, a seek back and a gap.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { WARM_UPS } from '../../src/core/memory-clock.ts';
import { sizeOf, tensor, type Shape, type Tensor } from '../../src/core/tensor.ts';
import { TensorRunner } from '../../src/engine/run-tensors.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import {
  abs,
  add,
  concat,
  conv1d,
  conv2d,
  conv3d,
  difference,
  frameAt,
  maxPool3d,
  mul,
  reduceMean,
  runningMean,
  runningVariance,
  stack,
  sub,
  tanh,
  temporal,
} from '../../src/graph/operators.ts';
import { lower } from '../../src/plan/lower.ts';
import { simplify } from '../../src/plan/simplify.ts';
import { planTensors } from '../../src/plan/tensor-plan.ts';
import { binary, elapsedMs, operand } from '../../src/primitives/expression.ts';
import type { Primitive } from '../../src/primitives/primitive.ts';

const ledger = new Ledger();
const runner = new TensorRunner(ledger);
const backend = new WebGl2Backend({ ledger });
const LUMA = { luma: [0.299, 0.587, 0.114] } as const;

afterAll(() => {
  runner.dispose();
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

const EXACT = 1e-4;

/** In ms: at odd times, one of them twice, one before those before it, one long after. */
const TIMES = [5, 38, 71, 71, 104, 160, 168, 120, 153, 190, 4500, 4533, 4570, 4570, 4640];

/** Numbers in −1..1 that repeat with no short period. */
const numbers = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233)),
  );

type Build = (x: GraphValue) => GraphValue;

const graphOf = (shape: Shape, build: Build): Graph => graph({ x: shape }, ({ x }) => build(x));

type Run = Readonly<{ worst: number; shown: number }>;

/** The worst difference over all frames, relative to the larger of 1 and the value; Infinity where one is not shown. */
async function worstOver(shape: Shape, build: Build, times: readonly number[] = TIMES): Promise<Run> {
  const made = graphOf(shape, build);
  const reference = new ReferenceSequence(made);
  const sequence = runner.sequence(made);
  let [worst, shown] = [0, 0];
  for (const [i, ms] of times.entries()) {
    const x = numbers(shape, i + 1);
    const expected = reference.next({ x }, 1000 * ms);
    const got = await sequence.next({ x }, 1000 * ms);
    if (!reference.isWarm || got === null) {
      if (reference.isWarm || got !== null) worst = Infinity;
      continue;
    }
    shown++;
    expect(got.shape).toEqual(expected.shape);
    expected.data.forEach((value, element) => {
      const error = Math.abs(value - (got.data[element] ?? Number.NaN)) / Math.max(1, Math.abs(value));
      worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
    });
  }
  sequence.dispose();
  return { worst, shown };
}

async function expectAlike(shape: Shape, build: Build): Promise<void> {
  const { worst, shown } = await worstOver(shape, build);
  expect(worst).toBeLessThan(EXACT);
  expect(shown).toBe(TIMES.length);
}

describe('stack', () => {
  const shapes: Shape[] = [[], [6], [7, 5], [9, 3], [5, 6, 1], [5, 7, 3], [4, 5, 5], [3, 4, 5, 6]];

  describe.each(WARM_UPS)('%s', (warmUp) => {
    test.each(shapes.map((shape) => ({ shape })))('of $shape', async ({ shape }) => {
      const { worst, shown } = await worstOver(shape, (x) => stack(x, { frames: 4, warmUp }));
      expect(worst).toBeLessThan(EXACT);
      // Three sequences, of 6, 3 and 4 frames: those before the fourth are not shown.
      expect(shown).toBe(warmUp === 'none' ? 4 : TIMES.length);
    });
  });

  test.each([1, 2, 32])('of %i frames', async (frames) => {
    await expectAlike([3, 5, 2], (x) => stack(x, { frames }));
  });

  test('keeps what it remembers as it is, whatever follows', async () => {
    await expectAlike([4, 5, 3], (x) => tanh(mul(stack(x, { frames: 3 }), 3)));
    await expectAlike([4, 5, 3], (x) => mul(runningMean(x, { ms: 50 }), 3));
  });

  test('of what is computed: filtered in blocks, or a stack itself', async () => {
    const weights = numbers([3, 3, 3, 8], 3);
    await expectAlike([32, 40, 3], (x) => stack(conv2d(x, { weights }), { frames: 2 }));
    await expectAlike([4, 5, 2], (x) => stack(stack(mul(x, 2), { frames: 3 }), { frames: 2 }));
  });

  test('one frame of it', async () => {
    for (const index of [-1, 0, 1])
      await expectAlike([4, 5, 3], (x) => frameAt(stack(x, { frames: 3 }), index));
    await expectAlike([7, 2], (x) => frameAt(stack(x, { frames: 3 }), 0));
  });
});

describe('filters over time', () => {
  test('conv3d, in layers', async () => {
    const [first, second] = [numbers([3, 3, 3, 2, 5], 1), numbers([3, 3, 3, 5, 3], 2)];
    const time = { padding: [[0, 0], [1, 1], [1, 1]] } as const; // prettier-ignore
    await expectAlike([6, 7, 2], (x) =>
      frameAt(
        conv3d(tanh(conv3d(stack(x, { frames: 5 }), { weights: first, ...time })), {
          weights: second,
          ...time,
        }),
      ),
    );
  });

  test('conv3d over all frames, one filter for every channel', async () => {
    await expectAlike([6, 5, 3], (x) => conv3d(stack(x, { frames: 3 }), numbers([3, 3, 3], 4)));
  });

  test('maxPool3d', async () => {
    await expectAlike([6, 6, 5], (x) =>
      maxPool3d(stack(x, { frames: 4 }), { windowDimensions: 2, strides: 2 }),
    );
  });

  test('conv1d along time', async () => {
    const weights = numbers([3], 5);
    await expectAlike([5, 6, 5], (x) =>
      conv1d(stack(x, { frames: 5 }), { weights, axis: 't', dilations: 2, padding: 'valid' }),
    );
  });

  test('difference', async () => {
    await expectAlike([5, 6, 1], (x) => difference(x));
    await expectAlike([5, 6, 5], (x) => abs(difference(x, { frames: 3 })));
    await expectAlike([12, 2], (x) => difference(x, { frames: 2, warmUp: 'ramp' }));
  });
});

describe('windows over seconds', () => {
  const shapes: Shape[] = [[], [6], [11, 3], [5, 7, 3], [4, 5, 5], [2, 4, 5, 3], [2, 3, 4, 3, 2]];

  describe.each(['box', 'gaussian', 'derivative', 'exponential', 'peak'] as const)('%s', (shape) => {
    test.each(shapes.map((sides) => ({ sides })))('of $sides', async ({ sides }) => {
      await expectAlike(sides, (x) => temporal(x, { window: { ms: 90 }, shape }));
    });
  });

  test.each(['box', 'gaussian'] as const)('%s about its middle', async (shape) => {
    await expectAlike([5, 4, 3], (x) => temporal(x, { window: { ms: 120 }, shape, alignment: 'centered' }));
  });

  test('one that is shorter than a frame, and one that is longer than what is remembered', async () => {
    await expectAlike([5, 4, 3], (x) => temporal(x, { window: { ms: 4 }, shape: 'box' }));
    await expectAlike([5, 4, 3], (x) => temporal(x, { window: { ms: 2000 }, shape: 'box', frames: 3 }));
  });

  test('nothing is shown before all frames are there', async () => {
    const { worst, shown } = await worstOver([5, 4, 3], (x) =>
      temporal(x, { window: { ms: 90 }, shape: 'gaussian', frames: 3, warmUp: 'none' }),
    );
    expect(worst).toBeLessThan(EXACT);
    expect(shown).toBe(9);
  });
});

describe('what follows from the frame before', () => {
  test('a running mean and variance', async () => {
    await expectAlike([5, 6, 5], (x) => runningMean(x, { ms: 60 }));
    await expectAlike([5, 6, 1], (x) => runningVariance(x, { ms: 200 }));
    await expectAlike([40, 2], (x) => runningMean(x, { ms: 60 }));
  });

  test('of a number for each channel, and of a mean of means', async () => {
    await expectAlike([5, 6, 3], (x) => runningMean(reduceMean(x, { axes: [0, 1] }), { ms: 60 }));
    await expectAlike([5, 6, 3], (x) => runningMean(runningMean(x, { ms: 60 }), { ms: 30 }));
  });

  test('does not drift in 10,000 frames', async () => {
    const shape = [6, 5, 5];
    const program = simplify(
      lower(
        graphOf(shape, (x) => runningMean(x, { ms: 800 })),
        { x: shape },
        LUMA,
      ),
    );
    const prepared = await backend.prepare(planTensors(program, backend.capabilities));
    const expected = new Float64Array(sizeOf(shape));
    let time = 0;
    for (let i = 0; i < 10_000; i++) {
      const x = numbers(shape, i % 97);
      const elapsed = 20 + (i % 3) * 13;
      time += elapsed;
      backend.writeTensors(prepared, { x });
      backend.execute(prepared, 1000 * time);
      // On software the driver's queue is memory.
      if (i % 100 === 0) await backend.finished();
      const share = i === 0 ? 1 : 1 - Math.exp(-elapsed / 800);
      x.data.forEach((value, element) => {
        expected[element]! += share * (value - expected[element]!);
      });
    }
    const { data } = backend.readTensor(prepared);
    prepared.dispose();
    expect(data.every((value, element) => Math.abs(value - expected[element]!) < 1e-5)).toBe(true);
  });

  test('forgets at a gap, and keeps the place of a frame that comes twice', async () => {
    const made = graphOf([1], (x) => runningMean(x, { ms: 1e4 }));
    const sequence = runner.sequence(made);
    const next = async (value: number, ms: number) =>
      (await sequence.next({ x: tensor([1], [value]) }, 1000 * ms))?.data[0];
    expect(await next(1, 0)).toBe(1);
    const twice = await next(5, 1000);
    expect(await next(3, 1000)).toBeCloseTo(1 + (2 / 4) * ((twice ?? 0) - 1), 5);
    expect(await next(7, 90_000)).toBe(7);
    sequence.dispose();
  });
});

describe('how long the frame before was ago', () => {
  const input: Primitive = { kind: 'input', name: 'x', shape: [2, 3] };
  const scaled = binary('mul', operand(0), elapsedMs);

  /** What comes of ones, at 0, 30, 70 and 70 ms, and after a second and more. */
  async function elapsedBy(...rest: readonly Primitive[]): Promise<readonly (number | undefined)[]> {
    const program = { values: [input, ...rest], output: rest.length };
    const prepared = await backend.prepare(planTensors(program, backend.capabilities));
    const x = tensor([2, 3], [1, 1, 1, 1, 1, 1]);
    const got = [0, 30, 70, 70, 5000].map((ms) => {
      backend.writeTensors(prepared, { x });
      backend.execute(prepared, 1000 * ms);
      return backend.readTensor(prepared).data.at(-1);
    });
    prepared.dispose();
    return got;
  }

  test('is what a map knows', async () => {
    const map: Primitive = { kind: 'stencil', inputs: [0], shape: [2, 3], expression: scaled };
    expect(await elapsedBy(map)).toEqual([0, 30, 40, 40, 0]);
  });

  test('is what a map knows that is written into another pass', async () => {
    const sum: Primitive = { kind: 'reduce', input: 0, shape: [1, 3], axes: [0], initial: 0, fold: binary('add', operand(0), operand(1)), finish: operand(0) }; // prettier-ignore
    const map: Primitive = { kind: 'stencil', inputs: [1], shape: [1, 3], expression: scaled };
    expect(await elapsedBy(sum, map)).toEqual([0, 60, 80, 80, 0]);
  });
});

describe('several memories in one graph', () => {
  test('each keeps its own time', async () => {
    await expectAlike([5, 6, 2], (x) => {
      const short = stack(x, { frames: 3, maxGapMs: 40 });
      const long = temporal(x, { window: { ms: 3000 }, shape: 'box' });
      return concat([sub(frameAt(short, 0), long), runningMean(x, { ms: 80 })], { axis: 2 });
    });
  });

  test('two windows of one value, and one of the other', async () => {
    await expectAlike([5, 6, 2], (x) => {
      const slow = temporal(x, { window: { ms: 150 }, shape: 'gaussian' });
      const fast = temporal(x, { window: { ms: 60 }, shape: 'gaussian' });
      return add(sub(fast, slow), temporal(slow, { window: { ms: 100 }, shape: 'derivative' }));
    });
  });
});

describe('a sequence', () => {
  const mean = graph({ x: [null, 2] }, ({ x }) => runningMean(x, { ms: 50 }));
  const one = (rows: number, seed: number) => ({ x: numbers([rows, 2], seed) });

  test('answers in order, whoever waits', async () => {
    const [reference, sequence] = [new ReferenceSequence(mean), runner.sequence(mean)];
    const other = runner.sequence(mean);
    const asked = [0, 1, 2, 3].flatMap((i) => [
      sequence.next(one(3, i), 33_000 * i),
      // Another of the same graph remembers for itself.
      other.next(one(4, i + 9), 20_000 * i),
    ]);
    const got = (await Promise.all(asked)).filter((_, i) => i % 2 === 0);
    for (const [i, output] of got.entries()) {
      const expected = reference.next(one(3, i), 33_000 * i);
      expected.data.forEach((value, element) => {
        expect(output?.data[element]).toBeCloseTo(value, 5);
      });
    }
    sequence.dispose();
    other.dispose();
  });

  test('begins anew with inputs of another size', async () => {
    const sequence = runner.sequence(mean);
    await sequence.next(one(3, 1), 0);
    expect((await sequence.next(one(4, 2), 10_000))?.data).toEqual(one(4, 2).x.data);
    sequence.dispose();
  });

  test('goes on after a mistake as if there had been none', async () => {
    const [reference, sequence] = [new ReferenceSequence(mean), runner.sequence(mean)];
    reference.next(one(3, 1), 0);
    await sequence.next(one(3, 1), 0);
    await expect(sequence.next({}, 10_000)).rejects.toThrow(TypeError);
    await expect(sequence.next({ x: numbers([3, 3], 1) }, 10_000)).rejects.toThrow(RangeError);
    await expect(sequence.next(one(3, 2), Number.NaN)).rejects.toThrow('timestampUs must be a finite number');
    const [expected, got] = [reference.next(one(3, 2), 20_000), await sequence.next(one(3, 2), 20_000)];
    expect(got?.data[0]).toBeCloseTo(expected.data[0] ?? Number.NaN, 5);
    sequence.dispose();
  });

  test('ends with what it computes, and gives all back', async () => {
    const own = new Ledger();
    const ownRunner = new TensorRunner(own);
    const [sequence, open] = [ownRunner.sequence(mean), ownRunner.sequence(mean)];
    await open.next(one(3, 1), 0);
    const waiting = sequence.next(one(3, 1), 0);
    sequence.dispose();
    sequence.dispose();
    await expect(waiting).rejects.toThrow('disposed');
    await expect(sequence.next(one(3, 1), 0)).rejects.toThrow('disposed');
    const atWork = open.next(one(3, 2), 10_000);
    await Promise.resolve();
    open.dispose();
    expect(await atWork).not.toBeNull();
    expect(own.balance().textures).toBeGreaterThan(0);
    ownRunner.dispose();
    expect(isSettled(own.balance())).toBe(true);
  });

  test('ends with its runner', async () => {
    const own = new Ledger();
    const ownRunner = new TensorRunner(own);
    const sequence = ownRunner.sequence(mean);
    await sequence.next(one(3, 1), 0);
    ownRunner.dispose();
    expect(isSettled(own.balance())).toBe(true);
    await expect(sequence.next(one(3, 1), 0)).rejects.toThrow('disposed');
  });

  test('of one frame is what a run computes, warm or not', async () => {
    const made = graphOf([3, 2], (x) => stack(x, { frames: 3, warmUp: 'none' }));
    const x = numbers([3, 2], 1);
    const sequence = runner.sequence(made);
    expect(await sequence.next({ x }, 0)).toBeNull();
    sequence.dispose();
    const run = await runner.run(made, { x });
    expect(run.shape).toEqual([3, 3, 2]);
    expect([...run.data]).toEqual([...x.data, ...x.data, ...x.data]);
  });
});
