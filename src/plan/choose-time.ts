/**
 * Which algorithm computes each filter over time: the frames mixed first and then filtered in space, each frame filtered
 * once and the results remembered, sums that are carried on from frame to frame, or a running sum that takes no more
 * time for more frames. The cheapest by the device's prices, unless a technique is forced or forbidden.
 */
import { assert, at } from '../core/assert.ts';
import { MOST_FRAMES } from '../core/memory-clock.ts';
import type { Shape } from '../core/tensor.ts';
import { leastFactors, type KernelFactor } from '../kernels/factor-kernel.ts';
import { binary, constant, operand, unary, type Expression } from '../primitives/expression.ts';
import type { Linear, Memory, SpaceTime, Temporal } from '../primitives/primitive.ts';
import type { ChooseOptions } from './choose-options.ts';
import { rewrite, type ImageProgram, type ProgramWriter } from './image-program.ts';
import { MAX_UNROLLED_TAPS } from './plan.ts';
import { accumulatorsCost, framesFirstCost, runningMs, spaceFirstCost, windowMs } from './price-time.ts';

/** Sums over frames are kept in as many textures as there are frames to come. */
const MOST_ACCUMULATED = 8;
/** Of memory, for what one filter remembers. */
const MOST_BYTES = 256e6;
/** What a whole tail of weights may add up to before it counts. */
const LEAST_TAIL = 0.25 / 255;
/** Values become whole numbers before they are added and taken off again, so that nothing is left over in the end. */
const WHOLE = 65536;

export function chooseTime(program: ImageProgram, options: ChooseOptions): ImageProgram {
  return withCopies(chooseRunning(withoutTwins(chooseSpaceTime(program, options)), options));
}

/** Mixes of the same frames with the same weights are computed once. */
function withoutTwins(program: ImageProgram): ImageProgram {
  const known = new Map<string, number>();
  return rewrite(program, (value, writer) => {
    if (value.kind !== 'temporal' || !(value.weights instanceof Float32Array)) return writer.add(value);
    const key = [value.input, value.memory.name, value.memory.frames, ...value.weights].join(' ');
    const twin = known.get(key) ?? writer.add(value);
    known.set(key, twin);
    return twin;
  });
}

/** What is remembered is not what is shown: that may be rounded. */
function withCopies(program: ImageProgram): ImageProgram {
  const values = [...program.values];
  const shownOf = (index: number): number => {
    const value = at(values, index);
    if (value.kind !== 'recurrence') return index;
    const { shape } = value;
    return values.push({ kind: 'stencil', inputs: [index], shape, expression: operand(0) }) - 1;
  };
  const outputs = program.outputs.map(shownOf);
  return { ...program, values, outputs };
}

function chooseSpaceTime(program: ImageProgram, options: ChooseOptions): ImageProgram {
  return rewrite(program, (value, writer) => {
    if (value.kind !== 'spacetime') return writer.add(value);
    if (isInPlace(value)) return writeInPlace(value, writer);
    const ways = affordable(waysOf(value, writer, options)).toSorted((a, b) => a.ms - b.ms);
    const [best] = ways;
    options.note(`${sizeOf(value)}: ${inWords(ways)}`);
    // What can't be anything else is a sum of as many products as it has frames.
    return best === undefined ? writeFramesFirst(value, allFactors(value), writer) : best.write();
  });
}

type Way = Readonly<{
  name: string;
  ms: number;
  /** What is remembered, on a picture of one usual size. */
  bytes: number;
  write: () => number;
}>;

/** Those that remember no more than is good, or, where all remember more, the one that remembers least. */
function affordable(ways: readonly Way[]): readonly Way[] {
  const good = ways.filter(({ bytes }) => bytes <= MOST_BYTES);
  return good.length > 0 ? good : ways.toSorted((a, b) => a.bytes - b.bytes).slice(0, 1);
}

/** The cheapest first. */
const inWords = (ways: readonly Pick<Way, 'name' | 'ms'>[]): string => ways.map(({ name, ms }) => `${name} ${ms.toFixed(1)} ms`).join(', '); // prettier-ignore

function sizeOf({ memory, taps }: SpaceTime): string {
  const side = (axis: number) => {
    const offsets = taps.map((tap) => at(tap, axis));
    return Math.max(...offsets) - Math.min(...offsets) + 1;
  };
  return `kernel ${memory.frames}×${side(0)}×${side(1)}`;
}

