/**
 * The singular value decomposition of a small matrix by one-sided Jacobi rotations (Hestenes 1958): columns are
 * turned in pairs until all are orthogonal; their lengths are the singular values then.
 */
import { assert, at } from '../core/assert.ts';
import { checkFinite, checkInteger } from '../core/check.ts';
import { MAX_KERNEL_SIDE } from './kernel.ts';

/** matrix = Σ_k values[k] · left[k] · right[k]ᵀ. Vectors are of length 1 and orthogonal. */
export type Svd = Readonly<{
  /** Descending, and all > 0: as many as the matrix's rank in float64. */
  values: Float64Array;
  /** One vector per value, of `rows` elements. */
  left: readonly Float64Array[];
  /** One vector per value, of `columns` elements. */
  right: readonly Float64Array[];
}>;

const MAX_SWEEPS = 60;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** (a, b) ← (c·a − s·b, s·a + c·b) */
function rotate(a: Float64Array, b: Float64Array, c: number, s: number): void {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    a[i] = c * x - s * y;
    b[i] = s * x + c * y;
  }
}

/**
 * Turns each pair of columns once. A column shorter than `noise` is rounding, which each turn would make anew.
 * @returns whether any pair was not orthogonal yet.
 */
function sweep(columns: readonly Float64Array[], turns: readonly Float64Array[], noise: number): boolean {
  let turned = false;
  for (let p = 0; p < columns.length; p++) {
    for (let q = p + 1; q < columns.length; q++) {
      const [a, b] = [at(columns, p), at(columns, q)];
      const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
      const [longer, shorter] = [Math.sqrt(Math.max(aa, bb)), Math.sqrt(Math.min(aa, bb))];
      if (shorter <= noise || Math.abs(ab) <= Number.EPSILON * a.length * longer * shorter) continue;
      // The smaller root of t² + 2ζt − 1 = 0 makes the pair orthogonal.
      const zeta = (bb - aa) / (2 * ab);
      const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
      const c = 1 / Math.hypot(1, t);
      rotate(a, b, c, c * t);
      rotate(at(turns, p), at(turns, q), c, c * t);
      turned = true;
    }
  }
  return turned;
}

function decompose(columns: readonly Float64Array[], scale: number): Svd {
  const turns = columns.map((_, k) => Float64Array.from(columns, (__, i) => (i === k ? 1 : 0)));
  const size = Math.sqrt(columns.reduce((sum, column) => sum + dot(column, column), 0));
  const noise = Number.EPSILON * size * at(columns, 0).length;
  let sweeps = 0;
  while (sweep(columns, turns, noise)) assert(++sweeps < MAX_SWEEPS, 'Jacobi rotations must converge');
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const order = lengths
    .map((_, k) => k)
    .filter((k) => at(lengths, k) > noise)
    .sort((a, b) => at(lengths, b) - at(lengths, a));
  return {
    values: Float64Array.from(order, (k) => at(lengths, k) * scale),
    left: order.map((k) => at(columns, k).map((value) => value / at(lengths, k))),
    right: order.map((k) => at(turns, k)),
  };
}

/**
 * @param matrix row-major, `rows` × `columns` numbers; each side 1 to 63.
 * @throws TypeError | RangeError when a side is out of range, or a number is missing or not finite.
 */
export function svd(matrix: ArrayLike<number>, rows: number, columns: number): Svd {
  checkInteger('rows', rows, { min: 1, max: MAX_KERNEL_SIDE });
  checkInteger('columns', columns, { min: 1, max: MAX_KERNEL_SIDE });
  if (matrix.length !== rows * columns) {
    throw new TypeError(
      `matrix must have ${rows} · ${columns} = ${rows * columns} numbers, got ${matrix.length}`,
    );
  }
  checkFinite('matrix', matrix);
  let scale = 0;
  for (let i = 0; i < matrix.length; i++) scale = Math.max(scale, Math.abs(at(matrix, i)));
  if (scale === 0) return { values: new Float64Array(), left: [], right: [] };

  // Numbers up to 1, or their squares overflow. Fewer columns than rows, or some could not be orthogonal.
  const wide = columns > rows;
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  const vectors = Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length }, (__, i) => at(matrix, wide ? k * columns + i : i * columns + k) / scale),
  );
  const result = decompose(vectors, scale);
  return wide ? { values: result.values, left: result.right, right: result.left } : result;
}
