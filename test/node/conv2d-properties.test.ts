/** conv2d's reference: the laws of convolution, and a second implementation that agrees. Whole numbers: exact. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tensor, type Tensor64 } from '../../src/core/tensor.ts';
import { identity } from '../../src/kernels/fixed.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { conv2d, type Conv2dOptions } from '../../src/ops/conv2d.ts';
import { naiveConv2d } from './naive-conv2d.ts';
import { image64, rowsOf } from './fakes/images.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;
const run = (input: Tensor64, options: Conv2dOptions): Tensor64 => conv2d.reference([input], options, facts);

const whole = fc.integer({ min: -9, max: 9 });
const upTo = (max: number) => fc.integer({ min: 1, max });
const grid = (height: number, width: number) =>
  fc.array(fc.array(whole, { minLength: width, maxLength: width }), { minLength: height, maxLength: height });
const anyGrid = (most: number) => fc.tuple(upTo(most), upTo(most)).chain(([h, w]) => grid(h, w));
const edges = fc.constantFrom('zero', 'replicate');

/** As −0 and 0 are one number here. */
const plain = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map((value) => value + 0));

test('linear: of a sum it is the sum, of a multiple the multiple', () => {
  const pairs = fc.tuple(upTo(6), upTo(6)).chain(([h, w]) => fc.tuple(grid(h, w), grid(h, w)));
  fc.assert(
    fc.property(pairs, anyGrid(4), whole, edges, ([a, b], rows, factor, edge) => {
      const weights = kernel(rows);
      const of = (image: number[][]) => rowsOf(run(image64(image), { weights, edge }));
      const mixed = a.map((row, y) => row.map((value, x) => value + factor * b[y]![x]!));
      const [ofA, ofB] = [of(a), of(b)];
      expect(plain(of(mixed))).toEqual(plain(ofA.map((row, y) => row.map((value, x) => value + factor * ofB[y]![x]!)))); // prettier-ignore
    }),
  );
});

test('equivariant: what is cut from the image is cut from the result', () => {
  fc.assert(
    fc.property(grid(8, 9), anyGrid(3), fc.nat(3), fc.nat(3), (image, rows, top, left) => {
      const options = { weights: kernel(rows), padding: 'valid' } as const;
      const cut = (all: number[][]) => all.slice(top).map((row) => row.slice(left));
      expect(rowsOf(run(image64(cut(image)), options))).toEqual(cut(rowsOf(run(image64(image), options))));
    }),
  );
});

test('the identity kernel changes nothing, in any frame of zeros', () => {
  const framed = (top: number, left: number) =>
    kernel(Array.from({ length: 2 * top + 1 }, (_, i) => Array.from({ length: 2 * left + 1 }, (__, j) => (i === top && j === left ? 1 : 0)))); // prettier-ignore
  fc.assert(
    fc.property(anyGrid(6), fc.nat(3), fc.nat(3), edges, (image, top, left, edge) => {
      expect(rowsOf(run(image64(image), { weights: identity, edge }))).toEqual(image);
      expect(plain(rowsOf(run(image64(image), { weights: framed(top, left), edge })))).toEqual(plain(image));
    }),
  );
});

test('separable: a kernel of rank 1 is its column after its row', () => {
  const line = fc.array(whole, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(anyGrid(6), line, line, edges, (image, column, row, edge) => {
      const full = kernel(column.map((a) => row.map((b) => a * b)));
      const rows = run(image64(image), { weights: kernel([row]), edge });
      const both = run(rows, { weights: kernel(column.map((one) => [one])), edge });
      expect(plain(rowsOf(both))).toEqual(plain(rowsOf(run(image64(image), { weights: full, edge }))));
    }),
  );
});

test('a second implementation agrees on layers with groups, bias, any padding and both edges', () => {
  const cases = fc.record({
    size: fc.tuple(upTo(5), upTo(5)),
    taps: fc.tuple(upTo(4), upTo(4)),
    groups: upTo(3),
    inPerGroup: upTo(2),
    outPerGroup: upTo(2),
    padding: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    edge: edges,
    seed: fc.infiniteStream(whole),
  });
  fc.assert(
    fc.property(
      cases,
      ({ size: [height, width], taps, groups, inPerGroup, outPerGroup, padding, edge, seed }) => {
        const [top, bottom, left, right] = padding;
        fc.pre(height + top + bottom >= taps[0] && width + left + right >= taps[1]);
        const list = <T>(length: number, make: () => T) => Array.from({ length }, make);
        const next = (): number => Number(seed.next().value);
        const out = groups * outPerGroup;
        const image = list(height, () => list(width, () => list(groups * inPerGroup, next)));
        const weights = list(taps[0], () => list(taps[1], () => list(inPerGroup, () => list(out, next))));
        const bias = list(out, next);
        const result = run(
          { shape: [height, width, groups * inPerGroup], data: Float64Array.from(image.flat(2)) },
          {
          weights: tensor([...taps, inPerGroup, out], weights.flat(3)),
          bias: Float32Array.from(bias),
          padding: [[top, bottom], [left, right]],
          edge,
          groups,
        }, // prettier-ignore
        );
        const expected = naiveConv2d(image, weights, { padding: { top, bottom, left, right }, zero: edge === 'zero', groups, bias }); // prettier-ignore
        expect(result.shape).toEqual([expected.length, expected[0]!.length, out]);
        expect(plain([[...result.data]])).toEqual(plain([expected.flat(2)]));
      },
    ),
  );
});
