/** Volumes on WebGL2: the reference's numbers, at the sizes that scans have, and a word where a device can't. */
import { afterAll, expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { voxelTensor } from '../../src/core/voxels.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { conv3d, gaussianRow, graph, magnitude, runVolume, sheppLogan, tensor, type GraphValue, type Tensor } from '../../src/index.ts'; // prettier-ignore

const engine = createEngine();
afterAll(() => {
  engine.dispose();
});

const GAUSSIAN = [...gaussianRow({ sigma: 1, size: 5 }).data];

/** `[k, k, k]` of weights along slices, rows and columns. */
const outer = (t: readonly number[], y: readonly number[], x: readonly number[]): Tensor =>
  tensor([t.length, y.length, x.length], t.flatMap((a) => y.flatMap((b) => x.map((c) => a * b * c)))); // prettier-ignore

const smooth = (x: GraphValue): GraphValue => conv3d(x, { weights: outer(GAUSSIAN, GAUSSIAN, GAUSSIAN) });
const edges = (x: GraphValue): GraphValue => {
  const [bell, slope] = [[1, 2, 1], [-1, 0, 1]]; // prettier-ignore
  const [a, b, c] = [outer(slope, bell, bell), outer(bell, slope, bell), outer(bell, bell, slope)] as const;
  return magnitude(
    magnitude(conv3d(x, { weights: a }), conv3d(x, { weights: b })),
    conv3d(x, { weights: c }),
  );
};
const both = graph({ x: [null, null, null, 1] }, ({ x }) => edges(smooth(x)));

const outlines = graph({ x: [null, null, null, 1] }, ({ x }) => edges(x));

const worstOf = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length
    ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0)
    : Infinity;

test('smoothing and 3D Sobel in short blocks, within 1e-4 of the reference', async () => {
  const voxels = sheppLogan([20, 24, 17]);
  const expected = runReference(both, { x: voxelTensor(voxels) });
  const shown = await runVolume(engine, both, voxels, { blockLength: 9 });
  expect(shown.shape).toEqual([20, 24, 17, 1]);
  expect(worstOf(shown.data, expected.data)).toBeLessThan(1e-4);
});

test('64×128×128 as one and in blocks: the same', async () => {
  const voxels = sheppLogan();
  const blocks: number[] = [];
  const counting: Engine = {
    ...engine,
    run: (block, inputs, options) => {
      blocks.push(inputs['x']?.shape[0] ?? NaN);
      return engine.run(block, inputs, options);
    },
  };
  const shown = await runVolume(counting, outlines, voxels);
  expect(blocks).toEqual([64]);
  const inBlocks = await runVolume(counting, outlines, voxels, { blockLength: 24 });
  expect(blocks.length).toBeGreaterThan(3);
  expect(worstOf(shown.data, inBlocks.data)).toBeLessThan(1e-5);
  // A slice in the middle against the reference, of as many slices around it as are seen.
  const size = 128 * 128;
  const { data } = voxelTensor(voxels);
  const around: Tensor = { shape: [3, 128, 128, 1], data: data.slice(31 * size, 34 * size) };
  const expected = runReference(outlines, { x: around }).data.subarray(size, 2 * size);
  expect(worstOf(shown.data.subarray(32 * size, 33 * size), expected)).toBeLessThan(1e-4);
});

test('what a device can not hold is told of, with the way out', async () => {
  const wide = sheppLogan([6, 8, 1024]);
  const expected = runReference(both, { x: voxelTensor(wide) });
  const small: Engine = {
    ...engine,
    run: (block, inputs, options) => {
      if ((inputs['x']?.shape[0] ?? 0) > 2) return Promise.reject(new RangeError('too large'));
      return engine.run(block, inputs, options);
    },
  };
  await expect(runVolume(small, both, wide)).rejects.toThrow(
    /this device can't hold a block of \d+, and the graph sees/u,
  );
  expect(worstOf((await runVolume(engine, both, wide)).data, expected.data)).toBeLessThan(1e-4);
  const row = { data: new Float32Array(200_000), shape: [5, 1, 40_000] } as const;
  await expect(runVolume(engine, both, row)).rejects.toThrow(
    /needs a texture of 40000×\d+ texels, and this device holds at most/u,
  );
});
