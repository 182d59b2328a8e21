/** Line filters and cubic upsampling against float64, by plans that are written by hand: sizes, edges, layouts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emitCompute } from '../../src/backends/webgl2/emit-compute.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { at } from '../../src/core/assert.ts';
import { lumaExpansion, type RangeExpansion } from '../../src/core/frame-color.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { MOST_LINE_TAPS, type ComputePass, type CubicTerm, type FrameForm, type Image, type LineTerm, type Plan, type Term } from '../../src/plan/plan.ts'; // prettier-ignore
import { binary, constant, operand, type Expression } from '../../src/primitives/expression.ts';
import { frameOfPlanes, frameOfRgb } from './real-frame.ts';
import { STATELESS } from '../support/stateless.ts';

type Layout = 'packed4' | 'rgba';
type Size = readonly [width: number, height: number];
/** Bytes of a frame, 1 or 4 a pixel. */
type Picture = Readonly<{ layout: Layout; width: number; height: number; bytes: Uint8Array<ArrayBuffer> }>;
/** What is filtered: the frame itself, or values that a pass before has written as floats. */
type Source = 'codes' | 'limited-range codes' | 'floats';

const LAYOUTS: readonly Layout[] = ['packed4', 'rgba'];
const SIZES: readonly Size[] = [[1, 1], [2, 9], [3, 5], [4, 4], [5, 3], [33, 17], [35, 15], [64, 8], [1, 40]]; // prettier-ignore
/** In levels: half of one is rounding to 8 bits. */
const MOST = 0.51;

const PLAIN: Term = {
  kind: 'taps',
  image: 0,
  taps: [{ dy: 0, dx: 0 }],
  channels: 'shared',
  weights: Float32Array.of(1),
  bias: null,
  edge: 'replicate',
};
/** What the float source holds; nowhere 0, in spare lanes neither. */
const STAGED = { scale: 0.5, offset: 0.4 };
const staging = binary('add', binary('mul', operand(0), constant(STAGED.scale)), constant(STAGED.offset));
const centred = binary('add', operand(0), constant(0.5));

let seed = 1;
/** 0 ≤ number < 1, the same ones in each run. */
function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}
const integer = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));

function pictureOf(layout: Layout, [width, height]: Size): Picture {
  const length = width * height * (layout === 'rgba' ? 4 : 1);
  return { layout, width, height, bytes: Uint8Array.from({ length }, () => integer(0, 255)) };
}

function frameOf({ layout, width, height, bytes }: Picture): VideoFrame {
  if (layout === 'rgba') return frameOfRgb({ width, height, data: new Uint8ClampedArray(bytes.buffer) });
  const chroma = new Uint8Array(Math.ceil(width / 2) * Math.ceil(height / 2)).fill(128);
  return frameOfPlanes({ width, height, y: bytes, u: chroma, v: chroma }, true);
}

const expansionOf = (source: Source): RangeExpansion | null =>
  source === 'limited-range codes' ? lumaExpansion({ matrix: 'bt601', fullRange: false }) : null;

/** The value of a channel of a pixel inside the picture, as the filter should see it. */
function valueAt(picture: Picture, source: Source, x: number, y: number, channel: number): number {
  const channels = picture.layout === 'rgba' ? 4 : 1;
  const code = at(picture.bytes, (y * picture.width + x) * channels + channel) / 255;
  if (source === 'floats') return code * STAGED.scale + STAGED.offset;
  return source === 'codes' ? code : Math.min(1, Math.max(0, (code * 255 - 16) / 219));
}

function imageOf(
  layout: Layout,
  [width, height]: Size,
  more: Pick<Image, 'source' | 'format' | 'expansion'>,
): Image {
  const channels = layout === 'rgba' ? 3 : 1;
  return { width, height, channels, layout, interval: { low: -9, high: 9 }, atlas: null, ...more };
}

function passOf(index: number, term: Term, expression: Expression): ComputePass {
  return {
    kind: 'compute',
    label: '',
    terms: [{ ...term, image: index }],
    expression,
    output: index + 1,
    bake: false,
  };
}

/** Frame, floats where asked for, then `term`. */
function planOf(layout: Layout, size: Size, source: Source, term: Term, outputSize: Size): Plan {
  const expansion = expansionOf(source);
  const plane = layout === 'rgba' ? 'rgba' : 'y';
  const images = [imageOf(layout, size, { source: { kind: 'frame', plane }, format: 'rgba8', expansion })];
  const passes: ComputePass[] = [];
  const add = (one: Term, expression: Expression, to: Size, format: Image['format']) => {
    passes.push(passOf(passes.length, one, expression));
    images.push(
      imageOf(layout, to, { source: { kind: 'pass', index: passes.length - 1 }, format, expansion: null }),
    );
  };
  if (source === 'floats') add(PLAIN, staging, size, 'rgba32f');
  // Lines sum to either sign, splines to what pixels are.
  add(term, term.kind === 'line' ? centred : operand(0), outputSize, 'rgba8');
  const frame: FrameForm = {
    width: size[0],
    height: size[1],
    layout: layout === 'rgba' ? 'rgba' : 'planar420',
    color: { matrix: 'bt601', fullRange: true },
  };
  return {
    frame,
    images,
    passes,
    storage: images.map((_, i) => i),
    output: images.length - 1,
    chroma: null,
    ...STATELESS,
  };
}

