/**
 * Options and weights as JSON and back. Weights are arrays of numbers, `{ float32: […] }`, and not base64: a person
 * can read, compare and write a kernel, each number passes one and the same check, and with the fewest digits that
 * name a float32 (at most 9) an array is about twice the length of base64. −0 becomes 0.
 */
import { checkInteger, show } from '../core/check.ts';
import type { Tensor } from '../core/tensor.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export type JsonObject = Readonly<{ [name: string]: JsonValue }>;

/** All numbers of a graph, weights and shapes together. */
export const MAX_JSON_NUMBERS = 16_000_000;
/** How deep the value of an option may nest: `padding: [[1, 2], [3, 4]]` has depth 2. */
const MAX_DEPTH = 4;
const MAX_TEXT = 64;
const MAX_RANK = 5;

/** Only for a number that stands alone, as in `clamp`; weights are finite. */
const INFINITIES: Readonly<Record<string, number>> = { Infinity, '-Infinity': -Infinity };

/** Counts the numbers that were read. */
export class NumberBudget {
  #left = MAX_JSON_NUMBERS;

  /** @throws RangeError when there are too many. */
  take(count: number, where: string): void {
    this.#left -= count;
    if (this.#left < 0) {
      throw new RangeError(`${where}: the graph may hold at most ${MAX_JSON_NUMBERS} numbers`);
    }
  }
}

/** The number with the fewest digits that rounds to the float32 `value`. */
export function shortestFloat32(value: number): number {
  if (Number.isInteger(value)) return value + 0;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** @throws TypeError when `value` is nothing that JSON can hold, such as NaN or a function. */
export function encodeValue(value: unknown, where: string): JsonValue {
  if (typeof value === 'number' && !Number.isNaN(value)) {
    return Number.isFinite(value) ? value + 0 : String(value);
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (value instanceof Float32Array) return { float32: encodeFloats(value, where) };
  if (Array.isArray(value)) return value.map((one, i) => encodeValue(one, `${where}[${i}]`));
  if (isTensor(value)) return { shape: [...value.shape], float32: encodeFloats(value.data, `${where}.data`) };
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, one]) =>
        one === undefined ? [] : [[name, encodeValue(one, `${where}.${name}`)]],
      ),
    );
  }
  throw new TypeError(`${where} can't be written as JSON, got ${show(value)}`);
}

function encodeFloats(values: Float32Array, where: string): number[] {
  return Array.from(values, (value, i) => {
    if (!Number.isFinite(value)) throw new TypeError(`${where}[${i}] must be a finite number, got ${value}`);
    return shortestFloat32(value);
  });
}

/**
 * The inverse of `encodeValue`.
 * @throws TypeError | RangeError that name the field.
 */
export function decodeValue(value: unknown, where: string, budget: NumberBudget, depth = 0): unknown {
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${where} must be a finite number, got ${value}`);
    budget.take(1, where);
    return value;
  }
  if (typeof value === 'string') {
    if (value.length > MAX_TEXT) throw new RangeError(`${where} may have at most ${MAX_TEXT} letters`);
    return Object.hasOwn(INFINITIES, value) ? INFINITIES[value] : value;
  }
  if (depth >= MAX_DEPTH) throw new RangeError(`${where} may nest at most ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) {
    budget.take(value.length, where);
    return Array.from(value, (one: unknown, i) => decodeValue(one, `${where}[${i}]`, budget, depth + 1));
  }
  if (!isObject(value)) throw new TypeError(`${where} must be an option's value, got ${show(value)}`);
  if (Object.hasOwn(value, 'float32')) return decodeWeights(value, where, budget);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      if (!PARAMETERS.has(name)) throw new TypeError(`${where}.${name.slice(0, MAX_TEXT)} is unknown`);
      return [name, decodeValue(one, `${where}.${name}`, budget, depth + 1)];
    }),
  );
}

/** What an option that is an object may hold: an activation and its parameters, or the length of a window. */
const PARAMETERS = new Set(['name', 'alpha', 'beta', 'gamma', 'approximate', 'min', 'max', 'ms']);

function decodeWeights(
  value: Readonly<Record<string, unknown>>,
  where: string,
  budget: NumberBudget,
): Float32Array | Tensor {
  checkFields(value, ['shape', 'float32'], where);
  const { float32, shape } = value;
  if (!Array.isArray(float32)) throw new TypeError(`${where}.float32 must be an array, got ${show(float32)}`);
  budget.take(float32.length, where);
  const data = Float32Array.from(float32 as readonly unknown[], (one, i) => {
    if (typeof one === 'number' && Number.isFinite(Math.fround(one))) return one;
    throw new TypeError(`${where}.float32[${i}] must be a finite float32, got ${show(one)}`);
  });
  if (shape === undefined) return data;
  const sides = decodeShape(shape, `${where}.shape`).map((side, axis) =>
    checkInteger(`${where}.shape[${axis}]`, side, { min: 1 }),
  );
  const size = sides.reduce((product, side) => product * side, 1);
  if (size !== data.length) {
    throw new RangeError(`${where}.float32 must hold ${size} numbers for its shape, got ${data.length}`);
  }
  return { shape: sides, data };
}

/** A shape, with null where a size is not known. @throws TypeError | RangeError */
export function decodeShape(value: unknown, where: string): readonly (number | null)[] {
  if (!Array.isArray(value) || value.length > MAX_RANK) {
    throw new TypeError(`${where} must be an array of at most ${MAX_RANK} sizes, got ${show(value)}`);
  }
  return Array.from(value, (side: unknown, axis) =>
    side === null ? null : checkInteger(`${where}[${axis}]`, side, { min: 1, max: MAX_JSON_NUMBERS }),
  );
}

/** @throws TypeError when `value` has a field that is not in `known`. */
export function checkFields(value: object, known: readonly string[], where: string): void {
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) {
      const has = known.length === 0 ? 'there is none' : `known are ${known.join(', ')}`;
      throw new TypeError(`${where}.${name.slice(0, MAX_TEXT)} is unknown: ${has}`);
    }
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

const isTensor = (value: unknown): value is Tensor =>
  isObject(value) && Array.isArray(value['shape']) && value['data'] instanceof Float32Array;
