/** Passes whose four lanes read from different places: each element is computed by itself. */
import { at } from '../../core/assert.ts';
import type { Shape } from '../../core/tensor.ts';
import type { Deform, Move, Piece } from '../../primitives/primitive.ts';
import { glslFloat } from './emitted-term.ts';
import { emitEdge, ivec4, spatial, tapTable, type EmittedBody, type TensorScope } from './tensor-scope.ts';

/** Four elements, each by `element(p, c)`. */
export const EACH_LANE =
  '  result = vec4(element(p, 4 * c4), element(p, 4 * c4 + 1), element(p, 4 * c4 + 2), element(p, 4 * c4 + 3));';

/** out(y, x, tap · C + c): bilinear at a position that the offsets move; whatever lies outside is 0. */
export function emitDeform({ taps, strides, offsetGroups, mask }: Deform, scope: TensorScope): EmittedBody {
  const [input, offsets] = [scope.sourceOf(0).slot, scope.sourceOf(1).slot];
  const functions = `
float corner(ivec4 q, int c) {
  bool inside = all(greaterThanEqual(q, ivec4(0))) && all(lessThan(q, uSpace${input}));
  return inside ? element${input}(q, c) : 0.0;
}
float element(ivec4 p, int channel) {
  int tap = channel / uDepth${input}.x;
  if (tap >= ${taps.length}) return 0.0;
  int c = channel % uDepth${input}.x;
  int moved = c / (uDepth${input}.x / ${offsetGroups}) * ${taps.length} + tap;
  vec2 offset = vec2(element${offsets}(p, 2 * moved), element${offsets}(p, 2 * moved + 1));
  vec2 s = vec2(p.zw * ${ivec4(spatial(strides, 1))}.zw) + texelFetch(uTaps, ivec2(tap, 0), 0).zw + offset;
  vec2 low = floor(s);
  vec2 share = s - low;
  ivec4 q = ivec4(0, 0, ivec2(clamp(low, vec2(-2.0), vec2(uSpace${input}.zw))));
  float value = (1.0 - share.x) * ((1.0 - share.y) * corner(q, c) + share.y * corner(q + ivec4(0, 0, 0, 1), c))
    + share.x * ((1.0 - share.y) * corner(q + ivec4(0, 0, 1, 0), c) + share.y * corner(q + ivec4(0, 0, 1, 1), c));
  return value${mask === null ? '' : ` * element${scope.sourceOf(2).slot}(p, moved)`};
}`;
  return { functions, main: EACH_LANE, tables: [tapTable(taps)] };
}

export function emitMove(move: Move, scope: TensorScope): EmittedBody {
  const { pieces, fill, shape } = move;
  if (pieces.every((piece) => keepsLanes(piece, shape))) return emitTexelMove(move, scope);
  const tests = pieces.map((piece) => emitPiece(piece, shape.length, scope));
  const functions = `
float element(ivec4 p, int c) {
  int i[5] = int[5](p.x, p.y, p.z, p.w, c);
${tests.join('\n')}
  return ${glslFloat(fill)};
}`;
  return { functions, main: EACH_LANE, tables: [] };
}

/** Whether whole texels move: channels stay on their axis, by a multiple of 4, and pieces end where texels do. */
function keepsLanes({ axes, start, size, from, step, edge }: Piece, shape: Shape): boolean {
  const last = shape.length - 1;
  if (last < 0 || edge !== 'zero' || axes.some((axis, i) => axis !== i) || at(step, last) !== 1) return false;
  const end = at(start, last) + at(size, last);
  const ends = end % 4 === 0 || end === at(shape, last);
  return ends && at(start, last) % 4 === 0 && at(from, last) % 4 === 0;
}

