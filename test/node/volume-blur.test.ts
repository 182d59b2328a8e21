/** The blur of volumes: over a sequence of slices it is the 3D Gaussian of the whole volume. */
import { describe, expect, test } from 'vitest';
import { volumeBlur } from '../../pipelines/index.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { conv3d, gaussianRow, graph, latencyOf, ReferenceSequence, resolveParams, sheppLogan, tensor } from '../../src/index.ts'; // prettier-ignore

const SHAPE = [9, 12, 14] as const;
const [, HEIGHT, WIDTH] = SHAPE;

/** What the filter makes of each slice that it can be centred on. */
function filtered(
  params: Readonly<Record<string, number>>,
): Readonly<{ slices: Float32Array[]; late: number }> {
  const { data } = sheppLogan(SHAPE);
  const built = volumeBlur.build(resolveParams(volumeBlur, params));
  const sequence = new ReferenceSequence(built);
  const size = HEIGHT * WIDTH;
  const slices = Array.from({ length: SHAPE[0] }, (_, z) => {
    const grey = Float32Array.from({ length: 3 * size }, (_, i) => data[z * size + Math.floor(i / 3)] ?? NaN);
    return sequence.next({ frame: { shape: [HEIGHT, WIDTH, 3], data: grey } }, z * 40_000).data;
  });
  return { slices, late: latencyOf(built).frames };
}

describe.each([
  [1.5, 1],
  [0.8, 0.6],
  [2, 0],
])('σ %f px, %f slices', (sigma, depth) => {
  test('is the Gaussian of the volume, its middle late by as many slices as it looks ahead', () => {
    const { data } = sheppLogan(SHAPE);
    const [across, through] = [gaussianRow({ sigma }), depth === 0 ? tensor([1, 1], [1]) : gaussianRow({ sigma: depth })]; // prettier-ignore
    const outer = [...through.data].flatMap((a) => [...across.data].flatMap((b) => [...across.data].map((c) => a * b * c))); // prettier-ignore
    const weights = tensor([through.data.length, across.data.length, across.data.length], outer);
    const whole = graph({ x: [null, null, null, 1] }, ({ x }) => conv3d(x, { weights }));
    const expected = runReference(whole, { x: { shape: [...SHAPE, 1], data } });
    const { slices, late } = filtered({ sigma, depth });
    expect(late).toBe(Math.ceil(3 * depth));
    for (let z = 0; z + late < SHAPE[0]; z++) {
      const slice = slices[z + late] ?? new Float32Array(0);
      // An eighth of a level: the blur's tails end elsewhere than the kernel's.
      for (let i = 0; i < HEIGHT * WIDTH; i++) {
        expect(Math.abs((slice[3 * i] ?? NaN) - (expected.data[z * HEIGHT * WIDTH + i] ?? NaN))).toBeLessThan(
          5e-4,
        );
      }
    }
  });
});
