/** The last step to a canvas: an image's texels → pixels, top row up. */
import type { Image } from '../../plan/plan.ts';
import { imageUniforms, pixelReader } from './emit-pixels.ts';

export function emitPresent(image: Image): string {
  const read = { slot: 0, image };
  const value = image.channels === 1 && image.layout === 'rgba' ? 'pixel0(p).xxx' : 'pixel0(p).xyz';
  return [
    '#version 300 es',
    'precision highp float;',
    'precision highp int;',
    ...imageUniforms(read),
    pixelReader(read),
    `out vec4 outColor;
void main() {
  vec2 p = floor(vec2(gl_FragCoord.x, float(uPixels0.y) - gl_FragCoord.y));
  outColor = vec4(${value}, 1.0);
}`,
  ].join('\n');
}
