/** What is remembered goes on from plan to plan: at other sizes, with other numbers, and not into another filter. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import type { PreparedGraph } from '../../src/backends/port.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { tensor } from '../../src/core/tensor.ts';
import type { GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { abs, add, conv3d, frameAt, maxPool3d, mul, runningMean, stack, temporal } from '../../src/graph/operators.ts'; // prettier-ignore
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import { greyOf, type FramePlanes } from '../support/frame-planes.ts';
import { noiseFrame } from '../support/camera-sequences.ts';
import { frameOf, tightly } from './compare.ts';
import { FULL, onFrame, onLuma } from './run-sequence.ts';

const ledger = new Ledger();
let backend: WebGl2Backend;
beforeAll(() => {
  backend = new WebGl2Backend({ ledger, upload: 'planes' });
});
afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

type Step = Readonly<{ of: Graph; planes: FramePlanes; scale?: number; techniques?: Techniques }>;

/** Frames 33 ms apart, each by its graph at its scale, every change of either carried over: the last output's bytes. */
async function run(steps: readonly Step[], isCarried = true): Promise<Uint8Array> {
  let prepared: PreparedGraph | null = null;
  let last: Step | null = null;
  let data: Uint8Array = new Uint8Array();
  for (const [n, step] of steps.entries()) {
    const { of, planes, scale = 1, techniques = {} } = step;
    const frame = frameOf(planes);
    const form = await backend.upload(frame, { scale });
    frame.close();
    if (prepared === null || last?.of !== of || last.scale !== step.scale) {
      const next = await backend.prepare(makePlan(of, form, backend.capabilities, { techniques }));
      if (prepared !== null && isCarried) backend.carry(prepared, next);
      prepared?.dispose();
      prepared = next;
    }
    backend.execute(prepared, 33_000 * n);
    const output = tightly(backend.read(prepared));
    data = output.channels === 'planes' ? output.y : output.data;
    last = step;
  }
  prepared?.dispose();
  return data;
}

/** A picture without detail, so that sizes do not matter, that gets lighter by `light` codes. */
function slope(light = 0): FramePlanes {
  const [width, height] = [96, 48];
  const y = Uint8Array.from({ length: width * height }, (_, i) => 40 + light + (i % width) + Math.floor(i / width)); // prettier-ignore
  const chroma = new Uint8Array((width * height) / 4).fill(128);
  return { width, height, y, u: chroma, v: chroma, color: FULL };
}

const weighted = (weights: readonly number[]) => (x: GraphValue) =>
  frameAt(conv3d(stack(x, { frames: weights.length }), { weights: tensor([weights.length, 1, 1], weights), padding: 'valid' })); // prettier-ignore
const block = tensor(
  [3, 3, 3],
  Array.from({ length: 27 }, (_, i) => (1 + (i % 5)) / 81),
);
const blurred = (x: GraphValue) => frameAt(conv3d(stack(x, { frames: 3 }), { weights: block, padding: [[0, 0], [1, 1], [1, 1]] })); // prettier-ignore

/** Each says 0 or the picture itself of a picture that stands still, and takes long to get there. */
const FILTERS: readonly (readonly [name: string, of: Graph, techniques: Techniques])[] = [
  ['a mean over frames', onLuma(weighted([0.1, 0.2, 0.3, 0.4])), {}],
  ['a mean in colour', onFrame(weighted([0.1, 0.2, 0.3, 0.4])), {}],
  ['a running mean', onLuma((y) => runningMean(y, { ms: 300 })), {}],
  ['a running sum', onLuma(weighted(Array.from({ length: 8 }, () => 1 / 8))), { running: true }],
  ['sums carried on', onLuma(blurred), { accumulate: true }],
  ['a window', onLuma((y) => temporal(y, { window: { ms: 150 }, shape: 'gaussian' })), {}],
  [
    'a derivative',
    onLuma((y) => add(abs(temporal(y, { window: { ms: 150 }, shape: 'derivative' })), 0.25)),
    {},
  ],
  ['a stack of tensors', onLuma((y) => mul(frameAt(maxPool3d(stack(y, { frames: 3 }), { windowDimensions: [3, 1, 1] })), 0.5)), {}], // prettier-ignore
];

