/** The draws of a filter in blocks: for each phase and each few texels of the output a program, weights and layers. */
import { assert, at } from '../../core/assert.ts';
import { isDiagonal, layersOf, seenTexels, tapsOfPhase } from '../../plan/block-plan.ts';
import type { Atlas, Plan, TensorPass } from '../../plan/plan.ts';
import { columnsOf, emitBlocks, WEIGHT_TYPES, type BlockProgram, type Literals } from './emit-blocks.ts';
import { glslFloat, type UniformValue } from './emitted-term.ts';
import type { Table } from './tensor-scope.ts';
import type { LayerList } from './textures.ts';

export type BlockDraw = Readonly<{
  source: string;
  /** With the weights as literals; null where they stay in their table. */
  bakedSource: (() => string) | null;
  uniforms: readonly UniformValue[];
  /** Null where no tap is met. */
  table: Table | null;
  layers: LayerList;
}>;

/** @param maxTextureSize of the table of weights. */
export function blockDraws(plan: Plan, pass: TensorPass, maxTextureSize: number): readonly BlockDraw[] {
  const { primitive: linear, blocks } = pass;
  assert(linear.kind === 'linear' && blocks !== null, 'filters are drawn in blocks');
  const [input, output] = [atlasOf(plan, at(pass.images, 0)), atlasOf(plan, pass.output)];
  const diagonal = isDiagonal(linear, input.dims[4], output.dims[4]);
  const depth = Math.ceil(output.dims[4] / 4);
  const [rows, columns] = blocks.phases;
  return Array.from({ length: rows * columns }, (_, i) => {
    const phase = [Math.floor(i / columns), i % columns] as const;
    const program = { linear, epilogue: pass.epilogue, blocks, phase, input, output, isDiagonal: diagonal };
    return Array.from({ length: Math.ceil(depth / blocks.texels) }, (__, group) =>
      drawOf(program, group * blocks.texels, maxTextureSize),
    );
  }).flat();
}

function atlasOf(plan: Plan, image: number): Atlas {
  const { atlas } = at(plan.images, image);
  assert(atlas !== null, 'a filter in blocks is between tensors');
  return atlas;
}

function drawOf(program: BlockProgram, first: number, maxTextureSize: number): BlockDraw {
  const { linear, blocks, output, phase } = program;
  const { source, uniforms } = emitBlocks(program, null);
  const seen = seenBy(program, first);
  const taps = tapsOfPhase(linear, phase).map(({ tap }) => tap);
  const weightAt = weightReader(program, first, seen.first);
  const table = taps.length === 0 ? null : tableOf(program, taps, seen.count, weightAt, maxTextureSize);
  const bias = new Float32Array(4 * blocks.texels);
  if (linear.bias !== null) bias.set(linear.bias.subarray(4 * first, 4 * (first + blocks.texels)));
  const literals: Literals = {
    inTexels: seen.count,
    weight: (j, tap, o) => literal(columnsOf(program), (c, lane) => weightAt(j, tap, o, c, lane)),
  };
  return {
    source,
    bakedSource: blocks.bake && table !== null ? () => emitBlocks(program, literals).source : null,
    uniforms: [
      ...uniforms,
      {
        name: 'uTexelRange',
        type: 'ivec4',
        values: Int32Array.of(seen.first, seen.count, first, output.dims[4]),
      },
      { name: 'uBias', type: 'vec4', values: bias },
      ...(table === null ? [] : [table.uniform]),
    ],
    table: table?.table ?? null,
    layers: layerList(program, first),
  };
}

/** The texels of the input that texels `first` and following of the output see. */
function seenBy({ linear, blocks, input, output, isDiagonal: diagonal }: BlockProgram, first: number) {
  if (diagonal) return { first, count: 1 };
  const depth = Math.ceil(output.dims[4] / 4);
  const spans = Array.from({ length: Math.min(blocks.texels, depth - first) }, (_, o) =>
    seenTexels(linear, input.dims[4], output.dims[4], first + o),
  );
  const start = Math.min(...spans.map((span) => span.first));
  return { first: start, count: Math.max(...spans.map((span) => span.first + span.count)) - start };
}

type WeightAt = (j: number, tap: number, o: number, inLane: number, outLane: number) => number;

/** The weight from lane `inLane` of the j-th input texel that is seen to lane `outLane` of the o-th output texel. */
function weightReader(
  { linear, input, output, isDiagonal: diagonal }: BlockProgram,
  first: number,
  firstSeen: number,
): WeightAt {
  const { weights, groups, channels } = linear;
  const [inChannels, outChannels] = [input.dims[4], output.dims[4]];
  const [inPerGroup, outPerGroup] = [inChannels / groups, outChannels / groups];
  return (j, tap, o, inLane, outLane) => {
    const out = 4 * (first + o) + outLane;
    if (out >= outChannels) return 0;
    if (channels === 'shared') return at(weights, tap);
    if (diagonal) return at(weights, tap * outChannels + out);
    const c = 4 * (firstSeen + j) + inLane - Math.floor(out / outPerGroup) * inPerGroup;
    return c < 0 || c >= inPerGroup ? 0 : at(weights, (tap * inPerGroup + c) * outChannels + out);
  };
}

/** Rows of whole input texels; see `tableWeight` for their order. */
function tableOf(
  program: BlockProgram,
  taps: readonly number[],
  count: number,
  weightAt: WeightAt,
  maxTextureSize: number,
) {
  const columns = columnsOf(program);
  const { texels } = program.blocks;
  const perTexel = columns * taps.length * texels;
  const inRow = Math.min(count, Math.floor(maxTextureSize / perTexel));
  const [width, height] = [inRow * perTexel, Math.ceil(count / inRow)];
  const data = new Float32Array(4 * width * height);
  let next = 0;
  for (let j = 0; j < count; j++)
    for (const tap of taps)
      for (let o = 0; o < texels; o++)
        for (let inLane = 0; inLane < columns; inLane++)
          for (let outLane = 0; outLane < 4; outLane++) data[next++] = weightAt(j, tap, o, inLane, outLane);
  const table: Table = { name: 'uWeights', width, data };
  const uniform: UniformValue = { name: 'uWeightRows', type: 'vec4', values: Float32Array.of(1 / width, 1 / height, inRow, 0) }; // prettier-ignore
  return { table, uniform };
}

function literal(columns: number, weight: (inLane: number, outLane: number) => number): string {
  const numbers = Array.from({ length: 4 * columns }, (_, i) => glslFloat(weight(i >> 2, i & 3)));
  return `${at(WEIGHT_TYPES, columns)}(${numbers.join(', ')})`;
}

/** The layers of a fragment's pixels, texel by texel; texels past the last have none. */
function layerList({ blocks, phase, output }: BlockProgram, first: number): LayerList {
  const { block } = output;
  assert(block !== null, 'what is drawn in blocks lies in blocks');
  const depth = layersOf(output) / (block.width * block.height);
  const [rows, columns] = blocks.pixels;
  const numbers: number[] = [];
  for (let o = first; o < Math.min(depth, first + blocks.texels); o++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const [y, x] = [row * blocks.phases[0] + phase[0], column * blocks.phases[1] + phase[1]];
        numbers.push((o * block.height + y) * block.width + x);
      }
  return { key: numbers.join(), numbers };
}
