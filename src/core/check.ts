/** Checks of what callers give: each names the option, the bad value and what is allowed. */

export type NumberBounds = Readonly<{
  min?: number;
  max?: number;
  /** Leaves `min` itself out. */
  exclusiveMin?: boolean;
  unit?: string;
}>;

/** A value as an error message shows it: short, and never a wall of numbers. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value);
  if (Array.isArray(value))
    return value.length > 8 ? `an array of ${value.length}` : `[${value.map(show).join(', ')}]`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (typeof value === 'object') {
    const { constructor } = value as { constructor?: unknown };
    return typeof constructor === 'function' ? `a ${constructor.name}` : 'an object';
  }
  return `a ${typeof value}`;
}

function boundsText({ min, max, exclusiveMin, unit }: NumberBounds): string {
  const suffix = unit === undefined ? '' : ` ${unit}`;
  if (min !== undefined && max !== undefined) {
    return exclusiveMin === true ? `> ${min} and ≤ ${max}${suffix}` : `${min} to ${max}${suffix}`;
  }
  if (min !== undefined) return `${exclusiveMin === true ? '>' : '≥'} ${min}${suffix}`;
  return max === undefined ? `finite${suffix}` : `≤ ${max}${suffix}`;
}

/**
 * @returns `value`, a finite number within the bounds.
 * @throws TypeError when it is no finite number. @throws RangeError when it is out of bounds.
 */
export function checkNumber(name: string, value: unknown, bounds: NumberBounds = {}): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new TypeError(`${name} must be a finite number, got ${show(value)}`);
  }
  const below =
    bounds.min !== undefined && (bounds.exclusiveMin === true ? value <= bounds.min : value < bounds.min);
  if (below || (bounds.max !== undefined && value > bounds.max)) {
    throw new RangeError(`${name} must be ${boundsText(bounds)}, got ${value}`);
  }
  return value;
}

/** As `checkNumber`, and whole. */
export function checkInteger(name: string, value: unknown, bounds: NumberBounds = {}): number {
  if (!Number.isInteger(value)) throw new TypeError(`${name} must be an integer, got ${show(value)}`);
  return checkNumber(name, value, bounds);
}

/** @throws TypeError when `value` is none of `allowed`. */
export function checkOneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new TypeError(
      `${name} must be ${allowed.map((one) => `'${one}'`).join(' | ')}, got ${show(value)}`,
    );
  }
  return found;
}

/** @throws TypeError when an element is not finite. */
export function checkFinite(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new TypeError(`${name}[${i}] must be a finite number, got ${String(values[i])}`);
    }
  }
}
