/**
 * All other pairs of layouts, pixel by pixel: rgba → rgba at one fetch a tap, and the crossings that conversions need.
 */
import { assert, at } from '../../core/assert.ts';
import type { Image, TapsTerm } from '../../plan/plan.ts';
import { expand, isPlainRead, type EmittedTaps, type ReadImage } from './emitted-term.ts';

function samplerOf({ layout, layers }: Image): string {
  return `${layout === 'packed16' ? 'u' : ''}sampler2D${layers === undefined ? '' : 'Array'}`;
}

/** How a shader sees an image. */
export function imageUniforms({ slot, image }: Pick<ReadImage, 'slot' | 'image'>): string[] {
  return [
    `uniform highp ${samplerOf(image)} uImage${slot};`,
    `uniform vec4 uTexels${slot}; // width, height, 1 / width, 1 / height of the texture`,
    `uniform ivec2 uPixels${slot}; // width, height of the image`,
  ];
}

/** A function that reads one pixel of an image at whole coordinates, which are brought inside. */
export function pixelReader({ slot, image }: Pick<ReadImage, 'slot' | 'image'>): string {
  const name = `vec4 pixel${slot}(vec2 p)`;
  const inside = `  ivec2 q = clamp(ivec2(p), ivec2(0), uPixels${slot} - 1);`;
  switch (image.layout) {
    case 'packed4':
      return [
        `${name} {`,
        inside,
        `  float value = texelFetch(uImage${slot}, ivec2(q.x >> 2, q.y), 0)[q.x & 3];`,
        `  return vec4(${expand('value', image)});`,
        '}',
      ].join('\n');
    case 'packed16':
      return [
        `${name} {`,
        inside,
        `  uint four = texelFetch(uImage${slot}, ivec2(q.x >> 4, q.y), 0)[(q.x >> 2) & 3];`,
        '  float value = float((four >> uint(8 * (q.x & 3))) & 255u) / 255.0;',
        `  return vec4(${expand('value', image)});`,
        '}',
      ].join('\n');
    default:
      assert(image.layout === 'rgba' || image.layout === 'single', 'compute passes read images');
      return image.layout === 'rgba'
        ? `${name} { return ${expand(`texture(uImage${slot}, (p + 0.5) * uTexels${slot}.zw)`, image)}; }`
        : `${name} { return vec4(${expand(`texture(uImage${slot}, (p + 0.5) * uTexels${slot}.zw).x`, image)}); }`;
  }
}

/** A function that reads one pixel of a ring at whole coordinates within it: x, y and the layer. */
export function ringReader({ slot, image }: Pick<ReadImage, 'slot' | 'image'>): string {
  const name = `vec4 ring${slot}(vec3 p)`;
  const fetch = (x: string) => `texelFetch(uImage${slot}, ivec3(${x}, int(p.y), int(p.z)), 0)`;
  switch (image.layout) {
    case 'packed4':
      return `${name} {\n  int x = int(p.x);\n  return vec4(${expand(`${fetch('x >> 2')}[x & 3]`, image)});\n}`;
    case 'packed16':
      return [
        `${name} {`,
        `  int x = min(int(p.x), uPixels${slot}.x - 1);`,
        `  uint four = ${fetch('x >> 4')}[(x >> 2) & 3];`,
        '  float value = float((four >> uint(8 * (x & 3))) & 255u) / 255.0;',
        `  return vec4(${expand('value', image)});`,
        '}',
      ].join('\n');
    default:
      assert(image.layout === 'rgba', 'a ring holds pixels');
      return `${name} { return ${expand(fetch('int(p.x)'), image)}; }`;
  }
}

export function emitPixelTerms(terms: readonly EmittedTaps[], output: Image): string[] {
  return terms.flatMap((one) => emitPixelTerm(one, output));
}

function emitPixelTerm(one: EmittedTaps, output: Image): string[] {
  if (output.layout === 'rgba') {
    return ['  {', '    vec2 at = floor(gl_FragCoord.xy);', ...emitTaps(one, one.name, output.channels).map((line) => `  ${line}`), '  }']; // prettier-ignore
  }
  return pixelsOfTexel(output).flatMap(({ offset, accumulator }) => [
    '  {',
    `    vec2 at = vec2(${texelPixels(output)}.0 * floor(gl_FragCoord.x) + ${offset}.0, floor(gl_FragCoord.y));`,
    '    vec4 sum = vec4(0.0);',
    ...emitTaps(one, 'sum', 1).map((line) => `  ${line}`),
    `    ${one.name}${accumulator} += sum.x;`,
    '  }',
  ]);
}

const texelPixels = ({ layout }: Image): number => (layout === 'packed16' ? 16 : 4);

/** Where each pixel of an output texel is summed. */
function pixelsOfTexel(output: Image): readonly Readonly<{ offset: number; accumulator: string }>[] {
  return Array.from({ length: texelPixels(output) }, (_, offset) => ({
    offset,
    accumulator:
      output.layout === 'packed16'
        ? `_${offset & 3}.${'xyzw'.charAt(offset >> 2)}`
        : `.${'xyzw'.charAt(offset)}`,
  }));
}

function emitTaps(one: EmittedTaps, sum: string, outChannels: number): string[] {
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
function denseProduct(one: EmittedTaps, term: TapsTerm, tap: number, outChannels: number): string {
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
    const channel = one.read.image.layout === 'rgba' ? 'xyzw'.charAt(c) : 'x';
    return outOfTerm === 1 ? `vec4(v.${channel} * ${vector})` : `v.${channel} * ${vector}`;
  }).join(' + ');
}

function insideMask(position: string, { slot }: ReadImage): string {
  const p = `(${position})`;
  return `float(all(greaterThanEqual(${p}, vec2(0.0))) && all(lessThan(${p}, vec2(uPixels${slot}))))`;
}
