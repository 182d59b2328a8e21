/**
 * Filters over many channels, drawn in blocks: how many pixels and texels a fragment computes, and in which phases.
 * A fragment reads each weight once for all of its pixels and each input once for all of its taps and texels; on
 * every device reads are what such a filter costs. Prices are those of SwiftShader, in nanoseconds, where a GPU's
 * differ in size but hardly in proportion.
 */
import type { Linear } from '../primitives/primitive.ts';
import type { Atlas, BlockDraws, DeviceCapabilities } from './plan.ts';
import type { Techniques } from './techniques.ts';

/** Of one texel that is read; more where neighbouring fragments read texels that are apart, for each one between. */
const READ_NS = 1.8;
const APART_NS = 0.4;
/** Of one product of a matrix of 4 × 4 and a vector. */
const PRODUCT_NS = 1.5;
/** Of a fragment besides, for each texel that it writes. */
const WRITE_NS = 5;
/** Of one draw, whatever its size. */
const DRAW_NS = 13_000;
/** What a second kind of program has to be worth, in each execution. */
const LEAST_GAIN_NS = 100_000;

/** Products that a program of blocks writes out: more take long to compile. */
const MOST_PRODUCTS = 128;
/** Products with literals for weights, which are written out for all channels. */
const MOST_BAKED_PRODUCTS = 192;
/** Compiling a baked program, on the thread that runs the frames: at first and for each product. */
const BAKE_NS = 25e6;
const BAKE_PRODUCT_NS = 0.5e6;
/** Executions within which a baked program has to have paid for its compilation. */
const BAKE_HORIZON = 150;

const SIDES = [1, 2, 4, 8];

/** What a filter over images has to do. */
type Filter = Readonly<{
  linear: Linear;
  height: number;
  width: number;
  /** Texels of 4 channels that an output texel sees, and those that there are of the output. */
  inTexels: number;
  outTexels: number;
  /** Whether an output texel sees its own input texel alone. */
  isDiagonal: boolean;
  /** Vectors of weights from an input texel to an output texel. */
  columns: number;
  /** Of the input, in pixels: neighbours in a layer are as far apart. */
  blockWidth: number;
  phases: BlockDraws['phases'];
  /** Of each phase. */
  taps: readonly (readonly PhaseTap[])[];
}>;

/** Layers of the texture of an image; 0 where it is no array. */
export function layersOf(atlas: Atlas | null): number {
  const block = atlas?.block ?? null;
  return atlas === null || block === null ? 0 : Math.ceil(atlas.dims[4] / 4) * block.width * block.height;
}

/** Whether each output channel reads the input channel of its own number alone. */
export function isDiagonal({ channels, groups }: Linear, inChannels: number, outChannels: number): boolean {
  return channels === 'shared' || (groups === inChannels && inChannels === outChannels);
}

/** The input texels that output texel `o4` sees: the first one, and how many. */
export function seenTexels({ groups }: Linear, inChannels: number, outChannels: number, o4: number) {
  const [inPerGroup, outPerGroup] = [inChannels / groups, outChannels / groups];
  const groupOf = (o: number) => Math.floor(Math.min(o, outChannels - 1) / outPerGroup);
  const first = Math.floor((groupOf(4 * o4) * inPerGroup) / 4);
  return { first, count: Math.ceil(((groupOf(4 * o4 + 3) + 1) * inPerGroup) / 4) - first };
}

/**
 * The draws of `linear` in blocks; null where it is no filter over images, where the device's limits forbid them, or
 * where one texel a fragment is as fast.
 */
export function planBlocks(
  linear: Linear,
  input: Atlas,
  output: Atlas,
  device: DeviceCapabilities,
  { blocks: isWanted, bake }: Techniques,
): BlockDraws | null {
  if (isWanted === false || !isOverImages(linear, input, output)) return null;
  const filter = filterOf(linear, input, output);
  let best: Readonly<{ draws: BlockDraws; cost: number }> | null = null;
  for (const [pixels, texels] of candidates(device)) {
    const draws: BlockDraws = { pixels, phases: filter.phases, texels, bake: false };
    if (!isWithinLimits(draws, filter, device)) continue;
    const cost = costOf(draws, filter);
    if (best === null || cost < best.cost) best = { draws, cost };
  }
  if (best === null || (isWanted !== true && best.cost + LEAST_GAIN_NS > plainCost(filter))) return null;
  const isBaked = bake !== false && (bake === true || paysToBake(best.draws, filter));
  return { ...best.draws, bake: isBaked && isShortBaked(best.draws, filter) };
}

