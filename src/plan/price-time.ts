/**
 * What the ways to filter over time would cost, on a picture of one usual size: whichever is chosen, a change of
 * resolution must not change it, as what is remembered would mean something else.
 */
import { at } from '../core/assert.ts';
import type { KernelFactor } from '../kernels/factor-kernel.ts';
import { operand } from '../primitives/expression.ts';
import type { Primitive, SpaceTime, Temporal } from '../primitives/primitive.ts';
import type { ChooseOptions } from './choose-options.ts';
import { HALF_LEVEL, isPlane } from './layout.ts';

import type { Image, Term, TexelFormat, TexelLayout } from './plan.ts';
import { costOf, texelsOf } from './prices.ts';
import { plainRead } from './terms.ts';
import { BYTES_OF_TEXEL } from './texels.ts';

const WIDTH = 1280;
const HEIGHT = 720;

/** What a further output of a draw costs beside the first, in ns a texel: it is written, and nothing else. */
const ALSO_NS = 2;

/** What a way takes with each frame, and what it remembers. */
export type TimeCost = Readonly<{ ms: number; bytes: number }>;

const bytesOf = (image: Image): number => texelsOf(image) * Math.max(1, image.layers ?? 1) * BYTES_OF_TEXEL[image.format]; // prettier-ignore

type Priced = Readonly<{ options: ChooseOptions; values: readonly Primitive[] }>;

/** An image as passes over such values most likely have it. */
function imageOf(value: Primitive, kind: 'bytes' | 'floats', { options }: Priced, layers?: number): Image {
  const channels = at(value.shape, 2);
  const isWide = kind === 'bytes' && channels === 1 && options.frame.layout === 'planar420' && options.techniques.packed16 !== false; // prettier-ignore
  const layout: TexelLayout = channels > 1 ? 'rgba' : isWide ? 'packed16' : 'packed4';
  const format: TexelFormat = isWide ? 'rgba32ui' : kind === 'bytes' ? 'rgba8' : 'rgba32f';
  const image: Image = { source: { kind: 'pass', index: 0 }, width: WIDTH, height: HEIGHT, channels, layout, format, interval: { low: 0, high: 1 }, expansion: null, atlas: null }; // prettier-ignore
  return layers === undefined ? image : { ...image, layers };
}

/** Bytes one texel of four wide, where floats are written. */
function narrow(image: Image): Image {
  return image.layout === 'packed16' ? { ...image, layout: 'packed4', format: 'rgba8' } : image;
}

function passMs(terms: readonly Term[], images: readonly Image[], { options }: Priced): number {
  const output = images.length - 1;
  return costOf({ kind: 'compute', label: '', terms, expression: operand(0), output, bake: false }, images, options.prices).ms; // prettier-ignore
}

const mix = (image: number, weights: ArrayLike<number>): Term => ({ kind: 'time', image, weights: Float32Array.from(weights) }); // prettier-ignore

function taps({ taps: offsets }: SpaceTime, image: number): Term {
  return {
    kind: 'taps',
    image,
    taps: offsets.map((tap) => ({ dy: at(tap, 0), dx: at(tap, 1) })),
    channels: 'shared',
    weights: new Float32Array(offsets.length),
    bias: null,
    edge: 'replicate',
  };
}

function isMean(weights: Float64Array): boolean {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.every((weight) => weight >= 0) && sum <= 1 + HALF_LEVEL;
}

const isOfBytes = (input: number, values: readonly Primitive[]): boolean => {
  const value = at(values, input);
  return isPlane(value) || value.kind === 'input';
};

/** The frames are mixed, and what comes of each product is filtered in space. */
export function framesFirstCost(
  value: SpaceTime,
  factors: readonly KernelFactor[],
  priced: Priced,
): TimeCost {
  const { frames } = value.memory;
  const arePlain = isOfBytes(value.input, priced.values);
  const isRounded = arePlain && factors.length === 1 && factors.every(({ column }) => isMean(column));
  const kind = isRounded ? 'bytes' : 'floats';
  const between = imageOf(value, kind, priced);
  const ring = arePlain ? imageOf(value, 'bytes', priced, frames) : imageOf(value, 'floats', priced, frames);
  const from = isRounded ? ring : narrow(ring);
  const mixes = factors.reduce(
    (sum, { column }) => sum + passMs([mix(0, column)], [from, between], priced),
    0,
  );
  const images = [...factors.map(() => between), isRounded ? imageOf(value, 'bytes', priced) : between];
  const ms =
    mixes +
    passMs(
      factors.map((_, i) => taps(value, i)),
      images,
      priced,
    );
  return { ms, bytes: bytesOf(from) };
}

/** Each frame is filtered once in space, and what came of it is remembered. */
export function spaceFirstCost(value: SpaceTime, factors: readonly KernelFactor[], priced: Priced): TimeCost {
  const { frames } = value.memory;
  const isRounded = isOfBytes(value.input, priced.values) && factors.length === 1 && factors.every(({ row }) => isMean(row)); // prettier-ignore
  const kind = isRounded ? 'bytes' : 'floats';
  const input = imageOf(value, isOfBytes(value.input, priced.values) ? 'bytes' : 'floats', priced);
  const from = isRounded ? input : narrow(input);
  const ring = imageOf(value, kind, priced, frames);
  const { layers: _, ...filtered } = ring;
  const filters = factors.length * passMs([taps(value, 0)], [from, filtered], priced);
  const output = isRounded ? filtered : imageOf(value, 'floats', priced);
  const images = [...factors.map(() => ring), output];
  const ms = filters + passMs(factors.map(({ column }, i) => mix(i, column)), images, priced); // prettier-ignore
  return { ms, bytes: factors.length * bytesOf(ring) };
}

/** One draw a frame, into as many textures as there are frames. */
export function accumulatorsCost(value: SpaceTime, priced: Priced): TimeCost {
  const { frames } = value.memory;
  const from = narrow(imageOf(value, isOfBytes(value.input, priced.values) ? 'bytes' : 'floats', priced));
  const sum = imageOf(value, 'floats', priced);
  const terms = [
    ...Array.from({ length: frames }, () => taps(value, 0)),
    ...Array.from({ length: frames - 1 }, (_, i) => plainRead(1 + i)),
  ];
  const images = [from, ...Array.from({ length: frames - 1 }, () => sum), sum];
  const texels = (WIDTH * HEIGHT) / (sum.layout === 'rgba' ? 1 : 4);
  const ms = passMs(terms, images, priced) + ((frames - 1) * texels * ALSO_NS) / 1e6;
  return { ms, bytes: 2 * (frames - 1) * bytesOf(sum) };
}

/** A sum over all remembered frames. */
export function windowMs(value: Temporal, weights: Float32Array, priced: Priced): number {
  const { frames } = value.memory;
  const ring = imageOf(value, isOfBytes(value.input, priced.values) ? 'bytes' : 'floats', priced, frames);
  const { layers: _, ...output } = ring;
  return passMs([mix(0, weights)], [ring, output], priced);
}

/** A sum that runs on: of any length the same. */
export function runningMs(value: Temporal, priced: Priced): number {
  const { frames } = value.memory;
  const ring = narrow(imageOf(value, isOfBytes(value.input, priced.values) ? 'bytes' : 'floats', priced, frames)); // prettier-ignore
  const sum = imageOf(value, 'floats', priced);
  const two = Float32Array.of(1, 1);
  return passMs([mix(0, two), plainRead(1)], [ring, sum, sum], priced) + passMs([plainRead(0)], [sum, sum], priced); // prettier-ignore
}
