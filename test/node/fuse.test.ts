/** Which values get an image of their own, and what is written into whose pass. */
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { abs, add, conv2d, luma, mul, sub } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { box } from '../../src/kernels/box.ts';
import { laplacian, sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { fuse, materialized } from '../../src/plan/fuse.ts';
import type { ImageProgram } from '../../src/plan/image-program.ts';
import { lower } from '../../src/plan/lower.ts';
import type { PrimitiveProgram } from '../../src/primitives/primitive.ts';

const lowered = (one: Graph): PrimitiveProgram =>
  lower(one, { frame: [6, 8, 3] }, { luma: [0.2126, 0.7152, 0.0722] });
const program = (one: Graph): ImageProgram => {
  const { values, output } = lowered(one);
  return { values, outputs: [output] };
};
/** Indices of the nodes: each lowers to one value. */
const stored = (one: Graph): number[] => [...materialized(program(one))].sort((a, b) => a - b);

describe('materialized', () => {
  test('pointwise work after a filter needs no image', () => {
    expect(stored(graph(({ frame }) => abs(mul(conv2d(frame, sobelX), 2))))).toEqual([0, 3]);
  });

  test('what a filter reads is stored', () => {
    expect(stored(graph(({ frame }) => conv2d(abs(conv2d(frame, sobelX)), box(3))))).toEqual([0, 2, 3]);
  });

  test('a filter that one pass uses twice is not', () => {
    const one = graph(({ frame }) => {
      const soft = conv2d(frame, box(3));
      return add(soft, abs(soft));
    });
    expect(stored(one)).toEqual([0, 3]);
    expect(fuse(program(one))).toMatchObject([{ value: 3, operands: [{ kind: 'filter', value: 1 }] }]);
  });

  test('a filter that two passes need is', () => {
    const one = graph(({ frame }) => {
      const soft = conv2d(frame, box(3));
      const edges = conv2d(abs(soft), laplacian());
      return sub(edges, soft);
    });
    expect(stored(one)).toEqual([0, 1, 2, 4]);
    expect(fuse(program(one)).map(({ value, operands }) => ({ value, operands }))).toEqual([
      { value: 1, operands: [{ kind: 'filter', value: 1 }] },
      { value: 2, operands: [{ kind: 'read', value: 1 }] },
      { value: 4, operands: [{ kind: 'filter', value: 3 }, { kind: 'read', value: 1 }] },
    ]); // prettier-ignore
  });

  test('one tap is cheap enough to compute again', () => {
    const one = graph(({ frame }) => {
      const y = luma(frame);
      return add(conv2d(abs(y), box(3)), y);
    });
    expect(stored(one)).toEqual([0, 2, 4]);
    expect(fuse(program(one))[1]?.operands).toEqual([
      { kind: 'filter', value: 3 },
      { kind: 'filter', value: 1 },
    ]);
  });

  test('the frame itself has no pass', () => {
    expect(fuse(program(graph(({ frame }) => frame)))).toEqual([]);
  });
});

describe('colour', () => {
  test('of neighbours in one channel is read from an image of that channel', () => {
    const tinted = graph(({ frame }) => {
      const y = luma(frame);
      return mul(frame, abs(add(conv2d(y, sobelX), conv2d(y, sobelY))));
    });
    // frame, luma, two filters, their sum, its amount, the product
    expect(stored(tinted)).toEqual([0, 1, 5, 6]);
    expect(fuse(program(tinted)).at(-1)?.operands).toEqual([
      { kind: 'read', value: 0 },
      { kind: 'read', value: 5 },
    ]);
  });

  test('of one channel in place is computed in its pass', () => {
    const weighted = graph(({ frame }) => mul(frame, abs(luma(frame))));
    expect(stored(weighted)).toEqual([0, 3]);
  });

  test('of neighbours in all channels stays in its pass', () => {
    const sharp = graph(({ frame }) => sub(frame, conv2d(frame, box(3))));
    expect(stored(sharp)).toEqual([0, 2]);
  });
});

describe('several outputs', () => {
  test('have an image each, and share what they read', () => {
    const one = graph(({ frame }) => mul(abs(conv2d(abs(frame), box(3))), 2));
    const { values } = program(one);
    // frame, abs, filter, abs, product: both of the last two are wanted.
    const passes = fuse({ values, outputs: [3, 4] });
    expect(passes.map(({ value }) => value)).toEqual([1, 3, 4]);
    expect(passes[2]?.operands).toEqual([{ kind: 'read', value: 3 }]);
  });
});

describe('forbidden', () => {
  test('every value has a pass of its own', () => {
    const one = program(graph(({ frame }) => abs(mul(conv2d(frame, sobelX), 2))));
    expect(fuse(one, false).map(({ value, operands }) => [value, operands])).toEqual([
      [1, [{ kind: 'filter', value: 1 }]],
      [2, [{ kind: 'read', value: 1 }]],
      [3, [{ kind: 'read', value: 2 }]],
    ]);
  });
});

describe('a bias', () => {
  test('of all channels is arithmetic of the pass; of each channel it is the filter’s', () => {
    const lifted = (...bias: number[]) =>
      fuse(
        program(
          graph(({ frame }) => conv2d(luma(frame), { weights: box(3), bias: Float32Array.from(bias) })),
        ),
      );
    expect(lifted(0.5).at(-1)?.expression).toEqual({
      kind: 'binary',
      op: 'add',
      a: { kind: 'operand', index: 0 },
      b: { kind: 'constant', value: 0.5 },
    });
    const each = fuse(
      program(graph(({ frame }) => conv2d(frame, { weights: box(3), bias: Float32Array.of(1, 2, 3) }))),
    );
    expect(each.at(-1)?.expression).toEqual({ kind: 'operand', index: 0 });
  });
});

test('groups stay groups in the primitives', () => {
  const layered = graph(({ frame }) =>
    conv2d(conv2d(frame, { weights: tensor([1, 1, 3, 4], new Float32Array(12).fill(1)) }), {
      weights: tensor([1, 1, 2, 2], [1, 2, 3, 4]),
      groups: 2,
    }),
  );
  const { values, output } = lowered(layered);
  expect(values[output]).toMatchObject({
    channels: 'dense',
    groups: 2,
    weights: Float32Array.of(1, 2, 3, 4),
  });
});