/** Reads, of inputs and of weights, and products on four lanes, for each texel that is written. */
export function blockWork(
  linear: Linear,
  draws: BlockDraws,
  input: Atlas,
  output: Atlas,
): Readonly<{ fetches: number; multiplyAdds: number }> {
  const filter = filterOf(linear, input, output);
  const { columns } = filter;
  const perFragment = draws.pixels[0] * draws.pixels[1] * draws.texels;
  const [mean, met] = [filter.inTexels / filter.taps.length, linear.taps.length];
  const reads = filter.taps.reduce((sum, phase) => sum + readsOf(draws, filter, phase), 0);
  return {
    fetches: (mean * (reads + columns * met * draws.texels)) / perFragment,
    multiplyAdds: mean * met * columns,
  };
}

function isOverImages({ shape, upsample, edge }: Linear, input: Atlas, output: Atlas): boolean {
  const isFlat = [input, output].every(({ dims: [a, b] }) => a * b === 1);
  // Between the pixels of an upsampled input only zeros are at hand.
  return isFlat && shape.length <= 3 && (edge === 'zero' || upsample.every((factor) => factor === 1));
}

function filterOf(linear: Linear, input: Atlas, output: Atlas): Filter {
  const [, , height, width, outChannels] = output.dims;
  const inChannels = input.dims[4];
  const outTexels = Math.ceil(outChannels / 4);
  const diagonal = isDiagonal(linear, inChannels, outChannels);
  const spans = Array.from(
    { length: outTexels },
    (_, o4) => seenTexels(linear, inChannels, outChannels, o4).count,
  );
  const phases = phasesOf(linear);
  return {
    linear,
    height,
    width,
    inTexels: diagonal ? 1 : Math.max(...spans),
    outTexels,
    isDiagonal: diagonal,
    columns: diagonal ? 1 : Math.min(4, inChannels),
    blockWidth: input.block?.width ?? 1,
    phases,
    taps: tapsOfPhases(linear, phases),
  };
}

/** Numbers over (y, x), the last two axes; axes that a tensor has not get `fill`. */
export function overImage(values: readonly number[], fill: number): readonly [y: number, x: number] {
  return [values.at(-2) ?? fill, values.at(-1) ?? fill];
}

