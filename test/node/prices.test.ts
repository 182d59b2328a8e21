/** What passes cost: fetches and multiplications as the shaders do them, and time by the device's prices. */
import { describe, expect, test } from 'vitest';
import type {
  ComputePass,
  CubicTerm,
  Image,
  LineTerm,
  TapsTerm,
  Term,
  TexelFormat,
  TexelLayout,
} from '../../src/plan/plan.ts';
import { costOf, DEFAULT_PRICES, texelsOf, workOf, type Prices } from '../../src/plan/prices.ts';
import { BYTES_OF_TEXEL, LANES } from '../../src/plan/texels.ts';
import { operand } from '../../src/primitives/expression.ts';

const FORMATS: Partial<Record<TexelLayout, TexelFormat>> = { packed16: 'rgba32ui', single: 'r8' };
const image = (layout: TexelLayout, width = 64, height = 10, format = FORMATS[layout] ?? 'rgba8'): Image => ({
  source: { kind: 'pass', index: 0 },
  width,
  height,
  channels: layout === 'rgba' ? 3 : 1,
  layout,
  format,
  interval: { low: 0, high: 1 },
  expansion: null,
  atlas: null,
});
const grid = (
  height: number,
  width: number,
  channels: TapsTerm['channels'] = 'shared',
  at = 0,
): TapsTerm => ({
  kind: 'taps',
  image: at,
  taps: Array.from({ length: height * width }, (_, i) => ({
    dy: Math.floor(i / width) - (height >> 1),
    dx: (i % width) - (width >> 1),
  })),
  channels,
  weights: new Float32Array(height * width),
  bias: null,
  edge: 'replicate',
});
const line = (axis: 'x' | 'y', taps: number, stride: 1 | 4 = 1): LineTerm => ({
  kind: 'line',
  image: 0,
  axis,
  first: 0,
  weights: new Float32Array(taps),
  stride,
  edge: 'replicate',
});
const cubic = (axis: 'x' | 'y'): CubicTerm => ({ kind: 'cubic', image: 0, axis, scale: 0.25, offset: 0 });

describe('fetches of a term for each texel that it writes', () => {
  test.each<[string, Term, TexelLayout, TexelLayout, number]>([
    ['3×3 on pixels', grid(3, 3), 'rgba', 'rgba', 9],
    ['3×3 on fours', grid(3, 3), 'packed4', 'packed4', 9],
    ['3×3 on sixteens', grid(3, 3), 'packed16', 'packed16', 9],
    ['1×1 on sixteens', grid(1, 1), 'packed16', 'packed16', 1],
    ['1×13 on fours', grid(1, 13), 'packed4', 'packed4', 5],
    ['13×1 on sixteens', grid(13, 1), 'packed16', 'packed16', 13],
    ['luma of pixels, four at once', grid(1, 1, 'dense'), 'rgba', 'packed4', 4],
    ['a line of 13 down', line('y', 13), 'packed16', 'packed16', 13],
    ['a line of 13 across pixels', line('x', 13), 'rgba', 'rgba', 13],
    ['a line of 13 across fours', line('x', 13), 'packed4', 'packed4', 5],
    ['a line of 13 across sixteens', line('x', 13), 'packed16', 'packed16', 3],
    ['12 of every fourth, fours from sixteens', line('x', 12, 4), 'packed16', 'packed4', 3],
    ['enlarging down', cubic('y'), 'packed4', 'packed4', 4],
    ['enlarging across pixels', cubic('x'), 'rgba', 'rgba', 4],
    ['enlarging across fours', cubic('x'), 'packed4', 'packed4', 2],
  ])('%s: %#', (_name, term, from, to, fetches) => {
    expect(workOf(term, image(from), image(to)).fetches).toBe(fetches);
  });

  test('multiplications are counted by fours of lanes, and by input channels where those are mixed', () => {
    const multiplyAdds = (term: Term, layout: TexelLayout) =>
      workOf(term, image(layout), image(layout)).multiplyAdds;
    expect(multiplyAdds(grid(3, 3), 'rgba')).toBe(9);
    expect(multiplyAdds(grid(3, 3, 'dense'), 'rgba')).toBe(27);
    expect(multiplyAdds(grid(3, 3), 'packed4')).toBe(9);
    expect(multiplyAdds(grid(3, 3), 'packed16')).toBe(36);
    expect(multiplyAdds(line('y', 5), 'packed16')).toBe(20);
  });
});

const passOf = (...terms: Term[]): ComputePass => ({
  kind: 'compute',
  label: '',
  terms,
  expression: operand(0),
  output: 1,
  bake: false,
});
const PRICES: Prices = {
  passMs: 0.5,
  texelNs: 100,
  fetchNs: { r8: 10, rgba8: 20, rgba16f: 40, rgba32f: 80, rgba32ui: 30 },
  multiplyAddNs: 1,
};

describe('costOf', () => {
  test('texels are those of the layout, the last of a row included', () => {
    expect(texelsOf(image('rgba', 65))).toBe(650);
    expect(texelsOf(image('packed4', 65))).toBe(170);
    expect(texelsOf(image('packed16', 65))).toBe(50);
    expect(LANES).toMatchObject({ rgba: 1, packed4: 4, packed16: 16, single: 1 });
  });

  test('a pass, its texels, their fetches and multiplications', () => {
    const cost = costOf(passOf(grid(3, 3)), [image('rgba'), image('rgba')], PRICES);
    expect(cost).toMatchObject({ texels: 640, fetches: 9, multiplyAdds: 9, readBytes: 36 });
    expect(cost.ms).toBeCloseTo(0.5 + (640 * (100 + 9 * 20 + 9)) / 1e6, 9);
  });

  test('what is read counts in its own format', () => {
    const read = (format: TexelFormat) =>
      costOf(passOf(grid(1, 1)), [image('rgba', 64, 10, format), image('rgba')], PRICES);
    for (const format of ['r8', 'rgba8', 'rgba16f', 'rgba32f', 'rgba32ui'] as const) {
      expect(read(format).readBytes).toBe(BYTES_OF_TEXEL[format]);
      expect(read(format).ms).toBeCloseTo(0.5 + (640 * (100 + PRICES.fetchNs[format] + 1)) / 1e6, 9);
    }
  });

  test('terms over one image share fetches, those over two do not', () => {
    const images = [image('packed4'), image('packed4'), image('packed4')];
    expect(costOf(passOf(grid(3, 3), grid(1, 3)), images, PRICES)).toMatchObject({
      fetches: 9,
      multiplyAdds: 12,
    });
    expect(costOf(passOf(grid(3, 3), grid(1, 3, 'shared', 2)), images, PRICES).fetches).toBe(12);
  });

  test('a conversion reads its three planes', () => {
    const images = [image('packed4'), image('rgba'), image('single'), image('single')];
    const pass = {
      kind: 'convert',
      label: '',
      y: 0,
      u: 2,
      v: 3,
      color: { matrix: 'bt601', fullRange: false },
      output: 1,
    } as const;
    expect(costOf(pass, images, PRICES)).toMatchObject({ texels: 640, fetches: 3, readBytes: 4 + 1 + 1 });
  });
});

test('by default a fetch costs more than a multiplication, and a pass more than many texels', () => {
  const { fetchNs, multiplyAddNs, passMs, texelNs } = DEFAULT_PRICES;
  expect(Math.min(...Object.values(fetchNs))).toBeGreaterThan(multiplyAddNs);
  expect(1e6 * passMs).toBeGreaterThan(1000 * texelNs);
});
