/** Filters over time as the planner rewrites them: the same results, in as few and as small steps as it says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { tensor, toFloat64, type Tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { conv1d, conv2d, conv3d, frameAt, luma, maxPool3d, relu, runningMean, stack, sub, temporal } from '../../src/graph/operators.ts'; // prettier-ignore
import type { ChooseOptions } from '../../src/plan/choose-options.ts';
import { chooseTime } from '../../src/plan/choose-time.ts';
import { planInWords } from '../../src/plan/explain.ts';
import type { ImageProgram } from '../../src/plan/image-program.ts';
import { isOfImages } from '../../src/plan/image-program.ts';
import { lower } from '../../src/plan/lower.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { overTime } from '../../src/plan/over-time.ts';
import { TYPICAL_DEVICE } from '../../src/plan/plan.ts';
import { DEFAULT_PRICES, texelsOf } from '../../src/plan/prices.ts';
import { BYTES_OF_TEXEL } from '../../src/plan/texels.ts';
import { simplify } from '../../src/plan/simplify.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import { noisyFrames } from '../support/frame-sequence.ts';
import { PrimitiveSequence } from '../support/run-primitives.ts';
import { formOf } from './fakes/device.ts';

const [height, width] = [5, 7];
const FACTS = { luma: [0.299, 0.587, 0.114] } as const;
const form = formOf(1280, 720, 'planar420');
/** In ms; one comes twice, one comes late. */
const TIMES = [0, 33, 67, 67, 133, 160, 200, 260];

function options(techniques: Techniques = {}, notes: string[] = []): ChooseOptions {
  return {
    frame: form,
    device: TYPICAL_DEVICE,
    prices: DEFAULT_PRICES,
    techniques,
    note: (text) => notes.push(text),
  };
}

const onImage = (build: (x: GraphValue) => GraphValue): Graph => graph({ x: [height, width, 1] }, ({ x }) => build(x)); // prettier-ignore

function imagesOf(of: Graph): ImageProgram {
  const { values, output } = simplify(lower(of, { x: [height, width, 1] }, FACTS));
  return overTime({ values, outputs: [output] });
}

/** The farthest that the rewritten program is from the reference, over a sequence. */
function worstOf(of: Graph, techniques: Techniques): number {
  const { values, outputs } = chooseTime(imagesOf(of), options(techniques));
  const sequence = new PrimitiveSequence({ values, output: outputs[0]! });
  const reference = new ReferenceSequence(of);
  return noisyFrames([height, width, 1], TIMES.length).reduce((worst, x, n) => {
    const time = 1000 * TIMES[n]!;
    const [got, wanted] = [sequence.next({ x: toFloat64(x) }, time), reference.next({ x }, time)];
    return Math.max(worst, ...wanted.data.map((value, i) => Math.abs(value - got.data[i]!)));
  }, 0);
}

const kindsOf = ({ values }: ImageProgram): string[] => values.map(({ kind }) => kind);

const WAYS: readonly Techniques[] = [{}, { factorTime: true, framesFirst: true }, { factorTime: true, framesFirst: false }, { accumulate: true }, { running: true }]; // prettier-ignore

const kernels = fc
  .record({
    frames: fc.integer({ min: 2, max: 5 }),
    side: fc.constantFrom(1, 2, 3),
    rank: fc.constantFrom(1, 9),
    seed: fc.integer({ min: 1, max: 1e6 }),
  })
  .map(({ frames, side, rank, seed }): Tensor => {
    const noise = (i: number) => (((i + 1) * (seed % 997) * 7919) % 1009) / 1009 - 0.4;
    const weight = (t: number, i: number) => (rank === 1 ? noise(t) * noise(50 + i) : noise(99 * t + i));
    return tensor([frames, side, side], Array.from({ length: frames * side * side }, (_, i) => weight(Math.floor(i / side / side), i % (side * side)))); // prettier-ignore
  });

