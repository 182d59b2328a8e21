/** Volumes as a whole, in blocks of slices: the same as at once. */
import { describe, expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { voxelTensor, type Voxels } from '../../src/core/voxels.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { runVolume } from '../../src/engine/run-volume.ts';
import { averagePool3d, conv1d, conv3d, convTranspose3d, crop, graph, instanceNorm, maxPool3d, relu, sheppLogan, type Graph, type GraphValue } from '../../src/index.ts'; // prettier-ignore
import { layerWeights } from '../support/wavenet.ts';

const engine = createEngine({ backend: 'reference' });
const over = (build: (x: GraphValue) => GraphValue): Graph => graph({ x: [null, null, null, 1] }, ({ x }) => build(x)); // prettier-ignore

const VOLUME = sheppLogan([23, 6, 5]);

describe('the same as at once', () => {
  test.each([
    ['a filter', (x) => conv3d(x, { weights: layerWeights([5, 3, 3], 1) })],
    ['one that mirrors', (x) => conv3d(x, { weights: layerWeights([3, 3, 3], 2), edge: 'reflect', dilations: [2, 1, 1] })], // prettier-ignore
    ['a wrap, where it is not along the depth', (x) => conv3d(x, { weights: layerWeights([3, 3, 3], 2), edge: 'wrap', padding: [[0, 0], [1, 1], [1, 1]] })], // prettier-ignore
    ['along the rows alone', (x) => conv1d(x, { weights: layerWeights([3], 3), axis: 'x', edge: 'wrap' })],
    [
      'along the depth alone',
      (x) => conv1d(x, { weights: layerWeights([7], 3), axis: 't', padding: 'same' }),
    ],
    ['without half of the rows', (x) => crop(x, [[1, 0], [3, 0]])], // prettier-ignore
    [
      'a network',
      (x) => {
        const down = relu(
          conv3d(x, { weights: layerWeights([3, 3, 3, 1, 2], 4), strides: 2, padding: 'same' }),
        );
        const small = averagePool3d(maxPool3d(down, { windowDimensions: 2, padding: 'same' }), { windowDimensions: [3, 1, 1] }); // prettier-ignore
        return convTranspose3d(small, { weights: layerWeights([3, 3, 3, 1, 2], 5), strides: 2 });
      },
    ],
  ] satisfies [string, (x: GraphValue) => GraphValue][])('%s', async (_name, build) => {
    const whole = runReference(over(build), { x: voxelTensor(VOLUME) });
    const blocks: number[] = [];
    const counting: typeof engine = {
      ...engine,
      run: (block, inputs, options) => {
        blocks.push(inputs['x']?.shape[0] ?? NaN);
        return engine.run(block, inputs, options);
      },
    };
    const shown = await runVolume(counting, over(build), VOLUME, { blockLength: 4 });
    expect(blocks.length).toBeGreaterThan(1);
    expect(shown.shape).toEqual(whole.shape);
    shown.data.forEach((value, i) => {
      expect(value).toBeCloseTo(whole.data[i] ?? NaN, 6);
    });
  });
});

test('what takes the depth as a whole is named', async () => {
  await expect(
    runVolume(
      engine,
      over((x) => instanceNorm(x)),
      VOLUME,
    ),
  ).rejects.toThrow(
    'node 1 (instanceNorm) takes the first axis as a whole, so it can not run in blocks: run the graph as a whole with engine.run()',
  );
});

test('voxels that are none, and a graph over something else', async () => {
  const wrong: Voxels = { data: new Uint8Array(7), shape: [2, 2, 2] };
  await expect(
    runVolume(
      engine,
      over((x) => relu(x)),
      wrong,
    ),
  ).rejects.toThrow('voxels.data must hold 8 voxels');
  const image = graph({ x: [null, null, 1] }, ({ x }) => relu(x));
  await expect(runVolume(engine, image, VOLUME)).rejects.toThrow(
    "the graph's input 'x' must be [?, ?, 1], got [23, 6, 5, 1]",
  );
});
