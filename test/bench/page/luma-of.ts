/** The luma of an image, 0..1: in it all contenders can be compared, whichever way they store colours. */
import { lumaExpansion, lumaWeights } from '../../../src/core/frame-color.ts';
import type { Pixels } from '../../../src/core/pixels.ts';
import { COLOR } from './picture.ts';

/** @param values R'G'B', three a pixel. */
export function lumaOfRgb(values: Float32Array): Float32Array {
  const [red, green, blue] = lumaWeights(COLOR);
  return Float32Array.from(
    { length: values.length / 3 },
    (_, i) => red * values[3 * i]! + green * values[3 * i + 1]! + blue * values[3 * i + 2]!,
  );
}

export function lumaOfPixels(pixels: Pixels): Float32Array {
  const { width, height, strideBytes, data } = pixels;
  const pixelBytes = pixels.layout === 'rgbx' ? 4 : 1;
  const [red, green, blue] = lumaWeights(COLOR);
  const { scale, offset } = pixels.layout === 'i420' ? lumaExpansion(pixels.color) : { scale: 1, offset: 0 };
  return Float32Array.from({ length: width * height }, (_, i) => {
    const start = Math.floor(i / width) * strideBytes + (i % width) * pixelBytes;
    const code =
      pixelBytes === 1
        ? data[start]!
        : red * data[start]! + green * data[start + 1]! + blue * data[start + 2]!;
    return Math.min(1, Math.max(0, (code / 255) * scale + offset));
  });
}
