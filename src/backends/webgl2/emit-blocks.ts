/**
 * A filter in blocks → GLSL. A fragment computes `rows × columns` pixels of one phase of its block and `texels` of
 * their channels, each into a layer of its own. For each texel of the input's channels it reads every pixel that
 * some tap needs once, and every weight once:
 *
 *   for input texel j:  v(y, x) = in(y, x, j);  for tap, o:  M = weights(j, tap, o);  a(o, pixel) += M · v(pixel + tap)
 *
 * Where pixels lie is worked out before the loop. What lies outside the input is read from the zeros at the end of
 * its layers, or is made 0 where it has none.
 */
import { at } from '../../core/assert.ts';
import { overImage, tapsOfPhase, type PhaseTap } from '../../plan/block-plan.ts';
import type { Atlas, BlockDraws, TensorPass } from '../../plan/plan.ts';
import type { Linear } from '../../primitives/primitive.ts';
import { emitExpression, functionsFor, UniformWriter } from './emit-expression.ts';
import { glslFloat } from './emitted-term.ts';
import { emitEdge } from './tensor-scope.ts';

/** How a phase of a filter is drawn, apart from its weights. */
export type BlockProgram = Readonly<{
  linear: Linear;
  epilogue: TensorPass['epilogue'];
  blocks: BlockDraws;
  phase: readonly [y: number, x: number];
  input: Atlas;
  output: Atlas;
  isDiagonal: boolean;
}>;

/** GLSL of a weight as literals, in place of its table. */
export type Literals = Readonly<{
  inTexels: number;
  weight: (j: number, tap: number, texel: number) => string;
}>;

/** Columns of the weights of a tap and texel: the lanes that input texels have; one where they are a diagonal. */
export function columnsOf({ isDiagonal, input }: BlockProgram): number {
  return isDiagonal ? 1 : Math.min(4, input.dims[4]);
}

/** GLSL of weights: by their number of columns, of 4 rows each, a type and the lanes that it is multiplied with. */
export const WEIGHT_TYPES = ['', 'vec4', 'mat2x4', 'mat3x4', 'mat4'] as const;
const LANES = ['', '.x', '.xy', '.xyz', ''] as const;

/** A pixel of the input, relative to the block's corner there. */
type Pixel = Readonly<{ y: number; x: number }>;

export function emitBlocks(program: BlockProgram, literals: Literals | null) {
  const { epilogue, blocks, input, output } = program;
  const constants = new UniformWriter('uConstants');
  const taps = tapsOfPhase(program.linear, program.phase);
  const places = placesOf(program, taps);
  const shade = epilogue === null ? 'a' : emitExpression(epilogue, ['a'], constants);
  const outputs = Array.from({ length: blocks.pixels[0] * blocks.pixels[1] * blocks.texels }, (_, i) => i);
  const perTexel = blocks.pixels[0] * blocks.pixels[1];
  const isWhole = output.dims[4] % 4 === 0;
  const source = [
    '#version 300 es',
    'precision highp float;',
    'precision highp int;',
    `uniform highp ${input.block === null ? 'sampler2D' : 'sampler2DArray'} uImage0;`,
    'uniform vec4 uTexels0; // width, height, 1 / width, 1 / height of the texture',
    'uniform ivec4 uSpace0; // a, b, height, width',
    'uniform ivec2 uDepth0; // channels, tiles in a row',
    'uniform ivec4 uTexelRange; // first texel of the input, how many, first texel of the output, its channels',
    ...(literals === null ? ['uniform highp sampler2D uWeights;', 'uniform vec4 uWeightRows; // 1 / width, 1 / height of the table, input texels in a row'] : []), // prettier-ignore
    `uniform vec4 uBias[${blocks.texels}];`,
    constants.declaration(),
    functionsFor(shade),
    ...outputs.map((i) => `layout(location = ${i}) out vec4 out${i};`),
    `vec4 shade(vec4 a) { return ${shade}; }`,
    'void main() {',
    '  vec2 block = floor(gl_FragCoord.xy);',
    // Compilers of software GL read a uniform each time that it is named.
    '  vec2 size = vec2(uSpace0.wz);',
    '  vec2 texel = uTexels0.zw;',
    '  ivec4 range = uTexelRange;',
    ...places.lines,
    ...outputs.map((i) => `  vec4 a${i} = uBias[${Math.floor(i / perTexel)}];`),
    ...(taps.length === 0 ? [] : emitSum(program, taps, places.read, literals)),
    ...outputs.map((i) => {
      const c4 = `4 * (range.z + ${Math.floor(i / perTexel)})`;
      const kept = `mix(vec4(0.0), shade(a${i}), lessThan(${c4} + ivec4(0, 1, 2, 3), ivec4(range.w)))`;
      return `  out${i} = ${isWhole ? `shade(a${i})` : kept};`;
    }),
    '}',
  ];
  return { source: source.filter((line) => line !== '').join('\n'), uniforms: constants.uniforms() };
}

