/** The GLSL as text: structure is compiled in, numbers are uniforms, so that sliders and resizes compile nothing. */
import { describe, expect, test } from 'vitest';
import { blur, edge, sharpen } from '../../pipelines/index.ts';
import { emitCompute, type EmittedPass } from '../../src/backends/webgl2/emit-compute.ts';
import { convertConstants, emitConvert } from '../../src/backends/webgl2/emit-convert.ts';
import { emitExpression, UniformWriter } from '../../src/backends/webgl2/emit-expression.ts';
import { emitPresent } from '../../src/backends/webgl2/emit-present.ts';
import { expand, glslFloat } from '../../src/backends/webgl2/emitted-term.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { abs, add, conv2d, luma, mul } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { box } from '../../src/kernels/box.ts';
import { gaussianRow } from '../../src/kernels/gaussian.ts';
import type { FrameForm, FrameLayout, TexelLayout } from '../../src/plan/plan.ts';
import { binary, constant, operand, unary, type Expression } from '../../src/primitives/expression.ts';
import { DEVICE, formOf, planOf } from './fakes/device.ts';

const emitted = (one: Graph, form: FrameForm): EmittedPass[] => {
  const plan = planOf(one, form);
  return plan.passes.flatMap((pass) => (pass.kind === 'compute' ? [emitCompute(plan, pass)] : []));
};
const sources = (one: Graph, layout: FrameLayout = 'planar420', width = 64, height = 48): string[] =>
  emitted(one, formOf(width, height, layout)).map(({ source }) => source);
/** The numbers of a uniform. */
const valuesOf = ({ uniforms }: EmittedPass, name: string): number[] =>
  uniforms.flatMap((uniform) => (uniform.name === name ? [...uniform.values] : []));
/** A kernel that no cheaper filter stands for. */
const weightsOf = (size: number) =>
  tensor(
    [size, size],
    Float32Array.from({ length: size * size }, (_, i) => Math.cos(i * i)),
  );
/** Images of one channel as four pixels a texel. */
const byFours = (one: Graph, width = 64): string[] => {
  const plan = planOf(one, formOf(width, 48, 'planar420'), DEVICE, {
    techniques: { packed16: false, lines: false, separate: false, pyramid: false },
  });
  return plan.passes.flatMap((pass) => (pass.kind === 'compute' ? [emitCompute(plan, pass).source] : []));
};
const count = (text: string, part: string): number => text.split(part).length - 1;

describe('what a slider changes', () => {
  test.each<[string, (value: number) => Graph, number, number]>([
    ['strength of edge', (strength) => edge.build({ strength }), 1, 2],
    ['amount of sharpen', (amount) => sharpen.build({ amount, sigma: 1 }), 0, 4],
    ['sigma of sharpen', (sigma) => sharpen.build({ sigma }), 0.4, 2.4],
    ['sigma of blur', (sigma) => blur.build({ sigma }), 0.3, 2],
  ])('%s changes uniforms and not the source', (_name, build, low, high) => {
    for (const layout of ['rgba', 'planar420'] as const) {
      expect(sources(build(low), layout)).toEqual(sources(build(high), layout));
      const numbers = (value: number) =>
        emitted(build(value), formOf(64, 48, layout)).map(({ uniforms }) => uniforms);
      expect(numbers(low)).not.toEqual(numbers(high));
    }
  });

  test('a larger kernel is another source', () => {
    const of = (size: number) => sources(graph(({ frame }) => conv2d(luma(frame), weightsOf(size))));
    expect(of(3)).not.toEqual(of(5));
  });

  test('weights, biases and constants never stand in the source', () => {
    const numbers = graph(({ frame }) => {
      const y = luma(frame);
      const weights = tensor([1, 2], [0.123456, -7.654321]);
      return mul(conv2d(y, { weights, bias: Float32Array.of(0.314159) }), 0.271828);
    });
    for (const layout of ['rgba', 'planar420'] as const) {
      const passes = emitted(numbers, formOf(64, 48, layout));
      const last = passes.at(-1)!;
      expect(valuesOf(last, 'uWeights').slice(0, 2)).toEqual([Math.fround(0.123456), Math.fround(-7.654321)]);
      expect(valuesOf(last, 'uConstants').slice(0, 2)).toEqual([
        Math.fround(0.314159),
        Math.fround(0.271828),
      ]);
      for (const text of ['0.1234', '7.6543', '0.3141', '0.2718', '0.7152']) {
        expect(passes.map((pass) => pass.source).join()).not.toContain(text);
      }
      expect(last.source).toContain('uniform vec4 uWeights[1];');
    }
  });

  test("edge's numbers are Sobel's weights without the zeros, the threshold, and the strength", () => {
    // On pixels of luma each tap keeps its weight; on sixteens of them columns may share theirs.
    const pass = emitted(edge.build({ strength: 3, threshold: 0.25 }), formOf(64, 48)).at(-1);
    expect(valuesOf(pass!, 'uWeights')).toEqual([-1, 1, -2, 2, -1, 1, -1, -2, -1, 1, 2, 1]);
    expect(valuesOf(pass!, 'uConstants').slice(0, 2)).toEqual([0.25, 3]);
    expect(pass!.source).toContain('uniform vec4 uConstants[1];');
  });

  test('baked, weights and numbers are literals and no uniforms', () => {
    const plan = planOf(edge.build(), formOf(64, 48, 'planar420'));
    const [pass] = plan.passes;
    if (pass?.kind !== 'compute') throw new Error('edge computes');
    const baked = emitCompute(plan, pass, true);
    expect(baked.source).not.toContain('uWeights');
    expect(baked.source).toContain('+= 2.0 * bytes');
    expect(baked.uniforms).toEqual([]);
  });
});

