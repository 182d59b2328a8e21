/** Tensors ↔ the texels of their textures, four channels a texel; unused lanes are 0. */
import { sizeOf, type Tensor } from '../../core/tensor.ts';
import type { Atlas } from '../../plan/plan.ts';

/** Calls `visit` with the index of each element and where it lies in the texels. */
function eachElement({ dims, columns }: Atlas, visit: (element: number, texel: number) => void): void {
  const [a, b, height, width, channels] = dims;
  const depth = Math.ceil(channels / 4);
  let element = 0;
  for (let block = 0; block < a * b; block++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++) {
          const tile = block * depth + (c >> 2);
          const column = (tile % columns) * width + x;
          const row = Math.floor(tile / columns) * height + y;
          visit(element, 4 * (row * columns * width + column) + (c & 3));
          element++;
        }
      }
    }
  }
}

/** @param texels width × height of the texture. */
export function toTexels(data: Float32Array, atlas: Atlas, texels: number): Float32Array {
  const values = new Float32Array(4 * texels);
  eachElement(atlas, (element, texel) => {
    values[texel] = data[element] ?? 0;
  });
  return values;
}

export function fromTexels(values: Float32Array, atlas: Atlas): Tensor {
  const data = new Float32Array(sizeOf(atlas.shape));
  eachElement(atlas, (element, texel) => {
    data[element] = values[texel] ?? 0;
  });
  return { shape: atlas.shape, data };
}