/** The pixels that a fragment reads for each output pixel and tap. */
function pixelAt({ linear, blocks }: BlockProgram, { y, x }: Pixel, row: number, column: number): Pixel {
  const [stride, factor] = [overImage(linear.strides, 1), overImage(linear.upsample, 1)];
  return {
    y: y + (row * blocks.phases[0] * stride[0]) / factor[0],
    x: x + (column * blocks.phases[1] * stride[1]) / factor[1],
  };
}

function readPixels(program: BlockProgram, taps: readonly PhaseTap[]): readonly Pixel[] {
  const [rows, columns] = program.blocks.pixels;
  const found = new Map<string, Pixel>();
  for (const tap of taps)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const pixel = pixelAt(program, tap, row, column);
        found.set(nameOf(pixel), pixel);
      }
  return [...found.values()];
}

const label = (offset: number): string => (offset < 0 ? `m${-offset}` : String(offset));
const nameOf = ({ y, x }: Pixel): string => `v${label(y)}_${label(x)}`;

/** Where the pixels lie in the input's texture: statements before the loop, and what reads one of them in it. */
function placesOf(program: BlockProgram, taps: readonly PhaseTap[]) {
  const { linear, blocks, input } = program;
  const pixels = readPixels(program, taps);
  const [stride, factor] = [overImage(linear.strides, 1), overImage(linear.upsample, 1)];
  const axes = (['y', 'x'] as const).map((axis, i) => {
    const step = (at(blocks.pixels, i) * at(blocks.phases, i) * at(stride, i)) / at(factor, i);
    const offsets = [...new Set(pixels.map((pixel) => pixel[axis]))].sort((a, b) => a - b);
    const corners = taps.map((tap) => tap[axis]);
    const isInside = staysInside(program, corners, i);
    return { isInside, lines: offsets.flatMap((offset) => emitPlace(program, axis, step, offset, isInside)) };
  });
  const isMasked = input.block === null && linear.edge === 'zero';
  const read = (pixel: Pixel): string => {
    const [y, x] = [label(pixel.y), label(pixel.x)];
    if (input.block !== null) return `texture(uImage0, vec3(x${x}, y${y}, ${nameOf(pixel)}At + layer))`;
    const masks = [
      ...(at(axes, 0).isInside ? [] : [`inY${y}`]),
      ...(at(axes, 1).isInside ? [] : [`inX${x}`]),
    ];
    return ['texture(uImage0, vec2(' + `x${x}, y${y}) + corner)`, ...(isMasked ? masks : [])].join(' * ');
  };
  const layers =
    input.block === null
      ? ['  ivec2 tiles = uDepth0;']
      : pixels.map(
          (pixel) => `  float ${nameOf(pixel)}At = layerX${label(pixel.x)} + layerY${label(pixel.y)};`,
        );
  return { lines: [...axes.flatMap(({ lines }) => lines), ...layers], read: { pixels, read } };
}

/** Whether no output that counts reads outside of the input along an axis; what lies past the last is never read. */
function staysInside(
  { linear, phase, input, output }: BlockProgram,
  offsets: readonly number[],
  axis: number,
): boolean {
  const perPixel = at(overImage(linear.strides, 1), axis) / at(overImage(linear.upsample, 1), axis);
  const last = (at(output.dims, axis + 2) - 1 - at(phase, axis)) * perPixel;
  return Math.min(...offsets) >= 0 && last + Math.max(...offsets) <= at(input.dims, axis + 2) - 1;
}

