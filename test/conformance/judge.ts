/** Whether an output is what a case expects: |got − expected| ≤ atol + rtol · |expected| everywhere. */
import { at } from '../../src/core/assert.ts';
import { sameShape, showShape, type Tensor } from '../../src/core/tensor.ts';
import type { Case } from './cases.ts';

export type Verdict = Readonly<{
  /** Why it failed; absent when it passed. */
  reason?: string;
  /** The largest |got − expected|; NaN when an output is, null where there was nothing to compare. */
  worst: number | null;
}>;

/** @param onGpu Grants `tol.fraction`: that share of the values may differ. */
export function judge({ expected, tol }: Case, got: Tensor, onGpu: boolean): Verdict {
  if (!sameShape(got.shape, expected.shape)) {
    const reason = `the shape is ${showShape(got.shape)}, expected ${showShape(expected.shape)}`;
    return { reason, worst: null };
  }
  let [worst, wrong, first] = [0, 0, -1];
  expected.data.forEach((value, i) => {
    const error = Math.abs(at(got.data, i) - value);
    worst = Math.max(worst, error);
    // Not `error > …`: no tolerance covers a NaN.
    if (error <= tol.atol + tol.rtol * Math.abs(value)) return;
    wrong++;
    if (first < 0) first = i;
  });
  const allowed = onGpu ? (tol.fraction ?? 0) * expected.data.length : 0;
  if (wrong <= allowed) return { worst };
  const share = `${wrong} of ${expected.data.length} values differ`;
  return {
    reason: `${share}, the first at ${first}: ${at(got.data, first)}, expected ${at(expected.data, first)}`,
    worst,
  };
}
