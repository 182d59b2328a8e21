/** Values keep their value: half float where that is all there is, large kernels, the largest sizes. */
import { afterAll, describe, expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { Ledger } from '../../src/core/ledger.ts';
import { sizeOf, tensor, type Shape, type Tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { conv2d, exp, maxPool2d, softmax, softplus, tanh } from '../../src/graph/operators.ts';
import { planInWords } from '../../src/plan/explain.ts';
import { lower } from '../../src/plan/lower.ts';
import type { DeviceCapabilities } from '../../src/plan/plan.ts';
import { planTensors } from '../../src/plan/tensor-plan.ts';

const backend = new WebGl2Backend({ ledger: new Ledger() });

afterAll(() => {
  backend.dispose();
});

const waves = (shape: Shape): Tensor =>
  tensor(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 78.233)),
  );

async function run(of: Graph, x: Tensor, capabilities: DeviceCapabilities = backend.capabilities) {
  const plan = planTensors(lower(of, { x: x.shape }, { luma: [0.299, 0.587, 0.114] }), capabilities);
  const prepared = await backend.prepare(plan);
  backend.writeTensors(prepared, { x });
  backend.execute(prepared);
  const output = backend.readTensor(prepared);
  prepared.dispose();
  return { plan, output };
}

describe('half float', () => {
  const half = { ...backend.capabilities, floatFormat: 'rgba16f' } as const;
  const weights = waves([3, 3, 5, 6]);
  const of = graph({ x: [9, 8, 5] }, ({ x }) => conv2d(x, { weights }));

  test('the plan says so', async () => {
    const { plan } = await run(of, waves([9, 8, 5]), half);
    expect(planInWords(plan)).toContain('rgba16f');
  });

  test('stays within 11 bits a tap', async () => {
    const x = waves([9, 8, 5]);
    const { output } = await run(of, x, half);
    const expected = runReference(of, { x });
    // Inputs and the result are rounded to 11 bits; each of the 45 products carries its input's error.
    const bound = 2 ** -11 * 46;
    expected.data.forEach((value, i) => {
      expect(Math.abs(value - (output.data[i] ?? Number.NaN))).toBeLessThan(bound);
    });
  });

  test('neither is a clear refusal', async () => {
    const none = { ...backend.capabilities, floatFormat: null };
    await expect(run(of, waves([9, 8, 5]), none)).rejects.toMatchObject({ code: 'float-missing' });
  });
});

describe('limits', () => {
  test('a kernel of 63×63, and one tap more is refused with both numbers', async () => {
    const build = (side: number) =>
      graph({ x: [20, 21, 1] }, ({ x }) =>
        conv2d(x, {
          weights: tensor([side, side], waves([side, side]).data),
          padding: 'same',
          edge: 'replicate',
        }),
      );
    const x = waves([20, 21, 1]);
    const { output } = await run(build(63), x);
    const expected = runReference(build(63), { x });
    expected.data.forEach((value, i) => {
      expect(output.data[i]).toBeCloseTo(value, 2);
    });
    expect(() => build(64)).toThrow(RangeError);
    expect(() => build(64)).toThrow(/63.*got 64/);
  });

  test('1,024 channels, and one more is refused with both numbers', () => {
    const build = (channels: number) =>
      graph({ x: [1, 1, channels] }, ({ x }) =>
        conv2d(x, { weights: tensor([1, 1, channels, 1], new Float32Array(channels)) }),
      );
    expect(() => build(1024)).not.toThrow();
    expect(() => build(1025)).toThrow(RangeError);
    expect(() => build(1025)).toThrow(/1,?024.*1,?025/);
  });

  test('an image as wide as a texture can be', async () => {
    const width = backend.capabilities.maxTextureSize;
    const x = waves([1, width, 1]);
    const of = graph({ x: x.shape }, ({ x: input }) =>
      maxPool2d(input, { windowDimensions: [1, 3], padding: 'same' }),
    );
    const { output } = await run(of, x);
    expect(output).toEqual(runReference(of, { x }));
    const wider = graph({ x: [1, width + 1, 1] }, ({ x: input }) => tanh(input));
    await expect(run(wider, waves([1, width + 1, 1]))).rejects.toThrow(new RegExp(`${width + 1}.*${width}`));
  });
});

test.each([
  ['tanh', tanh],
  ['softplus', softplus],
  ['softmax', (x: GraphValue) => softmax(x, -1)],
] as const)('%s does not overflow', async (_name, apply) => {
  const x = tensor([8], [-1e4, -100, -88, -1, 0, 88, 100, 1e4]);
  const of = graph({ x: [8] }, ({ x: input }) => apply(input));
  const { output } = await run(of, x);
  const expected = runReference(of, { x });
  expected.data.forEach((value, i) => {
    expect(Math.abs(value - (output.data[i] ?? Number.NaN))).toBeLessThanOrEqual(
      1e-4 * Math.max(1, Math.abs(value)),
    );
  });
});

test('exp of what float32 holds', async () => {
  const x = tensor([4], [-80, -1, 1, 80]);
  const of = graph({ x: [4] }, ({ x: input }) => exp(input));
  const { output } = await run(of, x);
  runReference(of, { x }).data.forEach((value, i) => {
    expect((output.data[i] ?? 0) / value).toBeCloseTo(1, 3);
  });
});
