/** Which values get an image of their own, and which taps are worth computing. */
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { abs, add, conv2d, luma, mul, sub } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { box } from '../../src/kernels/box.ts';
import { laplacian, sobelX } from '../../src/kernels/fixed.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { fuse, materialized } from '../../src/plan/fuse.ts';
import { lower } from '../../src/plan/lower.ts';
import { simplify } from '../../src/plan/simplify.ts';
import type { Linear, PrimitiveProgram } from '../../src/primitives/primitive.ts';

const lowered = (one: Graph): PrimitiveProgram =>
  lower(one, { frame: [6, 8, 3] }, { luma: [0.2126, 0.7152, 0.0722] });
/** Indices of the nodes: each lowers to one value. */
const stored = (one: Graph): number[] => [...materialized(lowered(one))].sort((a, b) => a - b);

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
    expect(fuse(lowered(one))).toMatchObject([{ value: 3, operands: [{ kind: 'filter', value: 1 }] }]);
  });

  test('a filter that two passes need is', () => {
    const one = graph(({ frame }) => {
      const soft = conv2d(frame, box(3));
      const edges = conv2d(abs(soft), laplacian());
      return sub(edges, soft);
    });
    expect(stored(one)).toEqual([0, 1, 2, 4]);
    expect(fuse(lowered(one)).map(({ value, operands }) => ({ value, operands }))).toEqual([
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
    expect(fuse(lowered(one))[1]?.operands).toEqual([
      { kind: 'filter', value: 3 },
      { kind: 'filter', value: 1 },
    ]);
  });

  test('the frame itself has no pass', () => {
    expect(fuse(lowered(graph(({ frame }) => frame)))).toEqual([]);
  });
});

describe('zero taps', () => {
  const linear = (one: Graph): Linear => {
    const { values, output } = simplify(lowered(one));
    const value = values[output]!;
    if (value.kind !== 'linear') throw new Error('the output must be a filter');
    return value;
  };

  test('are dropped, with their positions', () => {
    const { taps, weights } = linear(graph(({ frame }) => conv2d(frame, kernel([[0, 3, 0], [0, 0, -5]])))); // prettier-ignore
    expect(taps).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect([...weights]).toEqual([3, -5]);
  });

  test('of a layer are dropped when they weigh nothing in any channel', () => {
    const weights = tensor([1, 3, 3, 1], [0, 0, 0, 0, 7, 0, 0, 0, 0]);
    const { taps, weights: kept } = linear(graph(({ frame }) => conv2d(frame, { weights, padding: 'same' }))); // prettier-ignore
    expect(taps).toEqual([[0, 0]]);
    expect([...kept]).toEqual([0, 7, 0]);
  });

  test('of nothing but zeros leave one, so that the value has a pass', () => {
    const { taps, weights } = linear(graph(({ frame }) => conv2d(frame, kernel([[0, 0], [0, 0]])))); // prettier-ignore
    expect(taps).toHaveLength(1);
    expect([...weights]).toEqual([0]);
  });

  test('weights of a program without any are left as they are', () => {
    const program = lowered(graph(({ frame }) => conv2d(frame, box(3))));
    expect(simplify(program)).toEqual(program);
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
