/** What a device can not hold is refused in words; what it can, is not. */
import { describe, expect, test } from 'vitest';
import { blur, edge, none, sharpen } from '../../pipelines/index.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import type { ColorMatrix } from '../../src/core/frame-color.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { abs, add, clamp, conv2d, div, luma, max, mul, sub } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { box } from '../../src/kernels/box.ts';
import { identity, sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { EdgeMode } from '../../src/primitives/primitive.ts';
import { DEVICE, formOf, NO_FLOAT, planOf } from './fakes/device.ts';

const rgba = formOf(64, 48);
const formats = ({ passes, images }: Plan): string[] => passes.map(({ output }) => images[output]!.format);
const refusal = (graph: Graph): unknown => {
  try {
    planOf(graph, rgba, NO_FLOAT);
  } catch (error) {
    return error;
  }
  return 'nothing was refused';
};

describe('a device without float textures', () => {
  test('takes values that leave 0..1 only where nothing is stored', () => {
    const signed = graph(({ frame }) => abs(conv2d(frame, sobelX)));
    expect(formats(planOf(signed, rgba, NO_FLOAT))).toEqual(['rgba8']);
    const stored = graph(({ frame }) => conv2d(abs(conv2d(frame, sobelX)), box(3)));
    expect(refusal(stored)).toMatchObject({ code: 'float-missing', context: { low: 0, high: 4 } });
  });

  test('refuses values below 0, and says which', () => {
    const below = graph(({ frame }) => conv2d(sub(frame, 0.25), box(3)));
    const error = refusal(below) as PipelineError;
    expect(error).toMatchObject({
      name: 'PipelineError',
      code: 'float-missing',
      recoverable: false,
      context: { low: -0.25, high: 0.75 },
    });
    expect(error.message).toContain('below 0 or above 1');
  });

  test('is enough when values are clamped before they are stored', () => {
    const clamped = graph(({ frame }) => conv2d(clamp(mul(conv2d(frame, sobelX), 3)), box(3)));
    expect(formats(planOf(clamped, rgba, NO_FLOAT))).toEqual(['rgba8', 'rgba8']);
    // Whatever the quotient is.
    const quotient = graph(({ frame }) => conv2d(clamp(mul(div(frame, frame), 0)), box(3)));
    expect(formats(planOf(quotient, rgba, NO_FLOAT))).toEqual(['rgba8', 'rgba8']);
  });

  test('counts the bias of each channel', () => {
    const lifted = (...bias: number[]) =>
      graph(({ frame }) =>
        conv2d(conv2d(frame, { weights: identity, bias: Float32Array.from(bias) }), box(3)),
      );
    expect(refusal(lifted(1, 0, 0))).toMatchObject({ code: 'float-missing', context: { high: 2 } });
    expect(refusal(lifted(0, 1, 0))).toMatchObject({ code: 'float-missing', context: { high: 2 } });
    expect(refusal(lifted(0, 0, -1))).toMatchObject({ code: 'float-missing', context: { low: -1 } });
    expect(formats(planOf(lifted(0, 0, 0), rgba, NO_FLOAT))).toEqual(['rgba8', 'rgba8']);
  });

  test('counts the zeros outside the image, where those are read', () => {
    const lifted = (edge: EdgeMode) =>
      graph(({ frame }) =>
        conv2d(sub(conv2d(max(frame, 0.5), { weights: kernel([[0, 1]]), edge }), 0.25), box(3)),
      );
    expect(refusal(lifted('zero'))).toMatchObject({
      code: 'float-missing',
      context: { low: -0.25, high: 0.75 },
    });
    expect(formats(planOf(lifted('replicate'), rgba, NO_FLOAT))).toEqual(['rgba8', 'rgba8', 'rgba8']);
  });

  test('counts each output channel of a layer', () => {
    const layer = (...weights: number[]) =>
      graph(({ frame }) => conv2d(conv2d(frame, { weights: tensor([1, 1, 3, 2], weights) }), box(3)));
    expect(refusal(layer(0.5, 0, 0.5, 0, 0, 2))).toMatchObject({
      code: 'float-missing',
      context: { high: 2 },
    });
    expect(formats(planOf(layer(0.5, 0, 0.5, 0.25, 0, 0.25), rgba, NO_FLOAT))).toEqual(['rgba8', 'rgba8']);
  });

  test('is enough for every blur: a mean of 0..1 is in 0..1', () => {
    const sigmas = Array.from({ length: 48 }, (_, i) => (i + 3) / 10);
    const refused = sigmas.filter((sigma) => typeof refusal(blur.build({ sigma })) !== 'string');
    expect(refused).toEqual([]);
  });

  test.each<[ColorMatrix]>([['bt601'], ['bt709'], ['bt2020']])('is enough for the luma of %s', (matrix) => {
    const form = { ...rgba, color: { matrix, fullRange: false } };
    expect(formats(planOf(edge.build(), form, NO_FLOAT))).toEqual(['rgba8', 'rgba8']);
  });

  test('shows sharpen and none as well', () => {
    expect(formats(planOf(sharpen.build({ sigma: 1 }), rgba, NO_FLOAT))).toEqual(['rgba8', 'rgba8']);
    // Planes are shown and filtered as bytes: nothing between passes is lost that 8 bits don't hold.
    const planar = (one: Graph) => formats(planOf(one, formOf(64, 48, 'planar420'), NO_FLOAT));
    expect(planar(none.build())).toEqual([]);
    expect(new Set(planar(sharpen.build({ sigma: 1 })))).toEqual(new Set(['rgba8']));
    expect(new Set(planar(blur.build({ sigma: 2 })))).toEqual(new Set(['rgba32ui']));
  });
});

describe('a device that is too small', () => {
  test.each([
    [4097, 10],
    [10, 4097],
  ])('for a frame of %d×%d', (width, height) => {
    expect(() => planOf(none.build(), formOf(width, height))).toThrow(
      new RangeError(
        `the frame is ${width}×${height} px, and this device's textures have at most 4096 px on a side: ` +
          'ask the camera for a smaller size',
      ),
    );
    expect(() => planOf(none.build(), formOf(4096, 4096))).not.toThrow();
  });

  test('weights that are too many for one pass come from a texture', () => {
    const heavy = graph(({ frame }) => {
      const y = luma(frame);
      const big = (gain: number) =>
        conv2d(y, {
          weights: tensor(
            [15, 15],
            Float32Array.from({ length: 225 }, (_, i) => gain * Math.cos(i * i)),
          ),
        });
      return add(add(big(1), big(2)), add(big(3), big(4)));
    });
    const kinds = (one: Graph, maxUniformVectors: number) =>
      planOf(one, rgba, { ...DEVICE, maxUniformVectors }).passes.map(({ kind }) => kind);
    expect(kinds(blur.build(), 1024)).toEqual(['compute', 'compute']);
    // What uniforms can't hold, and what would be too long unrolled, is read from a table.
    const fromTables = kinds(blur.build(), 16);
    expect(fromTables.at(-1)).toBe('compute');
    expect(fromTables.length).toBeGreaterThan(2);
    expect(new Set(fromTables.slice(0, -1))).toEqual(new Set(['tensor']));
    expect(kinds(heavy, 1024)).toContain('tensor');
  });

  test('for the images that one pass reads', () => {
    const units = (maxTextureUnits: number) => ({ ...DEVICE, maxTextureUnits });
    expect(() => planOf(sharpen.build(), rgba, units(2))).not.toThrow();
    expect(() => planOf(sharpen.build(), rgba, units(1))).toThrow(
      /^a pass reads \d textures, and this device allows 1$/,
    );
    // Two filters of one image are one image.
    const both = graph(({ frame }) => add(conv2d(frame, sobelX), conv2d(frame, sobelY)));
    expect(() => planOf(both, rgba, units(1))).not.toThrow();
  });

  test('more than four channels between passes are tensors', () => {
    const wide = tensor([1, 1, 3, 5], new Float32Array(15).fill(0.1));
    const narrow = tensor([3, 3, 5, 1], new Float32Array(45).fill(0.1));
    const plan = planOf(
      graph(({ frame }) => conv2d(conv2d(frame, { weights: wide }), { weights: narrow })),
      rgba,
    );
    const kinds = plan.passes.map(({ kind }) => kind);
    expect(kinds.at(-1)).toBe('compute');
    expect(kinds.slice(0, -1).filter((kind) => kind !== 'tensor')).toEqual([]);
    expect(kinds.length).toBeGreaterThanOrEqual(3);
  });

  test("for a kernel that the frame doesn't hold: the node is named", () => {
    const most = graph(({ frame }) => conv2d(frame, { weights: box(9), padding: 'valid' }));
    expect(() => planOf(most, formOf(8, 20))).toThrow(
      "node 1 (conv2d): an input width of 8, padded by 0 + 0, is smaller than the window's 9",
    );
  });
});
