/** What the planner makes of the built-in filters: passes, planes, sizes and formats. Figures are in plan-snapshots. */
import { describe, expect, test } from 'vitest';
import { blur, edge, none, sharpen } from '../../pipelines/index.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import { clamp, conv2d, gaussianBlur, luma, magnitude, mul } from '../../src/graph/operators.ts';
import { laplacian, sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { summarize } from '../../src/plan/explain.ts';
import type { Image, Plan } from '../../src/plan/plan.ts';
import { DEVICE, formOf, NO_FLOAT, planOf } from './fakes/device.ts';

const planes = formOf(640, 480, 'planar420');
const rgba = formOf(640, 480, 'rgba');
const onFrame = (build: (frame: GraphValue) => GraphValue) => graph(({ frame }) => build(frame));
/** Of each pass what it does, and the size, layout and format of what it writes. */
const wordsOf = (plan: Plan): string[] =>
  summarize(plan).map(
    ({ label, size: [height, width], layout, format }) => `${label} · ${width}×${height} ${layout} ${format}`,
  );
const labelsOf = (plan: Plan): string[] => summarize(plan).map(({ label }) => label);
const planesRead = ({ images }: Plan): string[] =>
  images.flatMap(({ source }) => (source.kind === 'frame' ? [source.plane] : []));
const outputsOf = ({ images, output, chroma }: Plan): Image[] =>
  [output, ...(chroma === null ? [] : [chroma.u, chroma.v])].map((index) => images[index]!);

describe('the filters on planes', () => {
  test('edge is one pass on the luma plane, 16 pixels a texel, and never touches chroma', () => {
    const plan = planOf(edge.build(), planes);
    expect(wordsOf(plan)).toEqual(['product 3×3 + product 3×3 · 640×480 packed16 rgba32ui']);
    expect(planesRead(plan)).toEqual(['y']);
    expect(plan.chroma).toBeNull();
  });

  test('none has no pass: the frame is shown as it came', () => {
    const plan = planOf(none.build(), planes);
    expect(plan.passes).toEqual([]);
    expect(outputsOf(plan).map(({ source }) => source)).toEqual([
      { kind: 'frame', plane: 'y' },
      { kind: 'frame', plane: 'u' },
      { kind: 'frame', plane: 'v' },
    ]);
  });

  test('blur goes along x and y of each plane, bytes to bytes, and converts nothing', () => {
    const plan = planOf(blur.build({ sigma: 2 }), planes);
    expect(plan.passes.map(({ kind }) => kind)).toEqual(new Array(6).fill('compute'));
    expect(labelsOf(plan).map((label) => label.slice(0, 6))).toEqual([
      'line x',
      'line y',
      'line x',
      'line y',
      'line x',
      'line y',
    ]);
    expect(new Set(plan.images.map(({ layout, format }) => `${layout} ${format}`))).toEqual(
      new Set(['packed16 rgba32ui']),
    );
    expect(outputsOf(plan).map(({ width, height }) => [width, height])).toEqual([[640, 480], [320, 240], [320, 240]]); // prettier-ignore
  });

  test('sharpen writes its arithmetic into the last pass of its blur, and keeps what is between exact', () => {
    const plan = planOf(sharpen.build({ sigma: 1 }), planes);
    expect(plan.passes).toHaveLength(6);
    expect(labelsOf(plan)[1]).toMatch(/^read \+ line y/);
    const [between] = plan.passes.map(({ output }) => plan.images[output]!.format);
    expect(between).toBe('rgba16f');
    expect(outputsOf(plan).map(({ format }) => format)).not.toContain('rgba16f');
  });

  test('without planes, colour is converted first', () => {
    const plan = planOf(blur.build({ sigma: 2 }), planes, DEVICE, { techniques: { planes: false } });
    expect(plan.passes.map(({ kind }) => kind)).toEqual(['convert', 'compute', 'compute']);
    expect(plan.chroma).toBeNull();
  });
});

describe('the filters on RGBA', () => {
  test('edge is a luma pass, then one pass for both Sobel filters', () => {
    expect(wordsOf(planOf(edge.build(), rgba)).map((words) => words.slice(0, 15))).toEqual([
      'direct 1 · 640×',
      'direct 6 + dire',
    ]);
    expect(planOf(edge.build(), rgba).passes).toHaveLength(2);
  });

  test('none has no pass at all', () => {
    const plan = planOf(none.build(), rgba);
    expect(plan.passes).toEqual([]);
    expect(plan.images[plan.output]).toMatchObject({ source: { kind: 'frame', plane: 'rgba' } });
  });

  test('blur and sharpen are two passes', () => {
    expect(wordsOf(planOf(blur.build({ sigma: 0.3 }), rgba))).toEqual([
      'line x 3 · 640×480 rgba rgba16f',
      'line y 3 · 640×480 rgba rgba8',
    ]);
    const exact = wordsOf(planOf(sharpen.build(), rgba, { ...DEVICE, floatFormat: 'rgba32f' }));
    expect(exact).toHaveLength(2);
    expect(exact[0]).toMatch(/^line x \d+ · 640×480 rgba rgba32f$/);
    expect(exact[1]).toMatch(/^read \+ line y \d+ · 640×480 rgba rgba8$/);
  });

  test('a wide blur goes by a smaller image', () => {
    const plan = planOf(onFrame((x) => gaussianBlur(x, { sigma: 16 })), rgba); // prettier-ignore
    expect(Math.min(...summarize(plan).map(({ size: [height] }) => height))).toBeLessThan(480 / 3);
    expect(labelsOf(plan).filter((label) => label.startsWith('enlarge'))).not.toEqual([]);
    expect(outputsOf(plan)[0]).toMatchObject({ width: 640, height: 480 });
  });
});

describe('sizes and planes', () => {
  test('the shown size is in pixels, not in texels', () => {
    const plan = planOf(edge.build(), formOf(641, 479, 'planar420'));
    expect(summarize(plan).map(({ size }) => size)).toEqual([[479, 641]]);
  });

  test('chroma planes have half the size, rounded up', () => {
    const plan = planOf(none.build(), formOf(641, 479, 'planar420'));
    expect(outputsOf(plan).map(({ width, height }) => [width, height])).toEqual([[641, 479], [321, 240], [321, 240]]); // prettier-ignore
    const converted = planOf(onFrame((x) => mul(x, x)), formOf(641, 479, 'planar420')); // prettier-ignore
    expect(converted.images.slice(0, 3).map(({ source, width, height, layout, format }) => [source, width, height, layout, format])).toEqual([
      [{ kind: 'frame', plane: 'y' }, 641, 479, 'packed4', 'rgba8'],
      [{ kind: 'frame', plane: 'u' }, 321, 240, 'single', 'r8'],
      [{ kind: 'frame', plane: 'v' }, 321, 240, 'single', 'r8'],
    ]); // prettier-ignore
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
    expect(wordsOf(y)).toEqual(['read · 640×480 packed16 rgba32ui']);
    expect(y.images.map(({ source, expansion }) => [source.kind, expansion === null])).toEqual([
      ['frame', false],
      ['pass', true],
    ]);
  });

  test("other weights than the frame's own luma are arithmetic on RGB", () => {
    const weights = { shape: [1, 1, 3, 1], data: Float32Array.of(0.3, 0.3, 0.4) };
    const plan = planOf(graph(({ frame }) => conv2d(frame, { weights })), planes); // prettier-ignore
    expect(plan.passes.map(({ kind }) => kind)).toEqual(['convert', 'compute']);
  });

  test('what is shown needs no limits of its own: 8 bits are limits', () => {
    const [pass] = planOf(edge.build({ strength: 3 }), planes).passes;
    expect(JSON.stringify(pass)).not.toMatch(/"op":"(min|max)"/);
  });
});

describe('shared work', () => {
  test('a picture of colour and luma reads both in one pass', () => {
    const plan = planOf(graph(({ frame }) => mul(frame, luma(frame))), planes); // prettier-ignore
    expect(wordsOf(plan)).toEqual([
      'planes → RGB · 640×480 rgba rgba16f',
      'read + read · 640×480 rgba rgba8',
    ]);
  });

  test('edges that tint a picture are computed in one channel, several pixels at once', () => {
    const tinted = onFrame((frame) => {
      const y = luma(frame);
      return mul(frame, clamp(magnitude(conv2d(y, sobelX), conv2d(y, sobelY))));
    });
    const plan = planOf(tinted, planes);
    const edges = plan.passes
      .map(({ output }) => plan.images[output]!)
      .filter(({ channels }) => channels === 1);
    expect(edges.map(({ layout }) => layout)).toEqual(['packed4']);
    expect(labelsOf(plan).at(-1)).toBe('read + read');
  });

  test.each([5, 41])('a line of %i pixels over luma, then colour: the line is a pass of luma', (length) => {
    const glow = onFrame((frame) =>
      mul(frame, conv2d(luma(frame), tensor([1, length], new Float32Array(length).fill(1 / length)))),
    );
    for (const form of [planes, rgba]) expect(labelsOf(planOf(glow, form)).at(-1)).toBe('read + read');
  });

  test('weights of zero cost no tap', () => {
    const plan = planOf(graph(({ frame }) => magnitude(conv2d(frame, sobelX), conv2d(frame, laplacian()))), rgba); // prettier-ignore
    expect(summarize(plan).map(({ label, taps }) => [label, taps])).toEqual([['direct 6 + direct 5', 11]]);
  });

  test('layers that only mix channels are one layer', () => {
    const mix = (value: GraphValue, channels: readonly [number, number]) =>
      conv2d(value, {
        weights: tensor([1, 1, ...channels], new Float32Array(channels[0] * channels[1]).fill(0.1)),
      });
    const plan = planOf(onFrame((x) => mix(mix(x, [3, 8]), [8, 3])), rgba); // prettier-ignore
    expect(labelsOf(plan)).toEqual(['direct 1']);
  });

  test('plans are plain data', () => {
    const plan = planOf(graph(({ frame }) => magnitude(conv2d(luma(frame), sobelX), conv2d(luma(frame), sobelY))), rgba); // prettier-ignore
    expect(structuredClone(plan)).toEqual(plan);
  });
});

test('onto a canvas, chroma is not rounded before it is multiplied into the colours; luma is', () => {
  const shown = (output: 'bytes' | 'canvas', device = DEVICE) => {
    const { images, output: luma, chroma } = planOf(blur.build({ sigma: 2 }), planes, device, { output });
    return [luma, chroma!.u, chroma!.v].map((image) => images[image]!.format);
  };
  expect(shown('bytes')).toEqual(['rgba32ui', 'rgba32ui', 'rgba32ui']);
  expect(shown('canvas')).toEqual(['rgba32ui', 'rgba16f', 'rgba16f']);
  expect(shown('canvas', NO_FLOAT)).toEqual(['rgba32ui', 'rgba32ui', 'rgba32ui']);
});