test('whichever way a kernel over frames and space is computed, it is the same', () => {
  const edges = fc.constantFrom<'zero' | 'replicate'>('zero', 'replicate');
  const warmUps = fc.constantFrom<'replicate' | 'ramp'>('replicate', 'ramp');
  const property = fc.property(
    kernels,
    edges,
    warmUps,
    fc.constantFrom(...WAYS),
    (weights, edge, warmUp, way) => {
      const [frames = 1, side = 1] = weights.shape;
      const around = [side >> 1, (side - 1) >> 1] as const;
      const of = onImage((x) => relu(frameAt(conv3d(stack(x, { frames, warmUp }), { weights, edge, padding: [[0, 0], around, around], bias: Float32Array.of(0.25) })))); // prettier-ignore
      // Factors leave out what is below half a level.
      expect(worstOf(of, way)).toBeLessThanOrEqual(0.5 / 255 + 1e-6);
    },
  );
  fc.assert(property, { numRuns: 60 });
});

test('a kernel of more taps than a pass takes is summed up in several', () => {
  const weights = tensor(
    [8, 7, 7],
    Array.from({ length: 392 }, (_, i) => Math.sin(1 + i * i) / 49),
  );
  const padding = [[0, 0], [3, 3], [3, 3]] as const; // prettier-ignore
  const of = onImage((x) => frameAt(conv3d(stack(x, { frames: 8 }), { weights, padding })));
  for (const framesFirst of [true, false])
    expect(worstOf(of, { factorTime: true, framesFirst })).toBeLessThanOrEqual(0.5 / 255 + 1e-6);
});

describe('a stack that nobody needs as one', () => {
  const weights = tensor([3, 1, 1], [0.2, 0.3, 0.5]);
  const images: readonly (readonly [name: string, of: Graph])[] = [
    ['a kernel as deep as it', onImage((x) => frameAt(conv3d(stack(x, { frames: 3 }), { weights, padding: 'valid' })))], // prettier-ignore
    ['one of several outputs, past whose ends the frames repeat', onImage((x) => frameAt(conv3d(stack(x, { frames: 4 }), { weights, padding: 'same' }), -1))], // prettier-ignore
    ['a window in time alone', onImage((x) => frameAt(conv1d(stack(x, { frames: 4 }), { weights: tensor([2], [-1, 1]), axis: 't', dilations: 3, padding: 'valid' })))], // prettier-ignore
    ['an activation within', onImage((x) => frameAt(conv3d(stack(sub(x, 0.5), { frames: 3 }), { weights, padding: 'valid', activation: 'relu' })))], // prettier-ignore
    ['frames by themselves', onImage((x) => sub(frameAt(stack(x, { frames: 5 })), frameAt(stack(x, { frames: 5 }), 1)))], // prettier-ignore
  ];

  test.each(images)('is never built: %s', (_, of) => {
    expect(kindsOf(imagesOf(of))).not.toContain('stack');
    expect(isOfImages(imagesOf(of))).toBe(true);
    for (const way of WAYS) expect(worstOf(of, way)).toBeLessThanOrEqual(1e-5);
  });

  test('is built for what looks at all of it', () => {
    const of = onImage((x) => frameAt(maxPool3d(stack(x, { frames: 3 }), { windowDimensions: [3, 1, 1] })));
    expect(kindsOf(imagesOf(of))).toContain('stack');
  });
});