describe('what a size changes', () => {
  test.each([
    ['edge', edge.build()],
    ['blur', blur.build()],
    ['zeros outside', graph(({ frame }) => conv2d(luma(frame), { weights: box(3), edge: 'zero' }))],
  ])('%s: nothing while the width modulo 4 is the same', (_name, one) => {
    for (const layout of ['rgba', 'planar420'] as const) {
      for (const width of [64, 65, 66, 67]) {
        expect(sources(one, layout, width, 48)).toEqual(sources(one, layout, width + 64, 31));
      }
    }
  });

  test('unused lanes of the last texel are mended, each remainder in its own way', () => {
    // Where a frame's plane is read as four pixels a texel.
    const variants = [64, 65, 66, 67].map((width) => byFours(edge.build(), width)[0]);
    expect(new Set(variants).size).toBe(4);
    expect(variants[0]).not.toContain('.xyzz');
    expect(variants[3]).toContain('.xyzz');
  });
});

describe('reads', () => {
  test("Sobel's two filters share nine fetches for four pixels, and for sixteen", () => {
    const [source] = byFours(edge.build());
    expect(count(source!, 'texture(uImage0')).toBe(9);
    expect(count(source!, 'uniform highp sampler2D')).toBe(1);
    const [wide] = sources(edge.build());
    expect(count(wide!, 'texture(uImage0')).toBe(9);
    expect(count(wide!, 'uniform highp usampler2D')).toBe(1);
  });

  test('a row of 13 taps on packed pixels is five fetches', () => {
    const [source] = byFours(graph(({ frame }) => conv2d(luma(frame), gaussianRow({ sigma: 2 }))));
    expect(count(source!, 'texture(uImage0')).toBe(5);
  });

  test('pixels of RGBA are one fetch a tap', () => {
    const [source] = sources(
      graph(({ frame }) => conv2d(frame, weightsOf(3))),
      'rgba',
    );
    expect(count(source!, '+= uWeights')).toBe(9);
    expect(count(source!, 'pixel0(at')).toBe(9);
  });

  test('each image has a sampler of its own, in the order of the list', () => {
    const plan = planOf(sharpen.build(), formOf(64, 48));
    const last = plan.passes.at(-1)!;
    if (last.kind !== 'compute') throw new Error('sharpen ends with arithmetic');
    const { images, source } = emitCompute(plan, last);
    expect(images.map((image) => plan.images[image]?.source.kind)).toEqual(['frame', 'pass']);
    expect(count(source, 'uniform highp sampler2D')).toBe(2);
  });

  test('zero edges are masked, repeated ones are left to the sampler', () => {
    const filtered = (edges: 'zero' | 'replicate') =>
      sources(
        graph(({ frame }) => conv2d(frame, { weights: weightsOf(3), edge: edges })),
        'rgba',
      )[0]!;
    expect(count(filtered('zero'), 'lessThan(')).toBe(9);
    expect(filtered('replicate')).not.toContain('lessThan(');
  });

  test('a plain read has neither weight nor product', () => {
    const [source] = sources(
      graph(({ frame }) => abs(add(frame, 1))),
      'rgba',
    );
    expect(source).not.toContain('uWeights');
    expect(source).toContain('term0 += pixel0(at);');
  });
});

