/** Holds a picture from the screen against the one that was computed, over every pixel and channel, borders included. */
import type { RgbaPicture } from './picture.ts';

/** A computed picture: `[height, width, channels]`, 1 or 3 channels, 0..1. */
export type ComputedPicture = Readonly<{ shape: readonly number[]; data: ArrayLike<number> }>;

export type Difference = Readonly<{
  /** The largest difference, in levels of 255. */
  worst: number;
  /** Where it is, and the two values there. */
  at: string;
  /** The mean difference in levels. */
  mean: number;
  /** The share of values that differ by more than two levels. */
  overTwo: number;
}>;

/** @throws RangeError when the sizes differ: a scaled picture can't be compared pixel by pixel. */
export function differenceOf(seen: RgbaPicture, expected: ComputedPicture): Difference {
  const [height = 0, width = 0, channels = 1] = expected.shape;
  if (seen.width !== width || seen.height !== height) {
    throw new RangeError(`the view shows ${seen.width}×${seen.height}, expected ${width}×${height}`);
  }
  let worst = 0;
  let worstIndex = 0;
  let sum = 0;
  let overTwo = 0;
  for (let index = 0; index < width * height * 3; index += 1) {
    const difference = Math.abs(seenAt(seen, index) - expectedAt(expected, channels, index));
    sum += difference;
    // Half a level of rounding is no difference of three levels: 2.49 rounds to two.
    if (Math.round(difference) > 2) overTwo += 1;
    if (difference > worst) [worst, worstIndex] = [difference, index];
  }
  const count = width * height * 3;
  return {
    worst,
    at: describePlace(seen, expected, channels, worstIndex),
    mean: sum / count,
    overTwo: overTwo / count,
  };
}

/** Indices run over the three colour channels of all pixels. */
const seenAt = (seen: RgbaPicture, index: number): number =>
  seen.data[Math.floor(index / 3) * 4 + (index % 3)] ?? 0;

const expectedAt = (expected: ComputedPicture, channels: number, index: number): number => {
  const value = expected.data[channels === 1 ? Math.floor(index / 3) : index] ?? 0;
  return Math.min(Math.max(value, 0), 1) * 255;
};

function describePlace(
  seen: RgbaPicture,
  expected: ComputedPicture,
  channels: number,
  index: number,
): string {
  const pixel = Math.floor(index / 3);
  const place = `x ${pixel % seen.width}, y ${Math.floor(pixel / seen.width)}, ${'rgb'[index % 3] ?? ''}`;
  return `${place}: seen ${seenAt(seen, index)}, expected ${expectedAt(expected, channels, index).toFixed(2)}`;
}
