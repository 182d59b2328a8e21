/** Where the elements of a tensor lie in its texture, and how large that is. */
import { showShape, type Shape } from '../core/tensor.ts';
import type { Atlas, BlockDraws } from './plan.ts';

/** Of an atlas: four in space, and the channels. */
const MOST_AXES = 5;

type Placed = Readonly<{ atlas: Atlas; width: number; height: number }>;

/**
 * Where a tensor of `shape` lies, and the size of its texture.
 * @throws RangeError when the device's textures are too small; it says both sizes.
 */
export function atlasOf(shape: Shape, maxTextureSize: number): Placed {
  const { dims } = tiles(shape);
  const [a, b, height, width, channels] = dims;
  const count = a * b * Math.ceil(channels / 4);
  // Rows of pixels are worked on side by side, so tiles of one row are stacked rather than strung together.
  const isStacked = height === 1 && count <= maxTextureSize;
  const columns = isStacked ? 1 : Math.max(1, Math.min(count, Math.floor(maxTextureSize / width)));
  const size = { width: columns * width, height: Math.ceil(count / columns) * height };
  if (Math.max(size.width, size.height) > maxTextureSize) {
    throw new RangeError(
      `a tensor ${showShape(shape)} needs a texture of ${size.width}×${size.height} texels, and this device holds at most ` +
        `${maxTextureSize} on a side`,
    );
  }
  return { atlas: { ...tiles(shape), columns }, ...size };
}

/** Of `frames` frames of `shape`, the oldest first: an axis more, or, where there is none left, their first axis longer. */
export function stackShape(shape: Shape, frames: number): Shape {
  const [first = 1, ...rest] = shape;
  return shape.length < MOST_AXES ? [frames, ...shape] : [frames * first, ...rest];
}

/** One below the other. */
export function tiles(shape: Shape): Atlas {
  const dims = [
    ...Array.from({ length: MOST_AXES - shape.length }, () => 1),
    ...shape,
  ] as unknown as Atlas['dims'];
  return { dims, columns: 1, block: null, shape };
}

/** Where the output of a filter in blocks lies, and the size of a layer. */
export function blocksOf(shape: Shape, { pixels, phases }: BlockDraws): Placed {
  const block = { width: pixels[1] * phases[1], height: pixels[0] * phases[0] };
  const atlas: Atlas = { ...tiles(shape), block };
  const [, , height, width] = atlas.dims;
  return { atlas, width: Math.ceil(width / block.width) + 1, height: Math.ceil(height / block.height) + 1 };
}
