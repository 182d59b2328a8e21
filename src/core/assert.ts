/** Invariants: a failure here is a fault of convolux itself, never of its caller. */

/** @throws Error when `condition` does not hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (condition === false || condition === undefined || condition === null)
    throw new Error(`convolux invariant broken: ${message}`);
}

/** Closes a switch over a union: the compiler proves that it is exhaustive. */
export function assertNever(value: never): never {
  throw new Error(`convolux invariant broken: unexpected value ${JSON.stringify(value)}`);
}

/** The element at `index`, which must exist. */
export function at<T>(array: ArrayLike<T>, index: number): T {
  const value = array[index];
  if (value === undefined)
    throw new Error(`convolux invariant broken: no element ${index} of ${array.length}`);
  return value;
}
