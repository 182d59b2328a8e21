/**
 * Sums over the frames of a ring, each a layer of an array texture. Layers and weights are uniforms, listed anew with each
 * frame: nothing is searched for in the shader, and frames that count nothing are left out. They go by fours in a loop, so
 * that the program is the same for every length; baked, each layer is a literal, and the loop is unrolled. One frame that
 * is read as it is has one fetch.
 */
import { assert, at } from '../../core/assert.ts';
import { MOST_FRAMES } from '../../core/memory-clock.ts';
import { weightsNow } from '../../plan/time-weights.ts';
import { ringReader } from './emit-pixels.ts';
import { expand, type Emitted, type EmittedTime, type UniformValue } from './emitted-term.ts';
import { BYTES, emitRaw, emitSum } from './packed16-texels.ts';

/** A ring may have a layer more than frames are wanted. */
const VECTORS = Math.ceil((MOST_FRAMES + 1) / 4);
/** More layers are bound by memory: there unrolling gains nothing. */
const MOST_UNROLLED = 16;
/** A window seldom reaches over all frames of its ring: then it is better not to read the others. */
const MOST_UNROLLED_OF_WINDOW = 8;

/** How the frames of a ring are gone through. */
type Walk = 'one' | 'loop' | 'unrolled';

const block = (lines: readonly string[]): string[] => ['  {', ...lines.map((line) => `    ${line}`), '  }'];

/** @param bake whether the number of layers may be written into the program. */
export function emitTime(one: EmittedTime, bake: boolean): Emitted {
  const { term, index, read } = one;
  const { image, output } = read;
  const { layers } = image;
  assert(layers !== undefined, 'what is read over time is a ring');
  const isFixed = term.weights instanceof Float32Array;
  const isOne = !(term.weights instanceof Float32Array) && 'age' in term.weights;
  const isUnrolled = bake && layers <= (isFixed ? MOST_UNROLLED : MOST_UNROLLED_OF_WINDOW);
  const walk = isOne ? 'one' : isUnrolled ? 'unrolled' : 'loop';
  const isSame = image.layout === output.layout;
  const lines = !isSame ? emitCrossing(one, walk) : image.layout === 'packed16' ? emitBytes(one, walk) : emitTexels(one, walk); // prettier-ignore
  return {
    declarations: [
      `uniform vec4 uTime${index}[${VECTORS}]; // weights, unrolled by layer; of one frame, its weight and its layer`,
      `uniform vec4 uLayers${index}[${VECTORS}];`,
      `uniform int uTurns${index};`,
      ...(isSame ? [] : [ringReader(read)]),
    ],
    lines: block(lines),
    uniforms: isOne ? oneUniforms(one) : isUnrolled ? byLayer(one) : listed(one),
  };
}

/** Where the frame of an age lies in a ring whose newest is `count`. */
const layerOf = (age: number, count: number, layers: number): number => (((count - age) % layers) + layers) % layers; // prettier-ignore

/** Each weight in the place of its layer. */
function byLayer({ term, index, read: { image } }: EmittedTime): UniformValue[] {
  const { memory = 0, layers = 1 } = image;
  const weights = new Float32Array(4 * VECTORS);
  const update: UniformValue['update'] = (momentOf) => {
    const moment = momentOf(memory);
    weights.fill(0);
    weightsNow(term.weights, moment).forEach((weight, age) => {
      if (weight !== 0) weights[layerOf(age, moment.count, layers)] = weight;
    });
  };
  return [{ name: `uTime${index}`, type: 'vec4', values: weights, update }];
}

/** Weights that are not 0, and their layers beside them. */
function listed({ term, index, read: { image } }: EmittedTime): UniformValue[] {
  const { memory = 0, layers = 1 } = image;
  const [weights, places] = [new Float32Array(4 * VECTORS), new Float32Array(4 * VECTORS)];
  const turns = Int32Array.of(1);
  const update: UniformValue['update'] = (momentOf) => {
    const moment = momentOf(memory);
    weights.fill(0);
    let count = 0;
    weightsNow(term.weights, moment).forEach((weight, age) => {
      if (weight === 0) return;
      weights[count] = weight;
      places[count++] = layerOf(age, moment.count, layers);
    });
    // What fills the last four up weighs nothing: a layer that was read already.
    places.fill(places[0] ?? 0, count);
    turns[0] = Math.max(1, Math.ceil(count / 4));
  };
  return [
    { name: `uTime${index}`, type: 'vec4', values: weights, update },
    { name: `uLayers${index}`, type: 'vec4', values: places },
    { name: `uTurns${index}`, type: 'int', values: turns },
  ];
}

