/**
 * Filters of colour on the planes of a frame: Y, U and V as they are read back, against each plane filtered by itself
 * in float64. All codes, every range and matrix, and sizes whose rows end within a texel.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { blur, edge, none, sharpen } from '../../pipelines/index.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import { add, clamp, conv2d, gaussianBlur, luma, mul, sub } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { wildPlanes, type FramePlanes } from '../support/frame-planes.ts';
import { frameOf, tightly, worstOfPlanes, type Output } from './compare.ts';

const ledger = new Ledger();
let backend: WebGl2Backend;
beforeAll(() => {
  backend = new WebGl2Backend({ ledger, upload: 'planes' });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

const COLORS: readonly FrameColor[] = (['bt601', 'bt709'] as const).flatMap((matrix) => [true, false].map((fullRange) => ({ matrix, fullRange }))); // prettier-ignore
const SIZES = [[35, 15], [64, 48], [17, 2], [2, 9], [33, 1], [1, 1]] as const; // prettier-ignore

const onFrame = (build: (frame: GraphValue) => GraphValue): Graph => graph(({ frame }) => build(frame));
/** Without symmetry, so that a flip, a shift or a swapped axis shows. */
const lopsided = (height: number, width: number) =>
  tensor(
    [height, width],
    Float64Array.from({ length: height * width }, (_, i) => (1 + ((i * 7) % 5)) / (3 * height * width)),
  );

/** What the output may be off: half a level is its own rounding, and another is one image of bytes before it. */
const FILTERS: readonly (readonly [name: string, graph: Graph, levels: number])[] = [
  ['none', none.build(), 0],
  ['a lopsided 3×3', onFrame((x) => conv2d(x, lopsided(3, 3))), 1],
  ['a lopsided 4×7', onFrame((x) => conv2d(x, lopsided(4, 7))), 1],
  ['a line of 5 across', onFrame((x) => conv2d(x, lopsided(1, 5))), 1],
  ['a line of 6 down', onFrame((x) => conv2d(x, lopsided(6, 1))), 1],
  ['more light', onFrame((x) => clamp(add(mul(x, 1.25), -0.0625))), 1],
  [
    'a difference of filters',
    onFrame((x) => add(sub(conv2d(x, lopsided(3, 3)), conv2d(x, lopsided(1, 2))), 0.25)),
    1,
  ],
  ['blur σ 2', blur.build({ sigma: 2 }), 1],
  ['sharpen', sharpen.build({ amount: 2, sigma: 1.5 }), 1],
  // planGaussian is off by up to 1.7 levels before anything is rounded.
  ['blur σ 4', onFrame((x) => gaussianBlur(x, { sigma: 4 })), 2],
  ['blur σ 16', onFrame((x) => gaussianBlur(x, { sigma: 16 })), 2],
];

async function run(one: Graph, planes: FramePlanes): Promise<Output> {
  const frame = frameOf(planes);
  const form = await backend.upload(frame);
  frame.close();
  expect(form).toMatchObject({ layout: 'planar420', color: planes.color });
  const prepared = await backend.prepare(makePlan(one, form, backend.capabilities));
  backend.execute(prepared);
  const output = tightly(backend.read(prepared));
  prepared.dispose();
  return output;
}

describe.each(COLORS)('$matrix, full range $fullRange', (color) => {
  test.each(FILTERS)('%s', async (_name, one, levels) => {
    for (const [width, height] of SIZES) {
      const planes = wildPlanes(width, height, color);
      const output = await run(one, planes);
      expect(output).toMatchObject({ channels: 'planes', width, height, color });
      expect(worstOfPlanes(output, one, planes), `${width}×${height}`).toBeLessThanOrEqual(levels + 0.001);
    }
  });
});

describe('what is uploaded', () => {
  const uploads = async (one: Graph): Promise<number> => {
    const spy = vi.spyOn(WebGL2RenderingContext.prototype, 'texSubImage2D');
    const before = spy.mock.calls.length;
    await run(one, wildPlanes(40, 20, { matrix: 'bt601', fullRange: false }));
    return spy.mock.calls.length - before;
  };

  test('a filter of luma uploads luma alone', async () => {
    expect(await uploads(edge.build())).toBe(1);
    expect(await uploads(onFrame((x) => gaussianBlur(luma(x), { sigma: 2 })))).toBe(1);
  });

  test('a filter of colour uploads each plane once, though several terms read it', async () => {
    expect(await uploads(blur.build({ sigma: 2 }))).toBe(3);
    expect(await uploads(onFrame((x) => sub(conv2d(x, lopsided(3, 3)), conv2d(x, lopsided(2, 2)))))).toBe(3);
  });

  test('the frame itself is read from memory: nothing goes up', async () => {
    expect(await uploads(none.build())).toBe(0);
  });
});

test.each([[64, 48], [35, 15], [1, 1]])('%i×%i planes are shown as their conversion', async (width, height) => {
  const color: FrameColor = { matrix: 'bt709', fullRange: false };
  const planes = wildPlanes(width, height, color);
  const own = new WebGl2Backend({ ledger, upload: 'planes' });
  for (const one of [none.build(), onFrame((x) => conv2d(x, lopsided(3, 3)))]) {
    const frame = frameOf(planes);
    const form = await own.upload(frame);
    frame.close();
    const prepared = await own.prepare(makePlan(one, form, own.capabilities), { present: true });
    own.execute(prepared);
    const filtered = tightly(own.read(prepared));
    own.present(prepared);
    const seen = new OffscreenCanvas(width, height).getContext('2d');
    seen?.drawImage(own.canvas, 0, 0);
    const { data } = seen?.getImageData(0, 0, width, height) ?? new ImageData(1, 1);
    if (filtered.channels !== 'planes') throw new Error('the output is in planes');
    const shown = new Uint8Array(3 * width * height).map((_, i) => data[4 * Math.floor(i / 3) + (i % 3)] ?? 0);
    expect(worstOfPlanes({ width, height, channels: 3, data: shown }, none.build(), filtered)).toBeLessThanOrEqual(1);
    await own.finished();
    prepared.dispose();
  }
  own.dispose();
}); // prettier-ignore