describe('what is chosen', () => {
  const onLuma = (build: (y: GraphValue) => GraphValue) => graph(({ frame }) => build(luma(frame)));
  const of = (weights: Tensor) => {
    const side = (weights.shape[1]! - 1) / 2;
    return onLuma((y) => frameAt(conv3d(stack(y, { frames: weights.shape[0]! }), { weights, padding: [[0, 0], [side, side], [side, side]] }))); // prettier-ignore
  };
  const filled = (shape: readonly [number, number, number], weight: (i: number) => number) =>
    tensor(
      shape,
      Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => weight(i)),
    );
  const wild = filled([5, 5, 5], (i) => (((i * 7919) % 113) / 113 - 0.4) / 25);

  test('a product over frames and space: one ring of bytes, a layer a frame', () => {
    const plan = makePlan(of(filled([5, 5, 5], () => 1 / 125)), form);
    expect(plan.memories).toHaveLength(1);
    const ring = plan.images.find(({ layers }) => layers !== undefined);
    expect(ring).toMatchObject({ layers: 5, layout: 'packed16', format: 'rgba32ui' });
    expect(plan.passes[0]).toMatchObject({ kind: 'keep' });
  });

  test('a kernel that is none: sums that are carried on, in one draw', () => {
    const plan = makePlan(of(wild), form);
    expect(plan.passes).toHaveLength(1);
    expect(plan.passes[0]).toMatchObject({ kind: 'compute', also: { length: 4 } });
  });

  test('deeper than sums can be carried: factors again', () => {
    const deep = makePlan(of(filled([12, 3, 3], (i) => (((i * 7919) % 113) / 113 - 0.4) / 9)), form);
    expect(deep.passes.some((pass) => pass.kind === 'compute' && pass.also !== undefined)).toBe(false);
  });

  test('however deep and wide, it stays among images, and no more is remembered than is good', () => {
    for (const [frames, side] of [
      [16, 5],
      [32, 5],
      [32, 3],
    ] as const) {
      const noise = (i: number) => Math.sin(1 + i * i) / (side * side);
      const plan = makePlan(of(filled([frames, side, side], noise)), form);
      expect(plan.passes.some(({ kind }) => kind === 'tensor')).toBe(false);
      const bytes = plan.images.reduce((sum, image) => sum + (image.layers === undefined ? 0 : texelsOf(image) * image.layers * BYTES_OF_TEXEL[image.format]), 0); // prettier-ignore
      expect(bytes).toBeLessThan(256e6);
    }
  });

  test('it says why', () => {
    const words = planInWords(makePlan(of(wild), form));
    expect(words).toMatch(/chosen: kernel 5×5×5: sums carried on [\d.]+ ms, rank 3, .* [\d.]+ ms/);
    expect(planInWords(makePlan(of(filled([32, 1, 1], () => 1 / 32)), form))).toMatch(
      /chosen: mean of 32 frames: a running sum [\d.]+ ms, all frames [\d.]+ ms/,
    );
  });

  test('the same at every resolution: what is remembered stays what it is', () => {
    for (const weights of [wild, filled([5, 5, 5], () => 1 / 125), filled([16, 1, 1], () => 1 / 16)]) {
      const names = [1280, 640, 160].map((side) => makePlan(of(weights), formOf(side, side / 2, 'planar420')).memories.map(({ name }) => name)); // prettier-ignore
      expect(names[1]).toEqual(names[0]);
      expect(names[2]).toEqual(names[0]);
    }
  });

  test('a device without floats is told that it needs them', () => {
    const device = { ...TYPICAL_DEVICE, floatFormat: null };
    expect(() => makePlan(onLuma((y) => runningMean(y, { ms: 100 })), form, device)).toThrow(/intermediate values/); // prettier-ignore
    expect(() => makePlan(onLuma((y) => temporal(y, { window: { ms: 100 }, shape: 'box' })), form, device)).not.toThrow(); // prettier-ignore
  });

  test('colour is filtered over time on its planes', () => {
    const plan = makePlan(
      graph(({ frame }) => temporal(frame, { window: { ms: 100 }, shape: 'box' })),
      form,
    );
    expect(plan.chroma).not.toBeNull();
    expect(plan.memories).toHaveLength(3);
    const blurred = graph(({ frame }) => temporal(conv2d(frame, tensor([1, 3], [0.25, 0.5, 0.25])), { window: { ms: 100 }, shape: 'box' })); // prettier-ignore
    expect(makePlan(blurred, form).chroma).not.toBeNull();
  });
});
