/**
 * Cubic B-spline upsampling along one axis. With c the polynomial of the segment that s is in,
 *   out = c₀ + c₁t + c₂t² + c₃t³,   6c₀ = p₀ + 4p₁ + p₂,   2c₁ = p₂ − p₀,   2c₂ = p₀ − 2p₁ + p₂,   6c₃ = p₃ − 3p₂ + 3p₁ − p₀
 * over the pixels p₀ … p₃ at ⌊s⌋ − 1 and on.
 */
import { assert } from '../../core/assert.ts';
import { expand, type Emitted, type EmittedCubic } from './emitted-term.ts';
import { edgeOfTexels, mendColumns, mendTexel } from './packed-edge.ts';

export function emitCubic(one: EmittedCubic): Emitted {
  const { read, term, index, name } = one;
  const { layout } = read.image;
  assert(layout === read.output.layout, 'upsampling keeps the layout');
  assert(layout === 'rgba' || layout === 'packed4', 'upsampling reads pixels or fours of them');
  const lines = layout === 'packed4' && term.axis === 'x' ? emitAlongTexels(one) : emitAcrossTexels(one);
  return {
    declarations: [`uniform vec2 uCubic${index}; // scale, offset`],
    lines: ['  {', ...[...lines, `${name} += sum;`].map((line) => `    ${line}`), '  }'],
    uniforms: [{ name: `uCubic${index}`, type: 'vec2', values: Float32Array.of(term.scale, term.offset) }],
  };
}

const coefficientsOf = (type: 'float' | 'vec4') => [
  `${type} c0 = (p0 + 4.0 * p1 + p2) / 6.0;`,
  `${type} c1 = (p2 - p0) * 0.5;`,
  `${type} c2 = (p0 + p2) * 0.5 - p1;`,
  `${type} c3 = (p3 - p0 + 3.0 * (p1 - p2)) / 6.0;`,
];

/** One texel a point: of rgba along both axes, of packed4 from row to row. */
function emitAcrossTexels({ term: { axis }, read, index }: EmittedCubic): string[] {
  const { slot, image } = read;
  const fetch = expand(`texture(uImage${slot}, at)`, image);
  const next = `uTexels${slot}.${axis === 'x' ? 'z' : 'w'}`;
  return [
    `float s = (gl_FragCoord.${axis} - 0.5) * uCubic${index}.x + uCubic${index}.y;`,
    'float t = fract(s);',
    'vec2 at = gl_FragCoord.xy;',
    `at.${axis} = floor(s) - 0.5;`,
    `at *= uTexels${slot}.zw;`,
    ...[0, 1, 2, 3].map((i) => `vec4 p${i} = ${fetch}; at.${axis} += ${next};`),
    ...coefficientsOf('vec4'),
    'vec4 sum = c0 + t * (c1 + t * (c2 + t * c3));',
    ...(image.layout === 'packed4' ? mendColumns('sum', read, 'replicate') : []),
  ];
}

/**
 * packed4 along its rows. As scale ≤ 1/4, the four lanes' s are in one segment or in two neighbouring ones, over the
 * five pixels p₀ … p₄ of two texels. A spline's next segment is this one's polynomial, continued, and the jump of its
 * third derivative: out = c(τ) + (c₃' − c₃) max(τ − 1, 0)³ with τ from lane 0's ⌊s⌋, and
 * 6(c₃' − c₃) = p₄ − 4p₃ + 6p₂ − 4p₁ + p₀.
 */
function emitAlongTexels({ read, index }: EmittedCubic): string[] {
  const { slot, image } = read;
  const fetch = expand(`texture(uImage${slot}, at)`, image);
  return [
    `float s = 4.0 * floor(gl_FragCoord.x) * uCubic${index}.x + uCubic${index}.y;`,
    'float first = floor(s) - 1.0;',
    'float texel = floor(0.25 * first);',
    'float shift = first - 4.0 * texel;',
    `vec4 t = s - floor(s) + vec4(0.0, 1.0, 2.0, 3.0) * uCubic${index}.x;`,
    `vec2 at = vec2(texel + 0.5, gl_FragCoord.y) * uTexels${slot}.zw;`,
    ...edgeOfTexels(read),
    `vec4 a = ${fetch};`,
    ...mendTexel('a', 'at.x', 'replicate'),
    `at.x += uTexels${slot}.z;`,
    `vec4 b = ${fetch};`,
    ...mendTexel('b', 'at.x', 'replicate'),
    // Eight pixels, shifted by two, then by one.
    'bool byTwo = shift > 1.5;',
    'a = byTwo ? vec4(a.zw, b.xy) : a;',
    'b.xy = byTwo ? b.zw : b.xy;',
    'bool byOne = fract(0.5 * shift) > 0.25;',
    'float p4 = byOne ? b.y : b.x;',
    'a = byOne ? vec4(a.yzw, b.x) : a;',
    'float p0 = a.x, p1 = a.y, p2 = a.z, p3 = a.w;',
    ...coefficientsOf('float'),
    'float jump = (p0 + p4 - 4.0 * (p1 + p3) + 6.0 * p2) / 6.0;',
    'vec4 past = max(t - 1.0, 0.0);',
    'vec4 sum = c0 + t * (c1 + t * (c2 + t * c3)) + jump * past * past * past;',
  ];
}
