/** How alike two pictures are in what they show, whatever a codec did to their levels. */
import type { ComputedPicture } from './compare-picture.ts';
import type { RgbaPicture } from './picture.ts';

/**
 * Pearson's correlation of the brightness of two pictures: 1 for the same structure, 0 for nothing in common.
 * @throws RangeError when the sizes differ.
 */
export function correlationOf(seen: RgbaPicture, expected: ComputedPicture): number {
  const [height = 0, width = 0, channels = 1] = expected.shape;
  if (seen.width !== width || seen.height !== height) {
    throw new RangeError(`the picture is ${seen.width}×${seen.height}, expected ${width}×${height}`);
  }
  const a = Float64Array.from({ length: width * height }, (_, i) => lumaOf((c) => seen.data[4 * i + c] ?? 0));
  const b = Float64Array.from({ length: width * height }, (_, i) =>
    lumaOf((c) => Math.min(1, Math.max(0, expected.data[channels * i + Math.min(c, channels - 1)] ?? 0))),
  );
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

const lumaOf = (channel: (index: number) => number): number =>
  0.299 * channel(0) + 0.587 * channel(1) + 0.114 * channel(2);

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
