/** The references' walk over windows: every read that a window makes, one visit each. */
import { assertNever, at } from '../core/assert.ts';
import { sizeOf } from '../core/tensor.ts';
import type { EdgeMode } from '../primitives/primitive.ts';
import type { PlacedWindow } from './window-geometry.ts';

const modulo = (a: number, n: number): number => ((a % n) + n) % n;

/**
 * The position on an axis of `size` that a read at `position` really reads, or null for nothing. 'reflect',
 * 'symmetric' and 'wrap' go on with their period, however far outside.
 */
export function edgePosition(position: number, size: number, edge: EdgeMode): number | null {
  if (position >= 0 && position < size) return position;
  switch (edge) {
    case 'zero':
      return null;
    case 'replicate':
      return Math.min(size - 1, Math.max(0, position));
    case 'wrap':
      return modulo(position, size);
    case 'symmetric': {
      // a b c | c b a: the period is 2 · size.
      const phase = modulo(position, 2 * size);
      return Math.min(phase, 2 * size - 1 - phase);
    }
    case 'reflect': {
      // a b c | b: the period is 2 · (size − 1).
      if (size === 1) return 0;
      const phase = modulo(position, 2 * size - 2);
      return Math.min(phase, 2 * size - 2 - phase);
    }
    default:
      return assertNever(edge);
  }
}

/** `output`, `tap` and `input` are row-major numbers of an output position, a tap of the window, an input position. */
export type VisitRead = (output: number, tap: number, input: number) => void;

/** Visits in(p · S + k · D − begin) for all p and k; for one p its taps come in order. Reads of nothing are left out. */
export function forEachRead(window: PlacedWindow, edge: EdgeMode, visit: VisitRead): void {
  const { extent, strides, dilations, pads, input, output } = window;
  const walk = (axis: number, outputIndex: number, tap: number, inputIndex: number): void => {
    if (axis === extent.length) {
      visit(outputIndex, tap, inputIndex);
      return;
    }
    const [places, taps, size] = [at(output, axis), at(extent, axis), at(input, axis)];
    for (let p = 0; p < places; p++) {
      for (let k = 0; k < taps; k++) {
        const position = p * at(strides, axis) + k * at(dilations, axis) - at(pads, axis)[0];
        const found = edgePosition(position, size, edge);
        if (found === null) continue;
        walk(axis + 1, outputIndex * places + p, tap * taps + k, inputIndex * size + found);
      }
    }
  };
  walk(0, 0, 0, 0);
}

/** How many taps of each output position lie inside the input, or inside the padded input. */
export function countReads(window: PlacedWindow, over: 'input' | 'padded'): Float64Array {
  const counts = new Float64Array(sizeOf(window.output));
  const padded: PlacedWindow = {
    ...window,
    input: window.input.map((size, axis) => size + at(window.pads, axis)[0] + at(window.pads, axis)[1]),
    pads: window.pads.map(() => [0, 0] as const),
  };
  forEachRead(over === 'input' ? window : padded, 'zero', (output) => {
    counts[output] = at(counts, output) + 1;
  });
  return counts;
}
