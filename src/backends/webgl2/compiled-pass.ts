/** A pass with its program and its numbers: all that drawing it needs. Owns the textures of its tables. */
import { assertNever, at } from '../../core/assert.ts';
import type { FrameColor } from '../../core/frame-color.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { ComputePass, ConvertPass, Pass, Plan, TensorPass } from '../../plan/plan.ts';
import { atlasValues, bindUniforms, imageValues, type BoundUniforms } from './bound-uniforms.ts';
import { blockDraws, type BlockDraw } from './block-draws.ts';
import type { GlDevice } from './context.ts';
import { emitCompute, type EmittedPass } from './emit-compute.ts';
import { convertConstants, emitConvert } from './emit-convert.ts';
import { emitTensor } from './emit-tensor.ts';
import type { UniformValue } from './emitted-term.ts';
import type { Program, ProgramCache } from './programs.ts';
import type { Table } from './tensor-scope.ts';
import { Texture, type LayerList } from './textures.ts';

/** A program and what it is given. */
export type Draw = Readonly<{ program: Program; uniforms: BoundUniforms }>;

export type CompiledPass = {
  /** Null where an image is copied. */
  draw: Draw | null;
  /** The images that `uImage0`, `uImage1`, … read. */
  readonly images: readonly number[];
  readonly output: number;
  /** Further outputs of the same draw. */
  readonly also: readonly number[];
  /** What is drawn in its place at the first frame of a memory's sequence; null for most. */
  readonly begin: Readonly<{ memory: number; pass: CompiledPass }> | null;
  /** Those of the output that are drawn into; null where it has none. */
  readonly layers: LayerList | null;
  /** Weights and taps that are too many for uniforms. */
  readonly tables: readonly Texture[];
  /** Compiles the same pass with its weights as literals; null where there is nothing to gain, or when it is done. */
  bake: (() => Promise<Draw>) | null;
};

export type Compiler = Readonly<{ device: GlDevice; ledger: Ledger; programs: ProgramCache }>;

/**
 * The draws of a pass: one, or more where its output has layers.
 * @throws PipelineError `shader-failed` | `context-lost`
 */
export async function compilePass(
  plan: Plan,
  pass: Pass,
  compiler: Compiler,
): Promise<readonly CompiledPass[]> {
  switch (pass.kind) {
    case 'compute':
      return [await compileWithBeginning(plan, pass, compiler)];
    case 'convert':
      return [await compileConvertPass(plan, pass, compiler)];
    case 'keep':
      return [{ draw: null, images: [pass.image], output: pass.output, also: [], begin: null, layers: null, tables: [], bake: null }]; // prettier-ignore
    case 'tensor':
      return pass.blocks === null
        ? [await compileTensorPass(plan, pass, compiler)]
        : compileBlocks(plan, pass, compiler);
    default:
      return assertNever(pass);
  }
}

async function compileWithBeginning(
  plan: Plan,
  pass: ComputePass,
  compiler: Compiler,
): Promise<CompiledPass> {
  const compiled = await compileComputePass(plan, pass, compiler);
  const { begin, memory, also = [] } = pass;
  if (begin === undefined || memory === undefined) return compiled;
  const outputs = also.map(({ output }, i) => ({ output, expression: at(begin.also ?? [], i) }));
  const first: ComputePass = { ...pass, terms: begin.terms, expression: begin.expression, bake: false, also: outputs }; // prettier-ignore
  return { ...compiled, begin: { memory, pass: await compileComputePass(plan, first, compiler) } };
}

async function compileComputePass(
  plan: Plan,
  pass: ComputePass,
  { programs }: Compiler,
): Promise<CompiledPass> {
  const drawOf = async ({ source, images, uniforms }: EmittedPass): Promise<Draw> => {
    const program = await programs.get(source);
    return { program, uniforms: bindUniforms(program, [...imageValues(plan, images), ...uniforms]) };
  };
  const emitted = emitCompute(plan, pass);
  return {
    draw: await drawOf(emitted),
    images: emitted.images,
    output: pass.output,
    also: (pass.also ?? []).map(({ output }) => output),
    begin: null,
    layers: null,
    tables: [],
    bake: pass.bake ? () => drawOf(emitCompute(plan, pass, true)) : null,
  };
}

async function compileConvertPass(
  plan: Plan,
  pass: ConvertPass,
  { programs }: Compiler,
): Promise<CompiledPass> {
  const images = [pass.y, pass.u, pass.v] as const;
  const draw = await convertDraw(plan, images, { color: pass.color, target: 'image' }, programs);
  return { draw, images, output: pass.output, also: [], begin: null, layers: null, tables: [], bake: null };
}

/** Planes → colours: into an image, or onto the canvas. */
export async function convertDraw(
  plan: Plan,
  images: readonly [y: number, u: number, v: number],
  { color, target }: Readonly<{ color: FrameColor; target: 'image' | 'canvas' }>,
  programs: ProgramCache,
): Promise<Draw> {
  const [y, u, v] = images;
  const planes = { y: at(plan.images, y), u: at(plan.images, u), v: at(plan.images, v) };
  const program = await programs.get(emitConvert(planes, target));
  const constants: UniformValue = { name: 'uConstants', type: 'vec4', values: convertConstants(color) };
  return { program, uniforms: bindUniforms(program, [...imageValues(plan, images), constants]) };
}

async function compileTensorPass(plan: Plan, pass: TensorPass, compiler: Compiler): Promise<CompiledPass> {
  const { source, images, tables, uniforms } = emitTensor(plan, pass);
  const program = await compiler.programs.get(source);
  const units = tables.map(({ name }, i): UniformValue => ({
    name,
    type: 'int',
    values: Int32Array.of(images.length + i),
  }));
  const all = [
    ...imageValues(plan, images),
    ...atlasValues('Out', at(plan.images, pass.output)),
    ...units,
    ...uniforms,
  ];
  return {
    draw: { program, uniforms: bindUniforms(program, all) },
    images,
    output: pass.output,
    also: [],
    begin: null,
    layers: null,
    tables: tables.map((table) => tableTexture(table, compiler)),
    bake: null,
  };
}

async function compileBlocks(
  plan: Plan,
  pass: TensorPass,
  compiler: Compiler,
): Promise<readonly CompiledPass[]> {
  const compiled: CompiledPass[] = [];
  for (const draw of blockDraws(plan, pass, compiler.device.capabilities.maxTextureSize))
    compiled.push(await compileBlockDraw(plan, pass, draw, compiler));
  return compiled;
}

async function compileBlockDraw(
  plan: Plan,
  { images, output }: TensorPass,
  { source, bakedSource, uniforms, table, layers }: BlockDraw,
  compiler: Compiler,
): Promise<CompiledPass> {
  const unit: UniformValue = { name: 'uWeights', type: 'int', values: Int32Array.of(images.length) };
  const all = [...imageValues(plan, images), unit, ...uniforms];
  const drawOf = async (text: string): Promise<Draw> => {
    const program = await compiler.programs.get(text);
    return { program, uniforms: bindUniforms(program, all) };
  };
  return {
    draw: await drawOf(source),
    images,
    output,
    also: [],
    begin: null,
    layers,
    tables: table === null ? [] : [tableTexture(table, compiler)],
    bake: bakedSource === null ? null : () => drawOf(bakedSource()),
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
