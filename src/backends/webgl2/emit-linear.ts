/**
 * linear over tensors: for each tap, for each texel of input channels that the output's four channels can see, four
 * rows of weights. Groups are blocks of that range; what lies between has weight 0. Weights are a table with a row
 * per tap and output texel.
 */
import { at } from '../../core/assert.ts';
import type { Linear } from '../../primitives/primitive.ts';
import { glslFloat } from './emitted-term.ts';
import {
  depthOf,
  eachTap,
  emitEdge,
  ivec4,
  isFlat,
  spatial,
  type Dims,
  type EmittedBody,
  type Source,
  type Table,
  type TensorScope,
} from './tensor-scope.ts';

/** Texels of input that are written out, over all taps; more are a loop. */
const MOST_UNROLLED_TEXELS = 160;

export function emitLinear(linear: Linear, scope: TensorScope): EmittedBody {
  const source = scope.sourceOf(0);
  const [inChannels, outChannels] = [source.dims[4], scope.output[4]];
  const isDiagonal =
    linear.channels === 'dense' && linear.groups === inChannels && inChannels === outChannels;
  const blocks =
    linear.channels === 'shared' || isDiagonal ? null : blockWeights(linear, inChannels, outChannels);
  const { lines, tables } = eachTap(linear.taps, (tap, offset) => [
    `    ivec4 q = p * ${ivec4(spatial(linear.strides, 1))} + ${offset};`,
    ...upsampling(linear),
    ...inside(linear, source, scope.output),
    ...(blocks === null
      ? [`    result += ${oneWeight(linear, tap, scope, isDiagonal)} * ${texelAt(source, 'c4')};`]
      : blockSum(linear, source, blocks.span, [inChannels, outChannels], tap)),
  ]);
  const weights: Table[] =
    blocks !== null ? [blocks.table] : needsTable(linear, isDiagonal) ? [oneWeights(linear, isDiagonal)] : [];
  const bias: Table[] =
    linear.bias === null ? [] : [{ name: 'uBias', width: depthOf(scope.output), data: padded(linear.bias) }];
  const start = linear.bias === null ? [] : ['  result = texelFetch(uBias, ivec2(c4, 0), 0);'];
  return { functions: '', main: [...start, ...lines].join('\n'), tables: [...tables, ...weights, ...bias] };
}

/** Zeros lie between the input's pixels: only whole multiples of the factors meet one. */
function upsampling({ upsample }: Linear): string[] {
  if (upsample.every((factor) => factor === 1)) return [];
  const factors = ivec4(spatial(upsample, 1));
  return [
    '    if (any(lessThan(q, ivec4(0)))) continue;',
    `    ivec4 whole = ivec4((vec4(q) + 0.5) / vec4(${factors}));`,
    `    if (any(notEqual(whole * ${factors}, q))) continue;`,
    '    q = whole;',
  ];
}

/** Leaves the tap out where it reads nothing, or moves it inside. */
function inside(linear: Linear, { slot, dims }: Source, output: Dims): string[] {
  if (staysInside(linear, dims, output)) return [];
  const size = `uSpace${slot}`;
  if (linear.edge !== 'zero') return [`    ${emitEdge(linear.edge, 'q', size)}`];
  if (!isFlat(dims))
    return [`    if (any(lessThan(q, ivec4(0))) || any(greaterThanEqual(q, ${size}))) continue;`];
  return [`    if (q.z < 0 || q.w < 0 || q.z >= ${size}.z || q.w >= ${size}.w) continue;`];
}

/** Whether no tap of any output leaves the input, as without padding. */
function staysInside({ taps, strides, upsample }: Linear, dims: Dims, output: Dims): boolean {
  const factors = spatial(upsample, 1);
  return spatial(strides, 1).every((stride, axis) => {
    const offsets = taps.map((tap) => at(spatial(tap, 0), axis));
    const last = (at(output, axis) - 1) * stride + Math.max(...offsets);
    return Math.min(...offsets) >= 0 && last <= (at(dims, axis) - 1) * at(factors, axis);
  });
}

const isStrip = (tiles: Source['tiles']): boolean => tiles === 'row' || tiles === 'column';

/** Where the texel of a tile is at q, in the texture's own coordinates; of one row or one column. */
function tilePosition({ slot, dims, tiles }: Source, c4: string): string {
  const tile = isFlat(dims) ? c4 : `((q.x * uSpace${slot}.y + q.y) * ${depthOf(dims)} + ${c4})`;
  const corner =
    tiles === 'row' ? `q.w + ${tile} * uSpace${slot}.w, q.z` : `q.w, q.z + ${tile} * uSpace${slot}.z`;
  return `(vec2(${corner}) + 0.5) * uTexels${slot}.zw`;
}

/** One texel of channels at q. */
function texelAt(source: Source, c4: string): string {
  const { slot, tiles } = source;
  return isStrip(tiles) ? `texture(uImage${slot}, ${tilePosition(source, c4)})` : `texel${slot}(q, ${c4})`;
}

