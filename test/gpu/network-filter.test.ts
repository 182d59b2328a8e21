/** The network of five layers on frames: WebGL2 against the reference, down to the smallest. */
import { describe, expect, test } from 'vitest';
import { network } from '../../pipelines/network.ts';
import { planesTensor, rgbTensor, runWebGl2, worstLevel } from './compare.ts';
import { frameOfPlanes, frameOfRgb, realPicture, realPlanes } from './real-frame.ts';

describe.each(['1/8', '1/4', '1/2'])('at %s', (scale) => {
  const graph = network.build({ scale });

  test.each([
    [97, 61],
    [64, 48],
    [7, 5],
    [2, 9],
    [1, 1],
  ])('a frame of %i × %i, within 1 level', async (width, height) => {
    const picture = await realPicture(width, height);
    const ofRgb = await runWebGl2(graph, frameOfRgb(picture), 'rgbx');
    expect(worstLevel(ofRgb, graph, rgbTensor(picture)), 'RGB').toBeLessThanOrEqual(1);
    const planes = await realPlanes(width, height);
    const ofPlanes = await runWebGl2(graph, frameOfPlanes(planes, false), 'planes');
    expect(worstLevel(ofPlanes, graph, planesTensor(planes, false)), 'planes').toBeLessThanOrEqual(1);
  });
});

test.each([{ strength: 0.5 }, { strength: 12 }, { ground: 0 }, { ground: 1 }])(
  '%j, within 1 level',
  async (params) => {
    const graph = network.build({ scale: '1/2', ...params });
    const picture = await realPicture(50, 38);
    const output = await runWebGl2(graph, frameOfRgb(picture), 'rgbx');
    expect(worstLevel(output, graph, rgbTensor(picture))).toBeLessThanOrEqual(1);
    if (output.channels === 'planes') throw new Error('the output is one image');
    expect(new Set(output.data).size, 'a picture').toBeGreaterThan(50);
  },
);
