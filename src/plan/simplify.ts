/** primitives → fewer, smaller primitives that compute the same: taps that weigh nothing are dropped. */
import type { Linear, PrimitiveProgram } from '../primitives/primitive.ts';

function dropZeroTaps(linear: Linear): Linear {
  const perTap = linear.weights.length / linear.taps.length;
  const weightsOf = (tap: number) => linear.weights.subarray(tap * perTap, (tap + 1) * perTap);
  const kept = linear.taps
    .map((_, tap) => tap)
    .filter((tap) => weightsOf(tap).some((weight) => weight !== 0));
  if (kept.length === linear.taps.length) return linear;
  // A kernel of zeros keeps one tap, so that the value still has a pass to come from.
  const taps = kept.length === 0 ? [0] : kept;
  return {
    ...linear,
    taps: linear.taps.filter((_, tap) => taps.includes(tap)),
    weights: Float32Array.from(taps.flatMap((tap) => [...weightsOf(tap)])),
  };
}

export function simplify(program: PrimitiveProgram): PrimitiveProgram {
  return {
    ...program,
    values: program.values.map((value) => (value.kind === 'linear' ? dropZeroTaps(value) : value)),
  };
}