function blockSum(
  { taps, groups }: Linear,
  source: Source,
  span: number,
  [inChannels, outChannels]: readonly [number, number],
  tap: string,
): string[] {
  const [inPerGroup, outPerGroup] = [inChannels / groups, outChannels / groups];
  const outTexels = Math.ceil(outChannels / 4);
  const inTexels = Math.ceil(inChannels / 4);
  // Whole divisions, as floats at half steps.
  const group = `int((float(4 * c4) + 0.5) / ${outPerGroup}.0)`;
  const first = groups === 1 ? '0' : `int((float(${group} * ${inPerGroup}) + 0.5) * 0.25)`;
  const step = 1 / (4 * span);
  const weight = (j: string, lane: number) => {
    const column = /^\d+$/.test(j)
      ? glslFloat((4 * Number(j) + lane + 0.5) * step)
      : `(float(4 * ${j} + ${lane}) + 0.5) * ${glslFloat(step)}`;
    return `texture(uWeights, vec2(${column}, row))`;
  };
  const sum = (j: string) => [
    `      { vec4 v = ${tileAt(source, j)};`,
    `      result += v.x * ${weight(j, 0)} + v.y * ${weight(j, 1)} + v.z * ${weight(j, 2)} + v.w * ${weight(j, 3)}; }`,
  ];
  const head = [
    `    int first = ${first};`,
    `    float row = (float(${tap} * ${outTexels} + c4) + 0.5) * ${glslFloat(1 / (taps.length * outTexels))};`,
    ...firstTile(source),
  ];
  if (span * taps.length <= MOST_UNROLLED_TEXELS) {
    const each = Array.from({ length: span }, (_, j) => [
      ...(groups === 1 || j === 0 ? [] : [`      if (first + ${j} < ${inTexels})`]),
      ...sum(String(j)),
    ]);
    return [...head, ...each.flat()];
  }
  const more = groups === 1 ? '' : ` && first + j < ${inTexels}`;
  return [...head, `    for (int j = 0; j < ${span}${more}; j++) {`, ...sum('j'), '    }'];
}

/** Where the first tile's texel is, and how far it is to the next tile's. */
function firstTile(source: Source): string[] {
  const { slot, tiles } = source;
  if (!isStrip(tiles)) return [];
  const next = tiles === 'row' ? `uSpace${slot}.w, 0` : `0, uSpace${slot}.z`;
  return [
    `    vec2 here = ${tilePosition(source, 'first')};`,
    `    vec2 next = vec2(${next}) * uTexels${slot}.zw;`,
  ];
}

function tileAt({ slot, tiles }: Source, j: string): string {
  if (!isStrip(tiles)) return `texel${slot}(q, first + ${j})`;
  return `texture(uImage${slot}, here + float(${j}) * next)`;
}

/** Few shared weights are uniforms; more, and those of each channel, are a table with a column per tap. */
const MOST_UNIFORMS = 32;

function needsTable({ taps }: Linear, isDiagonal: boolean): boolean {
  return isDiagonal || taps.length > MOST_UNIFORMS;
}

function oneWeight(linear: Linear, tap: string, { constants }: TensorScope, isDiagonal: boolean): string {
  if (!needsTable(linear, isDiagonal)) return constants.add(at(linear.weights, Number(tap)));
  return isDiagonal
    ? `texelFetch(uWeights, ivec2(${tap}, c4), 0)`
    : `texelFetch(uWeights, ivec2(${tap}, 0), 0).x`;
}

function oneWeights({ weights, taps }: Linear, isDiagonal: boolean): Table {
  const channels = isDiagonal ? weights.length / taps.length : 1;
  const data = new Float32Array(4 * taps.length * Math.ceil(channels / 4));
  weights.forEach((weight, i) => {
    const [tap, c] = [Math.floor(i / channels), i % channels];
    data[4 * ((c >> 2) * taps.length + tap) + (c & 3)] = weight;
  });
  return { name: 'uWeights', width: taps.length, data };
}

/** Rows `[taps][⌈out / 4⌉]` of `[span][4 input lanes]` texels of 4 output lanes. */
function blockWeights({ weights, taps, groups }: Linear, inChannels: number, outChannels: number) {
  const [inPerGroup, outPerGroup] = [inChannels / groups, outChannels / groups];
  const outTexels = Math.ceil(outChannels / 4);
  const groupOf = (o: number) => Math.floor(Math.min(o, outChannels - 1) / outPerGroup);
  const firstOf = (o4: number) => Math.floor((groupOf(4 * o4) * inPerGroup) / 4);
  const lastOf = (o4: number) => Math.floor(((groupOf(4 * o4 + 3) + 1) * inPerGroup - 1) / 4);
  const span = Math.max(...Array.from({ length: outTexels }, (_, o4) => lastOf(o4) - firstOf(o4) + 1));
  const data = new Float32Array(16 * taps.length * outTexels * span);
  for (let tap = 0; tap < taps.length; tap++) {
    for (let o = 0; o < outChannels; o++) {
      const o4 = o >> 2;
      const start = groupOf(o) * inPerGroup;
      for (let c = 0; c < inPerGroup; c++) {
        const lane = start + c - 4 * firstOf(o4);
        const texel = (tap * outTexels + o4) * span * 4 + lane;
        data[4 * texel + (o & 3)] = at(weights, (tap * inPerGroup + c) * outChannels + o);
      }
    }
  }
  const table: Table = { name: 'uWeights', width: 4 * span, data };
  return { table, span };
}

function padded(values: Float32Array): Float32Array {
  const data = new Float32Array(4 * Math.ceil(values.length / 4));
  data.set(values);
  return data;
}
