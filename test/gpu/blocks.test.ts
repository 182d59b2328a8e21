/** Filters in blocks, before and after their weights are written into programs, against their definition in float64. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { sizeOf, toFloat64, type Shape, type Tensor } from '../../src/core/tensor.ts';
import type { DeviceCapabilities, Plan } from '../../src/plan/plan.ts';
import { planTensors } from '../../src/plan/tensor-plan.ts';
import { binary, constant, operand, unary } from '../../src/primitives/expression.ts';
import { EDGE_MODES, type Linear, type Primitive } from '../../src/primitives/primitive.ts';
import { runPrimitives } from '../support/run-primitives.ts';

const ledger = new Ledger();
const backend = new WebGl2Backend({ ledger });

afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

const EXACT = 1e-4;

function numbers(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
}

const random = (shape: Shape, seed = 1): Tensor => ({ shape, data: numbers(sizeOf(shape), seed) });

type Errors = Readonly<{ plan: Plan; first: number; baked: number }>;

/** The worst errors, relative to the larger of 1 and the value, at first and after all that `refine` does. */
async function errors(
  shape: Shape,
  rest: readonly Primitive[],
  capabilities: DeviceCapabilities = backend.capabilities,
): Promise<Errors> {
  const x = random(shape);
  const values: Primitive[] = [{ kind: 'input', name: 'x', shape }, ...rest];
  const program = { values, output: values.length - 1 };
  const expected = runPrimitives(program, { x: toFloat64(x) });
  const plan = planTensors(program, capabilities, { blocks: true, bake: true });
  const prepared = await backend.prepare(plan);
  backend.writeTensors(prepared, { x });
  const worst = (): number => {
    backend.execute(prepared);
    const got = backend.readTensor(prepared);
    expect(got.shape).toEqual(expected.shape);
    return expected.data.reduce((most, value, i) => {
      const error = Math.abs(value - (got.data[i] ?? Number.NaN)) / Math.max(1, Math.abs(value));
      return Number.isNaN(error) ? Infinity : Math.max(most, error);
    }, 0);
  };
  const first = worst();
  while (await backend.refine(prepared));
  const baked = worst();
  prepared.dispose();
  expect(backend.device.gl.getError()).toBe(0);
  return { plan, first, baked };
}

/** Blocks of every filter of the plan; each must have some. */
function blocksOf({ passes }: Plan) {
  return passes.flatMap((pass) => {
    if (pass.kind !== 'tensor' || pass.primitive.kind !== 'linear') return [];
    if (pass.blocks === null) throw new Error(`${pass.label} is not in blocks`);
    return [pass.blocks];
  });
}

async function expectExact(shape: Shape, ...rest: readonly Primitive[]): Promise<Plan> {
  const { plan, first, baked } = await errors(shape, rest);
  expect(first).toBeLessThan(EXACT);
  expect(baked).toBeLessThan(EXACT);
  expect(blocksOf(plan).length).toBeGreaterThan(0);
  return plan;
}

const grid = (height: number, width: number, dilation = 1): number[][] =>
  Array.from({ length: height * width }, (_, i) => [
    dilation * (Math.floor(i / width) - (height >> 1)),
    dilation * ((i % width) - (width >> 1)),
  ]);

function linear(inChannels: number, shape: Shape, more: Partial<Linear> = {}): Linear {
  const taps = more.taps ?? grid(3, 3);
  const groups = more.groups ?? 1;
  const count = (taps.length * inChannels * shape.at(-1)!) / groups;
  const scale = 1 / Math.sqrt(count / shape.at(-1)!);
  return {
    kind: 'linear',
    input: 0,
    shape,
    taps,
    strides: taps[0]!.map(() => 1),
    upsample: taps[0]!.map(() => 1),
    channels: 'dense',
    groups,
    weights: numbers(count, 3).map((weight) => weight * scale),
    bias: numbers(shape.at(-1)!, 5),
    edge: 'zero',
    ...more,
  };
}

