/** How the planner draws filters over many channels: in blocks and phases, within the device's limits. */
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { conv2d, convTranspose2d, depthwiseConv2d, tanh } from '../../src/graph/operators.ts';
import { planInWords } from '../../src/plan/explain.ts';
import { layersOf } from '../../src/plan/block-plan.ts';
import { lower } from '../../src/plan/lower.ts';
import type { DeviceCapabilities, Plan } from '../../src/plan/plan.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import { planTensors } from '../../src/plan/tensor-plan.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { DEVICE } from './fakes/device.ts';

const wide: DeviceCapabilities = { ...DEVICE, maxArrayLayers: 2048 };
const ones = (...shape: number[]) => tensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1)); // prettier-ignore
const shape = [126, 126, 32];

function planOf(of: Graph, device = wide, techniques: Techniques = {}, input = shape): Plan {
  return planTensors(lower(of, { x: input }, { luma: [0.299, 0.587, 0.114] }), device, techniques);
}

function blocksOf({ passes }: Plan) {
  return passes.map((pass) => (pass.kind === 'tensor' ? pass.blocks : null));
}

const dense = graph({ x: shape }, ({ x }) => conv2d(x, { weights: ones(3, 3, 32, 16), padding: 'same' }));
const up = graph({ x: shape }, ({ x }) => convTranspose2d(x, { weights: ones(3, 3, 16, 32), strides: 2 }));

describe('a filter over many channels', () => {
  test('writes as many texels at once as there are draw buffers', () => {
    for (const maxDrawBuffers of [4, 8]) {
      const [blocks] = blocksOf(planOf(dense, { ...wide, maxDrawBuffers }));
      expect(blocks?.phases).toEqual([1, 1]);
      expect(blocks!.pixels[0] * blocks!.pixels[1] * blocks!.texels).toBe(maxDrawBuffers);
    }
  });

  test('ends in tiles, which are what is read back', () => {
    const { passes, images, output } = planOf(dense);
    expect(passes.map(({ label }) => label.replace(/\(.*\)/, '(…)'))).toEqual([
      'linear 9 [126, 126, 16] in blocks (…)',
      'blocks → tiles [126, 126, 16]',
    ]);
    expect(images[output]?.atlas?.block).toBeNull();
  });

  test('lies in layers of blocks, with a column and a row of zeros', () => {
    const { passes, images } = planOf(dense);
    const [blocks] = blocksOf(planOf(dense));
    const image = images[passes[0]!.output]!;
    const [rows, columns] = blocks!.pixels;
    expect(image.layout).toBe('blocks');
    expect(image.atlas?.block).toEqual({ width: columns, height: rows });
    expect([image.width, image.height]).toEqual([Math.ceil(126 / columns) + 1, Math.ceil(126 / rows) + 1]);
    expect(layersOf(image.atlas)).toBe(4 * rows * columns);
  });

  test('of few pixels, or when that is forbidden, computes one texel a fragment', () => {
    const small = graph({ x: [6, 6, 32] }, ({ x }) => conv2d(x, { weights: ones(3, 3, 32, 16) }));
    expect(blocksOf(planOf(small, wide, {}, [6, 6, 32]))).toEqual([null]);
    expect(blocksOf(planOf(dense, wide, { blocks: false }))).toEqual([null]);
    expect(blocksOf(planOf(small, wide, { blocks: true }, [6, 6, 32]))[0]).not.toBeNull();
  });

  test('has no more layers than the device, and none when there are too few', () => {
    const most = (maxArrayLayers: number) => {
      const { passes, images } = planOf(dense, { ...wide, maxArrayLayers });
      return layersOf(images[passes[0]!.output]!.atlas);
    };
    expect([most(2048), most(16), most(8), most(4), most(3)]).toEqual([32, 16, 8, 4, 0].map((n) => Math.min(n, most(2048)))); // prettier-ignore
  });

  test('of each channel by itself computes one texel of each pixel', () => {
    const of = graph({ x: shape }, ({ x }) => depthwiseConv2d(x, { weights: ones(3, 3, 32, 1) }));
    expect(blocksOf(planOf(of))[0]).toMatchObject({ texels: 1, phases: [1, 1] });
  });

  test('with a large kernel has fewer pixels in a fragment, and at last one texel', () => {
    const pixels = (side: number): number => {
      const of = graph({ x: shape }, ({ x }) => conv2d(x, { weights: ones(side, side, 32, 4), padding: 'same' })); // prettier-ignore
      const [blocks] = blocksOf(planOf(of));
      return blocks === null || blocks === undefined ? 0 : blocks.pixels[0] * blocks.pixels[1];
    };
    expect([pixels(3), pixels(5), pixels(7), pixels(13)]).toEqual([8, 4, 2, 0]);
  });

  test('takes what follows it pointwise along', () => {
    const of = graph({ x: shape }, ({ x }) => tanh(conv2d(x, { weights: ones(3, 3, 32, 16) })));
    expect(planOf(of).passes.map(({ label }) => label)).toMatchObject([
      expect.stringMatching(/^linear 9 \[124, 124, 16\] in blocks \(.*\) \+ map$/),
      'blocks → tiles [124, 124, 16]',
    ]);
  });
});

test('techniques hold for tensors as well', () => {
  const of = graph({ x: shape }, ({ x }) => tanh(conv2d(tanh(conv2d(x, { weights: ones(3, 3, 32, 32) })), { weights: ones(3, 3, 32, 32), padding: 'same' }))); // prettier-ignore
  const kinds = (techniques: Techniques) => planOf(of, wide, { blocks: false, ...techniques }).passes.length;
  expect([kinds({}), kinds({ fuse: false })]).toEqual([2, 4]);
  const textures = (techniques: Techniques) =>
    new Set(planOf(of, wide, { blocks: false, fuse: false, ...techniques }).storage).size;
  expect([textures({}), textures({ reuse: false })]).toEqual([3, 5]);
});

describe('a transposed filter', () => {
  test('has a phase for each remainder of its strides', () => {
    const plan = planOf(up);
    expect(blocksOf(plan)[0]?.phases).toEqual([2, 2]);
    expect(planInWords(plan)).toContain('linear 9 [253, 253, 16] in blocks (4 phases, ');
  });

  test('whose edges are not zeros is left alone', () => {
    const program = lower(up, { x: shape }, { luma: [0.299, 0.587, 0.114] });
    const values = program.values.map((value) => (value.kind === 'linear' ? { ...value, edge: 'wrap' as const } : value)); // prettier-ignore
    expect(blocksOf(planTensors({ ...program, values }, wide, { blocks: true }))).toEqual([null]);
  });
});

describe('weights become literals', () => {
  const first = (channels: number, side: number) =>
    graph({ x: [side, side, channels] }, ({ x }) => conv2d(x, { weights: ones(3, 3, channels, 16) }));
  const bake = (channels: number, side: number, techniques: Techniques = {}) =>
    blocksOf(planOf(first(channels, side), wide, { blocks: true, ...techniques }, [side, side, channels]))[0]
      ?.bake;

  test('where the reads that it saves soon outweigh the compilation', () => {
    expect(bake(3, 254)).toBe(true);
    expect(bake(3, 32)).toBe(false);
  });

  test('not where the program would be long, even when wanted', () => {
    expect(bake(128, 254)).toBe(false);
    expect(bake(128, 254, { bake: true })).toBe(false);
  });

  test('as the techniques say', () => {
    expect(bake(3, 32, { bake: true })).toBe(true);
    expect(bake(3, 254, { bake: false })).toBe(false);
  });
});
