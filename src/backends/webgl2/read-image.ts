/** A small image of a plan → a tensor, for what is measured with each frame. */
import { at } from '../../core/assert.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Image } from '../../plan/plan.ts';
import { LANES } from '../../plan/texels.ts';
import { fromTexels } from './tensor-texels.ts';
import type { Texture } from './textures.ts';

/** Waits for the GPU. `[height, width, channels]`, or what the image is as a tensor. */
export function readImage(gl: WebGL2RenderingContext, image: Image, texture: Texture): Tensor {
  const { width, height } = texture;
  gl.bindFramebuffer(gl.FRAMEBUFFER, texture.framebuffer);
  const isBytes = texture.format === 'rgba8';
  const values = isBytes ? new Uint8Array(4 * width * height) : new Float32Array(4 * width * height);
  gl.readPixels(0, 0, width, height, gl.RGBA, isBytes ? gl.UNSIGNED_BYTE : gl.FLOAT, values);
  const scale = isBytes ? 1 / 255 : 1;
  if (image.atlas !== null)
    return fromTexels(
      Float32Array.from(values, (value) => value * scale),
      image.atlas,
    );
  const lanes = LANES[image.layout];
  const shape = [image.height, image.width, image.channels];
  const data = Float32Array.from({ length: image.height * image.width * image.channels }, (_, i) => {
    const pixel = Math.floor(i / image.channels);
    const [x, y] = [pixel % image.width, Math.floor(pixel / image.width)];
    const lane = lanes === 4 ? x % 4 : i % image.channels;
    const texel = y * width + Math.floor(x / lanes);
    return scale * at(values, 4 * texel + lane);
  });
  return { shape, data };
}
