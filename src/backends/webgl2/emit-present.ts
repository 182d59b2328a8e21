/** The last step to a canvas: an image's texels → pixels, top row up. */
import type { Image } from '../../plan/plan.ts';

export function emitPresent({ layout }: Pick<Image, 'layout'>): string {
  const read =
    layout === 'packed4'
      ? 'vec3(texelFetch(uImage0, ivec2(p.x >> 2, p.y), 0)[p.x & 3])'
      : 'texelFetch(uImage0, p, 0).xyz';
  return `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D uImage0;
uniform ivec2 uPixels0;
out vec4 outColor;
void main() {
  ivec2 p = ivec2(gl_FragCoord.x, float(uPixels0.y) - gl_FragCoord.y);
  outColor = vec4(${read}, 1.0);
}`;
}
