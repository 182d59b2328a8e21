/**
 * A compute pass → GLSL. The structure (taps, layouts, sizes modulo 4) is compiled in; weights, constants, sizes and
 * the lengths of lines are uniforms, so a slider or a resize compiles nothing. The source text is the program's
 * identity. Baked, lines are unrolled and weights are literals: faster, and good for these numbers alone.
 */
import { at, assertNever } from '../../core/assert.ts';
import type { Expression } from '../../primitives/expression.ts';
import type { ComputePass, Image, Plan, TapsTerm, Term } from '../../plan/plan.ts';
import { emitCubic } from './emit-cubic.ts';
import { emitExpression, functionsFor, LITERALS, UniformWriter, type NumberWriter } from './emit-expression.ts'; // prettier-ignore
import { emitLine } from './emit-line.ts';
import { clockUniform, CLOCK_DECLARATION } from './clock-uniform.ts';
import { emitTime } from './emit-time.ts';
import { emitPackedTerms } from './emit-packed.ts';
import { emitPacked16Cubic, emitPacked16Line, emitPacked16Taps, PACK16 } from './emit-packed16.ts';
import { emitPixelTerms, imageUniforms, pixelReader } from './emit-pixels.ts';
import {
  glslFloat,
  isPlainRead,
  lanesOf,
  type Emitted,
  type EmittedCubic,
  type EmittedLine,
  type EmittedTaps,
  type EmittedTime,
  type ReadImage,
  type UniformValue,
} from './emitted-term.ts';

export type EmittedPass = Readonly<{
  source: string;
  /** The images that `uImage0`, `uImage1`, … read. */
  images: readonly number[];
  uniforms: readonly UniformValue[];
}>;

type Terms = Readonly<{
  taps: readonly EmittedTaps[];
  lines: readonly EmittedLine[];
  cubics: readonly EmittedCubic[];
  times: readonly EmittedTime[];
}>;

/** @param bake whether weights become literals. */
export function emitCompute(plan: Plan, given: ComputePass, bake = false): EmittedPass {
  const output = at(plan.images, given.output);
  const pass = bake ? { ...given, terms: given.terms.map((term) => unrolled(term, at(plan.images, term.image), output)) } : given; // prettier-ignore
  const images = [...new Set(pass.terms.map((term) => term.image))];
  const reads = images.map((image, slot): ReadImage => ({ slot, image: at(plan.images, image), output }));
  const weights = new UniformWriter('uWeights');
  const constants = new UniformWriter('uConstants');
  const { taps, lines, cubics, times } = sortTerms(pass, (image) => at(reads, images.indexOf(image)), (weight) => bake ? glslFloat(weight) : weights.add(weight), bake); // prettier-ignore
  const starts = pass.terms.flatMap((term, index) => {
    const start = isAssigned(term, plan, output) ? '' : ` = ${term.kind === 'taps' ? emitBias(term, constants) : 'vec4(0.0)'}`; // prettier-ignore
    return lanesOf(output).map((lane) => `  vec4 term${index}${lane}${start};`);
  });
  const parts = [...emitTaps(taps, output), ...lines.map((one) => emitLineTo(one, output)), ...cubics.map((one) => emitCubicTo(one, output)), ...times.map((one) => emitTime(one, bake))]; // prettier-ignore
  const outputs = [pass, ...(pass.also ?? [])];
  const shade = outputs.flatMap(({ expression }, i) =>
    emitShade(pass, expression, bake ? LITERALS : constants, i),
  );
  const source = [
    '#version 300 es',
    'precision highp float;',
    'precision highp int;',
    ...reads.flatMap(imageUniforms),
    weights.declaration(),
    constants.declaration(),
    ...(pass.memory === undefined ? [] : [CLOCK_DECLARATION]),
    ...outputs.map((_, i) => `${outputs.length === 1 ? '' : `layout(location = ${i}) `}out ${output.layout === 'packed16' ? 'uvec4' : 'vec4'} outColor${i === 0 ? '' : i};`), // prettier-ignore
    ...parts.flatMap(({ declarations }) => declarations),
    ...shade,
    'void main() {',
    ...starts,
    ...parts.flatMap((part) => part.lines),
    ...outputs.flatMap((_, i) => emitOutput(pass, output, i)),
    '}',
  ];
  return {
    source: source.filter((line) => line !== '').join('\n'),
    images,
    uniforms: [
      ...weights.uniforms(),
      ...constants.uniforms(),
      ...parts.flatMap(({ uniforms }) => uniforms),
      ...(pass.memory === undefined ? [] : [clockUniform(pass.memory)]),
    ],
  };
}

/** Whether a term's emitter sets its accumulators instead of adding to them. */
function isAssigned(term: Term, plan: Plan, output: Image): boolean {
  const image = at(plan.images, term.image);
  return (
    term.kind === 'taps' && term.bias === null && output.layout === 'packed16' && image.layout === 'packed16'
  );
}

/** A line as taps, where both images are packed alike: no loop, and weights that can be literals. */
function unrolled(term: Term, from: Image, output: Image): Term {
  if (term.kind !== 'line' || term.stride !== 1 || !isPackedPath({ image: from, output })) return term;
  const { image, axis, first, weights, edge } = term;
  const taps = Array.from(weights, (_, i) =>
    axis === 'x' ? { dy: 0, dx: first + i } : { dy: first + i, dx: 0 },
  );
  return { kind: 'taps', image, taps, channels: 'shared', weights, bias: null, edge };
}

