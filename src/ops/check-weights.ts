/** Checks that every op with weights shares: tensors, channels, groups, biases. */
import { at } from '../core/assert.ts';
import { checkFinite, checkInteger, show } from '../core/check.ts';
import { checkTensor, showShape, sizeOf, type Tensor } from '../core/tensor.ts';
import { axisNames, MAX_WINDOW_SIDE } from './window-geometry.ts';

/** What a layer may take in or give out. */
export const MAX_CHANNELS = 1024;

/**
 * @returns `value`, a tensor of one of the `layouts` (lists of what its axes are called), full and finite.
 * @throws TypeError | RangeError that name the option.
 */
export function checkWeights(name: string, value: unknown, layouts: readonly (readonly string[])[]): Tensor {
  const weights = checkTensor(name, value);
  if (!layouts.some((layout) => layout.length === weights.shape.length)) {
    const allowed = layouts.map((layout) => `[${layout.join(', ')}]`).join(' or ');
    throw new TypeError(`${name} must have the shape ${allowed}, got ${showShape(weights.shape)}`);
  }
  weights.shape.forEach((dimension, axis) => checkInteger(`${name}.shape[${axis}]`, dimension, { min: 1 }));
  if (weights.data.length !== sizeOf(weights.shape)) {
    throw new RangeError(`${name} must hold ${sizeOf(weights.shape)} values, got ${weights.data.length}`);
  }
  checkFinite(name, weights.data);
  return weights;
}

/** The window's sides, the first `rank` dimensions of `weights`. @throws RangeError past 63. */
export function kernelExtent(name: string, weights: Tensor, rank: number): readonly number[] {
  return weights.shape
    .slice(0, rank)
    .map((side, axis) =>
      checkInteger(`${name} ${at(axisNames(rank), axis)}`, side, { min: 1, max: MAX_WINDOW_SIDE }),
    );
}

/** @throws RangeError when `channels` are more than a layer may have. */
export function checkChannels(name: string, channels: number): number {
  return checkInteger(name, channels, { min: 1, max: MAX_CHANNELS });
}

export type Groups = Readonly<{ groups: number; inPerGroup: number; outPerGroup: number }>;

/**
 * The groups of a layer from `channels` to `out` whose weights have `inPerGroup` input channels.
 * @throws RangeError where they don't divide, or don't meet the input.
 */
export function checkGroups(
  groups: number,
  sizes: Readonly<{ channels: number; inPerGroup: number; out: number }>,
  where: string,
): Groups {
  const { channels, inPerGroup, out } = sizes;
  checkChannels(`${where}: the input's channels`, channels);
  checkChannels(`${where}: the output channels of options.weights`, out);
  checkInteger(`${where}: options.groups`, groups, { min: 1, max: channels });
  if (inPerGroup * groups !== channels) {
    throw new RangeError(
      `${where}: options.weights have ${inPerGroup} input channels in ${groups} group(s), and the input has ${channels}`,
    );
  }
  if (out % groups !== 0) {
    throw new RangeError(`${where}: the ${out} output channels must divide into options.groups = ${groups}`);
  }
  return { groups, inPerGroup, outPerGroup: out / groups };
}

/** @throws TypeError | RangeError when `bias` is not one finite number per output channel. */
export function checkBias(bias: Float32Array | undefined, channels: number, where: string): void {
  if (bias === undefined) return;
  if (!(bias instanceof Float32Array)) {
    throw new TypeError(`${where}: options.bias must be a Float32Array, got ${show(bias)}`);
  }
  if (bias.length !== channels) {
    throw new RangeError(
      `${where}: options.bias must hold ${channels} values, one per output channel, got ${bias.length}`,
    );
  }
  checkFinite(`${where}: options.bias`, bias);
}
