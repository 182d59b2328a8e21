/** Uniforms whose places were looked up once: setting them for a frame makes no strings, arrays or closures. */
import { at } from '../../core/assert.ts';
import type { Image, Plan } from '../../plan/plan.ts';
import { texelWidth } from '../../plan/texels.ts';
import type { MomentOf, UniformValue } from './emitted-term.ts';
import type { Program } from './programs.ts';

type BoundUniform = Readonly<{
  location: WebGLUniformLocation;
  type: UniformValue['type'];
  values: Float32Array | Int32Array;
  update: UniformValue['update'];
}>;

export type BoundUniforms = readonly BoundUniform[];

/** Those that `program` has; the compiler drops what a shader does not use. */
export function bindUniforms(program: Program, uniforms: readonly UniformValue[]): BoundUniforms {
  return uniforms.flatMap(({ name, type, values, update }) => {
    const location = program.uniform(name);
    return location === null ? [] : [{ location, type, values, update }];
  });
}

/**
 * On the program that is in use.
 * @param momentOf what memories know of the frame that is computed.
 */
export function setUniforms(gl: WebGL2RenderingContext, uniforms: BoundUniforms, momentOf: MomentOf): void {
  for (let i = 0; i < uniforms.length; i++) {
    const { location, type, values, update } = at(uniforms, i);
    update?.(momentOf);
    switch (type) {
      case 'int':
        gl.uniform1iv(location, values as Int32Array);
        break;
      case 'vec2':
        gl.uniform2fv(location, values);
        break;
      case 'vec4':
        gl.uniform4fv(location, values);
        break;
      case 'ivec2':
        gl.uniform2iv(location, values as Int32Array);
        break;
      case 'ivec4':
        gl.uniform4iv(location, values as Int32Array);
        break;
      case 'mat4':
        gl.uniformMatrix4fv(location, false, values);
        break;
    }
  }
}

/** The texture units and sizes of the images that `uImage0`, `uImage1`, … read. */
export function imageValues(plan: Plan, images: readonly number[]): readonly UniformValue[] {
  return images.flatMap((index, slot) => {
    const image = at(plan.images, index);
    const texels = texelWidth(image.width, image.layout);
    return [
      { name: `uImage${slot}`, type: 'int', values: Int32Array.of(slot) },
      {
        name: `uTexels${slot}`,
        type: 'vec4',
        values: Float32Array.of(texels, image.height, 1 / texels, 1 / image.height),
      },
      { name: `uPixels${slot}`, type: 'ivec2', values: Int32Array.of(image.width, image.height) },
      ...atlasValues(String(slot), image),
    ];
  });
}

/** Where the elements of a tensor are: of the image in `slot`, or of the output ('Out'). */
export function atlasValues(slot: string, { atlas }: Image): readonly UniformValue[] {
  if (atlas === null) return [];
  const [a, b, height, width, channels] = atlas.dims;
  return [
    { name: `uSpace${slot}`, type: 'ivec4', values: Int32Array.of(a, b, height, width) },
    { name: `uDepth${slot}`, type: 'ivec2', values: Int32Array.of(channels, atlas.columns) },
  ];
}
