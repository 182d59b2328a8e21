/** gaussianBlur against its formula, by its reference and by its lowering. */
import { describe, expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { toFloat64 } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { gaussianBlur } from '../../src/graph/operators.ts';
import { gaussianBlur as op, MAX_SIGMA, type GaussianBlurOptions } from '../../src/ops/gaussian-blur.ts';
import { EDGE_MODES } from '../../src/primitives/primitive.ts';
import { loweredProgram, runLowered } from '../support/run-primitives.ts';
import { edgeRead } from '../support/tensor-reads.ts';
import { noise } from './fakes/images.ts';

const [height, width, channels] = [6, 9, 2];
const image = toFloat64(noise(height, width, channels));
const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;

/** Σ exp(−(dx² + dy²) / 2σ²) · pixel, over all of ⌈4σ⌉ to each side at once. */
function byFormula(sigma: number, edge: (typeof EDGE_MODES)[number]): number[] {
  const radius = Math.ceil(4 * sigma);
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let [sum, all] = [0, 0];
        for (let dy = -radius; dy <= radius; dy++) {
          for (let dx = -radius; dx <= radius; dx++) {
            const weight = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
            const [row, column] = [edgeRead(y + dy, height, edge), edgeRead(x + dx, width, edge)];
            all += weight;
            if (row !== null && column !== null)
              sum += weight * image.data[(row * width + column) * channels + c]!;
          }
        }
        out.push(sum / all);
      }
    }
  }
  return out;
}

describe.each(EDGE_MODES)('edge %s', (edge) => {
  test.each([0.3, 1, 2.5])('σ %d is the formula', (sigma) => {
    const expected = byFormula(sigma, edge);
    const [byReference, byLowering] = [
      op.reference([image], { sigma, edge }, facts),
      runLowered(op, [image], { sigma, edge }),
    ];
    expected.forEach((value, i) => {
      expect(Math.abs(byReference.data[i]! - value)).toBeLessThan(1e-12);
      expect(Math.abs(byLowering.data[i]! - value)).toBeLessThan(1e-6);
    });
  });
});

test('the weights hold all but 1 / 15,000 of the whole bell', () => {
  const tail = (from: number) =>
    Array.from({ length: 200 }, (_, i) => Math.exp(-((from + i) ** 2) / 2)).reduce((a, b) => a + b, 0);
  expect((2 * tail(5)) / (2 * tail(0) - 1)).toBeLessThan(1 / 15_000);
});

test('it lowers to a line along x and one along y, of sum 1', () => {
  const { values } = loweredProgram(op, [[height, width, channels]], { sigma: 2 });
  expect(values.map(({ kind }) => kind)).toEqual(['input', 'linear', 'linear']);
  for (const value of values.slice(1)) {
    if (value.kind !== 'linear') throw new Error('a line is a linear');
    expect(value).toMatchObject({ channels: 'shared', edge: 'replicate', bias: null });
    expect(value.taps).toHaveLength(17);
    expect(value.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
  }
});

test('borders repeat where nothing is said', () => {
  const blur = (options: object) => runReference(graph(({ frame }) => gaussianBlur(frame, { sigma: 2, ...options })), { frame: noise(5, 7, 3) }); // prettier-ignore
  expect(blur({})).toEqual(blur({ edge: 'replicate' }));
  expect(blur({})).not.toEqual(blur({ edge: 'zero' }));
});

test.each<[object, typeof Error, string]>([
  [{ sigma: 0 }, RangeError, `options.sigma must be > 0 and ≤ ${MAX_SIGMA} px, got 0`],
  [{ sigma: 201 }, RangeError, `options.sigma must be > 0 and ≤ ${MAX_SIGMA} px, got 201`],
  [{ sigma: Number.NaN }, TypeError, 'options.sigma must be a finite number, got NaN'],
  [{ sigma: 1, edge: 'mirror' }, Error, 'options.edge'],
])('%j is refused', (options, Class, message) => {
  const build = () => graph(({ frame }) => gaussianBlur(frame, options as GaussianBlurOptions));
  expect(build).toThrow(Class);
  expect(build).toThrow(message);
});

test('its size is told like that of other layers', () => {
  const layer = op.layer?.([[height, width, channels]], { sigma: 2 }, [height, width, channels]);
  expect(layer).toMatchObject({ parameters: 34, window: { extent: [17, 17], stride: [1, 1] } });
});
