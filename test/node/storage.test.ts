/** Which images share a texture: never two that are needed at the same time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import { abs, conv2d, mul, relu } from '../../src/graph/operators.ts';
import { tensor } from '../../src/core/tensor.ts';
import { textureBytes } from '../../src/plan/explain.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { FrameLayout, Image, Pass, Plan } from '../../src/plan/plan.ts';
import { assignStorage, imagesOf } from '../../src/plan/storage.ts';
import { plainRead } from '../../src/plan/terms.ts';
import { operand } from '../../src/primitives/expression.ts';
import { DEVICE, formOf, planOf } from './fakes/device.ts';
import { blurLast, colorLinear, randomGraph } from './random-graph.ts';

/** No image is overwritten before its last reader, or before it is shown; those that share are of one form. */
function expectSound({ images, passes, storage, output, chroma }: Plan): void {
  expect(storage).toHaveLength(images.length);
  const holds = new Map<number, number>();
  images.forEach(({ source }, index) => {
    // What is there before any pass is never overwritten: a given tensor stays from run to run.
    if (source.kind === 'pass') return;
    expect(holds.has(storage[index]!)).toBe(false);
    holds.set(storage[index]!, index);
  });
  const given = new Set(holds.keys());
  for (const pass of passes) {
    for (const image of imagesOf(pass)) {
      expect(holds.get(storage[image]!)).toBe(image);
      expect(storage[image]).not.toBe(storage[pass.output]);
    }
    expect(given.has(storage[pass.output]!)).toBe(false);
    holds.set(storage[pass.output]!, pass.output);
  }
  for (const image of [output, ...(chroma === null ? [] : [chroma.u, chroma.v])]) {
    expect(holds.get(storage[image]!)).toBe(image);
  }
  const formsOf = new Map<number, Set<string>>();
  images.forEach(({ width, height, layout, format, atlas }, index) => {
    const forms = formsOf.get(storage[index]!) ?? new Set<string>();
    formsOf.set(
      storage[index]!,
      forms.add(JSON.stringify([width, height, layout, format, atlas?.dims[4] ?? 0])),
    );
  });
  formsOf.forEach((forms) => {
    expect([...forms]).toHaveLength(1);
  });
}

