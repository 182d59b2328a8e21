/**
 * A compute pass → GLSL. The structure (taps, layouts, sizes modulo 4) is compiled in; weights, constants and
 * sizes are uniforms, so a slider or a resize compiles nothing. The source text is the program's identity.
 */
import { at } from '../../core/assert.ts';
import type { ComputePass, Image, Plan, Term } from '../../plan/plan.ts';
import { emitExpression, functionsFor, UniformWriter } from './emit-expression.ts';
import { emitPackedTerms } from './emit-packed.ts';
import { emitPixelTerm, pixelReader } from './emit-pixels.ts';
import { isPlainRead, type EmittedTerm, type ReadImage } from './emitted-term.ts';

export type EmittedPass = Readonly<{
  source: string;
  /** The images that `uImage0`, `uImage1`, … read. */
  images: readonly number[];
  weights: Float32Array;
  constants: Float32Array;
}>;

export function emitCompute(plan: Plan, pass: ComputePass): EmittedPass {
  const output = at(plan.images, pass.output);
  const images = [...new Set(pass.terms.map((term) => term.image))];
  const reads = images.map((image, slot): ReadImage => ({ slot, image: at(plan.images, image), output }));
  const weights = new UniformWriter('uWeights');
  const constants = new UniformWriter('uConstants');
  const terms = pass.terms.map((term, index): EmittedTerm => {
    const names = Array.from(term.weights, (weight) => (isPlainRead(term) ? '' : weights.add(weight)));
    return {
      name: `term${index}`,
      term,
      read: at(reads, images.indexOf(term.image)),
      weight: (i) => at(names, i),
    };
  });
  const starts = terms.map(({ name, term }) => `  vec4 ${name} = ${emitBias(term, constants)};`);
  const value = emitExpression(
    pass.expression,
    terms.map(({ name }) => name),
    constants,
  );
  const body = [...starts, ...emitTerms(terms, output), `  outColor = ${value};`];
  const head = [...header(reads, weights, constants), functionsFor(value), ...readers(terms, output)];
  return {
    source: [...head, 'void main() {', ...body, '}'].join('\n'),
    images,
    weights: Float32Array.from(weights.values),
    constants: Float32Array.from(constants.values),
  };
}

function header(reads: readonly ReadImage[], weights: UniformWriter, constants: UniformWriter): string[] {
  return [
    '#version 300 es',
    'precision highp float;',
    'precision highp int;',
    ...reads.flatMap(({ slot }) => [
      `uniform highp sampler2D uImage${slot};`,
      `uniform vec4 uTexels${slot}; // width, height, 1 / width, 1 / height of the texture`,
      `uniform ivec2 uPixels${slot}; // width, height of the image`,
    ]),
    weights.declaration(),
    constants.declaration(),
    'out vec4 outColor;',
  ].filter((line) => line !== '');
}

function readers(terms: readonly EmittedTerm[], output: Image): string[] {
  const bySlot = new Map(
    terms.filter((term) => !isPackedPath(term, output)).map(({ read }) => [read.slot, read] as const),
  );
  return [...bySlot.values()].map(pixelReader);
}

/** Four neighbouring outputs a texel, read from four neighbouring inputs a texel. */
function isPackedPath({ read }: EmittedTerm, output: Image): boolean {
  return output.layout === 'packed4' && read.image.layout === 'packed4';
}

function emitTerms(terms: readonly EmittedTerm[], output: Image): string[] {
  const packed = terms.filter((term) => isPackedPath(term, output));
  const pixels = terms.filter((term) => !isPackedPath(term, output));
  return [...emitPackedTerms(packed), ...pixels.flatMap((term) => emitPixelTerm(term, output))];
}

function emitBias({ bias }: Term, constants: UniformWriter): string {
  if (bias === null) return 'vec4(0.0)';
  if (bias.length === 1) return `vec4(${constants.add(at(bias, 0))})`;
  const parts = [0, 1, 2, 3].map((channel) =>
    channel < bias.length ? constants.add(at(bias, channel)) : '0.0',
  );
  return `vec4(${parts.join(', ')})`;
}