describe('one filter', () => {
  test.each(EDGE_MODES)('%s edges, on tiles and on blocks', async (edge) => {
    const first = linear(5, [13, 11, 7], { edge, taps: grid(3, 3, 2) });
    await expectExact([13, 11, 5], first, linear(7, [13, 11, 6], { edge, input: 1, taps: grid(3, 4) }));
  });

  test.each<[number, number, Shape, Shape]>([
    [2, 2, [15, 13, 6], [8, 7, 9]],
    [3, 2, [15, 13, 6], [5, 7, 9]],
    [1, 4, [9, 30, 3], [9, 8, 12]],
  ])('strides %i, %i', async (dy, dx, from, shape) => {
    await expectExact(from, linear(from[2]!, shape, { strides: [dy, dx] }));
  });

  test.each<[string, number, number, number]>([
    ['depthwise', 10, 10, 10],
    ['grouped in whole texels', 16, 8, 2],
    ['grouped across texels', 15, 9, 3],
    ['grouped, more outputs', 6, 18, 6],
  ])('%s', async (_name, inputs, outputs, groups) => {
    const first = linear(inputs, [9, 14, outputs], { groups });
    const second = linear(outputs, [9, 14, outputs], { groups: outputs, input: 1 });
    await expectExact([9, 14, inputs], first, second);
  });

  test('shared weights on many channels', async () => {
    const weights = numbers(9, 2);
    const shared = { channels: 'shared', weights, bias: null, edge: 'replicate' } as const;
    await expectExact([12, 17, 9], linear(9, [12, 17, 9], shared), linear(9, [6, 9, 9], { ...shared, strides: [2, 2], input: 1 })); // prettier-ignore
  });

  test.each([1, 3, 8, 21, 64])('1×1, 12 channels to %i', async (channels) => {
    const one = { taps: [[0, 0]] };
    await expectExact([11, 10, 12], linear(12, [11, 10, channels], one), linear(channels, [11, 10, 5], { ...one, input: 1, bias: null })); // prettier-ignore
  });

  test('one dimension, and an image of one row', async () => {
    const row = { taps: [[-1], [0], [2]], strides: [1], upsample: [1] };
    await expectExact([37, 6], linear(6, [37, 9], row), linear(9, [37, 2], { ...row, input: 1 }));
    await expectExact([1, 29, 3], linear(3, [1, 29, 8]));
  });

  test('what follows it pointwise, and lanes that are not there', async () => {
    const shape = [9, 10, 6];
    const raised: Primitive = { kind: 'stencil', inputs: [1], shape, expression: unary('exp', binary('mul', operand(0), constant(0.5))) }; // prettier-ignore
    // A lane past the sixth would be exp(0) = 1, and be summed.
    const plan = await expectExact([9, 10, 4], linear(4, shape), raised, linear(6, [9, 10, 3], { input: 2 }));
    expect(plan.passes).toHaveLength(3);
  });
});

test('without padding, on tiles and on blocks', async () => {
  const inside = { taps: grid(3, 3).map(([y, x]) => [y! + 1, x! + 1]) };
  const first = linear(6, [12, 9, 9], inside);
  await expectExact([14, 11, 6], first, linear(9, [5, 7, 4], { ...inside, input: 1, strides: [2, 1] }));
});

/** Layers of any kind that fit one another. */
const layers = fc
  .record({
    height: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 1, max: 12 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    upsample: fc.constantFrom([1, 1], [1, 1], [2, 2], [3, 1], [2, 3]),
    dilation: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 4 }),
    perGroup: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
    edge: fc.constantFrom(...EDGE_MODES),
  })
  .map(({ height, width, kernel, strides, upsample, dilation, groups, perGroup, edge }) => {
    const isUp = upsample.some((factor) => factor > 1);
    const size = [height, width].map((side, i) =>
      Math.max(1, Math.floor((side * upsample[i]!) / strides[i]!)),
    );
    const shape = [...size, perGroup[1] * groups];
    const from = [height, width, perGroup[0] * groups];
    const more = { strides, upsample, groups, edge: isUp ? ('zero' as const) : edge };
    return { from, layer: linear(from[2]!, shape, { ...more, taps: grid(...kernel, dilation) }) };
  });

test('layers of any kind', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(layers, async ({ from, layer }) => {
      await expectExact(from, layer, linear(layer.shape[2]!, layer.shape, { input: 1 }));
    }),
    { numRuns: 25, plugins: [fc.interruptAfterTimeLimit(50_000, { failOnInterrupt: true })] },
  );
});

