/** The table of layers: shapes, weights, work and receptive fields, on a network whose numbers are known. */
import { expect, describe as suite, test } from 'vitest';
import { sizeOf, tensor, type Shape } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import { describe } from '../../src/graph/describe.ts';
import { add, conv2d, convTranspose2d, luma, separableConv2d } from '../../src/graph/operators.ts';

const zeros = (...shape: Shape) => tensor(shape, new Float32Array(sizeOf(shape)));
const bias = (out: number) => new Float32Array(out);

/** Five layers of 3×3, 'valid', as Keras would write them. */
function network(x: GraphValue): GraphValue {
  const a = conv2d(x, { weights: zeros(3, 3, 3, 32), bias: bias(32), activation: 'relu' });
  const b = conv2d(a, { weights: zeros(3, 3, 32, 64), bias: bias(64), strides: 2 });
  const c = separableConv2d(b, {
    weights: zeros(3, 3, 64, 1),
    pointwiseWeights: zeros(64, 128),
    bias: bias(128),
  });
  const d = convTranspose2d(c, { weights: zeros(3, 3, 64, 128), bias: bias(64), strides: 2 });
  return convTranspose2d(d, { weights: zeros(3, 3, 3, 64), bias: bias(3) });
}

suite('the five-layer network', () => {
  const open = graph({ x: [null, null, 3] }, ({ x }) => network(x));
  const { rows, parameters, macs, text } = describe(open, { x: [256, 256, 3] });

  test('shapes', () => {
    expect(rows.map(({ layer }) => layer)).toEqual([
      'x',
      'conv2d 1',
      'conv2d 2',
      'separableConv2d 3',
      'convTranspose2d 4',
      'convTranspose2d 5',
    ]);
    expect(rows.map(({ outputShape }) => outputShape)).toEqual([
      [256, 256, 3],
      [254, 254, 32],
      [126, 126, 64],
      [124, 124, 128],
      [249, 249, 64],
      [251, 251, 3],
    ]);
  });

  test('parameters: 896 + 18,496 + 8,896 + 73,792 + 1,731', () => {
    expect(rows.map((row) => row.parameters)).toEqual([0, 896, 18_496, 8_896, 73_792, 1_731]);
    expect(parameters).toBe(103_811);
  });

  test('MACs: a multiplication for each weight that an output reads', () => {
    expect(rows.map((row) => row.macs)).toEqual([
      0,
      254 * 254 * 32 * 27,
      126 * 126 * 64 * 288,
      124 * 124 * 64 * (9 + 128),
      124 * 124 * 128 * 9 * 64,
      249 * 249 * 64 * 9 * 3,
    ]);
    expect(macs).toBe(rows.reduce((sum, row) => sum + (row.macs ?? 0), 0));
    expect(text).toContain('103,811 parameters, 1.72 GMAC');
  });

  test('receptive fields: the stride doubles what each later tap is worth', () => {
    // Back at full size, a 3×3 of stride 2 sees ⌈3 / 2⌉ elements, each two pixels apart.
    const fields = rows.slice(1).map(({ receptiveField }) => receptiveField);
    expect(fields).toEqual([3, 5, 9, 11, 13].map((size) => [size, size]));
  });

  test('the text has a line for each layer, all of one width', () => {
    const lines = text.split('\n');
    expect(lines).toHaveLength(rows.length + 4);
    expect(new Set(lines.slice(0, -2).map((line) => line.length)).size).toBe(1);
    expect(text).toMatch(/conv2d 2 +\[126, 126, 64\] +18,496 +292\.63 MMAC +5×5/);
  });

  test('without sizes, what depends on them is not known', () => {
    const unknown = describe(open);
    expect(unknown.parameters).toBe(103_811);
    expect(unknown.macs).toBeNull();
    expect(unknown.rows[3]).toMatchObject({
      outputShape: [null, null, 128],
      macs: null,
      receptiveField: [9, 9],
    });
    expect(unknown.text).toContain('[?, ?, 128]');
  });
});

suite('graphs that branch', () => {
  test('of several inputs the widest counts', () => {
    const of = graph(({ frame }) => {
      const y = luma(frame);
      const same = (side: number) => conv2d(y, zeros(side, 1));
      return add(same(3), same(7));
    });
    expect(describe(of, { frame: [9, 9, 3] }).rows.at(-1)).toMatchObject({ receptiveField: [7, 1], macs: 0 });
  });
});

suite('refuses', () => {
  const of = graph({ x: [null, 4, 3] }, ({ x }) => add(x, 1));

  test('a name that is no input', () => {
    expect(() => describe(of, { y: [1] })).toThrow("inputShapes.y is none of the graph's inputs: x");
  });

  test.each([[[4, 4]], [[4, 5, 3]], [[0, 4, 3]], [[1.5, 4, 3]]])('the shape %j', (shape) => {
    expect(() => describe(of, { x: shape })).toThrow('inputShapes.x must be [?, 4, 3]');
  });
});
