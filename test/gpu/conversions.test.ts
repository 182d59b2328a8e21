/**
 * Every layout into every other, by plans written by hand: one plain read a pass, on images so small and odd that rows
 * end within a texel. What comes out are the bytes that went in.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import { conv2d } from '../../src/graph/operators.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type {
  ComputePass,
  FrameForm,
  FramePlane,
  Image,
  Pass,
  Plan,
  TexelFormat,
  TexelLayout,
} from '../../src/plan/plan.ts';
import { plainRead } from '../../src/plan/terms.ts';
import { operand } from '../../src/primitives/expression.ts';
import { calmPlanes, rgbOf, wildPlanes, type FramePlanes } from '../support/frame-planes.ts';
import { STATELESS } from '../support/stateless.ts';
import { frameOf, tightly, type Output } from './compare.ts';

const ledger = new Ledger();
let backend: WebGl2Backend;
beforeAll(() => {
  backend = new WebGl2Backend({ ledger, upload: 'planes' });
});
afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

const COLOR = { matrix: 'bt601', fullRange: true } as const;
const SIZES = [[1, 1], [2, 3], [5, 2], [15, 3], [17, 4], [33, 5], [35, 3]] as const; // prettier-ignore
const LAYOUTS = ['rgba', 'packed4', 'packed16'] as const;

const formatOf = (layout: TexelLayout): TexelFormat =>
  layout === 'packed16' ? 'rgba32ui' : layout === 'single' ? 'r8' : 'rgba8';

function imageOf(
  source: Image['source'],
  [width, height]: readonly [number, number],
  layout: TexelLayout,
  channels = 1,
  format = formatOf(layout),
): Image {
  return {
    source,
    width,
    height,
    channels,
    layout,
    format,
    interval: { low: 0, high: 1 },
    expansion: null,
    atlas: null,
  };
}

const reading = (image: number, output: number): ComputePass => ({
  kind: 'compute',
  label: 'read',
  terms: [plainRead(image)],
  expression: operand(0),
  output,
  bake: false,
});

async function run(planes: FramePlanes, planOf: (form: FrameForm) => Plan): Promise<Output> {
  const frame = frameOf(planes);
  const form = await backend.upload(frame);
  frame.close();
  const prepared = await backend.prepare(planOf(form));
  backend.execute(prepared);
  const output = tightly(backend.read(prepared));
  prepared.dispose();
  return output;
}

/** A plane of the frame, then one pass into each of `layouts`. */
function chain(plane: FramePlane, from: TexelLayout, layouts: readonly TexelLayout[]) {
  return (form: FrameForm): Plan => {
    const isChroma = plane === 'u' || plane === 'v';
    const size = isChroma
      ? ([Math.ceil(form.width / 2), Math.ceil(form.height / 2)] as const)
      : ([form.width, form.height] as const);
    const images = [
      imageOf({ kind: 'frame', plane }, size, from),
      ...layouts.map((layout, index) => imageOf({ kind: 'pass', index }, size, layout)),
    ];
    const passes: readonly Pass[] = layouts.map((_, i) => reading(i, i + 1));
    return {
      frame: form,
      images,
      passes,
      storage: images.map((_, i) => i),
      output: layouts.length,
      chroma: null,
      ...STATELESS,
    };
  };
}