describe('upsampled inputs', () => {
  test.each<[number, number, number, number]>([
    [2, 2, 3, 3],
    [2, 2, 4, 4],
    [2, 2, 1, 1],
    [3, 2, 5, 3],
    [1, 2, 3, 2],
    [4, 4, 2, 2],
  ])('by %i, %i with a kernel of %i×%i', async (uy, ux, height, width) => {
    const [up, size] = [[uy, ux], [7 * uy + 1, 6 * ux - 1]] as const; // prettier-ignore
    const first = linear(5, [7, 6, 6], { taps: [[0, 0]] });
    const grown = linear(6, [...size, 7], { upsample: [...up], taps: grid(height, width), input: 1 });
    const plan = await expectExact([7, 6, 5], first, grown, linear(7, [...size, 3], { input: 2 }));
    expect(blocksOf(plan)[1]?.phases).toEqual([uy, ux]);
    expect(plan.passes[1]?.label).toContain(`in blocks (${uy * ux} phases, `);
  });

  test('strided as well', async () => {
    await expectExact([8, 9, 4], linear(4, [6, 9, 5], { upsample: [3, 2], strides: [2, 2] }));
  });
});

describe('devices', () => {
  test('say how many float textures a pass may write', () => {
    const { gl } = backend.device;
    const { maxDrawBuffers } = backend.capabilities;
    expect(maxDrawBuffers).toBeGreaterThanOrEqual(4);
    expect(maxDrawBuffers).toBeLessThanOrEqual(gl.getParameter(gl.MAX_DRAW_BUFFERS) as number);
  });

  const layer = linear(6, [21, 18, 20]);

  test('of four draw buffers write four texels at once', async () => {
    const { plan, first, baked } = await errors([21, 18, 6], [layer], {
      ...backend.capabilities,
      maxDrawBuffers: 4,
    });
    for (const { pixels, texels } of blocksOf(plan)) expect(pixels[0] * pixels[1] * texels).toBeLessThan(5);
    expect(Math.max(first, baked)).toBeLessThan(EXACT);
  });

  test('of few layers have smaller blocks, and at last none', async () => {
    const few = { ...backend.capabilities, maxArrayLayers: 10 };
    const { plan, first } = await errors([21, 18, 6], [layer], few);
    for (const { pixels } of blocksOf(plan)) expect(pixels[0] * pixels[1]).toBeLessThan(3);
    expect(first).toBeLessThan(EXACT);
    const none = await errors([21, 18, 6], [layer], { ...backend.capabilities, maxArrayLayers: 4 });
    expect(() => blocksOf(none.plan)).toThrow('is not in blocks');
    expect(none.first).toBeLessThan(EXACT);
  });

  test('of half float stay within 11 bits a tap', async () => {
    const { first, baked } = await errors([21, 18, 6], [layer], {
      ...backend.capabilities,
      floatFormat: 'rgba16f',
    });
    expect(Math.max(first, baked)).toBeLessThan(2 ** -11 * 10);
    expect(Math.max(first, baked)).toBeGreaterThan(0);
  });

  test('of small textures keep the weights in several rows', async () => {
    const { first, baked } = await errors([21, 18, 30], [linear(30, [21, 18, 5])], {
      ...backend.capabilities,
      maxTextureSize: 100,
    });
    expect(Math.max(first, baked)).toBeLessThan(EXACT);
  });
});

test('refining compiles one program at a time, and ends', async () => {
  const values: Primitive[] = [{ kind: 'input', name: 'x', shape: [9, 9, 4] }, linear(4, [9, 9, 8])];
  const program = { values, output: 1 };
  const prepared = await backend.prepare(
    planTensors(program, backend.capabilities, { blocks: true, bake: true }),
  );
  const count = () => backend.compiledPrograms;
  for (let isMore = true; isMore;) {
    const before = count();
    isMore = await backend.refine(prepared);
    expect(count() - before).toBe(1);
  }
  const before = count();
  expect(await backend.refine(prepared)).toBe(false);
  expect(count()).toBe(before);
  prepared.dispose();
});

test('left to the planner, small layers stay as they are', () => {
  const values: Primitive[] = [{ kind: 'input', name: 'x', shape: [5, 6, 3] }, linear(3, [5, 6, 7])];
  const { passes } = planTensors({ values, output: 1 }, backend.capabilities);
  expect(passes).toMatchObject([{ kind: 'tensor', blocks: null }]);
});
