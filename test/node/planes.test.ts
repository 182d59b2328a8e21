/** Filters of colour on the planes of a frame, and luma as the plane that the camera sent. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lumaWeights } from '../../src/core/frame-color.ts';
import { tensor, type Tensor64 } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import {
  abs,
  add,
  clamp,
  conv2d,
  div,
  gaussianBlur,
  luma,
  magnitude,
  max,
  mul,
  sub,
} from '../../src/graph/operators.ts';
import { blur, edge, none, sharpen } from '../../pipelines/index.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { box } from '../../src/kernels/box.ts';
import { sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { inputsOf, type PrimitiveProgram } from '../../src/primitives/primitive.ts';
import { lower } from '../../src/plan/lower.ts';
import type { FrameForm } from '../../src/plan/plan.ts';
import { chromaTaps, PLANE_INPUTS, planesOf, withLumaPlane } from '../../src/plan/planes.ts';
import { simplify } from '../../src/plan/simplify.ts';
import { calmPlanes, filterPlanes, type FramePlanes } from '../support/frame-planes.ts';
import { runPrimitives } from '../support/run-primitives.ts';
import { formOf, planOf } from './fakes/device.ts';
import { colorLinear } from './random-graph.ts';

const form = formOf(11, 7, 'planar420');
const programOf = (one: Graph, { width, height, color }: FrameForm = form): PrimitiveProgram =>
  simplify(lower(one, { frame: [height, width, 3] }, { luma: lumaWeights(color) }));
const onFrame = (build: (frame: GraphValue) => GraphValue) => graph(({ frame }) => build(frame));
const isPlanar = (one: Graph, of = form) => planesOf(programOf(one, of), of) !== null;

describe('which graphs planes can be filtered by', () => {
  test.each<[string, Graph]>([
    ['none', none.build()],
    ['blur', blur.build({ sigma: 2 })],
    ['sharpen', sharpen.build()],
    ['a kernel', onFrame((x) => conv2d(x, box(3)))],
    [
      'kernels in a row, and their difference',
      onFrame((x) => sub(conv2d(conv2d(x, box(3)), box(5)), conv2d(x, box(3)))),
    ],
    ['more or less light', onFrame((x) => clamp(add(mul(x, 1.5), -0.25)))],
    ['numbers that divide', onFrame((x) => div(x, 2))],
  ])('%s', (_name, one) => {
    expect(isPlanar(one)).toBe(true);
  });

  test.each<[string, Graph]>([
    ['edge: luma', edge.build()],
    ['luma', onFrame((x) => luma(x))],
    ['zeros outside', onFrame((x) => conv2d(x, { weights: box(3), edge: 'zero' }))],
    ['weights of each channel', onFrame((x) => conv2d(x, tensor([1, 1, 3, 3], [0, 1, 0, 1, 0, 0, 0, 0, 1])))],
    ['a bias', onFrame((x) => conv2d(x, { weights: box(3), bias: Float32Array.of(0.1, 0.1, 0.1) }))],
    ['an amount', onFrame((x) => abs(sub(x, 0.5)))],
    ['a product of two', onFrame((x) => mul(x, conv2d(x, box(3))))],
    ['a limit on the way', onFrame((x) => conv2d(clamp(x), box(3)))],
    ['a limit that cuts something off', onFrame((x) => clamp(conv2d(x, box(3)), { min: 0.25 }))],
    ['the larger of two', onFrame((x) => max(x, conv2d(x, box(3))))],
    ['a length', onFrame((x) => magnitude(conv2d(x, sobelX), conv2d(x, sobelY)))],
    ['colour and luma', onFrame((x) => add(x, luma(x)))],
    ['another size', onFrame((x) => conv2d(x, { weights: box(3), padding: 'valid' }))],
    ['every second pixel', onFrame((x) => conv2d(x, { weights: box(3), strides: 2 }))],
  ])('not %s', (_name, one) => {
    expect(isPlanar(one)).toBe(false);
  });

  test('and not on a frame of RGBA', () => {
    expect(isPlanar(blur.build(), formOf(11, 7, 'rgba'))).toBe(false);
  });
});

/** A plane as codes / 255. */
const plane64 = (plane: Uint8Array, height: number, width: number): Tensor64 => ({
  shape: [height, width, 1],
  data: Float64Array.from(plane, (code) => code / 255),
});

