/**
 * The examples that tutorials teach convolution with, as data: a graph, what goes in, and what comes out or how
 * large it is. Pages show them, tests run them on every backend.
 */
import { sizeOf, tensor, type Shape, type Tensor } from '../src/core/tensor.ts';
import { graph, type GraphValue } from '../src/graph/builder.ts';
import type { Graph } from '../src/graph/graph.ts';
import { conv2d, convTranspose2d, separableConv2d } from '../src/graph/operators.ts';

export type Lesson = Readonly<{
  name: string;
  title: string;
  /** What to see in it, in a sentence. */
  text: string;
  graph: Graph;
  inputs: Readonly<Record<string, Tensor>>;
  /** The output's shape; its values too where they are few enough to follow by hand. */
  expected: Readonly<{ shape: Shape; data?: readonly number[] }>;
  /** Weights and biases, where the lesson counts them. */
  parameters?: number;
}>;

/** An image of one channel from its rows. */
function image(rows: readonly (readonly number[])[]): Tensor {
  return tensor([rows.length, rows[0]?.length ?? 0, 1], rows.flat());
}

/** Small numbers without a pattern, in place of learned weights. */
function learned(shape: Shape): Tensor {
  return tensor(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1 + i * 78.233) / 8),
  );
}

function filter(rows: readonly (readonly number[])[]): Tensor {
  return tensor([rows.length, rows[0]?.length ?? 0], rows.flat());
}

/** A lesson about shapes: one layer on an input of this shape. */
function layer(
  name: string,
  title: string,
  text: string,
  [input, expected]: readonly [Shape, Shape],
  build: (x: GraphValue) => GraphValue,
  parameters: number,
): Lesson {
  return {
    name,
    title,
    text,
    graph: graph({ x: input }, ({ x }) => build(x)),
    inputs: { x: learned(input) },
    expected: { shape: expected },
    parameters,
  };
}

const overX = (shape: Shape, build: (x: GraphValue) => GraphValue): Graph =>
  graph({ x: shape }, ({ x }) => build(x));

const FIVE = image([[1, 2, 3, 0, 1], [0, 1, 2, 3, 1], [1, 2, 1, 0, 0], [2, 1, 0, 1, 2], [0, 1, 2, 3, 1]]); // prettier-ignore
const VERTICAL = filter([[1, 0, -1], [1, 0, -1], [1, 0, -1]]); // prettier-ignore

const byHand: readonly Lesson[] = [
  {
    name: 'cross',
    title: 'One position',
    text: 'The filter lies on the image; what it covers is multiplied and summed: one number.',
    graph: overX(
      [3, 3, 1],
      (x) =>
      conv2d(x, { weights: filter([[1, 0, 1], [0, 1, 0], [1, 0, 1]]), padding: 'valid' }), // prettier-ignore
    ),
    inputs: { x: image([[1, 2, 1], [0, 1, 0], [1, 0, 1]]) }, // prettier-ignore
    expected: { shape: [1, 1, 1], data: [5] },
  },
  {
    name: 'vertical-edges',
    title: 'Sliding over an image',
    text: 'The filter answers where left and right differ: a feature map of 3×3 from an image of 5×5.',
    graph: overX([5, 5, 1], (x) => conv2d(x, { weights: VERTICAL, padding: 'valid' })),
    inputs: { x: FIVE },
    expected: { shape: [3, 3, 1], data: [-4, 2, 4, 0, 0, 0, 0, 0, 0] },
  },
  {
    name: 'antidiagonal',
    title: 'A 2×2 filter',
    text: 'Each output is the sum of two neighbours across the diagonal.',
    graph: overX([3, 3, 1], (x) => conv2d(x, { weights: filter([[0, 1], [1, 0]]), padding: 'valid' })), // prettier-ignore
    inputs: { x: image([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) }, // prettier-ignore
    expected: { shape: [2, 2, 1], data: [6, 8, 12, 14] },
  },
  {
    name: 'stride',
    title: 'Stride 2',
    text: 'Every second position is left out, across and down: a quarter of the outputs.',
    graph: overX([5, 5, 1], (x) => conv2d(x, { weights: VERTICAL, padding: 'valid', strides: 2 })),
    inputs: { x: FIVE },
    expected: { shape: [2, 2, 1], data: [-4, 4, 0, 0] },
  },
  {
    name: 'same-padding',
    title: 'Padding',
    text: 'With a border of zeros the output is as large as the input.',
    graph: overX([5, 5, 1], (x) => conv2d(x, { weights: VERTICAL, padding: 'same', edge: 'zero' })),
    inputs: { x: FIVE },
    expected: { shape: [5, 5, 1] },
  },
  {
    name: 'transposed',
    title: 'Transposed: 2×2 to 4×4',
    text: 'Each input pixel paints the filter into a larger output, two pixels further each time.',
    graph: overX([2, 2, 1], (x) =>
      convTranspose2d(x, { weights: tensor([2, 2, 1, 1], [1, 1, 1, 1]), strides: 2 }),
    ),
    inputs: { x: image([[1, 2], [3, 4]]) }, // prettier-ignore
    expected: { shape: [4, 4, 1], data: [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4] },
  },
];

const ofShapes: readonly Lesson[] = [
  layer('conv-32', 'Conv2D(32, 3×3)', '32 filters see all three colours and make 32 feature maps.',
    [[32, 32, 3], [30, 30, 32]], (x) => conv2d(x, { weights: learned([3, 3, 3, 32]), bias: new Float32Array(32), activation: 'relu' }), 896),
  layer('conv-stride-64', 'Conv2D(64, 3×3, strides 2)', 'Half the size, twice the channels.',
    [[32, 32, 32], [16, 16, 64]], (x) => conv2d(x, { weights: learned([3, 3, 32, 64]), strides: 2, padding: 'same', activation: 'relu' }), 18_432),
  layer('separable-64', 'SeparableConv2D(64, 3×3)', 'First each channel by itself, then across the channels: an eighth of the weights.',
    [[32, 32, 32], [30, 30, 64]], (x) => separableConv2d(x, { weights: learned([3, 3, 32, 1]), pointwiseWeights: learned([32, 64]) }), 2_336),
  layer('dilated', 'Dilation 2', 'Nine weights spread over 5×5 pixels: a wider view at the same price.',
    [[7, 7, 1], [3, 3, 1]], (x) => conv2d(x, { weights: learned([3, 3, 1, 1]), dilations: 2 }), 9),
  layer('pointwise-128', 'Conv2D(128, 1×1)', 'A filter of one pixel mixes channels only.',
    [[8, 8, 64], [8, 8, 128]], (x) => conv2d(x, { weights: learned([1, 1, 64, 128]) }), 8_192),
  layer('transposed-32', 'Conv2DTranspose(32, 3×3, strides 2)', 'A learned enlargement: 16×16 becomes 32×32.',
    [[16, 16, 8], [32, 32, 32]], (x) => convTranspose2d(x, { weights: learned([3, 3, 32, 8]), strides: 2, padding: 'same' }), 2_304),
  layer('pytorch-16', 'Conv2d(3, 16, 3, padding 1)', 'The same in PyTorch’s words: 16 maps of the same size.',
    [[32, 32, 3], [32, 32, 16]], (x) => conv2d(x, { weights: learned([3, 3, 3, 16]), bias: new Float32Array(16), padding: [[1, 1], [1, 1]] }), 448),
]; // prettier-ignore

export const lessons: readonly Lesson[] = [...byHand, ...ofShapes];