function waysOf(value: SpaceTime, writer: ProgramWriter, options: ChooseOptions): readonly Way[] {
  const { factorTime, framesFirst, accumulate } = options.techniques;
  const priced = { options, values: writer.values };
  const ways: Way[] = [];
  const factors = factorTime === false || accumulate === true ? null : factorsOf(value);
  if (factors !== null && framesFirst !== false) {
    const cost = framesFirstCost(value, factors, priced);
    ways.push({ ...cost, name: `rank ${factors.length}, frames mixed first`, write: () => writeFramesFirst(value, factors, writer) }); // prettier-ignore
  }
  if (factors !== null && framesFirst !== true) {
    const cost = spaceFirstCost(value, factors, priced);
    ways.push({ ...cost, name: `rank ${factors.length}, each frame filtered first`, write: () => writeSpaceFirst(value, factors, writer) }); // prettier-ignore
  }
  const { maxDrawBuffers, floatFormat } = options.device;
  const canAccumulate = value.memory.frames <= Math.min(MOST_ACCUMULATED, maxDrawBuffers) && floatFormat !== null && value.taps.length * value.memory.frames <= MAX_UNROLLED_TAPS; // prettier-ignore
  if (canAccumulate && accumulate !== false && factorTime !== true)
    ways.push({
      ...accumulatorsCost(value, priced),
      name: 'sums carried on',
      write: () => writer.add(value),
    });
  return ways;
}

const isInPlace = ({ taps }: SpaceTime): boolean =>
  taps.length === 1 && at(taps, 0).every((offset) => offset === 0);

/** Frames are mixed, and no neighbour is looked at. */
function writeInPlace({ input, shape, weights, bias, memory }: SpaceTime, writer: ProgramWriter): number {
  const mixed = writer.add({ kind: 'temporal', input, shape, weights, memory });
  if (bias === 0) return mixed;
  const expression = binary('add', operand(0), constant(bias));
  return writer.add({ kind: 'stencil', inputs: [mixed], shape, expression });
}

/** weights(age, tap) = Σ_r column_r(age) · row_r(tap): the fewest products that are right to half a level. */
function factorsOf({ memory, taps, weights }: SpaceTime): readonly KernelFactor[] | null {
  if (taps.length > MAX_UNROLLED_TAPS) return null;
  const factors = leastFactors({ height: memory.frames, width: taps.length, weights });
  return factors.length === 0 ? null : factors.map(withUnitColumn);
}

/** One product a frame: that frame, and its taps. */
function allFactors({ memory: { frames }, taps, weights }: SpaceTime): readonly KernelFactor[] {
  return Array.from({ length: frames }, (_, age) => ({
    column: Float64Array.from({ length: frames }, (__, other) => (other === age ? 1 : 0)),
    row: Float64Array.from(weights.subarray(age * taps.length, (age + 1) * taps.length)),
  }));
}

/** A mix of frames of sum 1 stays within the values that it is of, and 8 bits can hold it. */
function withUnitColumn({ column, row }: KernelFactor): KernelFactor {
  const sum = column.reduce((total, weight) => total + weight, 0);
  const size = column.reduce((total, weight) => total + Math.abs(weight), 0);
  if (Math.abs(sum) < 0.5 * size) return { column, row };
  return { column: column.map((weight) => weight / sum), row: row.map((weight) => weight * sum) };
}

function spatial(
  { taps, shape, edge }: Pick<SpaceTime, 'taps' | 'shape' | 'edge'>,
  input: number,
  row: Float64Array,
): Linear {
  return {
    kind: 'linear',
    input,
    shape,
    taps,
    strides: [1, 1],
    upsample: [1, 1],
    channels: 'shared',
    groups: 1,
    weights: Float32Array.from(row),
    bias: null,
    edge,
  };
}

function writeFramesFirst(value: SpaceTime, factors: readonly KernelFactor[], writer: ProgramWriter): number {
  const { input, memory } = value;
  const { shape } = at(writer.values, input);
  const parts = factors.map(({ column, row }) => {
    const mixed = writer.add({ kind: 'temporal', input, shape, weights: Float32Array.from(column), memory });
    return writer.add(spatial(value, mixed, row));
  });
  return writeSum(value, parts, writer);
}

function writeSpaceFirst(value: SpaceTime, factors: readonly KernelFactor[], writer: ProgramWriter): number {
  const { input, memory, shape } = value;
  const parts = factors.map(({ column, row }, i) => {
    const filtered = writer.add(spatial(value, input, row));
    const own = { ...memory, name: `${memory.name} factor ${i + 1} of ${factors.length}` };
    return writer.add({ kind: 'temporal', input: filtered, shape, weights: Float32Array.from(column), memory: own }); // prettier-ignore
  });
  return writeSum(value, parts, writer);
}

/** More taps than one pass takes are summed up in several, each of which reads the sum so far. */
function writeSum(value: SpaceTime, parts: readonly number[], writer: ProgramWriter): number {
  const { shape, bias, taps } = value;
  const most = Math.max(1, Math.floor(MAX_UNROLLED_TAPS / taps.length) - 1);
  let sum: number | null = null;
  for (let first = 0; first < parts.length; first += most) {
    const inputs: number[] = [...(sum === null ? [] : [inPlace(sum, shape, writer)]), ...parts.slice(first, first + most)]; // prettier-ignore
    const isLast = first + most >= parts.length;
    sum = added(inputs, shape, isLast ? bias : 0, writer);
  }
  assert(sum !== null, 'a kernel has a factor');
  return sum;
}