describe('emitExpression', () => {
  const emit = (one: Expression): [string, number[]] => {
    const constants = new UniformWriter('uC');
    return [emitExpression(one, ['a', 'b'], constants), constants.values];
  };
  const [a, b] = [operand(0), operand(1)];

  test.each<[Expression, string, number[]]>([
    [a, 'a', []],
    [constant(0.5), 'vec4(uC[0].x)', [0.5]],
    [unary('neg', a), '(-a)', []],
    [unary('sqrt', unary('abs', b)), 'sqrt(abs(b))', []],
    [binary('add', a, b), '(a + b)', []],
    [binary('sub', a, unary('neg', b)), '(a - (-b))', []],
    [binary('mul', binary('add', a, b), b), '((a + b) * b)', []],
    [binary('div', a, constant(3)), '(a / vec4(uC[0].x))', [3]],
    [binary('min', binary('max', a, constant(0)), constant(1)), 'min(max(a, vec4(uC[0].x)), vec4(uC[0].y))', [0, 1]],
  ])('%j', (one, text, constants) => {
    expect(emit(one)).toEqual([text, constants]);
  }); // prettier-ignore

  test('uniforms fill vectors of four', () => {
    const writer = new UniformWriter('uX');
    expect(writer.declaration()).toBe('');
    expect([1, 2, 3, 4, 5].map((value) => writer.add(value))).toEqual(['uX[0].x', 'uX[0].y', 'uX[0].z', 'uX[0].w', 'uX[1].x']); // prettier-ignore
    expect(writer.declaration()).toBe('uniform vec4 uX[2];');
  });
});

describe('the parts around', () => {
  test('numbers are GLSL floats', () => {
    expect([1, -2, 0.5, 1e-7, 1e21].map(glslFloat)).toEqual(['1.0', '-2.0', '0.5', '1e-7', '1e+21']);
  });

  test('codes are expanded and limited, values are not', () => {
    const image = planOf(edge.build(), formOf(64, 48, 'planar420')).images[0]!;
    expect(expand('c', image)).toBe(`clamp(c * ${255 / 219} + ${-16 / 219}, 0.0, 1.0)`);
    expect(expand('c', { ...image, expansion: null })).toBe('c');
  });

  test('a packed image is shown lane by lane', () => {
    const image = planOf(edge.build(), formOf(64, 48, 'planar420')).images[0]!;
    const presented = (layout: TexelLayout) => emitPresent({ ...image, layout });
    expect(new Set((['rgba', 'packed4', 'packed16'] as const).map(presented)).size).toBe(3);
    expect(presented('packed16')).toContain('usampler2D');
    expect(presented('packed4')).not.toContain('usampler2D');
  });

  test('the conversion of planes has its numbers in uniforms as well', () => {
    const constants = convertConstants({ matrix: 'bt601', fullRange: false });
    [255 / 219, -16 / 219, 255 / 224, -128 / 224, 1.402, -0.344136, -0.714136, 1.772].forEach((value, i) => {
      expect(constants[i]).toBeCloseTo(value, 5);
    });
    expect(constants).toHaveLength(8);
    const { images } = planOf(graph(({ frame }) => mul(frame, frame)), formOf(64, 48, 'planar420')); // prettier-ignore
    const planes = { y: images[0]!, u: images[1]!, v: images[2]! };
    const source = emitConvert(planes, 'image');
    expect(source).toContain('uniform vec4 uConstants[2];');
    expect(source).not.toMatch(/1\.402|1\.772|219|224/);
    // A canvas has its first row at the bottom.
    expect(emitConvert(planes, 'canvas')).not.toBe(source);
  });
});