function sortTerms(
  pass: ComputePass,
  readOf: (image: number) => ReadImage,
  weightOf: (weight: number) => string,
  bake: boolean,
): Terms {
  const [taps, lines, cubics, times]: [EmittedTaps[], EmittedLine[], EmittedCubic[], EmittedTime[]] = [[], [], [], []]; // prettier-ignore
  pass.terms.forEach((term, index) => {
    const [name, read] = [`term${index}`, readOf(term.image)];
    switch (term.kind) {
      case 'taps': {
        const product =
          isPackedPath(read) && read.output.layout === 'packed16' ? (term.product ?? null) : null;
        const weights = product === null ? term.weights : [...product.column, ...product.row];
        const gain = bake && product === null && isPackedPath(read) && read.output.layout === 'packed16' ? (sizeOfAll(term.weights) ?? 1) : 1; // prettier-ignore
        const names = Array.from(weights, (weight) => (isPlainRead(term) ? '' : weightOf(weight / gain)));
        const total = read.image.expansion === null ? null : isPlainRead(term) ? '1.0' : weightOf(term.weights.reduce((sum, weight) => sum + weight, 0)); // prettier-ignore
        taps.push({ name, term, read, product, gain, total, weight: (i) => at(names, i) });
        return;
      }
      case 'line':
        lines.push({ name, term, read, index });
        return;
      case 'cubic':
        cubics.push({ name, term, read, index });
        return;
      case 'time':
        times.push({ name, term, read, index });
        return;
      default:
        assertNever(term);
    }
  });
  return { taps, lines, cubics, times };
}

/** Functions of an output have its number, the first one none. */
const shadeName = (output: number): string => `shade${output === 0 ? '' : output}`;

/** What all weights are but for their sign; null where they differ. */
function sizeOfAll(weights: Float32Array): number | null {
  const size = Math.abs(weights[0] ?? 0);
  return size > 0 && weights.every((weight) => Math.abs(weight) === size) ? size : null;
}

/** The expression as a function, as packed16 outputs apply it four times. */
function emitShade(
  { terms }: ComputePass,
  expression: Expression,
  constants: NumberWriter,
  output: number,
): string[] {
  const operands = terms.map((_, i) => `a${i}`);
  const value = emitExpression(expression, operands, constants);
  const parameters = operands.map((name) => `vec4 ${name}`).join(', ');
  return [functionsFor(value), `vec4 ${shadeName(output)}(${parameters}) { return ${value}; }`];
}

function emitOutput({ terms }: ComputePass, output: Image, index: number): string[] {
  const color = `outColor${index === 0 ? '' : index}`;
  const values = lanesOf(output).map((lane) => `${shadeName(index)}(${terms.map((_, i) => `term${i}${lane}`).join(', ')})`); // prettier-ignore
  if (output.layout === 'packed16') return [`  ${color} = pack16(${values.join(', ')});`];
  // Browsers blend frames of RGBX by the byte that is said not to count.
  const isOpaque = output.layout === 'rgba' && output.format === 'rgba8' && output.channels < 4;
  return [`  ${color} = ${isOpaque ? `vec4(${at(values, 0)}.xyz, 1.0)` : at(values, 0)};`];
}

/** Neighbouring outputs in a texel, read from as many neighbouring inputs in a texel. */
function isPackedPath({ image, output }: Pick<ReadImage, 'image' | 'output'>): boolean {
  return image.layout === output.layout && (output.layout === 'packed4' || output.layout === 'packed16');
}

function emitTaps(terms: readonly EmittedTaps[], output: Image): Emitted[] {
  const packed = terms.filter(({ read }) => isPackedPath(read));
  const pixels = terms.filter(({ read }) => !isPackedPath(read));
  const readers = new Map(pixels.map(({ read }) => [read.slot, pixelReader(read)]));
  return [
    ...(output.layout === 'packed16' ? [{ declarations: [PACK16], lines: [], uniforms: [] }] : []),
    ...(packed.length === 0
      ? []
      : output.layout === 'packed16'
        ? [emitPacked16Taps(packed)]
        : [{ declarations: [], lines: emitPackedTerms(packed), uniforms: [] }]),
    { declarations: [...readers.values()], lines: emitPixelTerms(pixels, output), uniforms: [] },
  ];
}

function emitLineTo(one: EmittedLine, output: Image): Emitted {
  const isWide = output.layout === 'packed16' || one.read.image.layout === 'packed16';
  return isWide ? emitPacked16Line(one) : emitLine(one);
}

function emitCubicTo(one: EmittedCubic, output: Image): Emitted {
  const isWide = output.layout === 'packed16' || one.read.image.layout === 'packed16';
  return isWide ? emitPacked16Cubic(one) : emitCubic(one);
}

function emitBias({ bias }: TapsTerm, constants: UniformWriter): string {
  if (bias === null) return 'vec4(0.0)';
  if (bias.length === 1) return `vec4(${constants.add(at(bias, 0))})`;
  const parts = [0, 1, 2, 3].map((channel) =>
    channel < bias.length ? constants.add(at(bias, channel)) : '0.0',
  );
  return `vec4(${parts.join(', ')})`;
}
