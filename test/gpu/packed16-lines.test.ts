/** Sixteen pixels a texel, lines and cubics: against float64, where rows end within a texel and images within a row. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { Ledger } from '../../src/core/ledger.ts';
import type { CubicTerm, LineTerm } from '../../src/plan/plan.ts';
import { binary, operand } from '../../src/primitives/expression.ts';
import { CASES, EDGES, RANGES, ROUNDED, runPass, sampleOf, SIZES, taps, valueAt, worst, type Edge, type Job, type Sample } from './one-pass.ts'; // prettier-ignore

let backend: WebGl2Backend;
beforeAll(() => {
  backend = new WebGl2Backend({ ledger: new Ledger(), upload: 'planes' });
});
afterAll(() => {
  backend.dispose();
});

const run = (sample: Sample, job: Job) => runPass(backend, sample, job);

describe('lines', () => {
  const line = (axis: 'x' | 'y', first: number, count: number, edge: Edge, stride: 1 | 4 = 1): LineTerm => ({
    kind: 'line',
    image: 0,
    axis,
    first,
    weights: Float32Array.from({ length: count }, (_, i) => (1 + ((i * 7) % 5)) / (3 * count)),
    stride,
    edge,
  });
  const sumOfLine =
    (sample: Sample, { axis, first, weights, stride, edge }: LineTerm) =>
    (x: number, y: number): number =>
      weights.reduce((sum, weight, i) => {
        const [px, py] = axis === 'x' ? [x * stride + first + i, y] : [x, y * stride + first + i];
        return sum + weight * valueAt(sample, px, py, edge);
      }, 0);
  const PLACES = [[0, 1], [-1, 3], [-6, 13], [-15, 31], [-7, 16], [5, 17], [-45, 33], [-32, 64], [-29, 64], [20, 4]] as const; // prettier-ignore

  test.each(CASES)(
    'along rows and columns, edge $edge, full range $fullRange',
    async ({ edge, fullRange }) => {
      for (const size of SIZES) {
        const sample = sampleOf(size, fullRange);
        for (const [first, count] of PLACES) {
          for (const axis of ['x', 'y'] as const) {
            const term = line(axis, first, count, edge);
            const output = await run(sample, { terms: [term] });
            const what = `${axis} ${size.join()} ${first} ${count}`;
            expect(worst(output, size[0], sumOfLine(sample, term)), what).toBeLessThan(ROUNDED);
          }
        }
      }
    },
  );

  test.each(CASES)('every fourth pixel, edge $edge, full range $fullRange', async ({ edge, fullRange }) => {
    for (const size of SIZES) {
      const sample = sampleOf(size, fullRange);
      for (const [first, count] of PLACES) {
        for (const axis of ['x', 'y'] as const) {
          const term = line(axis, first, count, edge, 4);
          // With pixels beyond both ends, as margins are made.
          const few = (length: number) => Math.ceil(length / 4) + 3;
          const to = axis === 'x' ? ([few(size[0]), size[1]] as const) : ([size[0], few(size[1])] as const);
          const output = await run(sample, {
            terms: [term],
            size: to,
            to: axis === 'x' ? 'packed4' : 'packed16',
          });
          const what = `${axis} ${size.join()} ${first} ${count}`;
          expect(worst(output, to[0], sumOfLine(sample, term)), what).toBeLessThan(ROUNDED);
        }
      }
    }
  });

  test.each(EDGES)('outputs of another size, edge %s', async (edge) => {
    for (const input of [
      [35, 15],
      [32, 6],
      [1, 1],
    ] as const) {
      // prettier-ignore
      const sample = sampleOf(input);
      for (const size of [
        [3, 2],
        [52, 20],
        [96, 40],
      ] as const) {
        // prettier-ignore
        for (const axis of ['x', 'y'] as const) {
          const term = line(axis, -6, 13, edge);
          const output = await run(sample, { terms: [term], size });
          expect(worst(output, size[0], sumOfLine(sample, term)), `${axis} ${size.join()}`).toBeLessThan(ROUNDED);
        }
      }
    }
  });

  test('two of one pass, beside taps', async () => {
    const sample = sampleOf([35, 15]);
    const [x, y] = [line('x', -6, 13, 'replicate'), line('y', -2, 5, 'zero')];
    const terms = [x, taps([[1, 1, 1]], 'zero'), y]; // prettier-ignore
    const expression = binary('add', binary('mul', operand(0), operand(1)), operand(2));
    const [ofX, ofY] = [sumOfLine(sample, x), sumOfLine(sample, y)];
    const value = (px: number, py: number) =>
      ofX(px, py) * valueAt(sample, px + 1, py + 1, 'zero') + ofY(px, py);
    expect(worst(await run(sample, { terms, expression }), 35, value)).toBeLessThan(ROUNDED);
  });

  test('one program, whatever the taps and the size within sixteen', async () => {
    const link = vi.spyOn(WebGL2RenderingContext.prototype, 'linkProgram');
    for (const axis of ['x', 'y'] as const) {
      await run(sampleOf([35, 15]), { terms: [line(axis, -6, 13, 'replicate')] });
      link.mockClear();
      for (const [first, count] of PLACES)
        await run(sampleOf([51, 9]), { terms: [line(axis, first, count, 'replicate')] });
      expect(link).not.toHaveBeenCalled();
    }
    link.mockRestore();
  });
});

describe('cubics', () => {
  const cubic = (axis: 'x' | 'y', scale: number, offset: number): CubicTerm => ({
    kind: 'cubic',
    image: 0,
    axis,
    scale,
    offset,
  });
  const cubicOf =
    (sample: Sample, { axis, scale, offset }: CubicTerm) =>
    (x: number, y: number): number => {
      const s = (axis === 'x' ? x : y) * scale + offset;
      const j = Math.floor(s);
      const t = s - j;
      const shares = [
        (1 - t) ** 3,
        3 * t ** 3 - 6 * t ** 2 + 4,
        -3 * t ** 3 + 3 * t ** 2 + 3 * t + 1,
        t ** 3,
      ];
      return shares.reduce((sum, share, i) => {
        const [px, py] = axis === 'x' ? [j + i - 1, y] : [x, j + i - 1];
        return sum + (share / 6) * valueAt(sample, px, py, 'replicate');
      }, 0);
    };

  test.each(RANGES)('along rows and columns, by four and by more, full range %s', async (fullRange) => {
    for (const small of SIZES) {
      const sample = sampleOf(small, fullRange);
      for (const [scale, offset] of [
        [1 / 4, -3 / 8],
        [1 / 4, 1.625],
        [1 / 4, 9],
        [1 / 8, -7 / 16],
        [1 / 5, 2.3],
        [1 / 16, -3],
      ] as const) {
        // prettier-ignore
        for (const axis of ['x', 'y'] as const) {
          const term = cubic(axis, scale, offset);
          const many = (length: number) => Math.round(length / scale) + 5;
          const size = axis === 'x' ? ([many(small[0]), small[1]] as const) : ([small[0], many(small[1])] as const);
          const from = axis === 'x' ? 'packed4' : 'packed16';
          const output = await run(sample, { terms: [term], size, from });
          const what = `${axis} ${small.join()} ${scale} ${offset}`;
          expect(worst(output, size[0], cubicOf(sample, term)), what).toBeLessThan(ROUNDED);
        }
      }
    }
  });
});
