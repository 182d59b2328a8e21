/** pad: more elements at the ends of any axis, by a constant or by an edge mode. ONNX's and WebNN's Pad. */
import { at } from '../core/assert.ts';
import { checkInteger, checkNumber, checkOneOf } from '../core/check.ts';
import type { Shape } from '../core/tensor.ts';
import type { EdgeMode } from '../primitives/primitive.ts';
import { checkList, elementAt, fromPositions, lowerPiece, onlyInput, wholePiece } from './move.ts';
import type { Op, SymbolicShape } from './op.ts';

/**
 * For a row `a b c d`: constant `v v|a b c d|v v`, edge `a a|a b c d|d d`, reflect `c b|a b c d|c b`,
 * symmetric `b a|a b c d|d c`, wrap `c d|a b c d|a b`. Wide pads go on in the same way.
 */
export const PAD_MODES = ['constant', 'edge', 'reflect', 'symmetric', 'wrap'] as const;
export type PadMode = (typeof PAD_MODES)[number];

export type PadOptions = Readonly<{
  /** Elements added: `[[begin, end], …]`, one pair per axis, channels too. */
  padding: readonly (readonly [number, number])[];
  /** Default 'constant'. */
  mode?: PadMode;
  /** What 'constant' adds. Default 0. */
  value?: number;
}>;

const EDGES: Readonly<Record<Exclude<PadMode, 'constant'>, EdgeMode>> = {
  edge: 'replicate',
  reflect: 'reflect',
  symmetric: 'symmetric',
  wrap: 'wrap',
};

function inferShape(inputs: readonly SymbolicShape[], options: PadOptions, where: string): SymbolicShape {
  const shape = onlyInput(inputs, where);
  checkOneOf(`${where}: options.mode`, options.mode ?? 'constant', PAD_MODES);
  checkNumber(`${where}: options.value`, options.value ?? 0);
  const padding = checkList(
    `${where}: options.padding`,
    options.padding,
    shape.length,
    '[begin, end] per axis',
  );
  return shape.map((size, axis) => {
    const name = `${where}: options.padding[${axis}]`;
    const added = checkList(name, padding[axis], 2, '[begin, end]').map((one, end) =>
      checkInteger(`${name}[${end}]`, one, { min: 0 }),
    );
    return size === null ? null : size + at(added, 0) + at(added, 1);
  });
}

/** The element that position `position` of an endless row shows, of the `n` that there are; null for the constant. */
function shownAt(position: number, n: number, mode: PadMode): number | null {
  if (mode === 'constant') return position >= 0 && position < n ? position : null;
  if (mode === 'edge' || n === 1) return Math.min(n - 1, Math.max(0, position));
  // Folded at the nearer end, again and again: on the last element (reflect) or behind it (symmetric).
  const behind = mode === 'symmetric' ? 1 : 0;
  let i = position;
  while (i < 0 || i >= n) {
    if (mode === 'wrap') i += i < 0 ? n : -n;
    else i = i < 0 ? -i - behind : 2 * (n - 1) + behind - i;
  }
  return i;
}

export const pad: Op<PadOptions> = {
  name: 'pad',
  inferShape,
  reference(inputs, options) {
    const input = at(inputs, 0);
    const { padding, mode = 'constant', value = 0 } = options;
    return fromPositions(inferShape([input.shape], options, 'pad') as Shape, (position) => {
      const source: number[] = [];
      for (const [axis, i] of position.entries()) {
        const shown = shownAt(i - at(padding, axis)[0], at(input.shape, axis), mode);
        if (shown === null) return value;
        source.push(shown);
      }
      return elementAt(input, source);
    });
  },
  lower(inputs, { padding, mode = 'constant', value = 0 }, shape, lowering) {
    const input = at(inputs, 0);
    const begins = padding.map(([begin]) => begin);
    const piece =
      mode === 'constant'
        ? wholePiece(lowering.shapeOf(input), { start: begins })
        : wholePiece(shape, { from: begins.map((begin) => -begin), edge: EDGES[mode] });
    return lowerPiece(input, piece, shape, lowering, value);
  },
};
