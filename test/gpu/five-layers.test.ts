/** The lessons' network on a real picture: tensors against the reference, and live frames into pixels. */
import { expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { TensorRunner } from '../../src/engine/run-tensors.ts';
import { fiveLayers } from '../support/five-layers.ts';
import { planesTensor, rgbTensor, runWebGl2, worstLevel } from './compare.ts';
import { frameOfPlanes, frameOfRgb, realPicture, realPlanes } from './real-frame.ts';

test('on a tensor, within 1e-4 of the reference', async () => {
  const frame = rgbTensor(await realPicture(48, 40));
  const network = fiveLayers();
  const runner = new TensorRunner();
  const [got, expected] = [await runner.run(network, { frame }), runReference(network, { frame })];
  runner.dispose();
  expect(got.shape).toEqual([35, 43, 3]);
  expect(got.shape).toEqual(expected.shape);
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let worst = 0;
  expected.data.forEach(
    (value, i) => (worst = Math.max(worst, Math.abs(value - (got.data[i] ?? Number.NaN)))),
  );
  expect(worst / largest).toBeLessThan(1e-4);
});

test('on a frame, as RGB and as the planes of a camera, within 1 level', async () => {
  const network = fiveLayers();
  const picture = await realPicture(32, 24);
  expect(
    worstLevel(await runWebGl2(network, frameOfRgb(picture), 'rgbx'), network, rgbTensor(picture)),
  ).toBeLessThanOrEqual(1);
  const planes = await realPlanes(33, 25);
  const output = await runWebGl2(network, frameOfPlanes(planes, false), 'planes');
  expect(worstLevel(output, network, planesTensor(planes, false))).toBeLessThanOrEqual(1);
});