const sourceOf = (plan: Plan) =>
  emitCompute(plan, at(plan.passes, plan.passes.length - 1) as ComputePass).source;

let ledger: Ledger;
let backend: WebGl2Backend;

beforeAll(() => {
  ledger = new Ledger();
  backend = new WebGl2Backend({ ledger, upload: 'planes' });
});

afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

async function upload(picture: Picture): Promise<void> {
  const frame = frameOf(picture);
  await backend.upload(frame);
  frame.close();
}

/** The worst difference in levels between the plan's output and `expected`. */
async function worstOf(
  plan: Plan,
  expected: (x: number, y: number, channel: number) => number,
): Promise<number> {
  const prepared = await backend.prepare(plan);
  backend.execute(prepared);
  const pixels = backend.read(prepared);
  prepared.dispose();
  const channels = pixels.layout === 'rgbx' ? 3 : 1;
  let worst = 0;
  for (let y = 0; y < pixels.height; y++) {
    for (let x = 0; x < pixels.width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const byte = at(pixels.data, y * pixels.strideBytes + x * (channels === 3 ? 4 : 1) + channel);
        const value = Math.min(1, Math.max(0, expected(x, y, channel)));
        worst = Math.max(worst, Math.abs(byte - 255 * value));
      }
    }
  }
  return worst;
}

const clamped = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));

/** 0.5 + Σ_i weights[i] · picture(p · stride + first + i), written from its definition. */
function lineAt(
  picture: Picture,
  source: Source,
  term: LineTerm,
  x: number,
  y: number,
  channel: number,
): number {
  const { width, height } = picture;
  let sum = 0.5;
  term.weights.forEach((weight, i) => {
    const qx = term.axis === 'x' ? x * term.stride + term.first + i : x;
    const qy = term.axis === 'y' ? y * term.stride + term.first + i : y;
    const isInside = qx >= 0 && qx < width && qy >= 0 && qy < height;
    if (!isInside && term.edge === 'zero') return;
    sum += weight * valueAt(picture, source, clamped(qx, width), clamped(qy, height), channel);
  });
  return sum;
}

function lineOf(
  axis: 'x' | 'y',
  stride: 1 | 4,
  edge: LineTerm['edge'],
  taps: number,
  first: number,
): LineTerm {
  const scale = 1.2 / Math.sqrt(taps);
  const weights = Float32Array.from({ length: taps }, () => scale * (2 * random() - 1));
  return { kind: 'line', image: 0, axis, first, weights, stride, edge };
}

describe.each(LAYOUTS)('lines of %s', (layout) => {
  const kinds = (['x', 'y'] as const).flatMap((axis) =>
    ([1, 4] as const).flatMap((stride) =>
      (['replicate', 'zero'] as const).map((edge) => ({ axis, stride, edge })),
    ),
  );

  test.each(kinds)('along $axis, stride $stride, edge $edge', async ({ axis, stride, edge }) => {
    for (const size of SIZES) {
      const picture = pictureOf(layout, size);
      await upload(picture);
      const sources: readonly Source[] = ['codes', 'floats', ...(layout === 'packed4' ? (['limited-range codes'] as const) : [])]; // prettier-ignore
      for (const source of sources) {
        for (const [taps, first, margin] of [
          [1, integer(-3, 3), 0],
          [MOST_LINE_TAPS, integer(-40, 0), 2],
          [integer(2, 20), integer(-12, 5), 1],
          [integer(2, MOST_LINE_TAPS), integer(-40, 20), integer(-1, 3)],
        ] as const) {
          const term = lineOf(axis, stride, edge, taps, first - stride * margin);
          // Along the line with margins; beside it as large as the picture, or larger, or smaller.
          const beside = integer(-1, 3) * integer(0, 1);
          const outputSize = size.map((length, i) =>
            Math.max(
              1,
              i === (axis === 'x' ? 0 : 1) ? Math.ceil(length / stride) + 2 * margin : length + beside,
            ),
          ) as unknown as Size;
          const plan = planOf(layout, size, source, term, outputSize);
          const worst = await worstOf(plan, (x, y, channel) => lineAt(picture, source, term, x, y, channel));
          const what = `${size.join('×')} → ${outputSize.join('×')}, ${source}, ${taps} taps from ${term.first}`;
          expect(worst, what).toBeLessThan(MOST);
        }
      }
    }
  });

  test.each(kinds)('along $axis, stride $stride, edge $edge: one program for every line', (kind) => {
    const sourceWith = (size: Size, taps: number, first: number) => {
      const term = lineOf(kind.axis, kind.stride, kind.edge, taps, first);
      return sourceOf(planOf(layout, size, 'codes', term, size));
    };
    const one = sourceWith([640, 480], 7, -3);
    expect(sourceWith([640, 480], 1, 0)).toBe(one);
    expect(sourceWith([640, 480], MOST_LINE_TAPS, -40)).toBe(one);
    expect(sourceWith([641, 479], 13, -6)).toBe(one);
  });
});

