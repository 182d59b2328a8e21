/** Which images share a texture: those of one form that are never needed at the same time. */
import { assertNever, at } from '../core/assert.ts';
import { layersOf } from './block-plan.ts';
import type { Image, Pass } from './plan.ts';

/** The images that a pass reads. */
export function imagesOf(pass: Pass): readonly number[] {
  switch (pass.kind) {
    case 'compute':
      return pass.terms.map(({ image }) => image);
    case 'convert':
      return [pass.y, pass.u, pass.v];
    case 'tensor':
      return pass.images;
    case 'keep':
      return [pass.image];
    default:
      return assertNever(pass);
  }
}

/**
 * For each image the number of its texture. Planes of the frame have textures of their own (they get numbers too);
 * given tensors and constants keep theirs from run to run, what is remembered keeps its own, and `kept` images are needed after the last pass.
 */
export function assignStorage(
  images: readonly Image[],
  passes: readonly Pass[],
  kept: readonly number[],
): readonly number[] {
  const lastUse = images.map(() => -1);
  passes.forEach((pass, index) => {
    for (const image of imagesOf(pass)) lastUse[image] = index;
  });
  for (const image of kept) lastUse[image] = Infinity;
  const storage: number[] = images.map(() => -1);
  /** The form of each texture and the last pass that needs what is in it. */
  const textures: { form: string; busyUntil: number }[] = [];
  const place = (image: number, form: string, from: number) => {
    // A pass must not read and write one texture, so it has to be free before the pass.
    let found = textures.findIndex((texture) => texture.form === form && texture.busyUntil < from);
    if (found < 0) found = textures.push({ form, busyUntil: -1 }) - 1;
    at(textures, found).busyUntil = Math.max(from, at(lastUse, image));
    storage[image] = found;
  };
  images.forEach(({ source, memory }, image) => {
    if (source.kind !== 'pass' || memory !== undefined)
      storage[image] = textures.push({ form: 'kept', busyUntil: Infinity }) - 1;
  });
  const placeOutput = (output: number, index: number) => {
    if (at(storage, output) >= 0) return;
    const { width, height, layout, format, atlas } = at(images, output);
    place(output, `${layout} ${width}×${height}×${layersOf(atlas)} ${format}`, index);
  };
  passes.forEach((pass, index) => {
    placeOutput(pass.output, index);
    if (pass.kind === 'compute') for (const { output } of pass.also ?? []) placeOutput(output, index);
  });
  return storage;
}
