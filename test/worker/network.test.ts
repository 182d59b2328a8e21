/** A network of five layers on the live camera. */
import { expect, test } from 'vitest';
import { none } from '../../pipelines/index.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import { fiveLayers } from '../support/five-layers.ts';
import { open, statsWhen } from './run-pipeline.ts';

test('the network runs on the camera, and its picture has the network’s size', async () => {
  const output = document.createElement('video');
  const filter = { ...none, name: 'network', build: fiveLayers };
  const pipeline = open({ source: { kind: 'camera', width: 64, height: 48 }, filter, output });
  const faults: PipelineError[] = [];
  pipeline.diagnostics$.subscribe((error) => faults.push(error));
  const { width, height } = await statsWhen(pipeline, ({ shown }) => shown >= 5);
  // Two layers without padding take 2 px each, the stride halves, and the transposed layers give it back.
  const side = (size: number) => 2 * (Math.floor((size - 2 - 3) / 2) + 1 - 2 - 1) + 3 + 2;
  await expect.poll(() => [output.videoWidth, output.videoHeight]).toEqual([side(width), side(height)]);
  await pipeline.stop();
  expect(faults).toEqual([]);
});