/** Cubic B-spline, from its definition. */
function cubicAt(
  picture: Picture,
  source: Source,
  term: CubicTerm,
  x: number,
  y: number,
  channel: number,
): number {
  const s = (term.axis === 'x' ? x : y) * term.scale + term.offset;
  const [j, t] = [Math.floor(s), s - Math.floor(s)];
  const basis = [(1 - t) ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, -3 * t ** 3 + 3 * t ** 2 + 3 * t + 1, t ** 3];
  return basis.reduce((sum, weight, i) => {
    const qx = clamped(term.axis === 'x' ? j + i - 1 : x, picture.width);
    const qy = clamped(term.axis === 'y' ? j + i - 1 : y, picture.height);
    return sum + (weight / 6) * valueAt(picture, source, qx, qy, channel);
  }, 0);
}

describe.each(LAYOUTS)('cubic upsampling of %s', (layout) => {
  const cubicOf = (axis: 'x' | 'y', scale: number, offset: number): CubicTerm => ({ kind: 'cubic', image: 0, axis, scale, offset }); // prettier-ignore

  test.each(['x', 'y'] as const)('along %s', async (axis) => {
    for (const size of SIZES) {
      const picture = pictureOf(layout, size);
      await upload(picture);
      for (const source of layout === 'packed4'
        ? (['codes', 'limited-range codes', 'floats'] as const)
        : (['codes', 'floats'] as const)) {
        // prettier-ignore
        for (const [scale, offset] of [
          [1 / 4, -3 / 8],
          [1 / 8, -7 / 16],
          [1 / 8, 2],
          [1 / 4, 1.625],
          [0.2, -4.3],
          [0.23, 3 * random()],
        ] as const) {
          const term = cubicOf(axis, scale, offset);
          const beside = integer(-1, 3) * integer(0, 1);
          const outputSize = size.map((length, i) =>
            Math.max(1, i === (axis === 'x' ? 0 : 1) ? Math.ceil(length / scale) + integer(-3, 9) : length + beside),
          ) as unknown as Size;
          const plan = planOf(layout, size, source, term, outputSize);
          const worst = await worstOf(plan, (x, y, channel) => cubicAt(picture, source, term, x, y, channel));
          expect(worst, `${size.join('×')} → ${outputSize.join('×')}, ${source}, ${scale} ${offset}`).toBeLessThan(MOST);
        }
      }
    }
  });

  test.each(['x', 'y'] as const)('along %s: one program for every scale', (axis) => {
    const sourceWith = (size: Size, scale: number) =>
      sourceOf(planOf(layout, size, 'codes', cubicOf(axis, scale, -0.3), [8 * size[0], 8 * size[1]]));
    expect(sourceWith([81, 47], 1 / 8)).toBe(sourceWith([160, 90], 1 / 4));
  });
});

test.each(LAYOUTS)('lines and splines of %s share a pass and an image', async (layout) => {
  const picture = pictureOf(layout, [35, 15]);
  await upload(picture);
  const across = lineOf('x', 1, 'replicate', 9, -5);
  const down = lineOf('y', 1, 'zero', 14, -6);
  const cubic: CubicTerm = { kind: 'cubic', image: 0, axis: 'x', scale: 0.2, offset: 3.5 };
  const plan = planOf(layout, [35, 15], 'codes', across, [35, 15]);
  const sum = binary('add', binary('add', centred, operand(1)), operand(2));
  const passes = [{ ...passOf(0, across, sum), terms: [across, down, cubic] }];
  const worst = await worstOf({ ...plan, passes }, (x, y, channel) => {
    const lines = [across, down].map((term) => lineAt(picture, 'codes', term, x, y, channel) - 0.5);
    return 0.5 + at(lines, 0) + at(lines, 1) + cubicAt(picture, 'codes', cubic, x, y, channel);
  });
  expect(worst).toBeLessThan(MOST);
});