/** With q = p · strides + tap, whole multiples of `upsample` repeat with this period of p. */
function phasesOf({ strides, upsample }: Linear): BlockDraws['phases'] {
  const [stride, factor] = [overImage(strides, 1), overImage(upsample, 1)];
  return [
    factor[0] / greatestDivisor(stride[0], factor[0]),
    factor[1] / greatestDivisor(stride[1], factor[1]),
  ];
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** A tap that a phase meets: its number, and the pixel of the input that it reads at the block's corner. */
export type PhaseTap = Readonly<{ tap: number; y: number; x: number }>;

/** The taps that outputs of one phase meet. */
export function tapsOfPhase(
  { taps, strides, upsample }: Linear,
  phase: readonly [y: number, x: number],
): readonly PhaseTap[] {
  const [stride, factor] = [overImage(strides, 1), overImage(upsample, 1)];
  return taps.flatMap((offset, tap) => {
    const [dy, dx] = overImage(offset, 0);
    const [y, x] = [(phase[0] * stride[0] + dy) / factor[0], (phase[1] * stride[1] + dx) / factor[1]];
    return Number.isInteger(y) && Number.isInteger(x) ? [{ tap, y, x }] : [];
  });
}

function tapsOfPhases(
  linear: Linear,
  [rows, columns]: BlockDraws['phases'],
): readonly (readonly PhaseTap[])[] {
  return Array.from({ length: rows * columns }, (_, i) =>
    tapsOfPhase(linear, [Math.floor(i / columns), i % columns]),
  );
}

function candidates({ maxDrawBuffers }: DeviceCapabilities): [BlockDraws['pixels'], number][] {
  return SIDES.flatMap((rows) =>
    SIDES.flatMap((columns) =>
      SIDES.map((texels): [BlockDraws['pixels'], number] => [[rows, columns], texels]),
    ),
  ).filter(([[rows, columns], texels]) => rows * columns * texels <= Math.min(8, maxDrawBuffers));
}

function isWithinLimits(
  { pixels, phases, texels }: BlockDraws,
  { height, width, inTexels, outTexels, isDiagonal: diagonal, taps }: Filter,
  { maxArrayLayers, maxTextureSize }: DeviceCapabilities,
): boolean {
  const most = Math.max(...taps.map(({ length }) => length));
  if (texels > outTexels || (diagonal && texels > 1)) return false;
  if (most * pixels[0] * pixels[1] * texels > (diagonal ? 4 : 1) * MOST_PRODUCTS) return false;
  const block = [pixels[0] * phases[0], pixels[1] * phases[1]] as const;
  if (outTexels * block[0] * block[1] > maxArrayLayers) return false;
  if (Math.max(Math.ceil(height / block[0]), Math.ceil(width / block[1])) >= maxTextureSize) return false;
  // A row of weights holds those of one input texel at least.
  return 4 * most * texels <= maxTextureSize && inTexels <= maxTextureSize;
}

/** Fragments of one phase and of a few texels. */
function fragmentsOf({ pixels, phases }: BlockDraws, { height, width }: Filter): number {
  return Math.ceil(height / (pixels[0] * phases[0])) * Math.ceil(width / (pixels[1] * phases[1]));
}

/** Pixels of the input that a fragment reads of each input texel. */
function readsOf(
  { pixels: [rows, columns], phases }: BlockDraws,
  { linear: { strides, upsample } }: Filter,
  taps: readonly PhaseTap[],
): number {
  const [stride, factor] = [overImage(strides, 1), overImage(upsample, 1)];
  const step = [(phases[0] * stride[0]) / factor[0], (phases[1] * stride[1]) / factor[1]] as const;
  const pixels = new Set<string>();
  for (const { y, x } of taps)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        pixels.add(`${y + row * step[0]} ${x + column * step[1]}`);
  return pixels.size;
}

function costOf(draws: BlockDraws, filter: Filter): number {
  const { pixels, phases, texels } = draws;
  const { linear, inTexels, outTexels, columns, blockWidth, taps } = filter;
  const perFragment = pixels[0] * pixels[1] * texels;
  const step = (pixels[1] * phases[1] * overImage(linear.strides, 1)[1]) / overImage(linear.upsample, 1)[1];
  const read = READ_NS + APART_NS * Math.min(3, Math.max(0, step / blockWidth - 1));
  return taps.reduce((sum, phase) => {
    const weights = columns * phase.length * texels;
    const products = phase.length * perFragment * PRODUCT_NS * (columns / 4);
    const each = readsOf(draws, filter, phase) * read + weights * READ_NS + products;
    const fragment = perFragment * WRITE_NS + inTexels * each;
    return sum + Math.ceil(outTexels / texels) * (fragmentsOf(draws, filter) * fragment + DRAW_NS);
  }, 0);
}

/** Of one texel a fragment: every tap, and for each input texel its weights. */
function plainCost({ linear, height, width, inTexels, outTexels, isDiagonal: diagonal }: Filter): number {
  // There all four lanes of an input texel are weighed, whether it has them or not.
  const each = diagonal ? 2 * READ_NS + PRODUCT_NS / 4 : 5 * READ_NS + PRODUCT_NS;
  return DRAW_NS + height * width * outTexels * (WRITE_NS + linear.taps.length * inTexels * each);
}

/** What a baked program of a phase writes out. */
function bakedProducts(
  { pixels, texels }: BlockDraws,
  { inTexels, columns }: Filter,
  taps: readonly PhaseTap[],
): number {
  return taps.length * inTexels * pixels[0] * pixels[1] * texels * (columns / 4);
}

function isShortBaked(draws: BlockDraws, filter: Filter): boolean {
  return filter.taps.every((phase) => bakedProducts(draws, filter, phase) <= MOST_BAKED_PRODUCTS);
}

/** Whether what the weights' reads cost in a number of executions is more than compiling programs without. */
function paysToBake(draws: BlockDraws, filter: Filter): boolean {
  return filter.taps.every((phase) => {
    const reads = filter.columns * phase.length * draws.texels * filter.inTexels;
    const compilation = BAKE_NS + BAKE_PRODUCT_NS * bakedProducts(draws, filter, phase);
    return reads === 0 || fragmentsOf(draws, filter) * reads * READ_NS * BAKE_HORIZON > compilation;
  });
}
