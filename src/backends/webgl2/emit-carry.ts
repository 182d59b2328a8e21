/**
 * What is remembered, at another size: the same texels in the same layout, read between the pixels of the old ones.
 * Values are taken as they are stored, codes as codes. Programs depend on layouts alone.
 */
import { assert } from '../../core/assert.ts';
import type { Image, TexelLayout } from '../../plan/plan.ts';
import { PACK16 } from './packed16-texels.ts';

/** What a program is made for. */
export type CarriedForm = Readonly<{ layout: TexelLayout; isRing: boolean }>;

export function carriedForm({ layout, layers }: Pick<Image, 'layout' | 'layers'>): CarriedForm {
  return { layout, isRing: layers !== undefined };
}

/** `uImage`: what is carried, `uLayer`: which layer of a ring, `uFrom` and `uTo`: pixels of a tile; `uTiles`: in a row. */
export function emitCarry({ layout, isRing }: CarriedForm): string {
  const isWide = layout === 'packed16';
  const sampler = `${isWide ? 'u' : ''}sampler2D${isRing ? 'Array' : ''}`;
  const fetch = (place: string) => `texelFetch(uImage, ${isRing ? `ivec3(${place}, uLayer)` : place}, 0)`;
  return [
    '#version 300 es',
    'precision highp float;',
    'precision highp int;',
    `uniform highp ${sampler} uImage;`,
    'uniform int uLayer;',
    'uniform vec2 uFrom; // width, height of a tile before',
    'uniform vec2 uTo; // and now',
    'uniform ivec2 uTiles; // tiles in a row before, and now',
    isWide ? PACK16 : '',
    `out ${isWide ? 'uvec4' : 'vec4'} outColor;`,
    ...pixelOf(layout, fetch),
    `vec4 between(ivec2 tile, vec2 p) {
  vec2 s = clamp((p + 0.5) * uFrom / uTo - 0.5, vec2(0.0), uFrom - 1.0);
  vec2 low = floor(s);
  vec2 share = s - low;
  vec2 high = min(low + 1.0, uFrom - 1.0);
  vec4 above = mix(pixel(tile, low), pixel(tile, vec2(high.x, low.y)), share.x);
  vec4 below = mix(pixel(tile, vec2(low.x, high.y)), pixel(tile, high), share.x);
  return mix(above, below, share.y);
}
void main() {
  vec2 at = floor(gl_FragCoord.xy);`,
    ...mainOf(layout),
    '}',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function pixelOf(layout: TexelLayout, fetch: (place: string) => string): string[] {
  switch (layout) {
    case 'packed4':
      return [`vec4 pixel(ivec2 tile, vec2 p) { ivec2 q = ivec2(p); return vec4(${fetch('ivec2(q.x >> 2, q.y)')}[q.x & 3]); }`]; // prettier-ignore
    case 'packed16':
      return [
        'vec4 pixel(ivec2 tile, vec2 p) {',
        '  ivec2 q = ivec2(p);',
        `  uint four = ${fetch('ivec2(q.x >> 4, q.y)')}[(q.x >> 2) & 3];`,
        '  return vec4(float((four >> uint(8 * (q.x & 3))) & 255u) / 255.0);',
        '}',
      ];
    default:
      assert(layout === 'rgba' || layout === 'atlas', 'what is remembered is pixels');
      return [
        'vec4 pixel(ivec2 tile, vec2 p) {',
        '  int index = tile.y * uTiles.y + tile.x;',
        '  ivec2 corner = ivec2(index % uTiles.x, index / uTiles.x) * ivec2(uFrom);',
        `  return ${fetch('corner + ivec2(p)')};`,
        '}',
      ];
  }
}

function mainOf(layout: TexelLayout): string[] {
  switch (layout) {
    case 'packed4':
      return [
        ...[0, 1, 2, 3].map((lane) => `  outColor.${'xyzw'.charAt(lane)} = between(ivec2(0), vec2(4.0 * at.x + ${lane}.0, at.y)).x;`), // prettier-ignore
      ];
    case 'packed16':
      return [
        '  vec4 bytes[4];',
        '  for (int i = 0; i < 16; i++) bytes[i & 3][i >> 2] = between(ivec2(0), vec2(16.0 * at.x + float(i), at.y)).x;',
        '  outColor = pack16(bytes[0], bytes[1], bytes[2], bytes[3]);',
      ];
    default:
      return [
        '  ivec2 tile = ivec2((at + 0.5) / uTo);',
        '  outColor = between(tile, at - vec2(tile) * uTo);',
      ];
  }
}