function oneUniforms({ term, index, read: { image } }: EmittedTime): UniformValue[] {
  const { memory = 0, layers = 1 } = image;
  const values = new Float32Array(4 * VECTORS);
  const update: UniformValue['update'] = (momentOf) => {
    const moment = momentOf(memory);
    const now = weightsNow(term.weights, moment);
    const age = Math.max(0, now.findIndex((weight) => weight !== 0)); // prettier-ignore
    values[0] = at(now, age);
    values[1] = layerOf(age, moment.count, layers);
  };
  return [{ name: `uTime${index}`, type: 'vec4', values, update }];
}

/** `add` for each frame, given GLSL of its layer and its weight; the first one sets what the others add to. */
function emitFrames(
  { index, read }: EmittedTime,
  walk: Walk,
  add: (layer: string, weight: string, operator: '=' | '+=') => readonly string[],
): string[] {
  const weights = `uTime${index}`;
  if (walk === 'one') return [...add(`${weights}[0].y`, `${weights}[0].x`, '=')];
  if (walk === 'unrolled') {
    const { layers = 1 } = read.image;
    return Array.from({ length: layers }, (_, layer) => add(`${layer}.0`, `${weights}[${layer >> 2}].${'xyzw'.charAt(layer & 3)}`, layer === 0 ? '=' : '+=')).flat(); // prettier-ignore
  }
  return [
    'int four = 0;',
    'do {',
    `  vec4 w = ${weights}[four];`,
    `  vec4 layers = uLayers${index}[four];`,
    ...['x', 'y', 'z', 'w'].flatMap((lane) =>
      add(`layers.${lane}`, `w.${lane}`, '+=').map((line) => `  ${line}`),
    ),
    `} while (++four < uTurns${index});`,
  ];
}

function emitBytes(one: EmittedTime, walk: Walk): string[] {
  const { name, read } = one;
  const { slot, image } = read;
  return [
    `vec2 at = gl_FragCoord.xy * uTexels${slot}.zw;`,
    'ivec4 texel;',
    `float weight, total${walk === 'loop' ? ' = 0.0' : ''};`,
    ...BYTES.map((byte) => `vec4 sum${byte}${walk === 'loop' ? ' = vec4(0.0)' : ''};`),
    ...emitFrames(one, walk, (layer, weight, operator) => [
      `texel = ivec4(texture(uImage${slot}, vec3(at, ${layer})));`,
      `weight = ${weight};`,
      `total ${operator} weight;`,
      ...BYTES.map((byte) => `sum${byte} ${operator} weight * ${emitRaw('texel', byte, image)};`),
    ]),
    ...BYTES.map((byte) => `${name}_${byte} += ${emitSum(`sum${byte}`, 'total', byte, image)};`),
  ];
}

function emitTexels(one: EmittedTime, walk: Walk): string[] {
  const { name, read } = one;
  const fetch = (layer: string) => expand(`texture(uImage${read.slot}, vec3(at, ${layer}))`, read.image);
  return [
    `vec2 at = gl_FragCoord.xy * uTexels${read.slot}.zw;`,
    ...emitFrames(one, walk, (layer, weight) => [`${name} += ${weight} * ${fetch(layer)};`]),
  ];
}

/** Pixel by pixel, where the layouts differ. */
function emitCrossing(one: EmittedTime, walk: Walk): string[] {
  const { name, read } = one;
  const { slot, output } = read;
  const lanes = output.layout === 'packed16' ? 16 : output.layout === 'packed4' ? 4 : 1;
  const sumOf = (i: number) =>
    lanes === 16 ? `${name}_${i & 3}.${'xyzw'.charAt(i >> 2)}` : lanes === 4 ? `${name}.${'xyzw'.charAt(i)}` : name; // prettier-ignore
  return [
    'vec2 at = floor(gl_FragCoord.xy);',
    ...emitFrames(one, walk, (layer, weight) =>
      Array.from({ length: lanes }, (_, i) => {
        const x = lanes === 1 ? 'at.x' : `${lanes}.0 * at.x + ${i}.0`;
        return `${sumOf(i)} += ${weight} * ring${slot}(vec3(${x}, at.y, ${layer}))${lanes === 1 ? '' : '.x'};`;
      }),
    ),
  ];
}
