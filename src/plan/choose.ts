/**
 * Which algorithm computes each filter: direct, by its factors along the axes, or, for a Gaussian, on smaller images.
 * The cheapest by the device's prices, unless a technique is forced or forbidden.
 */
import { at } from '../core/assert.ts';
import type { KernelFactor } from '../kernels/factor-kernel.ts';
import { planGaussian } from '../kernels/gaussian-pyramid.ts';
import type { Linear, Primitive } from '../primitives/primitive.ts';
import { factorsOf, writeFactors } from './factor.ts';
import { isDense, isShared, lineOf, rewrite, usesOf, type ImageProgram } from './image-program.ts';
import type { ChooseOptions } from './choose-options.ts';
import { chooseTime } from './choose-time.ts';
import type { Image, Term, TexelLayout } from './plan.ts';
import { costOf, type Prices } from './prices.ts';
import { gaussianOf, writeSteps } from './pyramid.ts';
import { termOf } from './terms.ts';

/** Filters that meet in one pass share what they read, which no filter by itself sees: a draw goes to the direct one. */
const CLEARLY = 0.8;

export function chooseAlgorithms(program: ImageProgram, options: ChooseOptions): ImageProgram {
  return chooseGaussians(chooseFactors(chooseTime(program, options), options), options);
}

/** Kernels over both axes, factored where that is cheaper. */
export function chooseFactors(program: ImageProgram, options: ChooseOptions): ImageProgram {
  const { separate } = options.techniques;
  if (separate === false) return program;
  return rewrite(program, (value, writer) => {
    if (value.kind !== 'linear' || !isShared(value, writer.values) || !isDense(value))
      return writer.add(value);
    const factors = lineOf(value) === null ? factorsOf(value) : null;
    if (factors === null) return writer.add(value);
    const isChosen =
      separate ?? factorsMs(value, factors, options) < CLEARLY * directMs(value, writer.values, options);
    return isChosen ? writeFactors(value, factors, writer) : writer.add(value);
  });
}

/** Gaussians of any width, each by the steps that cost least. */
export function chooseGaussians(program: ImageProgram, options: ChooseOptions): ImageProgram {
  if (options.techniques.pyramid === false) return program;
  const uses = usesOf(program);
  // Values that `rewrite` wrote before, by their place in the old program.
  const places = new Map<number, number>();
  return rewrite(program, (value, writer, index) => {
    const blur = gaussianOf(at(program.values, index), program.values, (input) => at(uses, input) === 1);
    const input = blur === null ? undefined : places.get(blur.input);
    const place =
      blur === null || input === undefined
        ? writer.add(value)
        : writeSteps(planGaussian(blur.sigmaX, blur.sigmaY), input, writer);
    places.set(index, place);
    return place;
  });
}

/** An image of the filter's size in the layout that it most likely has. */
function likelyImage({ shape }: Linear, isOfBytes: boolean, { frame, techniques }: ChooseOptions): Image {
  const [height, width, channels] = [at(shape, 0), at(shape, 1), at(shape, 2)];
  const isWide = isOfBytes && frame.layout === 'planar420' && techniques.packed16 !== false;
  const layout: TexelLayout = channels > 1 ? 'rgba' : isWide ? 'packed16' : 'packed4';
  const format = layout === 'packed16' ? 'rgba32ui' : isOfBytes ? 'rgba8' : 'rgba32f';
  return { source: { kind: 'pass', index: 0 }, width, height, channels, layout, format, interval: { low: 0, high: 1 }, expansion: null, atlas: null }; // prettier-ignore
}

function passMs(terms: readonly Term[], images: readonly Image[], output: number, prices: Prices): number {
  const expression = { kind: 'constant', value: 0 } as const;
  const pass = { kind: 'compute', label: '', terms, expression, output, bake: false } as const;
  return costOf(pass, images, prices).ms;
}

function directMs(value: Linear, values: readonly Primitive[], options: ChooseOptions): number {
  const image = likelyImage(value, true, options);
  return passMs(
    [termOf(value, 0, values, { ...options.techniques, lines: false })],
    [image, image],
    1,
    options.prices,
  );
}

/** Rows each by themselves, then all columns in one pass. */
function factorsMs(value: Linear, factors: readonly KernelFactor[], options: ChooseOptions): number {
  const input = likelyImage(value, true, options);
  // What lies between stays in 8 bits only where one mean follows another.
  const between = likelyImage(value, factors.length === 1 && isMean(at(factors, 0)), options);
  const line = (axis: 'x' | 'y', image: number, { length }: Float64Array): Term => {
    return {
      kind: 'line',
      image,
      axis,
      first: 0,
      weights: new Float32Array(length),
      stride: 1,
      edge: 'replicate',
    };
  };
  const from = between.layout === input.layout ? input : between;
  const rows = factors.map(({ row }) => passMs([line('x', 0, row)], [from, between], 1, options.prices));
  const columns = factors.map(({ column }, i) => line('y', i, column));
  const images = [...factors.map(() => between), from];
  return rows.reduce((sum, ms) => sum + ms, passMs(columns, images, factors.length, options.prices));
}

function isMean({ row, column }: KernelFactor): boolean {
  return [...row, ...column].every((weight) => weight >= 0);
}
