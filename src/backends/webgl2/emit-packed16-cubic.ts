/**
 * Cubic B-spline enlargement (see `CubicTerm`) into packed16.
 *
 * Along x, from packed4: sixteen outputs lie over at most five cells, so eight inputs v0 … v7 from the first cell's on
 * are all that they need. With u counted from that cell, the curve is the cell's own cubic, and at each knot m = 1 … 4,
 * where a B-spline's third derivative jumps and no lower one does, the jump times (u − m)³ for what lies beyond: no
 * output has to choose its cell.
 */
import { assert } from '../../core/assert.ts';
import { expand, glslFloat, type Emitted, type EmittedCubic, type UniformValue } from './emitted-term.ts';
import { edgeOfTexels, mendTexel } from './packed-edge.ts';
import { BYTES, emitRaw, emitReader, emitSum } from './packed16-texels.ts';

/** x: packed4 → packed16. y: packed16 → packed16. */
export function emitPacked16Cubic(one: EmittedCubic): Emitted {
  const { term, read } = one;
  const from = term.axis === 'x' ? 'packed4' : 'packed16';
  assert(
    read.image.layout === from && read.output.layout === 'packed16',
    'a cubic fills texels of sixteen pixels',
  );
  return term.axis === 'x' ? emitAlong(one) : emitAcross(one);
}

const block = (lines: readonly string[]): string[] => ['  {', ...lines.map((line) => `    ${line}`), '  }'];

function placeOf({ term, index }: EmittedCubic): UniformValue {
  return { name: `uCubic${index}`, type: 'vec2', values: Float32Array.of(term.scale, term.offset) };
}

function emitAcross(one: EmittedCubic): Emitted {
  const { name, read, index } = one;
  const reader = `cubicTexel${index}`;
  const weights = [
    '(1.0 - t) * (1.0 - t) * (1.0 - t)',
    '(3.0 * t - 6.0) * t * t + 4.0',
    '((3.0 - 3.0 * t) * t + 3.0) * t + 1.0',
    't * t * t',
  ];
  const lines = [
    'vec2 at = floor(gl_FragCoord.xy);',
    `float s = at.y * uCubic${index}.x + uCubic${index}.y;`,
    'float y = floor(s);',
    'float t = s - y;',
    ...weights.map((weight, i) => `float w${i} = (${weight}) / 6.0;`),
    ...BYTES.map((row) => `ivec4 texel${row} = ${reader}(at.x, y + ${glslFloat(row - 1)});`),
    ...BYTES.map((byte) => {
      const products = BYTES.map((row) => `w${row} * ${emitRaw(`texel${row}`, byte, read.image)}`);
      return `vec4 sum${byte} = ${products.join(' + ')};`;
    }),
    ...BYTES.map((byte) => `${name}_${byte} += ${emitSum(`sum${byte}`, '1.0', byte, read.image)};`),
  ];
  const outside = { x: read.output.width > read.image.width, y: false };
  return {
    declarations: [`uniform vec2 uCubic${index};`, emitReader(reader, read, 'replicate', outside)],
    lines: block(lines),
    uniforms: [placeOf(one)],
  };
}

function emitAlong(one: EmittedCubic): Emitted {
  const { index, name } = one;
  const lines = [
    'vec2 at = floor(gl_FragCoord.xy);',
    `float s = 16.0 * at.x * uCubic${index}.x + uCubic${index}.y;`,
    'float first = floor(s) - 1.0;',
    'float x = floor(0.25 * first);',
    ...[0, 1, 2].map((column) => `vec4 texel${column} = cubicTexel${index}(x + ${column}.0, at.y);`),
    ...emitWindow(),
    `vec4 start = s - floor(s) + vec4(0.0, 4.0, 8.0, 12.0) * uCubic${index}.x;`,
    `vec4 cubic = ${CELL} / 6.0;`,
    `vec4 jumps = ${JUMPS} / 6.0;`,
    'vec4 u, past;',
    ...BYTES.flatMap((byte) => [
      `u = start + ${byte}.0 * uCubic${index}.x;`,
      `${name}_${byte} += cubic.x + u * (cubic.y + u * (cubic.z + u * cubic.w));`,
      ...[1, 2, 3, 4].flatMap((knot) => [
        `past = max(u - ${knot}.0, 0.0);`,
        `${name}_${byte} += jumps.${'xyzw'.charAt(knot - 1)} * past * past * past;`,
      ]),
    ]),
  ];
  const declarations = [`uniform vec2 uCubic${index};`, emitFours(one)];
  return { declarations, lines: block(lines), uniforms: [placeOf(one)] };
}

/** Six times the first cell's coefficients of 1, u, u² and u³. */
const CELL =
  'vec4(head.x + 4.0 * head.y + head.z, 3.0 * (head.z - head.x), 3.0 * (head.x - 2.0 * head.y + head.z), ' +
  'head.w - head.x + 3.0 * (head.y - head.z))';
/** Six times the jumps at knots 1 … 4: fourth differences of v0 … v7. */
const JUMPS =
  '(head + tail - 4.0 * (vec4(head.yzw, tail.x) + vec4(head.w, tail.xyz)) + 6.0 * vec4(head.zw, tail.xy))';

/** A texel of packed4 at whole coordinates, the image's outermost pixels repeated. */
function emitFours({ read, index }: EmittedCubic): string {
  const { slot, image } = read;
  return [
    `vec4 cubicTexel${index}(float x, float y) {`,
    `  vec2 at = (vec2(x, y) + 0.5) * uTexels${slot}.zw;`,
    `  vec4 texel = texture(uImage${slot}, at);`,
    ...[...edgeOfTexels(read), ...mendTexel('texel', 'at.x', 'replicate')].map((line) => `  ${line}`),
    `  return ${expand('texel', image)};`,
    '}',
  ].join('\n');
}

/** Eight neighbouring pixels of three texels, from pixel `first` on: `head` and `tail`. */
function emitWindow(): string[] {
  return [
    'float lane = first - 4.0 * x;',
    'bool isFar = lane >= 2.0;',
    'bool isOdd = lane == 1.0 || lane == 3.0;',
    'vec4 even0 = isFar ? vec4(texel0.zw, texel1.xy) : texel0;',
    'vec4 even1 = isFar ? vec4(texel1.zw, texel2.xy) : texel1;',
    'float even2 = isFar ? texel2.z : texel2.x;',
    'vec4 head = isOdd ? vec4(even0.yzw, even1.x) : even0;',
    'vec4 tail = isOdd ? vec4(even1.yzw, even2) : even1;',
  ];
}
