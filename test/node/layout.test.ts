/** Sixteen pixels a texel where everything can, four elsewhere. */
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import {
  abs,
  add,
  clamp,
  conv2d,
  gaussianBlur,
  luma,
  magnitude,
  mul,
  sub,
} from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { box } from '../../src/kernels/box.ts';
import { sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { canRead, isUnit, planeLayout } from '../../src/plan/layout.ts';
import type { CubicTerm, FrameForm, LineTerm, TapsTerm, Term, TexelLayout } from '../../src/plan/plan.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import { plainRead } from '../../src/plan/terms.ts';
import { DEVICE, formOf, planOf } from './fakes/device.ts';

const planes = formOf(640, 480, 'planar420');
const rgba = formOf(640, 480, 'rgba');
const onLuma = (build: (y: GraphValue) => GraphValue): Graph => graph(({ frame }) => build(luma(frame)));
/** The layouts of what each pass writes. */
const written = (one: Graph, form: FrameForm = planes, techniques: Techniques = {}): string[] => {
  const { passes, images } = planOf(one, form, DEVICE, { techniques });
  return passes.map(({ output }) => images[output]!.layout);
};
/** The layouts of the frame's planes that it reads. */
const uploaded = (one: Graph, form: FrameForm = planes): string[] =>
  planOf(one, form).images.flatMap(({ source, layout }) =>
    source.kind === 'frame' ? [`${source.plane} ${layout}`] : [],
  );
/** A kernel that no cheaper filter stands for. */
const kernel = (size: number) =>
  tensor(
    [size, size],
    Float32Array.from({ length: size * size }, (_, i) => Math.cos(i * i)),
  );
const row = (...weights: number[]) => tensor([1, weights.length], weights);
const column = (...weights: number[]) => tensor([weights.length, 1], weights);

describe('sixteen pixels a texel', () => {
  test.each<[string, Graph, readonly string[]]>([
    ['edge', onLuma((y) => magnitude(conv2d(y, sobelX), conv2d(y, sobelY))), ['packed16']],
    ['a kernel', onLuma((y) => conv2d(y, kernel(3))), ['packed16']],
    ['arithmetic in place', onLuma((y) => abs(sub(y, 0.5))), ['packed16']],
    [
      'two means in a row',
      onLuma((y) => conv2d(conv2d(y, row(0.25, 0.5, 0.25)), column(0.25, 0.5, 0.25))),
      ['packed16', 'packed16'],
    ],
    [
      'colour on planes',
      graph(({ frame }) => conv2d(frame, kernel(3))),
      ['packed16', 'packed16', 'packed16'],
    ],
  ])('%s', (_name, one, layouts) => {
    expect(written(one)).toEqual(layouts);
    expect(new Set(uploaded(one).map((words) => words.split(' ')[1]))).toEqual(new Set(['packed16']));
  });

  test('the first and the last image of a chain of means, whatever is between them', () => {
    const blurs = onLuma((y) => [0, 1, 2, 3, 4].reduce((value) => conv2d(value, row(0.25, 0.5, 0.25)), y));
    const layouts = written(blurs);
    expect(layouts).toHaveLength(5);
    expect(layouts.at(-1)).not.toBe('rgba');
    // Bytes on the way, where there are any, are at the ends alone: roundings do not add up.
    const { passes, images } = planOf(blurs, planes);
    const bytes = passes.filter(({ output }) => images[output]!.format === 'rgba32ui').length;
    expect(bytes).toBeLessThanOrEqual(3);
  });
});

describe('four pixels a texel', () => {
  test.each<[string, Graph, FrameForm]>([
    ['luma of RGBA pixels', onLuma((y) => conv2d(y, kernel(3))), rgba],
    ['what is signed between two passes', onLuma((y) => abs(conv2d(conv2d(y, sobelX), kernel(3)))), planes],
    [
      'what arithmetic follows',
      onLuma((y) =>
        add(y, mul(sub(y, conv2d(conv2d(y, row(0.25, 0.5, 0.25)), column(0.25, 0.5, 0.25))), 1.5)),
      ),
      planes,
    ],
    ['what is larger than a mean', onLuma((y) => conv2d(conv2d(y, row(0.5, 0.5)), column(1, 1, 1))), planes],
  ])('%s', (_name, one, form) => {
    expect(written(one, form)[0]).toBe('packed4');
  });

  test('where the other is forbidden', () => {
    const blur = onLuma((y) => gaussianBlur(y, { sigma: 2 }));
    expect(written(blur, planes, { packed16: false })).toEqual(['packed4', 'packed4']);
    expect(written(blur)).toEqual(['packed16', 'packed16']);
  });

  test('where colour reads it', () => {
    const tinted = graph(({ frame }) => mul(frame, clamp(abs(conv2d(luma(frame), kernel(3))))));
    expect(written(tinted)).not.toContain('packed16');
    expect(uploaded(tinted)).toContain('y packed4');
  });
});

test('colour is one pixel a texel', () => {
  expect(
    written(
      graph(({ frame }) => conv2d(frame, box(3))),
      rgba,
    ),
  ).toContain('rgba');
  expect(
    new Set(
      written(
        graph(({ frame }) => conv2d(frame, box(3))),
        rgba,
      ),
    ),
  ).toEqual(new Set(['rgba']));
});

describe('canRead', () => {
  const taps = plainRead(0) as TapsTerm;
  const line = (axis: 'x' | 'y', stride: 1 | 4): LineTerm => ({
    kind: 'line',
    image: 0,
    axis,
    first: -1,
    weights: Float32Array.of(1, 2, 1),
    stride,
    edge: 'replicate',
  });
  const cubic = (axis: 'x' | 'y'): CubicTerm => ({ kind: 'cubic', image: 0, axis, scale: 0.25, offset: 0 });
  const all: readonly TexelLayout[] = ['rgba', 'packed4', 'packed16'];
  const same = ['rgba → rgba', 'packed4 → packed4', 'packed16 → packed16'];

  test.each<[string, Term, readonly string[]]>([
    ['taps', taps, same],
    ['a line along x', line('x', 1), same],
    ['a line along y', line('y', 1), same],
    ['shrinking along x', line('x', 4), ['rgba → rgba', 'packed4 → packed4', 'packed16 → packed4']],
    ['shrinking along y', line('y', 4), same],
    ['enlarging along x', cubic('x'), ['rgba → rgba', 'packed4 → packed4', 'packed4 → packed16']],
    ['enlarging along y', cubic('y'), same],
  ])('%s', (_name, term, pairs) => {
    const found = all.flatMap((from) =>
      all.filter((to) => canRead(term, from, to)).map((to) => `${from} → ${to}`),
    );
    expect(new Set(found)).toEqual(new Set(pairs));
  });

  test('a plane is uploaded as its reader wants it', () => {
    expect(planeLayout(taps, 'packed16')).toBe('packed16');
    expect(planeLayout(taps, 'packed4')).toBe('packed4');
    expect(planeLayout(taps, 'rgba')).toBe('packed4');
    expect(planeLayout(line('x', 4), 'packed4')).toBe('packed16');
  });
});

test('8 bits hold 0..1, and half a level beyond for the weights of a mean', () => {
  expect(isUnit({ low: 0, high: 1 })).toBe(true);
  expect(isUnit({ low: -1e-7, high: 1 + 1e-7 })).toBe(true);
  expect(isUnit({ low: -0.01, high: 1 })).toBe(false);
  expect(isUnit({ low: 0, high: 1.01 })).toBe(false);
});
