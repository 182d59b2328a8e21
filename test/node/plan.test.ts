/** What the planner makes of the built-in filters, as its own words tell. */
import { describe, expect, test } from 'vitest';
import { blur, edge, none, sharpen } from '../../pipelines/index.ts';
import { graph } from '../../src/graph/builder.ts';
import { conv2d, luma, magnitude, mul } from '../../src/graph/operators.ts';
import { laplacian, sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { explain, summarize } from '../../src/plan/explain.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { DEVICE, formOf, planOf } from './fakes/device.ts';

const planes = formOf(640, 480, 'planar420');
const rgba = formOf(640, 480, 'rgba');
const lines = (plan: Plan): string[] => explain(plan).split('\n');
const planesOf = ({ images }: Plan): string[] =>
  images.flatMap(({ source }) => (source.kind === 'frame' ? [source.plane] : []));

describe('the filters on planes', () => {
  test('edge is one pass on the luma plane, and never touches chroma', () => {
    const plan = planOf(edge.build(), planes);
    expect(lines(plan)).toEqual([
      'frame 640×480 · planar420',
      '1. linear 6 + linear 6 · 12 taps · 160×480 texels (76800) · packed4 rgba8',
    ]);
    expect(planesOf(plan)).toEqual(['y']);
  });

  test('none converts once, to what is shown', () => {
    expect(lines(planOf(none.build(), planes))).toEqual([
      'frame 640×480 · planar420',
      '1. planes → RGB · 3 taps · 640×480 texels (307200) · rgba rgba8',
    ]);
  });

  test('blur converts, then goes along x, then along y', () => {
    expect(lines(planOf(blur.build({ sigma: 2 }), planes))).toEqual([
      'frame 640×480 · planar420',
      '1. planes → RGB · 3 taps · 640×480 texels (307200) · rgba rgba16f',
      '2. linear 13 · 13 taps · 640×480 texels (307200) · rgba rgba16f',
      '3. linear 13 · 13 taps · 640×480 texels (307200) · rgba rgba8',
    ]);
  });

  test('sharpen writes its arithmetic into the last pass of its blur', () => {
    const plan = planOf(sharpen.build({ sigma: 1 }), planes);
    expect(lines(plan)).toEqual([
      'frame 640×480 · planar420',
      '1. planes → RGB · 3 taps · 640×480 texels (307200) · rgba rgba16f',
      '2. linear 7 · 7 taps · 640×480 texels (307200) · rgba rgba16f',
      '3. read + linear 7 · 8 taps · 640×480 texels (307200) · rgba rgba8',
    ]);
    expect(planesOf(plan)).toEqual(['y', 'u', 'v']);
  });
});

describe('the filters on RGBA', () => {
  test('edge is a luma pass, then one pass for both Sobel filters', () => {
    expect(lines(planOf(edge.build(), rgba))).toEqual([
      'frame 640×480 · rgba',
      '1. linear 1 · 1 taps · 160×480 texels (76800) · packed4 rgba16f',
      '2. linear 6 + linear 6 · 12 taps · 160×480 texels (76800) · packed4 rgba8',
    ]);
  });

  test('none has no pass at all', () => {
    const plan = planOf(none.build(), rgba);
    expect(lines(plan)).toEqual(['frame 640×480 · rgba']);
    expect(plan.images[plan.output]).toMatchObject({ source: { kind: 'frame', plane: 'rgba' } });
  });

  test('blur and sharpen are two passes', () => {
    expect(lines(planOf(blur.build({ sigma: 0.3 }), rgba))).toEqual([
      'frame 640×480 · rgba',
      '1. linear 3 · 3 taps · 640×480 texels (307200) · rgba rgba16f',
      '2. linear 3 · 3 taps · 640×480 texels (307200) · rgba rgba8',
    ]);
    expect(lines(planOf(sharpen.build(), rgba, { ...DEVICE, floatFormat: 'rgba32f' }))).toEqual([
      'frame 640×480 · rgba',
      '1. linear 7 · 7 taps · 640×480 texels (307200) · rgba rgba32f',
      '2. read + linear 7 · 8 taps · 640×480 texels (307200) · rgba rgba8',
    ]);
  });
});

describe('sizes and planes', () => {
  test('a row ends on a whole texel of 4 pixels', () => {
    const plan = planOf(edge.build(), formOf(641, 479, 'planar420'));
    expect(summarize(plan).map(({ texels }) => texels)).toEqual([[479, 161]]);
  });

  test('chroma planes have half the size, rounded up', () => {
    const plan = planOf(none.build(), formOf(641, 479, 'planar420'));
    expect(
      plan.images.slice(0, 3).map(({ source, width, height, layout, format }) => [source, width, height, layout, format]), // prettier-ignore
    ).toEqual([
      [{ kind: 'frame', plane: 'y' }, 641, 479, 'packed4', 'rgba8'],
      [{ kind: 'frame', plane: 'u' }, 321, 240, 'single', 'r8'],
      [{ kind: 'frame', plane: 'v' }, 321, 240, 'single', 'r8'],
    ]);
  });

  test("'valid' shrinks the image that is shown", () => {
    const plan = planOf(
      graph(({ frame }) => conv2d(frame, { weights: kernel([[1, 1, 1], [1, 1, 1]]), padding: 'valid' })), // prettier-ignore
      rgba,
    );
    expect(plan.images[plan.output]).toMatchObject({ width: 638, height: 479 });
  });

  test('the luma plane is expanded where the frame has limited range, and read as it is elsewhere', () => {
    const expansionOf = (fullRange: boolean) =>
      planOf(edge.build(), { ...planes, color: { matrix: 'bt601', fullRange } }).images[0]?.expansion;
    expect(expansionOf(false)).toEqual({ scale: 255 / 219, offset: -16 / 219 });
    expect(expansionOf(true)).toBeNull();
  });

  test('luma alone is a pass that reads the plane', () => {
    const y = planOf(graph(({ frame }) => luma(frame)), planes); // prettier-ignore
    expect(lines(y)[1]).toBe('1. read · 1 taps · 160×480 texels (76800) · packed4 rgba8');
    expect(planesOf(y)).toEqual(['y']);
  });

  test("other weights than the frame's own luma are arithmetic on RGB", () => {
    const weights = { shape: [1, 1, 3, 1], data: Float32Array.of(0.3, 0.3, 0.4) };
    const plan = planOf(graph(({ frame }) => conv2d(frame, { weights })), planes); // prettier-ignore
    expect(plan.passes.map(({ kind }) => kind)).toEqual(['convert', 'compute']);
  });
});

describe('shared work', () => {
  test('a picture of colour and luma reads both in one pass', () => {
    const plan = planOf(graph(({ frame }) => mul(frame, luma(frame))), planes); // prettier-ignore
    expect(lines(plan).slice(1)).toEqual([
      '1. planes → RGB · 3 taps · 640×480 texels (307200) · rgba rgba16f',
      '2. read + read · 2 taps · 640×480 texels (307200) · rgba rgba8',
    ]);
  });

  test('weights of zero cost no tap', () => {
    const plan = planOf(graph(({ frame }) => magnitude(conv2d(frame, sobelX), conv2d(frame, laplacian()))), rgba); // prettier-ignore
    expect(summarize(plan).map(({ label, taps }) => [label, taps])).toEqual([['linear 6 + linear 5', 11]]);
  });

  test('plans are plain data', () => {
    const plan = planOf(graph(({ frame }) => magnitude(conv2d(luma(frame), sobelX), conv2d(luma(frame), sobelY))), rgba); // prettier-ignore
    expect(structuredClone(plan)).toEqual(plan);
  });
});
