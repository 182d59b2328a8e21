/** Sixteen pixels a texel, taps: against float64, where rows end within a texel and images within a row. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { Ledger } from '../../src/core/ledger.ts';
import { binary, constant, operand, unary } from '../../src/primitives/expression.ts';
import { CASES, lopsided, ROUNDED, runPass, sampleOf, SIZES, sumOfTaps, taps, valueAt, worst, type Job, type Sample, type Tap } from './one-pass.ts'; // prettier-ignore

let backend: WebGl2Backend;
beforeAll(() => {
  backend = new WebGl2Backend({ ledger: new Ledger(), upload: 'planes' });
});
afterAll(() => {
  backend.dispose();
});

const numbers = (...values: number[]) => Float32Array.from(values);
/** Sobel's two, a lopsided one with zeros and numbers of all kinds, one beside its pixel, and a wide one. */
const PRODUCTS = [
  { top: -1, left: -1, column: numbers(1, 2, 1), row: numbers(-1, 0, 1) },
  { top: -1, left: -1, column: numbers(-1, 0, 1), row: numbers(1, 2, 1) },
  { top: -2, left: -1, column: numbers(0.25, 0, -1, 0.5), row: numbers(-0.125, 0.5, 0, 0.75, -1) },
  { top: 3, left: 13, column: numbers(-0.5, -0.25), row: numbers(-1, -1, 0.5) },
  {
    top: -1,
    left: -20,
    column: numbers(1, -0.5),
    row: Float32Array.from({ length: 41 }, (_, i) => (1 + (i % 3)) / 90),
  },
] as const;
/** Signed values around grey. */
const shown = binary('add', binary('mul', operand(0), constant(0.25)), constant(0.5));

const run = (sample: Sample, job: Job) => runPass(backend, sample, job);

describe.each(CASES)('taps, edge $edge, full range $fullRange', ({ edge, fullRange }) => {
  test.each(SIZES)('%i×%i: a kernel of 3×3, of 5×5, and one that lies aside', async (width, height) => {
    const sample = sampleOf([width, height], fullRange);
    for (const list of [lopsided(3, 3), lopsided(5, 5), lopsided(4, 2, 13, -6)]) {
      const output = await run(sample, { terms: [taps(list, edge)] });
      expect(worst(output, width, sumOfTaps(sample, list, edge))).toBeLessThan(ROUNDED);
    }
  });

  test('one pixel from each distance up to 20', async () => {
    for (const size of [
      [35, 15],
      [48, 24],
    ] as const) {
      // prettier-ignore
      const sample = sampleOf(size, fullRange);
      for (let distance = -20; distance <= 20; distance++) {
        const list: Tap[] = [[distance, (distance * 7) % 21, 1]];
        const output = await run(sample, { terms: [taps(list, edge)] });
        expect(worst(output, size[0], sumOfTaps(sample, list, edge)), `${distance}`).toBeLessThan(ROUNDED);
      }
    }
  });

  test.each(SIZES)(
    '%i×%i: a column times a row, before and after its weights are baked',
    async (width, height) => {
      const sample = sampleOf([width, height], fullRange);
      for (const one of PRODUCTS) {
        const { top, left, column, row } = one;
        const list = [...column].flatMap((down, y) =>
          [...row].map((across, x): Tap => [left + x, top + y, down * across]),
        );
        const expected = sumOfTaps(sample, list, edge);
        for (const bake of [false, true]) {
          const output = await run(sample, {
            terms: [taps(list, edge, { product: one })],
            expression: shown,
            bake,
          });
          expect(worst(output, width, (x, y) => 0.5 + 0.25 * expected(x, y))).toBeLessThan(ROUNDED);
        }
      }
    },
  );

  test('products, other taps and plain reads of one image share a pass', async () => {
    const sample = sampleOf([35, 15], fullRange);
    const [sobel] = PRODUCTS;
    const aside = lopsided(3, 2, 4, -1);
    const list = [...sobel.column].flatMap((down, y) => [...sobel.row].map((across, x): Tap => [x - 1, y - 1, down * across])); // prettier-ignore
    const terms = [taps(list, edge, { product: sobel }), taps(aside, edge), taps([[0, 0, 1]], edge)];
    const expression = binary(
      'add',
      shown,
      binary('mul', binary('add', operand(1), operand(2)), constant(0.1)),
    );
    const [ofSobel, ofAside] = [sumOfTaps(sample, list, edge), sumOfTaps(sample, aside, edge)];
    for (const bake of [false, true]) {
      const output = await run(sample, { terms, expression, bake });
      const value = (x: number, y: number) =>
        0.5 + 0.25 * ofSobel(x, y) + 0.1 * (ofAside(x, y) + valueAt(sample, x, y, edge));
      expect(worst(output, 35, value)).toBeLessThan(ROUNDED);
    }
  });

  test('all distances up to 20 in a row, and in a column', async () => {
    const sample = sampleOf([35, 15], fullRange);
    for (const list of [lopsided(41, 1), lopsided(1, 41)]) {
      const output = await run(sample, { terms: [taps(list, edge)] });
      expect(worst(output, 35, sumOfTaps(sample, list, edge))).toBeLessThan(ROUNDED);
    }
  });

  test('outputs that are larger and smaller than the input', async () => {
    for (const input of [
      [35, 15],
      [32, 6],
      [1, 1],
    ] as const) {
      // prettier-ignore
      const sample = sampleOf(input, fullRange);
      for (const size of [
        [3, 2],
        [16, 7],
        [52, 20],
        [96, 40],
      ] as const) {
        // prettier-ignore
        for (const list of [lopsided(3, 3), lopsided(3, 3, -19, 3), lopsided(2, 2, 18, -5)]) {
          const output = await run(sample, { terms: [taps(list, edge)], size });
          expect(worst(output, size[0], sumOfTaps(sample, list, edge)), size.join()).toBeLessThan(ROUNDED);
        }
      }
    }
  });

  test('a row of 257 texels', async () => {
    const sample = sampleOf([4111, 3], fullRange);
    const list = lopsided(3, 3);
    const output = await run(sample, { terms: [taps(list, edge)] });
    expect(worst(output, 4111, sumOfTaps(sample, list, edge))).toBeLessThan(ROUNDED);
  });

  test('225 taps', async () => {
    const sample = sampleOf([37, 19], fullRange);
    const list = lopsided(15, 15);
    const output = await run(sample, { terms: [taps(list, edge)] });
    expect(worst(output, 37, sumOfTaps(sample, list, edge))).toBeLessThan(ROUNDED);
  });
});

