/**
 * What lies outside a packed4 image, for programs that read its texels at computed places: the sampler clamps whole
 * texels, so a texel left of the image must repeat pixel 0, one right of it the last pixel, and the last texel's
 * lanes without a pixel are filled. Sizes are uniforms; interior texels pass unchanged.
 */
import type { LineTerm } from '../../plan/plan.ts';
import type { ReadImage } from './emitted-term.ts';

/** Statements that `mendTexel` needs before it: where the last texel begins, and which of its lanes are spare. */
export function edgeOfTexels({ slot }: ReadImage): string[] {
  return [
    `float lastTexel = 1.0 - uTexels${slot}.z;`,
    `bvec3 spare = lessThan(ivec3((uPixels${slot}.x - 1) & 3), ivec3(1, 2, 3));`,
  ];
}

/** Mends `texel`, whose centre was fetched at `x` in 0 … 1. */
export function mendTexel(texel: string, x: string, edge: LineTerm['edge']): string[] {
  const spare = (lane: number) => `${x} > lastTexel && spare.${'xyz'.charAt(lane - 1)}`;
  const fill = (lane: number, value: string) => {
    const name = `${texel}.${'xyzw'.charAt(lane)}`;
    return `${name} = ${spare(lane)} ? ${value} : ${name};`;
  };
  if (edge === 'zero') {
    return [
      ...[1, 2, 3].map((lane) => fill(lane, '0.0')),
      `${texel} = ${x} < 0.0 || ${x} > 1.0 ? vec4(0.0) : ${texel};`,
    ];
  }
  return [
    ...[1, 2, 3].map((lane) => fill(lane, `${texel}.${'xyzw'.charAt(lane - 1)}`)),
    `${texel}.yzw = ${x} < 0.0 ? ${texel}.xxx : ${texel}.yzw;`,
    `${texel}.xyz = ${x} > 1.0 ? ${texel}.www : ${texel}.xyz;`,
  ];
}

/**
 * The same once for a sum over rows, whose columns are the image's own: nothing where the output is no wider.
 * A texel right of the image was read as the last one.
 */
export function mendColumns(
  sum: string,
  { slot, image, output }: ReadImage,
  edge: LineTerm['edge'],
): string[] {
  if (output.width <= image.width) return [];
  const outside = edge === 'zero' ? '0.0' : `${sum}[(uPixels${slot}.x - 1) & 3]`;
  return [
    'vec4 column = 4.0 * floor(gl_FragCoord.x) + vec4(0.0, 1.0, 2.0, 3.0);',
    `${sum} = mix(${sum}, vec4(${outside}), greaterThanEqual(column, vec4(uPixels${slot}.x)));`,
  ];
}