describe('another resolution', () => {
  test.each(FILTERS)('%s goes on', async (_, of, techniques) => {
    const steps = (scales: readonly number[]) => scales.map((scale, n): Step => ({ of, planes: slope(20 * (n % 2)), scale, techniques })); // prettier-ignore
    for (const scale of [0.5, 0.75]) {
      const there = await run(steps([1, 1, 1, 1, scale, scale]));
      const always = await run(steps([scale, scale, scale, scale, scale, scale]));
      expect(there).toHaveLength(always.length);
      const worst = there.reduce((most, byte, i) => Math.max(most, Math.abs(byte - (always[i] ?? 0))), 0);
      expect(worst).toBeLessThanOrEqual(2);
      const back = await run(steps([1, 1, 1, scale, 1, 1]));
      const straight = await run(steps([1, 1, 1, 1, 1, 1]));
      expect(back.reduce((most, byte, i) => Math.max(most, Math.abs(byte - (straight[i] ?? 0))), 0)).toBeLessThanOrEqual(2); // prettier-ignore
    }
  });

  test('what is not carried begins anew: the tests above would see it', async () => {
    const of = onLuma(weighted([0.1, 0.2, 0.3, 0.4]));
    const steps = [1, 1, 1, 1, 0.5].map((scale, n): Step => ({ of, planes: slope(40 * (n % 2)), scale }));
    const [carried, fresh] = [await run(steps), await run(steps, false)];
    expect(carried.some((byte, i) => Math.abs(byte - (fresh[i] ?? 0)) > 8)).toBe(true);
  });
});

describe('the same size', () => {
  const frames = (count: number) => Array.from({ length: count }, (_, n) => noiseFrame(35, 15, FULL, n));

  test.each([{}, { running: true }])(
    'other weights are of all the frames that were: %j',
    async (techniques) => {
      const [before, after] = [onLuma(weighted([0.2, 0.3, 0.5])), onLuma(weighted([0.4, 0.4, 0.2]))];
      const output = await run(
        frames(7).map((planes, n) => ({ of: n < 5 ? before : after, planes, techniques })),
      );
      const reference = new ReferenceSequence(after);
      const expected = frames(7).map((planes, n) => reference.next({ frame: greyOf(planes) }, 33_000 * n)).at(-1); // prettier-ignore
      expected?.data.forEach((value, i) => {
        expect(Math.abs(255 * value - (output[i] ?? Number.NaN))).toBeLessThanOrEqual(0.55);
      });
    },
  );

  test('more frames than before: those that were are kept', async () => {
    const equal = (count: number) => onLuma(weighted(Array.from({ length: count }, () => 1 / count)));
    for (const running of [true, false]) {
      const output = await run(frames(9).map((planes, n) => ({ of: equal(n < 8 ? 4 : 6), planes, techniques: { running } }))); // prettier-ignore
      const reference = new ReferenceSequence(equal(6));
      // Of the five frames that a ring of four and one more may hold, and the new one.
      const kept = running ? 5 : 4;
      const expected = frames(9).map((planes, n) => (n < 8 - kept ? null : reference.next({ frame: greyOf(planes) }, 33_000 * n))).at(-1); // prettier-ignore
      expected?.data.forEach((value, i) => {
        expect(Math.abs(255 * value - (output[i] ?? Number.NaN))).toBeLessThanOrEqual(0.55);
      });
    }
  });

  test('a running mean goes on with another pace', async () => {
    const [before, after] = [onLuma((y) => runningMean(y, { ms: 100 })), onLuma((y) => runningMean(y, { ms: 400 }))]; // prettier-ignore
    const output = await run(frames(6).map((planes, n) => ({ of: n < 5 ? before : after, planes })));
    const reference = new ReferenceSequence(before);
    const all = frames(6).map((planes, n) => (n < 5 ? reference.next({ frame: greyOf(planes) }, 33_000 * n) : greyOf(planes))); // prettier-ignore
    const [mean, newest] = [all[4], all[5]];
    mean?.data.forEach((value, i) => {
      const expected = value + (1 - Math.exp(-33 / 400)) * ((newest?.data[3 * i] ?? 0) - value);
      expect(Math.abs(255 * expected - (output[i] ?? Number.NaN))).toBeLessThanOrEqual(0.55);
    });
  });

  test('nothing goes over into another filter', async () => {
    const [before, after] = [onLuma((y) => runningMean(abs(y), { ms: 1000 })), onLuma((y) => runningMean(mul(y, 0.5), { ms: 1000 }))]; // prettier-ignore
    const output = await run(frames(4).map((planes, n) => ({ of: n < 3 ? before : after, planes })));
    const newest = frames(4).at(-1);
    newest?.y.forEach((code, i) => {
      expect(Math.abs(code / 2 - (output[i] ?? Number.NaN))).toBeLessThanOrEqual(0.55);
    });
  });

  test('forgotten, a sequence begins with the next frame', async () => {
    const of = onLuma((y) => runningMean(y, { ms: 1000 }));
    let prepared: PreparedGraph | null = null;
    for (const [n, planes] of frames(4).entries()) {
      const frame = frameOf(planes);
      const form = await backend.upload(frame);
      frame.close();
      prepared ??= await backend.prepare(makePlan(of, form, backend.capabilities));
      if (n === 3) backend.forget(prepared);
      backend.execute(prepared, 33_000 * n);
    }
    if (prepared === null) throw new Error('there are frames');
    const output = tightly(backend.read(prepared));
    prepared.dispose();
    expect(output.channels === 1 ? [...output.data] : null).toEqual([...(frames(4).at(-1)?.y ?? [])]);
  });
});