/** `x`, `y` in the texture of what lies `offset` beside the corner of the block, and its part of the layer. */
function emitPlace(
  { linear, input }: BlockProgram,
  axis: 'y' | 'x',
  step: number,
  offset: number,
  isInside: boolean,
) {
  const [name, upper] = [label(offset), axis.toUpperCase()];
  const [size, texel] = [`size.${axis}`, `texel.${axis}`];
  const q = `q${upper}${name}`;
  const place = `block.${axis} * ${glslFloat(step)} + ${glslFloat(offset)}`;
  const isZero = linear.edge === 'zero';
  const lines =
    isInside || isZero
      ? [`  float ${q} = ${place};`]
      : [`  ivec4 i${q} = ivec4(${place});`, `  ${emitEdge(linear.edge, `i${q}`, `ivec4(${size})`)}`, `  float ${q} = float(i${q}.x);`]; // prettier-ignore
  const test = `${q} >= 0.0 && ${q} < ${size}`;
  if (input.block === null) {
    const mask = isInside || !isZero ? [] : [`  float in${upper}${name} = ${test} ? 1.0 : 0.0;`];
    return [...lines, ...mask, `  float ${axis}${name} = (${q} + 0.5) * ${texel};`];
  }
  const side = axis === 'x' ? input.block.width : input.block.height;
  const stride = axis === 'x' ? 1 : input.block.width;
  const column = `column${upper}${name}`;
  const inside = `(${column} + 0.5) * ${texel}`;
  return [
    ...lines,
    side === 1
      ? `  float ${column} = ${q};`
      : `  float ${column} = floor((${q} + 0.5) * ${glslFloat(1 / side)});`,
    `  float layer${upper}${name} = ${side === 1 ? '0.0' : `(${q} - ${column} * ${glslFloat(side)}) * ${glslFloat(stride)}`};`,
    `  float ${axis}${name} = ${isInside || !isZero ? inside : `${test} ? ${inside} : 1.0`};`,
  ];
}

type Reads = Readonly<{ pixels: readonly Pixel[]; read: (pixel: Pixel) => string }>;

function emitSum(
  program: BlockProgram,
  taps: readonly PhaseTap[],
  reads: Reads,
  literals: Literals | null,
): string[] {
  const texel = emitTexel(program, reads);
  if (program.isDiagonal || literals !== null) {
    const count = program.isDiagonal ? 1 : (literals?.inTexels ?? 1);
    const weightOf = (j: number) => (tap: number, o: number) =>
      literals === null ? tableWeight(program, tap, o) : literals.weight(j, at(taps, tap).tap, o);
    const head =
      literals === null
        ? ['    vec3 rows = uWeightRows.xyz;', '    vec2 start = vec2(0.0, 0.5 * rows.y);']
        : [];
    return Array.from({ length: count }, (_, j) => [
      '  {',
      ...head,
      ...texel(String(j)),
      ...emitProducts(program, taps, weightOf(j)),
      '  }',
    ]).flat();
  }
  const perTexel = columnsOf(program) * taps.length * program.blocks.texels;
  return [
    '  vec3 rows = uWeightRows.xyz;',
    '  for (int j = 0; j < range.y; j++) {',
    '    float row = floor((float(j) + 0.5) / rows.z);',
    `    vec2 start = vec2((float(j) - row * rows.z) * ${glslFloat(perTexel)}, row + 0.5) * rows.xy;`,
    ...texel('j'),
    ...emitProducts(program, taps, (tap, o) => tableWeight(program, tap, o)),
    '  }',
  ];
}

/** Reads the pixels of input texel `j`. */
function emitTexel({ input }: BlockProgram, { pixels, read }: Reads): (j: string) => string[] {
  const layers = input.block === null ? 0 : input.block.width * input.block.height;
  return (j) => [
    ...(input.block === null
      ? [
          `    int tile = range.x + ${j};`,
          '    int tileRow = int((float(tile) + 0.5) / float(tiles.y));',
          '    vec2 corner = vec2(tile - tileRow * tiles.y, tileRow) * size * texel;',
        ]
      : [`    float layer = float((range.x + ${j}) * ${layers});`]),
    ...pixels.map((pixel) => `    vec4 ${nameOf(pixel)} = ${read(pixel)};`),
  ];
}

/** Columns lie side by side: of input texel j, of a tap, of an output texel. */
function tableWeight(program: BlockProgram, tap: number, o: number): string {
  const columns = columnsOf(program);
  const first = (tap * program.blocks.texels + o) * columns;
  const reads = Array.from(
    { length: columns },
    (_, lane) => `texture(uWeights, vec2(start.x + ${glslFloat(first + lane + 0.5)} * rows.x, start.y))`,
  );
  return `${at(WEIGHT_TYPES, columns)}(${reads.join(', ')})`;
}

function emitProducts(
  program: BlockProgram,
  taps: readonly PhaseTap[],
  weight: (tap: number, o: number) => string,
): string[] {
  const { blocks, isDiagonal } = program;
  const [rows, columns] = blocks.pixels;
  const type = at(WEIGHT_TYPES, columnsOf(program));
  const lanes = isDiagonal ? '' : at(LANES, columnsOf(program));
  const lines: string[] = [];
  taps.forEach((tap, index) => {
    for (let o = 0; o < blocks.texels; o++) {
      lines.push(`    ${type} w${index}_${o} = ${weight(index, o)};`);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const output = (o * rows + row) * columns + column;
          lines.push(
            `    a${output} += w${index}_${o} * ${nameOf(pixelAt(program, tap, row, column))}${lanes};`,
          );
        }
    }
  });
  return lines;
}
