/**
 * Planes of a camera frame → R'G'B'. Chroma lies between its luma pixels (centre siting), and the sampler
 * interpolates it: pixel x reads chroma at (x + ½) / 2 texels.
 */
import { chromaExpansion, chromaFactors, lumaExpansion, type FrameColor } from '../../core/frame-color.ts';

export const CONVERT_SOURCE = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D uImage0;
uniform highp sampler2D uImage1;
uniform highp sampler2D uImage2;
uniform vec4 uTexels1; // width, height, 1 / width, 1 / height of the chroma planes
uniform vec4 uConstants[2]; // luma scale, luma offset, chroma scale, chroma offset | crR, cbG, crG, cbB
out vec4 outColor;
void main() {
  ivec2 p = ivec2(gl_FragCoord.xy);
  float code = texelFetch(uImage0, ivec2(p.x >> 2, p.y), 0)[p.x & 3];
  vec2 chroma = gl_FragCoord.xy * 0.5 * uTexels1.zw;
  float y = code * uConstants[0].x + uConstants[0].y;
  float cb = texture(uImage1, chroma).x * uConstants[0].z + uConstants[0].w;
  float cr = texture(uImage2, chroma).x * uConstants[0].z + uConstants[0].w;
  vec3 rgb = y + vec3(uConstants[1].x * cr, uConstants[1].y * cb + uConstants[1].z * cr, uConstants[1].w * cb);
  outColor = vec4(clamp(rgb, 0.0, 1.0), 1.0);
}`;

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
