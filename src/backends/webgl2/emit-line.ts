/**
 * Filters along one axis, with any number of taps. Weights, their number and their first place are uniforms, so the
 * program is the same for every radius.
 *
 * Software GL computes both sides of every branch, and the body of a `for` once more than its condition holds, so loops
 * are `do … while` and a branch saves no tap. There four weights that are read by a loop's counter cost nearly what a
 * fetch does, and one alone costs more than a quarter of that: they are read by fours.
 */
import { assert } from '../../core/assert.ts';
import { MOST_LINE_TAPS, type LineTerm } from '../../plan/plan.ts';
import { expand, type Emitted, type EmittedLine, type ReadImage } from './emitted-term.ts';
import { edgeOfTexels, mendColumns, mendTexel } from './packed-edge.ts';

export function emitLine(one: EmittedLine): Emitted {
  const { image, output } = one.read;
  assert(image.layout === output.layout, 'a line filter keeps the layout');
  assert(
    image.layout === 'rgba' || image.layout === 'packed4',
    'a line filter reads pixels or fours of them',
  );
  assert(one.term.weights.length <= MOST_LINE_TAPS, "a line's taps fit its uniforms");
  return image.layout === 'packed4' && one.term.axis === 'x' ? emitAlongTexels(one) : emitAcrossTexels(one);
}

/** The uniforms of a line: its vectors of weights, how many passes its loop makes, and the first texel. */
function emitUniforms(index: number, vectors: number, weights: Float32Array, passes: number, first: number) {
  const values = new Float32Array(4 * vectors);
  values.set(weights);
  return {
    declarations: [`uniform vec4 uLine${index}[${vectors}];`, `uniform ivec2 uLineInfo${index};`],
    uniforms: [
      { name: `uLine${index}`, type: 'vec4', values },
      { name: `uLineInfo${index}`, type: 'ivec2', values: Int32Array.of(passes, first) },
    ],
  } as const;
}

/** The centre of the first input texel of the output's: texel X reads texels X · stride + first and on. */
function emitStart({ term: { axis, stride }, read: { slot }, index }: EmittedLine): string[] {
  const scaled =
    stride === 1 ? `gl_FragCoord.${axis}` : `${stride}.0 * gl_FragCoord.${axis} - ${(stride - 1) / 2}`;
  return [
    'vec2 at = gl_FragCoord.xy;',
    `at.${axis} = ${scaled} + float(uLineInfo${index}.y);`,
    `at *= uTexels${slot}.zw;`,
    `float next = uTexels${slot}.${axis === 'x' ? 'z' : 'w'};`,
    'vec4 sum = vec4(0.0);',
  ];
}

const block = (lines: readonly string[]) => ['  {', ...lines.map((line) => `    ${line}`), '  }'];

const fetchTexel = ({ slot, image }: ReadImage) => expand(`texture(uImage${slot}, at)`, image);

/**
 * One texel a tap: of rgba along both axes, of packed4 from row to row. The first weight is alone in vector 0, as most
 * lines are odd; the others go by fours.
 */
function emitAcrossTexels(one: EmittedLine): Emitted {
  const { term, read, index, name } = one;
  const [head = 0, ...rest] = term.weights;
  const passes = Math.max(1, Math.ceil(rest.length / 4));
  const { declarations, uniforms } = emitUniforms(
    index,
    1 + MOST_LINE_TAPS / 4,
    Float32Array.of(head, 0, 0, 0, ...rest),
    passes,
    term.first,
  );
  const inside = term.edge === 'zero' ? ` * float(abs(at.${term.axis} - 0.5) < 0.5)` : '';
  const add = (weight: string) => `sum += ${weight}${inside} * ${fetchTexel(read)};`;
  const lines = [
    ...emitStart(one),
    add(`uLine${index}[0].x`),
    'int i = 0;',
    'do {',
    `  vec4 w = uLine${index}[++i];`,
    ...['x', 'y', 'z', 'w'].map((lane) => `  at.${term.axis} += next; ${add(`w.${lane}`)}`),
    `} while (i < uLineInfo${index}.x);`,
    ...(read.image.layout === 'packed4'
      ? mendColumns('sum', read, term.edge)
      : emitZeroBeside('x', term, read)),
    ...emitZeroBeside('y', term, read),
    `${name} += sum;`,
  ];
  return { declarations, lines: block(lines), uniforms };
}

/**
 * packed4 along its rows. `first` is brought down to a whole texel by zeros before the weights, w'; then texel j of
 * the row holds pixels 4j … 4j + 3, and adds to lane l of the output
 *   stride 1   dot(w'[4j − l … 4j − l + 3], texel): parts of the vectors j − 1 and j of w'
 *   stride 4   dot(w'[4(j − l) … 4(j − l) + 3], texel): the vectors j to j − 3 of w'
 */
function emitAlongTexels(one: EmittedLine): Emitted {
  const { term, read, index, name } = one;
  const texel = Math.floor(term.first / 4);
  const zeros = term.first - 4 * texel;
  const weights = Float32Array.of(...Array<number>(zeros).fill(0), ...term.weights);
  const { vectors, passes } = texelsOfLine(term.stride, weights.length);
  const { declarations, uniforms } = emitUniforms(index, vectors, weights, passes, texel);
  const lines = [
    ...emitStart(one),
    ...edgeOfTexels(read),
    'vec4 before = vec4(0.0), before2 = before, before3 = before;',
    'int i = 0;',
    'do {',
    `  vec4 w = uLine${index}[i];`,
    `  vec4 t = ${fetchTexel(read)};`,
    ...mendTexel('t', 'at.x', term.edge).map((line) => `  ${line}`),
    ...(term.stride === 1
      ? [
          '  sum += vec4(dot(w, t), dot(vec4(before.w, w.xyz), t), dot(vec4(before.zw, w.xy), t), dot(vec4(before.yzw, w.x), t));',
        ]
      : [
          '  sum += vec4(dot(w, t), dot(before, t), dot(before2, t), dot(before3, t));',
          '  before3 = before2; before2 = before;',
        ]),
    '  before = w; at.x += next;',
    `} while (++i < uLineInfo${index}.x);`,
    ...emitZeroBeside('y', term, read),
    `${name} += sum;`,
  ];
  return { declarations, lines: block(lines), uniforms };
}

/** Input texels that `taps` aligned weights touch, and how many the longest line touches: the latter are declared. */
function texelsOfLine(
  stride: LineTerm['stride'],
  taps: number,
): Readonly<{ passes: number; vectors: number }> {
  const touched = (count: number) => (stride === 1 ? Math.ceil((count + 3) / 4) : Math.ceil(count / 4) + 3);
  return { passes: touched(taps), vectors: touched(MOST_LINE_TAPS + 3) };
}

/** Beside the line, outputs past the image's end are 0 too; where edges repeat, the sampler has clamped them. */
function emitZeroBeside(
  side: 'x' | 'y',
  { axis, edge }: LineTerm,
  { slot, image, output }: ReadImage,
): string[] {
  const isLarger = side === 'x' ? output.width > image.width : output.height > image.height;
  if (edge !== 'zero' || side === axis || !isLarger) return [];
  return [`sum = gl_FragCoord.${side} < float(uPixels${slot}.${side}) ? sum : vec4(0.0);`];
}
