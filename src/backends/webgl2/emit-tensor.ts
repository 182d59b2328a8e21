/**
 * A tensor pass → GLSL. A tensor lies in its texture as tiles of W × H texels with 4 channels each; a fragment is
 * one texel of the output: position p = (a, b, y, x) and the channels 4·c4 … 4·c4 + 3. Sizes are uniforms.
 * Lanes past the last channel are always 0, so that sums over channels need no mask.
 */
import { assert, assertNever, at } from '../../core/assert.ts';
import type { Atlas, Plan, TensorPass } from '../../plan/plan.ts';
import { CLOCK_DECLARATION, clockUniform } from './clock-uniform.ts';
import { emitExpression, functionsFor, UniformWriter } from './emit-expression.ts';
import { emitLinear } from './emit-linear.ts';
import type { UniformValue } from './emitted-term.ts';
import { emitDeform, emitMove, emitReshape } from './emit-element.ts';
import { emitRecurrence, emitStack, emitTemporal } from './emit-memory.ts';
import { emitFold, emitReduce, emitResample, emitStencil } from './emit-window.ts';
import {
  depthOf,
  isFlat,
  type Dims,
  type EmittedBody,
  type Source,
  type Table,
  type TensorScope,
} from './tensor-scope.ts';

export type EmittedTensor = Readonly<{
  source: string;
  images: readonly number[];
  tables: readonly Table[];
  uniforms: readonly UniformValue[];
}>;

export function emitTensor(plan: Plan, pass: TensorPass): EmittedTensor {
  const images = [...new Set(pass.images)];
  const constants = new UniformWriter('uConstants');
  const output = dimsOf(plan, pass.output);
  const scope: TensorScope = {
    constants,
    sourceOf: (input) => {
      const image = at(pass.images, input);
      const dims = dimsOf(plan, image);
      return { slot: images.indexOf(image), dims, tiles: tilesOf(at(plan.images, image).atlas) };
    },
    output,
    liesAs: (input) => {
      const [from, to] = [at(plan.images, at(pass.images, input)).atlas, at(plan.images, pass.output).atlas];
      if (from?.block !== null || to?.block !== null) return false;
      return from.columns === to.columns && output.every((size, axis) => size === from.dims[axis]);
    },
  };
  const body = emitBody(pass, scope);
  const result = pass.epilogue === null ? 'result' : emitExpression(pass.epilogue, ['result'], constants);
  const statements = body.functions + body.main + result;
  const clock = clockOf(pass, statements);
  const source = [
    '#version 300 es',
    'precision highp float;',
    'precision highp int;',
    'precision highp sampler2D;',
    'precision highp sampler2DArray;',
    ...images.flatMap((image, slot) =>
      readers(slot, dimsOf(plan, image), at(plan.images, image).atlas?.block ?? null),
    ),
    'uniform ivec4 uSpaceOut; // a, b, height, width',
    'uniform ivec2 uDepthOut; // channels, tiles in a row',
    ...body.tables.map(({ name }) => `uniform sampler2D ${name};`),
    ...(clock.length > 0 ? [CLOCK_DECLARATION] : []),
    constants.declaration(),
    functionsFor(statements),
    'out vec4 outColor;',
    body.functions,
    mainHead(output, body),
    body.main,
    `  result = ${result};`,
    output[4] % 4 === 0
      ? '  outColor = result;'
      : '  outColor = mix(vec4(0.0), result, lessThan(4 * c4 + ivec4(0, 1, 2, 3), ivec4(uDepthOut.x)));',
    '}',
  ].join('\n');
  const uniforms = [...constants.uniforms(), ...clock, ...(body.uniforms ?? [])];
  return { source, images, tables: body.tables, uniforms };
}

/** What tells the frame's time, where `statements` ask for it. */
function clockOf({ memory }: TensorPass, statements: string): readonly UniformValue[] {
  if (!statements.includes('uClock')) return [];
  assert(memory !== undefined, 'a pass that asks for the time has a clock');
  return [clockUniform(memory)];
}