function emitTexelMove({ pieces, fill, shape }: Move, scope: TensorScope): EmittedBody {
  const lead = 5 - shape.length;
  const lines = pieces.flatMap((piece) => {
    const { slot, dims } = scope.sourceOf(piece.input);
    const last = shape.length - 1;
    const axis = (values: readonly number[], fillIn: number) => ivec4([...Array.from({ length: lead }, () => fillIn), ...values.slice(0, last)].slice(-4)); // prettier-ignore
    const [start, size, from, step] = [
      axis(piece.start, 0),
      axis(piece.size, 1),
      axis(piece.from, 0),
      axis(piece.step, 1),
    ];
    const [low, count] = [at(piece.start, last) / 4, Math.ceil(at(piece.size, last) / 4)];
    return [
      `  if (c4 >= ${low} && c4 < ${low + count} && all(greaterThanEqual(p, ${start})) && all(lessThan(p, ${start} + ${size}))) {`,
      `    ivec4 q = (p - ${start}) * ${step} + ${from};`,
      `    int k = c4 - ${low} + ${at(piece.from, last) / 4};`,
      `    bool inside = k >= 0 && k < ${Math.ceil(dims[4] / 4)} && all(greaterThanEqual(q, ivec4(0))) && all(lessThan(q, uSpace${slot}));`,
      `    result = inside ? texel${slot}(q, k) : vec4(0.0);`,
      '  }',
    ];
  });
  return { functions: '', main: [`  result = vec4(${glslFloat(fill)});`, ...lines].join('\n'), tables: [] };
}

function emitPiece(piece: Piece, rank: number, scope: TensorScope): string {
  const slot = scope.sourceOf(piece.input).slot;
  const lead = 5 - rank;
  const axes = piece.axes.map((_, axis) => axis);
  const covers = axes.map((axis) => {
    const start = at(piece.start, axis);
    const i = `i[${axis + lead}]`;
    return `${i} >= ${start} && ${i} < ${start + at(piece.size, axis)}`;
  });
  // Each input axis from the output axis that runs along it; axes that the tensor has not stay 0.
  const source = ['0', '0', '0', '0', '0'];
  for (const axis of axes) {
    const from = `(i[${axis + lead}] - ${at(piece.start, axis)}) * ${at(piece.step, axis)} + ${at(piece.from, axis)}`;
    source[at(piece.axes, axis) + lead] = from;
  }
  const size = [
    `uSpace${slot}.x`,
    `uSpace${slot}.y`,
    `uSpace${slot}.z`,
    `uSpace${slot}.w`,
    `uDepth${slot}.x`,
  ];
  return [
    `  if (${covers.length === 0 ? 'true' : covers.join(' && ')}) {`,
    `    ivec4 q = ivec4(${source.slice(0, 4).join(', ')});`,
    `    ivec4 k = ivec4(${at(source, 4)});`,
    ...(piece.edge === 'zero'
      ? [
          `    bool inside = all(greaterThanEqual(q, ivec4(0))) && all(lessThan(q, uSpace${slot}));`,
          `    return inside && k.x >= 0 && k.x < ${at(size, 4)} ? element${slot}(q, k.x) : 0.0;`,
        ]
      : [
          `    ${emitEdge(piece.edge, 'q', `uSpace${slot}`)}`,
          `    ${emitEdge(piece.edge, 'k', `ivec4(uDepth${slot}.x)`)}`,
          `    return element${slot}(q, k.x);`,
        ]),
    '  }',
  ].join('\n');
}

/** The same place in row-major order. */
export function emitReshape(scope: TensorScope): EmittedBody {
  const slot = scope.sourceOf(0).slot;
  const functions = `
float element(ivec4 p, int c) {
  if (c >= uDepthOut.x) return 0.0;
  int i = (((p.x * uSpaceOut.y + p.y) * uSpaceOut.z + p.z) * uSpaceOut.w + p.w) * uDepthOut.x + c;
  int channel = i % uDepth${slot}.x;
  i /= uDepth${slot}.x;
  ivec4 q;
  q.w = i % uSpace${slot}.w;
  i /= uSpace${slot}.w;
  q.z = i % uSpace${slot}.z;
  i /= uSpace${slot}.z;
  q.y = i % uSpace${slot}.y;
  q.x = i / uSpace${slot}.y;
  return element${slot}(q, channel);
}`;
  return { functions, main: EACH_LANE, tables: [] };
}
