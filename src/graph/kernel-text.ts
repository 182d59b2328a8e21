/**
 * Kernels as text, which a field holds and an address carries: numbers with spaces or commas between them, rows that
 * end at ';' or a line's end, frames at '|', the oldest first: '0 -1 0; -1 4 -1; 0 -1 0 | …'.
 */
import { at } from '../core/assert.ts';
import { checkInteger, show } from '../core/check.ts';
import { tensor, type Tensor } from '../core/tensor.ts';

export type KernelLimits = Readonly<{
  maxFrames: number;
  /** Of rows and of columns. */
  maxSide: number;
}>;

/**
 * The kernel that `text` describes: `[frames, rows, columns]`.
 * @param name what messages call it.
 * @throws TypeError | RangeError that name the frame, the row and what is allowed.
 */
export function kernelOf(name: string, text: unknown, { maxFrames, maxSide }: KernelLimits): Tensor {
  if (typeof text !== 'string') throw new TypeError(`${name} must be a kernel as text, got ${show(text)}`);
  const frames = text.split('|').map(rowsOf);
  const first = at(frames, 0);
  const columns = at(first, 0).length;
  checkInteger(`${name}: frames`, frames.length, { min: 1, max: maxFrames });
  checkInteger(`${name}: rows`, first.length, { min: 1, max: maxSide });
  frames.forEach((rows, t) => {
    const frame = `${name}: frame ${t + 1}`;
    if (rows.length !== first.length) {
      throw new RangeError(`${frame} must have ${first.length} rows like frame 1, got ${rows.length}`);
    }
    rows.forEach((words, y) => checkRow(`${frame}, row ${y + 1}`, words, columns, maxSide));
  });
  return tensor([frames.length, first.length, columns], frames.flat(2).map(Number));
}

/** One row of one empty word where there is nothing, so that the message tells of a weight that is missing. */
function rowsOf(frame: string): readonly (readonly string[])[] {
  const rows = frame.split(/[;\n]/u).map((row) => row.split(/[\s,]+/u).filter((word) => word !== ''));
  const filled = rows.filter((words) => words.length > 0);
  return filled.length === 0 ? [['']] : filled;
}

function checkRow(name: string, words: readonly string[], columns: number, maxSide: number): void {
  for (const word of words) {
    const value = word === '' ? NaN : Number(word);
    if (Number.isFinite(Math.fround(value))) continue;
    throw new TypeError(`${name} must hold numbers such as 0.5 or -2, got ${show(word)}`);
  }
  checkInteger(`${name}: weights`, words.length, { min: 1, max: maxSide });
  if (words.length !== columns) {
    throw new RangeError(`${name} must have ${columns} weights like row 1 of frame 1, got ${words.length}`);
  }
}
