/** The textures of a plan's images, and what is written into them once or with each run. */
import { assert, at } from '../../core/assert.ts';
import type { Tensor } from '../../core/tensor.ts';
import { layersOf } from '../../plan/block-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { texelWidth } from '../../plan/texels.ts';
import { toTexels } from './tensor-texels.ts';
import type { TexturePool } from './texture-pool.ts';
import type { Texture } from './textures.ts';

/** One for each image, shared as the plan says; null for planes of the frame. Constants are written. */
export function allocate({ images, storage }: Plan, pool: TexturePool): (Texture | null)[] {
  const held = new Map<number, Texture>();
  return images.map(({ source, width, height, layout, format, atlas, layers }, index) => {
    if (source.kind === 'frame') return null;
    const place = at(storage, index);
    const known = held.get(place);
    if (known !== undefined) return known;
    const texels = texelWidth(width, layout);
    const texture = pool.take(texels, height, format, layers ?? layersOf(atlas));
    held.set(place, texture);
    if (source.kind === 'constant' && atlas !== null)
      texture.write(toTexels(source.data, atlas, texels * height));
    return texture;
  });
}

/** Gives the plan's tensor inputs their values, by name. */
export function writeTensors(
  { images }: Plan,
  textures: readonly (Texture | null)[],
  inputs: Readonly<Record<string, Tensor>>,
): void {
  images.forEach(({ source, atlas, width, height }, image) => {
    if (source.kind !== 'tensor' || atlas === null) return;
    const tensor = inputs[source.name];
    assert(tensor !== undefined, 'inputs were checked against the graph');
    textures[image]?.write(toTexels(tensor.data, atlas, width * height));
  });
}