function emitBody({ primitive, memory }: TensorPass, scope: TensorScope): EmittedBody {
  switch (primitive.kind) {
    case 'linear':
      return emitLinear(primitive, scope);
    case 'stencil':
      return emitStencil(primitive, scope);
    case 'fold':
      return emitFold(primitive, scope);
    case 'reduce':
      return emitReduce(primitive, scope);
    case 'resample':
      return emitResample(primitive, scope);
    case 'deform':
      return emitDeform(primitive, scope);
    case 'move':
      return emitMove(primitive, scope);
    case 'reshape':
      return emitReshape(scope);
    case 'stack':
      return emitStack(primitive, scope);
    case 'temporal':
      assert(memory !== undefined, 'what weighs frames knows when they were');
      return emitTemporal(primitive, memory, scope);
    case 'recurrence':
      return emitRecurrence(primitive, scope);
    case 'input':
    case 'constant':
      throw new Error('convolux invariant broken: leaves have no pass');
    case 'spacetime':
      throw new Error('convolux invariant broken: filters over space and time are for images');
    default:
      return assertNever(primitive);
  }
}

function dimsOf(plan: Plan, image: number): Dims {
  return at(plan.images, image).atlas?.dims ?? [1, 1, 1, 1, 1];
}

function tilesOf(atlas: Atlas | null): Source['tiles'] {
  if (atlas === null) return 'row';
  const { dims, columns, block } = atlas;
  if (block !== null) return 'blocks';
  return dims[0] * dims[1] * depthOf(dims) <= columns ? 'row' : columns === 1 ? 'column' : 'grid';
}

/** Divisions are of floats and at half steps: whole ones are slow on GPUs and slower on CPUs. */
function readers(slot: number, dims: Dims, block: Atlas['block']): string[] {
  return [
    `uniform ${block === null ? 'sampler2D' : 'sampler2DArray'} uImage${slot};`,
    `uniform vec4 uTexels${slot}; // width, height, 1 / width, 1 / height of the texture`,
    `uniform ivec4 uSpace${slot};`,
    `uniform ivec2 uDepth${slot};`,
    `vec4 texel${slot}(ivec4 p, int c4) {`,
    ...(block === null ? tileReader(slot, dims) : blockReader(slot, block)),
    '}',
    `float element${slot}(ivec4 p, int c) { return texel${slot}(p, int((float(c) + 0.5) * 0.25))[c & 3]; }`,
  ];
}

function blockReader(slot: number, { width, height }: NonNullable<Atlas['block']>): string[] {
  const side = `ivec2(${width}, ${height})`;
  return [
    `  ivec2 block = ivec2((vec2(p.wz) + 0.5) / vec2(${side}));`,
    `  ivec2 pixel = p.wz - block * ${side};`,
    `  int layer = (c4 * ${height} + pixel.y) * ${width} + pixel.x;`,
    `  return texture(uImage${slot}, vec3((vec2(block) + 0.5) * uTexels${slot}.zw, float(layer)));`,
  ];
}

function tileReader(slot: number, dims: Dims): string[] {
  const depth = depthOf(dims);
  return [
    isFlat(dims) ? '  int tile = c4;' : `  int tile = (p.x * uSpace${slot}.y + p.y) * ${depth} + c4;`,
    `  int row = int((float(tile) + 0.5) / float(uDepth${slot}.y));`,
    `  ivec2 corner = ivec2(tile - row * uDepth${slot}.y, row) * uSpace${slot}.wz;`,
    `  return texture(uImage${slot}, (vec2(corner + p.wz) + 0.5) * uTexels${slot}.zw);`,
  ];
}

/** Where the fragment is: p and c4, unless the body needs neither. */
function mainHead(output: Dims, { isPlaced }: EmittedBody): string {
  if (isPlaced === false && output[4] % 4 === 0) return 'void main() {\n  vec4 result = vec4(0.0);';
  const depth = depthOf(output);
  const place = isFlat(output)
    ? [
        '  int c4 = tile;',
        '  ivec4 p = ivec4(0, 0, y, x);',
        `  if (c4 >= ${depth}) { outColor = vec4(0.0); return; }`,
      ]
    : [
        `  int block = int((float(tile) + 0.5) / ${depth}.0);`,
        `  int c4 = tile - block * ${depth};`,
        '  int a = int((float(block) + 0.5) / float(uSpaceOut.y));',
        '  ivec4 p = ivec4(a, block - a * uSpaceOut.y, y, x);',
        '  if (p.x >= uSpaceOut.x) { outColor = vec4(0.0); return; }',
      ];
  return [
    'void main() {',
    '  ivec2 t = ivec2(gl_FragCoord.xy);',
    '  int column = int(gl_FragCoord.x / float(uSpaceOut.w));',
    '  int row = int(gl_FragCoord.y / float(uSpaceOut.z));',
    '  int x = t.x - column * uSpaceOut.w;',
    '  int y = t.y - row * uSpaceOut.z;',
    '  int tile = row * uDepthOut.y + column;',
    ...place,
    '  vec4 result = vec4(0.0);',
  ].join('\n');
}
