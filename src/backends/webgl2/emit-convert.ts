/**
 * Planes of codes → R'G'B', for a pass or straight onto the canvas. Chroma lies between its luma pixels (centre
 * siting) and is interpolated: pixel x reads chroma at (x + ½) / 2 texels.
 */
import { chromaExpansion, chromaFactors, lumaExpansion, type FrameColor } from '../../core/frame-color.ts';
import type { Image } from '../../plan/plan.ts';
import { imageUniforms, pixelReader } from './emit-pixels.ts';

export type PlaneImages = Readonly<{ y: Image; u: Image; v: Image }>;

/** @param target 'image' with its first row first, or 'canvas', whose first row is the last. */
export function emitConvert({ y, u, v }: PlaneImages, target: 'image' | 'canvas'): string {
  // Codes are read as they are; the constants expand them.
  const planes = [y, u, v].map((image, slot) => ({ slot, image: { ...image, expansion: null } }));
  const [, ...chroma] = planes;
  const row = target === 'image' ? 'gl_FragCoord.y' : 'float(uPixels0.y) - gl_FragCoord.y';
  return [
    '#version 300 es',
    'precision highp float;',
    'precision highp int;',
    ...planes.flatMap(imageUniforms),
    'uniform vec4 uConstants[2]; // luma scale, luma offset, chroma scale, chroma offset | crR, cbG, crG, cbB',
    ...planes.filter(({ image }) => image.layout !== 'single').map(pixelReader),
    ...chroma.map(emitChroma),
    `out vec4 outColor;
void main() {
  vec2 p = vec2(gl_FragCoord.x, ${row});
  float y = pixel0(floor(p)).x * uConstants[0].x + uConstants[0].y;
  float cb = chroma1(p * 0.5) * uConstants[0].z + uConstants[0].w;
  float cr = chroma2(p * 0.5) * uConstants[0].z + uConstants[0].w;
  vec3 rgb = y + vec3(uConstants[1].x * cr, uConstants[1].y * cb + uConstants[1].z * cr, uConstants[1].w * cb);
  outColor = vec4(clamp(rgb, 0.0, 1.0), 1.0);
}`,
  ].join('\n');
}

/** Chroma at `p`, where p = ½ is the middle of the first texel. */
function emitChroma({ slot, image }: Readonly<{ slot: number; image: Image }>): string {
  const name = `float chroma${slot}(vec2 p)`;
  if (image.layout === 'single') return `${name} { return texture(uImage${slot}, p * uTexels${slot}.zw).x; }`;
  return `${name} {
  vec2 s = p - 0.5;
  vec2 low = floor(s);
  vec2 share = s - low;
  vec2 above = vec2(pixel${slot}(low).x, pixel${slot}(low + vec2(1.0, 0.0)).x);
  vec2 below = vec2(pixel${slot}(low + vec2(0.0, 1.0)).x, pixel${slot}(low + 1.0).x);
  vec2 sides = mix(above, below, share.y);
  return mix(sides.x, sides.y, share.x);
}`;
}

/** The values of `uConstants`. */
export function convertConstants(color: FrameColor): Float32Array {
  const [luma, chroma] = [lumaExpansion(color), chromaExpansion(color)];
  const { crToRed, cbToGreen, crToGreen, cbToBlue } = chromaFactors(color);
  return Float32Array.of(
    luma.scale,
    luma.offset,
    chroma.scale,
    chroma.offset,
    crToRed,
    cbToGreen,
    crToGreen,
    cbToBlue,
  );
}
