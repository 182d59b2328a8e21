/**
 * primitives → fewer, smaller primitives that compute the same: taps that weigh nothing are dropped, a mix of
 * channels that follows a filter is written into it, and arithmetic on numbers alone is done here.
 */
import { at } from '../core/assert.ts';
import { simplifyExpression } from '../primitives/simplify-expression.ts';
import type { Linear, Primitive, PrimitiveProgram } from '../primitives/primitive.ts';
import { isDense, usesOf, withoutUnused } from './image-program.ts';

export function dropZeroTaps(linear: Linear): Linear {
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

/** A linear of one tap in place: it mixes the channels of a pixel and moves nothing. */
function isPointwise(linear: Linear): boolean {
  const isInPlace = linear.taps.length === 1 && at(linear.taps, 0).every((offset) => offset === 0);
  return isInPlace && isDense(linear) && linear.groups === 1 && linear.channels === 'dense';
}

/**
 * outer(inner(x)) as one linear, where the outer one is pointwise: W₂(W₁x + b₁) + b₂ = (W₂W₁)x + (W₂b₁ + b₂).
 * What lies outside the image is the inner one's business alone, so edges stay right. Null where they can't be one, or
 * where one would multiply more: a neighbourhood of few channels that becomes many is cheaper by itself.
 */
export function mergePointwise(outer: Linear, inner: Linear): Linear | null {
  if (!isPointwise(outer) || inner.groups !== 1 || inner.channels !== 'dense') return null;
  const [out, middle] = [at(outer.shape, outer.shape.length - 1), at(inner.shape, inner.shape.length - 1)];
  const rows = inner.weights.length / middle;
  if (rows * out > rows * middle + middle * out) return null;
  const weights = new Float32Array(rows * out);
  const mixed = (read: (m: number) => number, o: number) => {
    let sum = 0;
    for (let m = 0; m < middle; m++) sum += read(m) * at(outer.weights, m * out + o);
    return sum;
  };
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < out; o++)
      weights[row * out + o] = mixed((m) => at(inner.weights, row * middle + m), o);
  }
  const { bias } = inner;
  const moved =
    bias === null ? null : Float32Array.from({ length: out }, (_, o) => mixed((m) => at(bias, m), o));
  const both = moved === null ? outer.bias : moved.map((value, o) => value + (outer.bias?.[o] ?? 0));
  return { ...inner, shape: outer.shape, weights, bias: both };
}

/** Every value over simplified ones; what was merged into its reader is gone. */
export function simplify({ values, output, measurements }: PrimitiveProgram): PrimitiveProgram {
  const measured = Object.values(measurements ?? {});
  const uses = usesOf({ values, outputs: [output], measured });
  const simplified: Primitive[] = [];
  values.forEach((value) => {
    simplified.push(simplifyOne(value, simplified, (input) => at(uses, input) === 1));
  });
  const needed = withoutUnused({ values: simplified, outputs: [output], measured });
  const program = { values: needed.values, output: at(needed.outputs, 0) };
  if (measurements === undefined) return program;
  const names = Object.keys(measurements);
  return { ...program, measurements: Object.fromEntries(names.map((name, i) => [name, at(needed.measured ?? [], i)])) }; // prettier-ignore
}

function simplifyOne(
  value: Primitive,
  before: readonly Primitive[],
  isOnlyMine: (input: number) => boolean,
): Primitive {
  if (value.kind === 'stencil') return { ...value, expression: simplifyExpression(value.expression) };
  if (value.kind === 'recurrence') {
    return { ...value, expression: simplifyExpression(value.expression), first: simplifyExpression(value.first) }; // prettier-ignore
  }
  if (value.kind !== 'linear') return value;
  const inner = at(before, value.input);
  const merged = inner.kind === 'linear' && isOnlyMine(value.input) ? mergePointwise(value, inner) : null;
  return dropZeroTaps(merged ?? value);
}