/** A value that is read as an image. */
function inPlace(input: number, shape: Shape, writer: ProgramWriter): number {
  const one = { taps: [[0, 0]], shape, edge: 'replicate' } as const;
  return writer.add(spatial(one, input, Float64Array.of(1)));
}

function added(parts: readonly number[], shape: Shape, bias: number, writer: ProgramWriter): number {
  const [first] = parts;
  assert(first !== undefined, 'a sum is of something');
  if (parts.length === 1 && bias === 0) return first;
  const total = parts.slice(1).reduce<Expression>((sum, _, i) => binary('add', sum, operand(i + 1)), operand(0)); // prettier-ignore
  const expression = bias === 0 ? total : binary('add', total, constant(bias));
  return writer.add({ kind: 'stencil', inputs: parts, shape, expression });
}

/** Weights that are the same, or fall by the same share from frame to frame, become sums that run on. */
function chooseRunning(program: ImageProgram, options: ChooseOptions): ImageProgram {
  const { running } = options.techniques;
  if (running === false || options.device.floatFormat !== 'rgba32f') return program;
  return rewrite(program, (value, writer) => {
    if (value.kind !== 'temporal' || !(value.weights instanceof Float32Array)) return writer.add(value);
    const decay = decayOf(value.weights);
    if (decay === null) return writer.add(value);
    const priced = { options, values: writer.values };
    const ways = [
      { name: 'a running sum', ms: runningMs(value, priced) },
      { name: 'all frames', ms: windowMs(value, value.weights, priced) },
    ].toSorted((a, b) => a.ms - b.ms);
    options.note(`mean of ${value.memory.frames} frames: ${inWords(ways)}`);
    const isChosen = running ?? ways[0]?.name === 'a running sum';
    return isChosen ? writeRunning(value, decay, writer) : writer.add(value);
  });
}

/** weights(age) = gain · share^age */
type Decay = Readonly<{ gain: number; share: number }>;

/** Null where the weights are neither all the same nor a falling power; or where a short sum says the same. */
export function decayOf(weights: Float32Array): Decay | null {
  const [gain = 0, next = 0] = weights;
  if (weights.length < 3 || weights.length >= MOST_FRAMES + 1 || gain === 0) return null;
  const share = next / gain;
  if (!(share > 0 && share <= 1 + 1e-6)) return null;
  const isPower = weights.every(
    (weight, age) => Math.abs(weight - gain * share ** age) <= 1e-6 * Math.abs(gain),
  );
  return isPower ? { gain, share: share > 1 - 1e-6 ? 1 : share } : null;
}

/**
 * Equal weights: S = before + newest − the one that leaves, in whole numbers, so that nothing drifts; out = gain · S.
 * A power: s = share · before + gain · newest − gain · share^T · the one that leaves: what was rounded fades away.
 * Both begin with the sum over what is remembered.
 */
function writeRunning(value: Temporal, { gain, share }: Decay, writer: ProgramWriter): number {
  const { input, shape, weights, memory } = value;
  const { frames } = memory;
  const tail = gain * share ** frames;
  const hasTail = share === 1 || Math.abs(tail) / (1 - share) > LEAST_TAIL;
  // The frame that leaves is remembered for one frame more.
  const kept = hasTail ? { ...memory, frames: frames + 1, fullAt: frames } : memory;
  const over = (some: Temporal['weights']) => writer.add({ kind: 'temporal', input, shape, weights: some, memory: kept }); // prettier-ignore
  const inputs = [over(oneHot(0)), ...(hasTail ? [over(oneHot(frames))] : []), over(share === 1 ? ones(frames) : weights)]; // prettier-ignore
  const own: Memory = { ...memory, name: `${memory.name} sum`, warmUp: 'replicate', isDerived: true };
  const all = operand(inputs.length);
  if (share === 1) {
    const expression = binary('sub', binary('add', operand(0), whole(operand(1))), whole(operand(2)));
    const sum = writer.add({ kind: 'recurrence', inputs, shape, expression, first: whole(all), memory: own });
    const scaled = binary('mul', operand(0), constant(gain / WHOLE));
    return writer.add({ kind: 'stencil', inputs: [sum], shape, expression: scaled });
  }
  const going = binary('add', binary('mul', operand(0), constant(share)), binary('mul', operand(1), constant(gain))); // prettier-ignore
  const expression = hasTail ? binary('sub', going, binary('mul', operand(2), constant(tail))) : going;
  return writer.add({ kind: 'recurrence', inputs, shape, expression, first: all, memory: own });
}

const ones = (length: number): Float32Array => new Float32Array(length).fill(1);

function oneHot(age: number): Float32Array {
  return Float32Array.from({ length: age + 1 }, (_, i) => (i === age ? 1 : 0));
}

function whole(value: Expression): Expression {
  const scaled = binary('add', binary('mul', value, constant(WHOLE)), constant(0.5));
  return unary('floor', scaled);
}