function planeTensors({ width, height, y, u, v }: FramePlanes): Record<string, Tensor64> {
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  return {
    [PLANE_INPUTS.y]: plane64(y, height, width),
    [PLANE_INPUTS.u]: plane64(u, rows, columns),
    [PLANE_INPUTS.v]: plane64(v, rows, columns),
  };
}

describe('planesOf', () => {
  test('computes Y, U and V in codes as the filter does in values', () => {
    const colors = fc.record({
      matrix: fc.constantFrom('bt601' as const, 'bt709' as const),
      fullRange: fc.boolean(),
    });
    fc.assert(
      fc.property(
        colorLinear,
        colors,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        (one, color, width, height) => {
          const of: FrameForm = { width, height, layout: 'planar420', color };
          const planes = calmPlanes(width, height, color);
          const program = planesOf(programOf(one, of), of);
          const expected = filterPlanes(one, planes);
          (['y', 'u', 'v'] as const).forEach((plane, i) => {
            const { data } = runPrimitives(
              { values: program!.values, output: program!.outputs[i]! },
              planeTensors(planes),
            );
            expect(data).toHaveLength(expected[plane].length);
            data.forEach((value, j) => {
              expect(Math.abs(Math.min(1, Math.max(0, value)) - expected[plane][j]! / 255)).toBeLessThan(
                1e-5,
              );
            });
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  test('each plane reads itself alone, at its own size', () => {
    const { values, outputs } = planesOf(programOf(sharpen.build()), form)!;
    const [y, u, v] = outputs;
    expect([y, u, v].map((output) => values[output!]?.shape)).toEqual([[7, 11, 1], [4, 6, 1], [4, 6, 1]]); // prettier-ignore
    const leavesOf = (index: number): string[] => {
      const value = values[index]!;
      return value.kind === 'input' ? [value.name] : [...new Set(inputsOf(value).flatMap(leavesOf))];
    };
    expect(outputs.map(leavesOf)).toEqual([['frame.y'], ['frame.u'], ['frame.v']]);
  });

  test('a mean shifts no codes, another filter shifts them by the range', () => {
    const biasOf = (one: Graph, plane: 0 | 1) => {
      const { values, outputs } = planesOf(programOf(one), form)!;
      const value = values[outputs[plane]!]!;
      return value.kind === 'linear' ? value.bias : undefined;
    };
    expect(biasOf(blur.build({ sigma: 2 }), 0)).toBeNull();
    const doubled = onFrame((x) => conv2d(x, tensor([1, 2], [1, 1])));
    // 16 and 128 of 255 come twice, and once too often.
    expect(biasOf(doubled, 0)?.[0]).toBeCloseTo(-16 / 255, 6);
    expect(biasOf(doubled, 1)?.[0]).toBeCloseTo(-128 / 255, 6);
  });

  test('light that is added is no colour', () => {
    const planes = calmPlanes(6, 4, form.color);
    const of = { ...form, width: 6, height: 4 };
    const { values, outputs } = planesOf(programOf(onFrame((x) => add(x, 0.25)), of), of)!; // prettier-ignore
    const [y, u] = outputs.map((output) => runPrimitives({ values, output }, planeTensors(planes)).data);
    expect(255 * y![0]!).toBeCloseTo(planes.y[0]! + 0.25 * 219, 6);
    expect(255 * u![0]!).toBeCloseTo(planes.u[0]!, 6);
  });
});

describe('chromaTaps', () => {
  const line = (...taps: (readonly [offset: number, weight: number])[]) =>
    chromaTaps({ taps: taps.map(([x]) => [0, x]), weights: Float32Array.from(taps, ([, weight]) => weight) });

  test('an even distance is one sample, an odd one the mean of two', () => {
    expect(line([4, 1])).toEqual({ taps: [[0, 2]], weights: Float32Array.of(1) });
    expect(line([-3, 1])).toEqual({ taps: [[0, -2], [0, -1]], weights: Float32Array.of(0.5, 0.5) }); // prettier-ignore
  });

  test('samples that several taps meet are one tap', () => {
    expect(line([-1, 0.25], [0, 0.5], [1, 0.25])).toEqual({
      taps: [[0, -1], [0, 0], [0, 1]],
      weights: Float32Array.of(0.125, 0.75, 0.125),
    }); // prettier-ignore
  });

  test('both axes at once', () => {
    const { taps, weights } = chromaTaps({ taps: [[1, -1]], weights: Float32Array.of(1) });
    expect(taps).toEqual([[0, -1], [0, 0], [1, -1], [1, 0]]); // prettier-ignore
    expect([...weights]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('the weights sum to what they did', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: -9, max: 9 }),
            fc.integer({ min: -9, max: 9 }),
            fc.double({ min: -1, max: 1, noNaN: true }),
          ),
          { minLength: 1, maxLength: 30 },
        ),
        (list) => {
          const weights = Float32Array.from(list, ([, , weight]) => weight);
          const chroma = chromaTaps({ taps: list.map(([y, x]) => [y, x]), weights });
          const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
          expect(sum(chroma.weights)).toBeCloseTo(sum(weights), 4);
          expect(new Set(chroma.taps.map(String)).size).toBe(chroma.taps.length);
        },
      ),
    );
  });
});

describe('withLumaPlane', () => {
  const imagesOf = (one: Graph, of = form) => {
    const { values, output } = programOf(one, of);
    return withLumaPlane({ values, outputs: [output] }, of);
  };
  const leaves = (one: Graph, of = form) =>
    imagesOf(one, of).values.flatMap((value) => (value.kind === 'input' ? [value.name] : []));

  test('edge never touches chroma', () => {
    expect(leaves(edge.build())).toEqual([PLANE_INPUTS.luma]);
    const { images } = planOf(edge.build(), form);
    expect(images.flatMap(({ source }) => (source.kind === 'frame' ? [source.plane] : []))).toEqual(['y']);
  });

  test('what looks at colour too has both', () => {
    expect(leaves(onFrame((x) => mul(x, luma(x))))).toEqual(['frame', PLANE_INPUTS.luma]);
  });

  test('luma alone is a pass, as the plane holds codes', () => {
    const { values, outputs } = imagesOf(onFrame((x) => luma(x)));
    expect(values[outputs[0]!]).toMatchObject({ kind: 'stencil', expression: { kind: 'operand', index: 0 } });
    expect(planOf(onFrame((x) => luma(x)), form).passes).toHaveLength(1); // prettier-ignore
  });

  test.each<[string, Graph, FrameForm]>([
    [
      "other weights than the frame's own",
      onFrame((x) => conv2d(x, tensor([1, 1, 3, 1], [0.299, 0.587, 0.114]))),
      form,
    ],
    ['luma of something else', onFrame((x) => luma(gaussianBlur(x, { sigma: 1 }))), form],
    [
      'luma with a bias',
      onFrame((x) =>
        conv2d(x, { weights: tensor([1, 1, 3, 1], [0.2126, 0.7152, 0.0722]), bias: Float32Array.of(0.1) }),
      ),
      form,
    ],
    ['a frame of RGBA', edge.build(), formOf(11, 7, 'rgba')],
  ])('%s is arithmetic', (_name, one, of) => {
    expect(leaves(one, of)).toEqual(['frame']);
  });
});
