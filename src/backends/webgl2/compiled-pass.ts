/** A pass with its program and its numbers: all that drawing it needs. Owns the textures of its tables. */
import { assertNever, at } from '../../core/assert.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { Image, Pass, Plan, TensorPass } from '../../plan/plan.ts';
import type { GlDevice } from './context.ts';
import { emitCompute } from './emit-compute.ts';
import { CONVERT_SOURCE, convertConstants } from './emit-convert.ts';
import { emitTensor } from './emit-tensor.ts';
import type { Program, ProgramCache } from './programs.ts';
import type { Table } from './tensor-scope.ts';
import { Texture } from './textures.ts';

export type CompiledPass = Readonly<{
  program: Program;
  /** The images that `uImage0`, `uImage1`, … read. */
  images: readonly number[];
  output: number;
  /** Whole vectors of 4, as both are uniform arrays. */
  weights: Float32Array;
  constants: Float32Array;
  /** Weights and taps that are too many for uniforms. */
  tables: readonly Readonly<{ name: string; texture: Texture }>[];
}>;

export type Compiler = Readonly<{ device: GlDevice; ledger: Ledger; programs: ProgramCache }>;

const NO_NUMBERS = new Float32Array(0);

/** @throws PipelineError `shader-failed` | `context-lost` */
export async function compilePass(plan: Plan, pass: Pass, compiler: Compiler): Promise<CompiledPass> {
  const { programs } = compiler;
  switch (pass.kind) {
    case 'compute': {
      const { source, images, weights, constants } = emitCompute(plan, pass);
      return {
        program: await programs.get(source),
        images,
        output: pass.output,
        weights: wholeVectors(weights),
        constants: wholeVectors(constants),
        tables: [],
      };
    }
    case 'convert':
      return {
        program: await programs.get(CONVERT_SOURCE),
        images: [pass.y, pass.u, pass.v],
        output: pass.output,
        weights: NO_NUMBERS,
        constants: convertConstants(pass.color),
        tables: [],
      };
    case 'tensor':
      return compileTensorPass(plan, pass, compiler);
    default:
      return assertNever(pass);
  }
}

async function compileTensorPass(plan: Plan, pass: TensorPass, compiler: Compiler): Promise<CompiledPass> {
  const { source, images, tables, constants } = emitTensor(plan, pass);
  const program = await compiler.programs.get(source);
  return {
    program,
    images,
    output: pass.output,
    weights: NO_NUMBERS,
    constants: wholeVectors(constants),
    tables: tables.map((table) => ({ name: table.name, texture: tableTexture(table, compiler) })),
  };
}

function tableTexture({ name, width, data }: Table, { device, ledger }: Compiler): Texture {
  const height = Math.ceil(data.length / 4 / width);
  const limit = device.capabilities.maxTextureSize;
  if (Math.max(width, height) > limit) {
    throw new RangeError(
      `${name.slice(1).toLowerCase()} of ${data.length} numbers need a texture of ${width}×${height} texels, and this ` +
        `device holds at most ${limit} on a side`,
    );
  }
  const texture = new Texture(device.gl, ledger, width, height, 'rgba32f');
  const rows = new Float32Array(4 * width * height);
  rows.set(data);
  texture.write(rows);
  return texture;
}

export function disposePass({ tables }: CompiledPass): void {
  tables.forEach(({ texture }) => {
    texture.dispose();
  });
}

/** Sets the uniforms of `pass` on its program, which is in use. */
export function setUniforms(gl: WebGL2RenderingContext, plan: Plan, pass: CompiledPass): void {
  const { program, images, weights, constants, tables } = pass;
  images.forEach((index, slot) => {
    const image = at(plan.images, index);
    const texels = image.layout === 'packed4' ? Math.ceil(image.width / 4) : image.width;
    gl.uniform1i(program.uniform(`uImage${slot}`), slot);
    gl.uniform4f(program.uniform(`uTexels${slot}`), texels, image.height, 1 / texels, 1 / image.height);
    gl.uniform2i(program.uniform(`uPixels${slot}`), image.width, image.height);
    setAtlas(gl, program, String(slot), image);
  });
  setAtlas(gl, program, 'Out', at(plan.images, pass.output));
  tables.forEach(({ name }, i) => {
    gl.uniform1i(program.uniform(name), images.length + i);
  });
  if (weights.length > 0) gl.uniform4fv(program.uniform('uWeights'), weights);
  if (constants.length > 0) gl.uniform4fv(program.uniform('uConstants'), constants);
}

function setAtlas(gl: WebGL2RenderingContext, program: Program, slot: string, { atlas }: Image): void {
  if (atlas === null) return;
  const [a, b, height, width, channels] = atlas.dims;
  gl.uniform4i(program.uniform(`uSpace${slot}`), a, b, height, width);
  gl.uniform2i(program.uniform(`uDepth${slot}`), channels, atlas.columns);
}

/** Padded to whole vec4s, as uniform arrays want it: once, when compiled, not with each frame. */
function wholeVectors(values: Float32Array): Float32Array {
  const padded = new Float32Array(4 * Math.ceil(values.length / 4));
  padded.set(values);
  return padded;
}
