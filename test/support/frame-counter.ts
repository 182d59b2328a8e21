/**
 * A frame number in the picture itself, so that a test can say which camera frame it sees, after any filter.
 *
 * A strip of 11 × 2 cells of 16 px in the top left corner, grey (chroma 128). A cell is black; a 1 has a bright 8 × 8 square
 * in its middle. Edge detection turns the square into its outline, a blur into a smaller hill, sharpening leaves it: in each
 * case the cell answers and the black one doesn't, which a filter that keeps only edges could not do with flat cells.
 *
 * ```text
 *   cell  0     1     2 … 17              18 … 21
 *         one   zero  the number, low     check bits
 *         always      bit first           (see checkOf)
 * ```
 * The first two cells are the measure: halfway between their answers is the threshold, so no level is assumed.
 */
import { chromaSize, type I420Picture, type RgbaPicture } from './picture.ts';

const CELL_PX = 16;
const COLUMNS = 11;
const ROWS = 2;
const NUMBER_BITS = 16;
const CHECK_BITS = 4;

/** Limited-range black and white, and grey chroma. */
const BLACK = 16;
const WHITE = 235;
const NEUTRAL = 128;

/** The strip's size in pixels of the camera's picture; a picture must be at least this big. */
export const COUNTER_SIZE = Object.freeze({ width: CELL_PX * COLUMNS, height: CELL_PX * ROWS });

/** Numbers run from 0 to this, exclusive. */
export const COUNTER_LIMIT = 2 ** NUMBER_BITS;

/** The four nibbles, each with its own odd factor, modulo 16: any one wrong bit changes it. */
function checkOf(value: number): number {
  const nibbles = [value & 15, (value >> 4) & 15, (value >> 8) & 15, value >> 12];
  return nibbles.reduce((sum, nibble, index) => sum + nibble * (2 * index + 1), 5) & 15;
}

function cellsOf(value: number): readonly boolean[] {
  const bits = (word: number, count: number): boolean[] =>
    Array.from({ length: count }, (_, bit) => ((word >> bit) & 1) === 1);
  return [true, false, ...bits(value, NUMBER_BITS), ...bits(checkOf(value), CHECK_BITS)];
}

const cellOrigin = (cell: number): readonly [x: number, y: number] => [
  (cell % COLUMNS) * CELL_PX,
  Math.floor(cell / COLUMNS) * CELL_PX,
];

/** A copy of the picture with the number burnt in. */
export function burnCounter(picture: I420Picture, value: number): I420Picture {
  if (!Number.isInteger(value) || value < 0 || value >= COUNTER_LIMIT) {
    throw new RangeError(`value must be an integer from 0 to ${COUNTER_LIMIT - 1}, got ${value}`);
  }
  if (picture.width < COUNTER_SIZE.width || picture.height < COUNTER_SIZE.height) {
    throw new RangeError(
      `picture must be at least ${COUNTER_SIZE.width}×${COUNTER_SIZE.height} px, got ${picture.width}×${picture.height}`,
    );
  }
  const out = { ...picture, y: picture.y.slice(), u: picture.u.slice(), v: picture.v.slice() };
  fill(out.y, picture.width, 0, 0, COUNTER_SIZE.width, COUNTER_SIZE.height, BLACK);
  for (const plane of [out.u, out.v]) {
    fill(plane, chromaSize(picture.width), 0, 0, COUNTER_SIZE.width / 2, COUNTER_SIZE.height / 2, NEUTRAL);
  }
  cellsOf(value).forEach((lit, cell) => {
    const [x, y] = cellOrigin(cell);
    if (lit) fill(out.y, picture.width, x + CELL_PX / 4, y + CELL_PX / 4, CELL_PX / 2, CELL_PX / 2, WHITE);
  });
  return out;
}

function fill(
  plane: Uint8Array,
  stride: number,
  x: number,
  y: number,
  width: number,
  height: number,
  value: number,
): void {
  for (let row = y; row < y + height; row += 1) plane.fill(value, row * stride + x, row * stride + x + width);
}

/**
 * Reads the number from a filtered picture; `null` where there is none, or where it is damaged.
 * @param cameraWidth the width that the camera delivered, where the picture is a scaled one; default: the picture's own.
 */
export function readCounter(picture: RgbaPicture, cameraWidth = picture.width): number | null {
  const scale = picture.width / cameraWidth;
  if (picture.width < COUNTER_SIZE.width * scale || picture.height < COUNTER_SIZE.height * scale) return null;
  const answers = Array.from({ length: COLUMNS * ROWS }, (_, cell) => answerOf(picture, cell, scale));
  const [one = 0, zero = 0] = answers;
  // Fifteen levels: less than that and the two reference cells are the same but for noise.
  if (one - zero < 15) return null;
  const word = answers.map((answer) => answer > (one + zero) / 2);
  const number = (from: number, count: number): number =>
    word.slice(from, from + count).reduce((sum, lit, bit) => sum + (lit ? 2 ** bit : 0), 0);
  const value = number(2, NUMBER_BITS);
  return number(2 + NUMBER_BITS, CHECK_BITS) === checkOf(value) ? value : null;
}

/** Mean brightness of a cell, without its outermost two pixels, into which the neighbours' edges reach. */
function answerOf(picture: RgbaPicture, cell: number, scale: number): number {
  const [x, y] = cellOrigin(cell);
  const margin = CELL_PX / 8;
  const range = (start: number): readonly [from: number, to: number] => [
    Math.round((start + margin) * scale),
    Math.round((start + CELL_PX - margin) * scale),
  ];
  const [left, right] = range(x);
  const [top, bottom] = range(y);
  let sum = 0;
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1)
      sum += picture.data[4 * (row * picture.width + column) + 1] ?? 0;
  }
  return sum / ((right - left) * (bottom - top));
}