describe('terms of one pass', () => {
  const sobelX: Tap[] = [[-1, -1, -1], [1, -1, 1], [-1, 0, -2], [1, 0, 2], [-1, 1, -1], [1, 1, 1]]; // prettier-ignore
  const sobelY = sobelX.map(([dx, dy, weight]): Tap => [dy, dx, weight]);
  const magnitude = unary('sqrt', binary('add', binary('mul', operand(0), operand(0)), binary('mul', operand(1), operand(1)))); // prettier-ignore

  test.each(CASES)("Sobel's two share their fetches, edge $edge", async ({ edge, fullRange }) => {
    const sample = sampleOf([35, 15], fullRange);
    const terms = [taps(sobelX, edge), taps(sobelY, edge)];
    const output = await run(sample, { terms, expression: magnitude });
    const [gx, gy] = [sumOfTaps(sample, sobelX, edge), sumOfTaps(sample, sobelY, edge)];
    expect(worst(output, 35, (x, y) => Math.hypot(gx(x, y), gy(x, y)))).toBeLessThan(ROUNDED);
  });

  test('dense ones of one channel with a bias, both edges, a plain read, and weights as literals', async () => {
    const sample = sampleOf([33, 9]);
    const list = lopsided(3, 3);
    const terms = [
      taps(list, 'zero', { channels: 'dense', bias: Float32Array.of(0.125) }),
      taps(list, 'replicate', { weights: Float32Array.from(list, ([, , weight]) => -weight / 2) }),
      taps([[0, 0, 1]], 'replicate'),
    ];
    const expression = binary(
      'add',
      binary('add', operand(0), operand(1)),
      binary('mul', operand(2), operand(2)),
    );
    const [zero, same] = [sumOfTaps(sample, list, 'zero'), sumOfTaps(sample, list, 'replicate')];
    const value = (x: number, y: number) =>
      zero(x, y) + 0.125 - same(x, y) / 2 + valueAt(sample, x, y, 'zero') ** 2;
    for (const bake of [false, true]) {
      expect(worst(await run(sample, { terms, expression, bake }), 33, value)).toBeLessThan(ROUNDED);
    }
  });

  test('values outside 0..1 are clamped', async () => {
    const sample = sampleOf([20, 20]);
    const list: Tap[] = [[0, 0, 3], [1, 0, -3]]; // prettier-ignore
    const output = await run(sample, { terms: [taps(list, 'replicate')] });
    expect(output).toContain(0);
    expect(output).toContain(255);
    expect(worst(output, 20, sumOfTaps(sample, list, 'replicate'))).toBeLessThan(ROUNDED);
  });
});
