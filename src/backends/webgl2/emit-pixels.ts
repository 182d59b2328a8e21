/**
 * All other pairs of layouts, pixel by pixel: rgba → rgba at one fetch a tap, and the crossings between rgba
 * and packed4 that conversions need.
 */
import { assert, at } from '../../core/assert.ts';
import type { Image, Term } from '../../plan/plan.ts';
import { expand, isPlainRead, type EmittedTerm, type ReadImage } from './emitted-term.ts';

/** A function that reads one pixel of an image at whole coordinates, which the sampler keeps inside. */
export function pixelReader({ slot, image }: ReadImage): string {
  const name = `vec4 pixel${slot}(vec2 p)`;
  if (image.layout === 'packed4') {
    return [
      `${name} {`,
      `  ivec2 q = clamp(ivec2(p), ivec2(0), uPixels${slot} - 1);`,
      `  float value = texelFetch(uImage${slot}, ivec2(q.x >> 2, q.y), 0)[q.x & 3];`,
      `  return vec4(${expand('value', image)});`,
      '}',
    ].join('\n');
  }
  assert(image.layout === 'rgba', 'compute passes read rgba and packed4 images');
  return `${name} { return ${expand(`texture(uImage${slot}, (p + 0.5) * uTexels${slot}.zw)`, image)}; }`;
}

export function emitPixelTerm(one: EmittedTerm, output: Image): string[] {
  if (output.layout === 'packed4') {
    return ['x', 'y', 'z', 'w'].flatMap((lane, offset) => [
      '  {',
      `    vec2 at = vec2(4.0 * floor(gl_FragCoord.x) + ${offset}.0, floor(gl_FragCoord.y));`,
      '    vec4 sum = vec4(0.0);',
      ...emitTaps(one, 'sum', 1).map((line) => `  ${line}`),
      `    ${one.name}.${lane} += sum.x;`,
      '  }',
    ]);
  }
  return ['  {', '    vec2 at = floor(gl_FragCoord.xy);', ...emitTaps(one, one.name, output.channels).map((line) => `  ${line}`), '  }']; // prettier-ignore
}

function emitTaps(one: EmittedTerm, sum: string, outChannels: number): string[] {
  const { term, read } = one;
  return term.taps.map(({ dy, dx }, tap) => {
    const position = dx === 0 && dy === 0 ? 'at' : `at + vec2(${dx}.0, ${dy}.0)`;
    const mask = term.edge === 'zero' ? ` * ${insideMask(position, read)}` : '';
    const pixel = `pixel${read.slot}(${position})${mask}`;
    if (isPlainRead(term)) return `  ${sum} += ${pixel};`;
    if (term.channels === 'shared') return `  ${sum} += ${one.weight(tap)} * ${pixel};`;
    return `  { vec4 v = ${pixel}; ${sum} += ${denseProduct(one, term, tap, outChannels)}; }`;
  });
}

/** Σ_c v(c) · W(c, ·): `in` products of a vector of the output channels. */
function denseProduct(one: EmittedTerm, term: Term, tap: number, outChannels: number): string {
  const perTap = term.weights.length / term.taps.length;
  const inChannels = one.read.image.channels;
  const outOfTerm = perTap / inChannels;
  assert(outOfTerm === outChannels || outOfTerm === 1, "a term's channels fit its pass");
  return Array.from({ length: inChannels }, (_, c) => {
    const weights = Array.from({ length: outOfTerm }, (__, o) =>
      one.weight(tap * perTap + c * outOfTerm + o),
    );
    const vector =
      outOfTerm === 1 ? at(weights, 0) : `vec4(${[...weights, '0.0', '0.0', '0.0'].slice(0, 4).join(', ')})`;
    const channel = one.read.image.layout === 'packed4' ? 'x' : 'xyzw'.charAt(c);
    return outOfTerm === 1 ? `vec4(v.${channel} * ${vector})` : `v.${channel} * ${vector}`;
  }).join(' + ');
}

function insideMask(position: string, { slot }: ReadImage): string {
  const p = `(${position})`;
  return `float(all(greaterThanEqual(${p}, vec2(0.0))) && all(lessThan(${p}, vec2(uPixels${slot}))))`;
}
