/**
 * Every technique, forced and forbidden, on real WebGL2: pixels against float64. Plans that come out alike are run
 * once; what differs is what a technique changes.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blur, edge, sharpen } from '../../pipelines/index.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import { abs, add, clamp, conv2d, gaussianBlur, luma, magnitude, mul } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { sobelX, sobelY } from '../../src/kernels/fixed.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { FrameLayout, Plan } from '../../src/plan/plan.ts';
import { TECHNIQUES, type Techniques } from '../../src/plan/techniques.ts';
import { calmPlanes, rgbOf, type FramePlanes } from '../support/frame-planes.ts';
import { frameOf, rgbTensor, tightly, worstOfPlanes, type Output } from './compare.ts';
import { frameOfRgb, type Rgb } from './real-frame.ts';

const ledger = new Ledger();
const backends: Partial<Record<FrameLayout, WebGl2Backend>> = {};
beforeAll(() => {
  backends.planar420 = new WebGl2Backend({ ledger, upload: 'planes' });
  backends.rgba = new WebGl2Backend({ ledger, upload: 'rgbx' });
});
afterAll(() => {
  backends.planar420?.dispose();
  backends.rgba?.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

const SIZES = [[33, 17], [64, 48], [35, 15], [1, 1]] as const; // prettier-ignore
const COLOR: FrameColor = { matrix: 'bt601', fullRange: false };
const RGB_COLOR: FrameColor = { matrix: 'bt709', fullRange: true };

const onFrame = (build: (frame: GraphValue) => GraphValue): Graph => graph(({ frame }) => build(frame));
const onLuma = (build: (y: GraphValue) => GraphValue): Graph => onFrame((frame) => build(luma(frame)));
/** Without symmetry, so that a flip, a shift or a swapped axis shows. */
const lopsided = (height: number, width: number): Tensor =>
  tensor(
    [height, width],
    Float64Array.from({ length: height * width }, (_, i) => (1 + ((i * i) % 5)) / (3 * height * width)),
  );
/** A column times a row, neither of them symmetric. */
const ofRankOne = (side: number): Tensor =>
  tensor(
    [side, side],
    Float64Array.from(
      { length: side * side },
      (_, i) => ((1 + (i % side)) * (2 + (Math.floor(i / side) % 3))) / (side * side * side),
    ),
  );
const edges = (y: GraphValue) => clamp(magnitude(conv2d(y, sobelX), conv2d(y, sobelY)));
const layer = (x: GraphValue, from: number, to: number) =>
  conv2d(x, {
    weights: tensor(
      [3, 3, from, to],
      Float64Array.from({ length: 9 * from * to }, (_, i) => Math.sin(i * 78.233) / (3 * from)),
    ),
    bias: Float32Array.from({ length: to }, (_, i) => 0.2 + 0.1 * i),
    padding: 'same',
  });

/**
 * Levels: half of one is the output's rounding; with bytes on the way another half for each, so a level for two
 * roundings, and two where there are three or where a pyramid is off by up to 1.7 itself.
 */
const GRAPHS: readonly (readonly [name: string, graph: Graph, levels: number])[] = [
  ['edge', edge.build(), 1],
  ['sharpen', sharpen.build(), 1],
  ['blur σ 1', blur.build({ sigma: 1 }), 1],
  ['blur σ 4', blur.build({ sigma: 4 }), 2],
  ['blur σ 16 of luma', onLuma((y) => gaussianBlur(y, { sigma: 16 })), 2],
  ['a lopsided 3×3 on luma', onLuma((y) => conv2d(y, lopsided(3, 3))), 1],
  ['a 9×9 of rank 1 on luma', onLuma((y) => conv2d(y, ofRankOne(9))), 1],
  [
    'a 5×5 of rank 1 with zeros outside',
    onLuma((y) => conv2d(y, { weights: ofRankOne(5), edge: 'zero' })),
    1,
  ],
  ['a lopsided 3×3 on colour', onFrame((x) => conv2d(x, lopsided(3, 3))), 1],
  [
    'a 7×7 of rank 1 on colour, zeros outside',
    onFrame((x) => conv2d(x, { weights: ofRankOne(7), edge: 'zero' })),
    1,
  ],
  ['edges tinted by the picture', onFrame((x) => mul(x, edges(luma(x)))), 1],
  ['a glow', onFrame((x) => clamp(add(mul(x, 0.5), mul(gaussianBlur(luma(x), { sigma: 8 }), 0.5)))), 2],
  [
    'a lopsided line in grey, in colour',
    onFrame((x) => abs(add(x, mul(conv2d(luma(x), lopsided(1, 11)), -0.5)))),
    1,
  ],
  ['a network of three layers', onFrame((x) => layer(clamp(layer(clamp(layer(x, 3, 4)), 4, 8)), 8, 3)), 1],
];

const choices: readonly Techniques[] = [
  {},
  ...TECHNIQUES.flatMap((technique) => [{ [technique]: true }, { [technique]: false }]),
];

function picture(width: number, height: number): Rgb {
  const { y, u, v } = calmPlanes(2 * width, 2 * height, RGB_COLOR);
  const data = new Uint8ClampedArray(4 * width * height).map((_, i) => [y, u, v, y][i % 4]?.[i >> 2] ?? 0);
  return { width, height, data };
}

async function run(backend: WebGl2Backend, plan: Plan): Promise<Output> {
  const prepared = await backend.prepare(plan);
  while (await backend.refine(prepared));
  backend.execute(prepared);
  const output = tightly(backend.read(prepared));
  prepared.dispose();
  return output;
}

/** The worst of all distinct plans that the techniques make, and which it was. */
async function worstOf(
  one: Graph,
  layout: FrameLayout,
  [width, height]: readonly [number, number],
): Promise<{ worst: number; techniques: Techniques; plans: number }> {
  const backend = backends[layout]!;
  const [planes, rgb] = [calmPlanes(width, height, COLOR), picture(width, height)];
  const frame = layout === 'planar420' ? frameOf(planes) : frameOfRgb(rgb);
  const form = await backend.upload(frame);
  frame.close();
  expect(form.layout).toBe(layout);
  const [source, truth]: [FramePlanes, Tensor] =
    layout === 'planar420' ? [planes, rgbOf(planes)] : [{ ...planes, color: RGB_COLOR }, rgbTensor(rgb)];
  const seen = new Set<string>();
  let found = { worst: 0, techniques: {} as Techniques };
  for (const techniques of choices) {
    const plan = makePlan(one, form, backend.capabilities, { techniques });
    const key = JSON.stringify(plan);
    if (seen.has(key)) continue;
    seen.add(key);
    const worst = worstOfPlanes(await run(backend, plan), one, source, truth);
    if (worst > found.worst) found = { worst, techniques };
  }
  return { ...found, plans: seen.size };
}

describe.each(['planar420', 'rgba'] as const)('%s', (layout) => {
  test.each(GRAPHS)('%s', { timeout: 120_000 }, async (_name, one, levels) => {
    for (const size of SIZES) {
      const { worst, techniques, plans } = await worstOf(one, layout, size);
      expect(plans).toBeGreaterThan(1);
      // Sums of many weights in float32.
      expect(worst, `${size.join('×')} with ${JSON.stringify(techniques)}`).toBeLessThanOrEqual(
        levels + 0.01,
      );
    }
  });
});