describe('plans of random graphs', () => {
  const forms = fc.record({
    width: fc.constantFrom(5, 18, 40),
    height: fc.constantFrom(4, 24),
    layout: fc.constantFrom<FrameLayout>('rgba', 'planar420'),
  });

  test('overwrite nothing that is needed', () => {
    fc.assert(
      fc.property(
        fc.oneof(randomGraph, blurLast, colorLinear),
        forms,
        fc.boolean(),
        (one, { width, height, layout }, fuse) => {
          expectSound(
            makePlan(one, formOf(width, height, layout), DEVICE, fuse ? {} : { techniques: { fuse: false } }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('without reuse have a texture for each image', () => {
    fc.assert(
      fc.property(randomGraph, forms, (one, { width, height, layout }) => {
        const plan = makePlan(one, formOf(width, height, layout), DEVICE, {
          techniques: { reuse: false, fuse: false },
        });
        expect(new Set(plan.storage).size).toBe(plan.images.length);
      }),
      { numRuns: 50 },
    );
  });
});

const FORM: Omit<Image, 'source'> = {
  width: 8,
  height: 4,
  channels: 3,
  layout: 'rgba',
  format: 'rgba16f',
  interval: { low: 0, high: 1 },
  expansion: null,
  atlas: null,
};
const frameImage: Image = { ...FORM, source: { kind: 'frame', plane: 'rgba' }, format: 'rgba8' };

/** Image 0 is the frame; pass i reads the images of `reads[i]` and writes image i + 1. */
function chainOf(
  reads: readonly (readonly number[])[],
  forms: readonly Partial<Image>[] = [],
): [readonly Image[], readonly Pass[]] {
  const images = reads.map((_, i): Image => ({ ...FORM, ...forms[i], source: { kind: 'pass', index: i } }));
  const passes = reads.map((from, i): Pass => ({
    kind: 'compute',
    label: '',
    terms: from.map(plainRead),
    expression: operand(0),
    output: i + 1,
    bake: false,
  }));
  return [[frameImage, ...images], passes];
}

describe('assignStorage', () => {
  const ofPasses = (
    reads: readonly (readonly number[])[],
    kept: readonly number[],
    forms?: readonly Partial<Image>[],
  ) => assignStorage(...chainOf(reads, forms), kept).slice(1);

  test('a chain of any length shares two textures', () => {
    const storage = ofPasses([[0], [1], [2], [3], [4], [5]], [6]);
    expect(new Set(storage).size).toBe(2);
    expect(storage).toEqual([1, 2, 1, 2, 1, 2]);
  });

  test('what is read later keeps its texture until then', () => {
    // Image 1 is read by pass 3 again.
    expect(ofPasses([[0], [1], [2], [1, 3], [4]], [5])).toEqual([1, 2, 3, 2, 1]);
  });

  test('a pass never writes what it reads, even for the last time', () => {
    expect(ofPasses([[0], [1]], [2])).toEqual([1, 2]);
  });

  test('outputs stay, whoever comes after them', () => {
    expect(ofPasses([[0], [0], [0], [3], [4]], [1, 2, 5])).toEqual([1, 2, 3, 4, 3]);
  });

  test.each<[string, Partial<Image>]>([
    ['size', { width: 4 }],
    ['layout', { layout: 'packed4', channels: 1 }],
    ['format', { format: 'rgba8' }],
  ])('another %s is another texture', (_name, other) => {
    expect(ofPasses([[0], [1], [2]], [3], [{}, other, {}])).toEqual([1, 2, 1]);
    expect(ofPasses([[0], [1], [2], [3]], [4], [{}, other, {}, other])).toEqual([1, 2, 1, 2]);
  });

  test('numbers of what comes in are its own', () => {
    const [images, passes] = chainOf([[0], [1], [2]]);
    const given: Image = { ...FORM, source: { kind: 'tensor', name: 'x' } };
    const fixed: Image = { ...FORM, source: { kind: 'constant', data: new Float32Array(96) } };
    const storage = assignStorage([...images, given, fixed], passes, [3]);
    expect(storage).toEqual([0, 3, 4, 3, 1, 2]);
  });
});

describe('tensors', () => {
  const layer = (value: GraphValue) =>
    relu(conv2d(value, { weights: tensor([3, 3, 8, 8], new Float32Array(576).fill(0.01)), padding: 'same' }));
  const first = (value: GraphValue) =>
    relu(conv2d(value, { weights: tensor([3, 3, 3, 8], new Float32Array(216).fill(0.01)), padding: 'same' }));
  const last = (value: GraphValue) =>
    conv2d(value, { weights: tensor([1, 1, 8, 3], new Float32Array(24).fill(0.1)) });
  const network = (layers: number) =>
    graph(({ frame }) => {
      let value = first(frame);
      for (let i = 0; i < layers; i++) value = layer(value);
      return last(value);
    });

  test('a deep network needs no more memory than a shallow one', () => {
    const [shallow, deep] = [2, 9].map((layers) => planOf(network(layers), formOf(32, 32)));
    expectSound(deep!);
    // Weights that are tables, and the layers' two textures.
    const own = ({ images, storage }: Plan) =>
      new Set(storage.filter((_, i) => images[i]?.source.kind === 'pass')).size;
    expect(own(deep!)).toBe(own(shallow!));
    expect(deep!.passes.length).toBeGreaterThanOrEqual(shallow!.passes.length + 7);
  });
});

test('the bytes of a plan count each texture once', () => {
  const values = graph(({ frame }) => mul(abs(conv2d(frame, tensor([1, 3], [1, 2, 1]))), 2));
  const form = formOf(64, 48);
  const plan = (reuse: boolean) => makePlan(values, form, DEVICE, { techniques: { fuse: false, reuse } });
  // Three images: two halves floats, one of bytes.
  expect(textureBytes(plan(false))).toBe(64 * 48 * (8 + 8 + 4));
  const long = graph(({ frame }) => mul(abs(mul(abs(conv2d(frame, tensor([1, 3], [1, 2, 1]))), 3)), 2));
  expect(textureBytes(makePlan(long, form, DEVICE, { techniques: { fuse: false } }))).toBe(
    64 * 48 * (8 + 8 + 4),
  );
});
