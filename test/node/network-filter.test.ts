/** The five layers with designed weights: their shapes, their hues, and how far their values go. */
import { describe, expect, test } from 'vitest';
import { network } from '../../pipelines/network.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { describe as describeGraph } from '../../src/graph/describe.ts';
import type { ParamValues } from '../../src/graph/filter.ts';
import { noise } from './fakes/images.ts';

type Color = readonly [r: number, g: number, b: number];

/** A picture whose pixels are a function of their centres. */
function picture(width: number, height: number, color: (x: number, y: number) => Color): Tensor {
  return tensor(
    [height, width, 3],
    Array.from({ length: width * height }, (_, i) => color((i % width) + 0.5, Math.floor(i / width) + 0.5)).flat(),
  );
} // prettier-ignore

const grey = (level: number): Color => [level, level, level];
/** 32 × 32, dark and then bright along an angle; smooth over a pixel or so, as a camera's are. */
const step = (angle: number, [low, high]: readonly [number, number] = [0.2, 0.8]): Tensor => {
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return picture(32, 32, (x, y) => {
    const across = (x - 16) * cos + (y - 16) * sin;
    return grey(low + (high - low) * Math.min(1, Math.max(0, across / 2 + 0.5)));
  });
};

const run = (frame: Tensor, params: ParamValues): Tensor => runReference(network.build(params), { frame });
function pixel({ shape, data }: Tensor, x: number, y: number): Color {
  const [, width] = shape as readonly [number, number];
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)] as unknown as Color;
}
const center = (image: Tensor): Color => pixel(image, Math.floor(image.shape[1]! / 2), Math.floor(image.shape[0]! / 2)); // prettier-ignore
/** In degrees: red 0, green 120, blue 240. */
function hueOf([r, g, b]: Color): number {
  return ((Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180) / Math.PI + 360) % 360;
}
const turn = (a: number, b: number): number => Math.abs(((a - b + 540) % 360) - 180);

describe('shapes', () => {
  test('five layers, 3 → 16 → 32 → 32 → 16 → 3, that halve the size and bring it back', () => {
    const { rows } = describeGraph(network.build({ scale: '1/4' }), { frame: [480, 640, 3] });
    expect(rows.map(({ layer, outputShape }) => [layer.split(' ')[0], outputShape])).toEqual([
      ['frame', [480, 640, 3]],
      ['conv2d', [120, 160, 3]],
      ['conv2d', [120, 160, 16]],
      ['conv2d', [60, 80, 32]],
      ['separableConv2d', [60, 80, 32]],
      ['convTranspose2d', [119, 159, 16]],
      ['conv2d', [119, 159, 3]],
      ['clamp', [119, 159, 3]],
    ]);
  });

  test.each([
    [1, 1, '1/2', [1, 1]],
    [1, 1, '1/8', [1, 1]],
    [7, 5, '1/2', [3, 3]],
    [7, 5, '1/4', [1, 1]],
    [1, 40, '1/4', [9, 1]],
  ] as const)('a frame of %i × %i at %s is a picture of [%j]', (width, height, scale, expected) => {
    const { shape, data } = run(picture(width, height, () => grey(0.5)), { scale }); // prettier-ignore
    expect(shape).toEqual([...expected, 3]);
    for (const value of data) expect(value).toBeCloseTo(0.4 * 0.5, 5);
  });
});

test.each([
  [{ scale: '1/3' }, TypeError, /network\.scale must be .*1\/8.*1\/4.*1\/2/],
  [{ strength: 0 }, RangeError, /network\.strength must be 0\.5 to 12/],
  [{ ground: '1' }, TypeError, /network\.ground must be/],
  [{ width: 160 }, TypeError, /no parameter 'width': it has scale, strength, ground/],
] as const)('%j is refused', (params, type, message) => {
  expect(() => network.build(params)).toThrow(type);
  expect(() => network.build(params)).toThrow(message);
});

describe('what it paints', () => {
  const bare = { scale: '1/2', strength: 2, ground: 0 };

  test.each([
    ['vertical edge', 0, 0],
    ['edge at 30°', 30, 60],
    ['falling diagonal', 45, 90],
    ['horizontal edge', 90, 180],
    ['rising diagonal', 135, 270],
  ])('a %s has its own hue, whichever side is bright', (_name, angle, expected) => {
    for (const side of [0, 180]) {
      const color = center(run(step(angle + side), bare));
      expect(Math.max(...color) - Math.min(...color), 'colourful').toBeGreaterThan(0.3);
      expect(turn(hueOf(color), expected)).toBeLessThan(12);
    }
  });

  test('lines of all angles are about as bright', () => {
    const levels = Array.from({ length: 12 }, (_, i) => {
      const { data } = run(step(15 * i, [0.4, 0.6]), bare);
      return data.reduce((sum, value) => sum + value, 0);
    });
    // A diagonal of the square is longer than its side by √2.
    expect(Math.max(...levels) / Math.min(...levels)).toBeLessThan(2);
  });

  test('a flat picture is left, dimmed, to its border; without ground it is black', () => {
    const flat = picture(24, 16, () => [0.9, 0.5, 0.1]);
    const ground = run(flat, { scale: '1/2', ground: 0.5 });
    ground.data.forEach((value, i) => {
      expect(value).toBeCloseTo([0.45, 0.25, 0.05][i % 3]!, 5);
    });
    expect(Math.max(...run(flat, bare).data)).toBe(0);
  });

  test('faint noise is no edge', () => {
    const { data } = noise(32, 32, 3);
    const calm = tensor([32, 32, 3], data.map((value) => 0.5 + 0.02 * (value - 0.5))); // prettier-ignore
    expect(Math.max(...run(calm, { ...bare, strength: 12 }).data)).toBe(0);
  });

  test('colours of one brightness have an edge between them', () => {
    // 0.299 · 0.587 / 0.299 = 0.587: red as bright as the green.
    const frame = picture(32, 32, (x) => (x < 16 ? [0.8, 0, 0] : [0, (0.8 * 0.299) / 0.587, 0]));
    const color = center(run(frame, bare));
    expect(turn(hueOf(color), 0)).toBeLessThan(12);
    expect(color[0]).toBeGreaterThan(0.3);
  });

  test('the strength is what edges gain, and stops short of white', () => {
    const faint = step(0, [0.45, 0.55]);
    const [weak, strong] = [1, 2].map((strength) => center(run(faint, { ...bare, strength }))) as [
      Color,
      Color,
    ];
    expect(strong[0] / weak[0]).toBeCloseTo(2, 4);
    const most = center(run(step(0, [0, 1]), { ...bare, strength: 12 }));
    expect(most[0]).toBeGreaterThan(0.9);
    expect(Math.max(most[1], most[2])).toBeLessThan(0.5);
  });
});

test.each([
  ['noise', noise(40, 40, 3)],
  ['a step of all there is', step(0, [0, 1])],
  ['squares', picture(40, 40, (x, y) => grey(Math.floor(x / 8) % 2 === Math.floor(y / 8) % 2 ? 1 : 0))],
  ['red and cyan', picture(40, 40, (x) => (x < 20 ? [1, 0, 0] : [0, 1, 1]))],
])('the first three layers stay within about 0..1: %s', (_name, frame) => {
  const graph = network.build({ scale: '1/2' });
  for (const output of [1, 2, 3, 4]) {
    const { data } = runReference({ ...graph, output }, { frame });
    expect(Math.min(...data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...data)).toBeLessThan(1.2);
  }
});