/** The bytes of one channel: of colour its red, and then all three are alike. */
function grey(output: Output): number[] {
  if (output.channels === 'planes') throw new Error('the output is one image');
  const { data, channels } = output;
  if (channels === 1) return [...data];
  const pixels = Array.from({ length: data.length / 3 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);
  for (const [red, green, blue] of pixels) expect([green, blue]).toEqual([red, red]);
  return pixels.map(([red]) => red ?? Number.NaN);
}

describe.each(SIZES)('%i×%i', (width, height) => {
  const planes = wildPlanes(width, height, COLOR);

  test.each(['packed4', 'packed16'] as const)('luma as %s into every layout, and on into every other', async (from) => {
    for (const first of LAYOUTS) {
      for (const second of LAYOUTS) {
        const output = await run(planes, chain('y', from, [first, second]));
        expect(grey(output), `${from} → ${first} → ${second}`).toEqual([...planes.y]);
      }
    }
  });

  test.each(['u', 'v'] as const)('chroma plane %s, one, 4 and 16 pixels a texel, into every layout', async (plane) => {
    for (const from of ['single', 'packed4', 'packed16'] as const) {
      for (const to of LAYOUTS) {
        const output = await run(planes, chain(plane, from, [to]));
        expect(grey(output), `${from} → ${to}`).toEqual([...planes[plane]]);
      }
    }
  });

  test('three planes of any layout are read back as a 4:2:0 picture', async () => {
    for (const layout of ['packed4', 'packed16'] as const) {
      const output = await run(planes, (form) => {
        const half = [Math.ceil(width / 2), Math.ceil(height / 2)] as const;
        const sizes = [[width, height], half, half] as const;
        const names = ['y', 'u', 'v'] as const;
        const images = [
          ...names.map((plane, i) => imageOf({ kind: 'frame', plane }, sizes[i]!, layout)),
          ...names.map((_, index) => imageOf({ kind: 'pass', index }, sizes[index]!, layout)),
        ];
        const passes = names.map((_, i) => reading(i, i + 3));
        return { frame: form, images, passes, storage: [0, 1, 2, 3, 4, 5], output: 3, chroma: { u: 4, v: 5 }, ...STATELESS };
      });
      expect(output).toEqual({ ...planes, channels: 'planes' });
    }
  });

  test('planes are converted to colour alike, whatever their layouts', async () => {
    const calm = calmPlanes(width, height, COLOR);
    const expected = rgbOf(calm).data;
    for (const luma of ['packed4', 'packed16'] as const) {
      for (const chroma of ['single', 'packed4', 'packed16'] as const) {
        const output = await run(calm, (form) => {
          const half = [Math.ceil(width / 2), Math.ceil(height / 2)] as const;
          return {
            frame: form,
            images: [
              imageOf({ kind: 'frame', plane: 'y' }, [width, height], luma),
              imageOf({ kind: 'frame', plane: 'u' }, half, chroma),
              imageOf({ kind: 'frame', plane: 'v' }, half, chroma),
              imageOf({ kind: 'pass', index: 0 }, [width, height], 'rgba', 3),
              imageOf({ kind: 'pass', index: 1 }, [width, height], 'rgba', 3),
            ],
            passes: [
              { kind: 'convert', label: 'planes → RGB', y: 0, u: 1, v: 2, color: COLOR, output: 3 },
              reading(3, 4),
            ],
            storage: [0, 1, 2, 3, 4],
            output: 4,
            chroma: null, ...STATELESS,
          };
        });
        if (output.channels !== 3) throw new Error('the output is colour');
        expected.forEach((value, i) => {
          expect(Math.abs((output.data[i] ?? Number.NaN) - 255 * value), `${luma}, ${chroma}`).toBeLessThanOrEqual(1);
        });
      }
    }
  });

  test('one channel of colour becomes texels of 4 and of 16', async () => {
    const calm = calmPlanes(width, height, COLOR);
    const expected = rgbOf(calm).data;
    const form = (await backendForm(calm)) satisfies FrameForm;
    for (const to of LAYOUTS) {
      const plan = mixed(form, to);
      const output = await run(calm, () => plan);
      grey(output).forEach((level, i) => {
        expect(Math.abs(level - 255 * (expected[3 * i + 2] ?? Number.NaN)), to).toBeLessThanOrEqual(1);
      });
    }
  });

  test('a frame becomes a tensor of many channels, and a picture again', async () => {
    const calm = calmPlanes(width, height, COLOR);
    const expected = rgbOf(calm).data;
    // Six copies of the three channels in another order, and back.
    const there = tensor([1, 1, 3, 6], Float64Array.from({ length: 18 }, (_, i) => ((i % 6) % 3 === (Math.floor(i / 6) + 1) % 3 ? 1 : 0)));
    const back = tensor([1, 1, 6, 3], Float64Array.from({ length: 18 }, (_, i) => ((i % 3) === (Math.floor(i / 3) + 2) % 3 ? 0.5 : 0)));
    const wide = graph(({ frame }) => conv2d(conv2d(frame, { weights: there, activation: 'relu' }), back));
    const output = await run(calm, (form) => makePlan(wide, form, backend.capabilities));
    if (output.channels !== 3) throw new Error('the output is colour');
    expected.forEach((value, i) => {
      expect(Math.abs((output.data[i] ?? Number.NaN) - 255 * value)).toBeLessThanOrEqual(1);
    });
  });
}); // prettier-ignore

async function backendForm(planes: FramePlanes): Promise<FrameForm> {
  const frame = frameOf(planes);
  const form = await backend.upload(frame);
  frame.close();
  return form;
}

/** Planes to colour, then blue alone. */
function mixed(form: FrameForm, to: TexelLayout): Plan {
  const { width, height } = form;
  const half = [Math.ceil(width / 2), Math.ceil(height / 2)] as const;
  const blue: ComputePass = {
    ...reading(3, 4),
    terms: [
      {
        kind: 'taps',
        image: 3,
        taps: [{ dy: 0, dx: 0 }],
        channels: 'dense',
        weights: Float32Array.of(0, 0, 1),
        bias: null,
        edge: 'replicate',
      },
    ],
  };
  return {
    frame: form,
    images: [
      imageOf({ kind: 'frame', plane: 'y' }, [width, height], 'packed4'),
      imageOf({ kind: 'frame', plane: 'u' }, half, 'single'),
      imageOf({ kind: 'frame', plane: 'v' }, half, 'single'),
      imageOf({ kind: 'pass', index: 0 }, [width, height], 'rgba', 3),
      imageOf({ kind: 'pass', index: 1 }, [width, height], to),
    ],
    passes: [{ kind: 'convert', label: 'planes → RGB', y: 0, u: 1, v: 2, color: COLOR, output: 3 }, blue],
    storage: [0, 1, 2, 3, 4],
    output: 4,
    chroma: null,
    ...STATELESS,
  };
}
