/** WebGL2 against the float64 reference on a real picture: at most 1 level of 255, everywhere. */
import { describe, expect, test } from 'vitest';
import { filters } from '../../pipelines/index.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import {
  abs,
  add,
  clamp,
  conv2d,
  div,
  luma,
  magnitude,
  max,
  min,
  mul,
  sub,
} from '../../src/graph/operators.ts';
import { box } from '../../src/kernels/box.ts';
import { emboss, identity, laplacian, sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { gaussian } from '../../src/kernels/gaussian.ts';
import { sharpen } from '../../src/kernels/sharpen.ts';
import type { Kernel } from '../../src/kernels/kernel.ts';
import { greyOf, rgbOf } from '../support/frame-planes.ts';
import { frameOf, lumaTensor, rgbTensor, runWebGl2, worstLevel, worstOfPlanes } from './compare.ts';
import { frameOfPlanes, frameOfRgb, realPicture, realPlanes } from './real-frame.ts';

const SIZES = [[640, 360], [637, 359], [1, 1]] as const; // prettier-ignore
const SMALL = [[33, 17], [34, 16], [35, 15], [2, 9], [1, 1]] as const; // prettier-ignore
const BT601 = { matrix: 'bt601', fullRange: false } as const;

/** A kernel without symmetry, so that a flip, a shift or a swapped axis shows. */
function lopsided(height: number, width: number): Kernel {
  const size = height * width;
  return tensor(
    [height, width],
    Float64Array.from({ length: size }, (_, i) => (1 + (i % 5)) / (3 * size)),
  );
}

async function rgbWorst(of: Graph, width: number, height: number): Promise<number> {
  const picture = await realPicture(width, height);
  return worstLevel(await runWebGl2(of, frameOfRgb(picture), 'rgbx'), of, rgbTensor(picture));
}

/** Luma of a camera's planes; what the graph sees of the colour is nothing. */
async function lumaWorst(of: Graph, width: number, height: number, fullRange = false): Promise<number> {
  const planes = await realPlanes(width, height);
  const output = await runWebGl2(of, frameOfPlanes(planes, fullRange), 'planes');
  return worstLevel(output, of, lumaTensor(planes, fullRange), BT601);
}

const onLuma = (build: (y: GraphValue) => GraphValue) => graph(({ frame }) => build(luma(frame)));
const onFrame = (build: (frame: GraphValue) => GraphValue) => graph(({ frame }) => build(frame));

describe.each(SIZES)('%i×%i', (width, height) => {
  test.each(filters)('filter $name on RGB', async (filter) => {
    expect(await rgbWorst(filter.build(), width, height)).toBeLessThanOrEqual(1);
  });

  test.each(filters)('filter $name on the planes of a camera', async (filter) => {
    const planes = { ...(await realPlanes(width, height)), color: BT601 };
    const output = await runWebGl2(filter.build(), frameOf(planes), 'planes');
    const frame = output.channels === 1 ? greyOf(planes) : rgbOf(planes);
    expect(worstOfPlanes(output, filter.build(), planes, frame)).toBeLessThanOrEqual(1);
    // Filters of colour stay on the planes: what is shown is converted once, at the end.
    if (['none', 'sharpen', 'blur'].includes(filter.name)) expect(output.channels).toBe('planes');
  });

  test('full range', async () => {
    const edges = onLuma((y) => clamp(magnitude(conv2d(y, sobelX), conv2d(y, sobelY))));
    expect(await lumaWorst(edges, width, height, true)).toBeLessThanOrEqual(1);
  });

  test('the largest kernel that is unrolled, 15×15', async () => {
    const kernel = gaussian({ sigma: 3, size: 15 });
    const of = onLuma((y) => conv2d(y, kernel));
    expect(await lumaWorst(of, width, height)).toBeLessThanOrEqual(1);
  });
});

describe.each(SMALL)('%i×%i', (width, height) => {
  const sides = [[1, 1], [1, 2], [2, 1], [2, 2], [3, 3], [4, 5], [5, 4], [1, 9], [9, 1], [7, 8], [14, 15]] as const; // prettier-ignore

  describe.each(['replicate', 'zero'] as const)('%s edges', (edge) => {
    test.each(sides)('%i×%i kernel on luma', async (kh, kw) => {
      const of = onLuma((y) => conv2d(y, { weights: lopsided(kh, kw), edge }));
      expect(await lumaWorst(of, width, height)).toBeLessThanOrEqual(1);
    });

    test.each(sides)('%i×%i kernel on colour', async (kh, kw) => {
      const of = onFrame((frame) => conv2d(frame, { weights: lopsided(kh, kw), edge }));
      expect(await rgbWorst(of, width, height)).toBeLessThanOrEqual(1);
    });

    test('padding that makes the picture larger', async () => {
      const padding = [[3, 1], [2, 5]] as const; // prettier-ignore
      const options = { weights: lopsided(2, 3), padding, edge };
      expect(
        await lumaWorst(
          onLuma((y) => conv2d(y, options)),
          width,
          height,
        ),
      ).toBeLessThanOrEqual(1);
      expect(
        await rgbWorst(
          onFrame((frame) => conv2d(frame, options)),
          width,
          height,
        ),
      ).toBeLessThanOrEqual(1);
    });
  });
});

describe('33×17', () => {
  const named = { identity, emboss, sobelX, sobelY, laplacian4: laplacian(4), laplacian8: laplacian(8), box: box(3, 5), sharpen: sharpen(1) }; // prettier-ignore

  test.each(Object.entries(named))('%s', async (_name, kernel) => {
    // Half the result around grey shows negative values too.
    const shown = (value: GraphValue) => add(mul(conv2d(value, kernel), 0.25), 0.5);
    expect(await lumaWorst(onLuma(shown), 33, 17)).toBeLessThanOrEqual(1);
    expect(await rgbWorst(onFrame(shown), 33, 17)).toBeLessThanOrEqual(1);
  });

  test('no padding makes the picture smaller', async () => {
    const options = { weights: lopsided(4, 6), padding: 'valid' } as const;
    expect(
      await lumaWorst(
        onLuma((y) => conv2d(y, options)),
        33,
        17,
      ),
    ).toBeLessThanOrEqual(1);
    expect(
      await rgbWorst(
        onFrame((frame) => conv2d(frame, options)),
        33,
        17,
      ),
    ).toBeLessThanOrEqual(1);
  });

  test('channels are mixed by dense weights and kept apart by groups', async () => {
    const dense = tensor(
      [2, 2, 3, 3],
      Float64Array.from({ length: 36 }, (_, i) => ((i * 7) % 11) / 60),
    );
    const grouped = tensor(
      [3, 1, 1, 3],
      Float64Array.from({ length: 9 }, (_, i) => (i % 4) / 12),
    );
    const bias = Float32Array.of(0.1, -0.1, 0.2);
    const same = { padding: 'same' } as const;
    const mixed = onFrame((frame) => conv2d(frame, { weights: dense, bias, ...same }));
    const apart = onFrame((frame) => conv2d(frame, { weights: grouped, groups: 3, bias, ...same }));
    const toGrey = onFrame((frame) =>
      conv2d(frame, { weights: tensor([1, 2, 3, 1], [0.1, 0.2, 0.1, 0.1, 0.3, 0.1]) }),
    );
    for (const of of [mixed, apart, toGrey]) expect(await rgbWorst(of, 33, 17)).toBeLessThanOrEqual(1);
  });

  test('one channel broadcasts over three, from grey to colour and back', async () => {
    const tinted = onFrame((frame) =>
      mul(frame, clamp(magnitude(conv2d(luma(frame), sobelX), conv2d(luma(frame), sobelY)))),
    );
    const layered = onFrame((frame) => conv2d(mul(frame, conv2d(luma(frame), box(3))), box(3)));
    for (const of of [tinted, layered]) expect(await rgbWorst(of, 33, 17)).toBeLessThanOrEqual(1);
  });

  test('all the arithmetic', async () => {
    const of = onFrame((frame) => {
      const soft = conv2d(frame, box(3));
      const difference = abs(sub(frame, soft));
      return max(min(div(add(difference, 0.25), add(mul(soft, 0.5), 0.5)), 0.9), mul(sub(frame, 0.5), 0.5));
    });
    expect(await rgbWorst(of, 33, 17)).toBeLessThanOrEqual(1);
  });

  test('large signed values between two passes keep their value', async () => {
    const of = onLuma((y) =>
      add(mul(conv2d(conv2d(y, tensor([1, 3], [-200, 0, 200])), box(3)), 1 / 800), 0.5),
    );
    expect(await lumaWorst(of, 33, 17)).toBeLessThanOrEqual(1);
  });
});
