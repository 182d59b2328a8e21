/** A pass with its program and its numbers: all that drawing it needs. */
import { assertNever, at } from '../../core/assert.ts';
import type { Pass, Plan } from '../../plan/plan.ts';
import { emitCompute } from './emit-compute.ts';
import { CONVERT_SOURCE, convertConstants } from './emit-convert.ts';
import type { Program, ProgramCache } from './programs.ts';

export type CompiledPass = Readonly<{
  program: Program;
  /** The images that `uImage0`, `uImage1`, … read. */
  images: readonly number[];
  output: number;
  weights: Float32Array;
  constants: Float32Array;
}>;

export async function compilePass(plan: Plan, pass: Pass, programs: ProgramCache): Promise<CompiledPass> {
  switch (pass.kind) {
    case 'compute': {
      const { source, images, weights, constants } = emitCompute(plan, pass);
      return { program: await programs.get(source), images, output: pass.output, weights, constants };
    }
    case 'convert':
      return {
        program: await programs.get(CONVERT_SOURCE),
        images: [pass.y, pass.u, pass.v],
        output: pass.output,
        weights: new Float32Array(0),
        constants: convertConstants(pass.color),
      };
    default:
      return assertNever(pass);
  }
}

/** Sets the uniforms of `pass` on its program, which is in use. */
export function setUniforms(gl: WebGL2RenderingContext, plan: Plan, pass: CompiledPass): void {
  const { program, images, weights, constants } = pass;
  images.forEach((index, slot) => {
    const { width, height, layout } = at(plan.images, index);
    const texels = layout === 'packed4' ? Math.ceil(width / 4) : width;
    gl.uniform1i(program.uniform(`uImage${slot}`), slot);
    gl.uniform4f(program.uniform(`uTexels${slot}`), texels, height, 1 / texels, 1 / height);
    gl.uniform2i(program.uniform(`uPixels${slot}`), width, height);
  });
  if (weights.length > 0) gl.uniform4fv(program.uniform('uWeights'), wholeVectors(weights));
  if (constants.length > 0) gl.uniform4fv(program.uniform('uConstants'), wholeVectors(constants));
}

/** Padded to whole vec4s, as uniform arrays want it. */
function wholeVectors(values: Float32Array): Float32Array {
  if (values.length % 4 === 0) return values;
  const padded = new Float32Array(4 * Math.ceil(values.length / 4));
  padded.set(values);
  return padded;
}
