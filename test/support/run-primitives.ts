/**
 * A program of primitives, run in float64 in Node: what proves that an op's lowering says what its reference says.
 * Written from the formulas in primitives/primitive.ts alone: it shares no index algebra with ops or backends.
 */
import { assertNever, at } from '../../src/core/assert.ts';
import { MemoryClock, type MemoryMoment } from '../../src/core/memory-clock.ts';
import { sameShape, showShape, sizeOf, type Shape, type Tensor64 } from '../../src/core/tensor.ts';
import type { FrameFacts, Lowering, Op } from '../../src/ops/op.ts';
import { evaluate } from '../../src/primitives/expression.ts';
import type {
  Deform,
  Fold,
  Linear,
  Move,
  Piece,
  Primitive,
  PrimitiveProgram,
  Reduce,
  Resample,
  Stencil,
} from '../../src/primitives/primitive.ts';
import { runRemembering, type Remembered, type Remembering } from './run-remembering.ts';
import {
  broadcast,
  checkBroadcast,
  edgeRead,
  filled,
  indexOf,
  positionOf,
  read,
  type Position,
} from './tensor-reads.ts';

function linear(value: Linear, input: Tensor64): Tensor64 {
  const { taps, strides, upsample, edge, weights, groups } = value;
  const inputChannels = at(input.shape, input.shape.length - 1);
  const out = at(value.shape, value.shape.length - 1);
  const perGroup = inputChannels / groups;
  const shared = value.channels === 'shared';
  const expected = shared ? taps.length : taps.length * perGroup * out;
  if (weights.length !== expected) throw new Error(`linear: ${weights.length} weights, not ${expected}`);
  if (value.bias !== null && value.bias.length !== out) throw new Error('linear: a bias of another length');
  if (shared && inputChannels !== out) throw new Error('linear: shared weights keep the channels');
  const spatial = input.shape.slice(0, -1);
  const locate = (p: Position, tap: Position): number[] | null => {
    const found: number[] = [];
    for (const [axis, size] of spatial.entries()) {
      const up = at(upsample, axis);
      const q = edgeRead(at(p, axis) * at(strides, axis) + at(tap, axis), (size - 1) * up + 1, edge);
      if (q === null || q % up !== 0) return null;
      found.push(q / up);
    }
    return found;
  };
  return filled(value.shape, (position) => {
    const o = at(position, position.length - 1);
    const first = Math.floor(o / (out / groups)) * perGroup;
    let sum = value.bias?.[o] ?? 0;
    taps.forEach((tap, t) => {
      const found = locate(position, tap);
      if (found === null) return;
      const base = indexOf([...found, 0], input.shape);
      if (shared) sum += at(weights, t) * at(input.data, base + o);
      else
        for (let c = 0; c < perGroup; c++)
          sum += at(weights, (t * perGroup + c) * out + o) * at(input.data, base + first + c);
    });
    return sum;
  });
}

function stencil(value: Stencil, inputs: readonly Tensor64[]): Tensor64 {
  inputs.forEach((input) => {
    checkBroadcast(input, value.shape);
  });
  return filled(value.shape, (position) =>
    evaluate(
      value.expression,
      inputs.map((input) => broadcast(input, position)),
    ),
  );
}

function fold(value: Fold, input: Tensor64): Tensor64 {
  return filled(value.shape, (position) => {
    let acc = value.initial;
    let count = 0;
    for (const tap of value.taps) {
      const spatial = tap.map((offset, axis) => at(position, axis) * at(value.strides, axis) + offset);
      if (!spatial.every((coordinate, axis) => coordinate >= 0 && coordinate < at(input.shape, axis)))
        continue;
      acc = evaluate(value.fold, [acc, read(input, [...spatial, at(position, spatial.length)], 'zero')]);
      count++;
    }
    return evaluate(value.finish, [acc, count]);
  });
}

/** The readings of a multilinear sample: positions and their weights. */
function corners(s: readonly number[]): (readonly [Position, number])[] {
  let all: (readonly [Position, number])[] = [[[], 1]];
  for (const coordinate of s) {
    const low = Math.floor(coordinate);
    const share = coordinate - low;
    all = all.flatMap(([position, weight]) => {
      const first = [[...position, low], weight * (1 - share)] as const;
      return share === 0 ? [first] : [first, [[...position, low + 1], weight * share] as const];
    });
  }
  return all;
}

/** The cubic B-spline, from its pieces: on axes that are resampled, four readings and their weights each. */
function splined(value: Resample, input: Tensor64): Tensor64 {
  const basis = (distance: number): number => {
    const d = Math.abs(distance);
    return d < 1 ? 2 / 3 - d * d + d ** 3 / 2 : d < 2 ? (2 - d) ** 3 / 6 : 0;
  };
  return filled(value.shape, (position) => {
    const channel = at(position, position.length - 1);
    let readings: (readonly [Position, number])[] = [[[], 1]];
    position.slice(0, -1).forEach((coordinate, axis) => {
      const s = coordinate * at(value.scale, axis) + at(value.offset, axis);
      const places = at(value.scale, axis) === 1 ? [s] : [-1, 0, 1, 2].map((i) => Math.floor(s) + i);
      const weigh = (place: number) => (at(value.scale, axis) === 1 ? 1 : basis(place - s));
      readings = readings.flatMap(([before, weight]) =>
        places.map((place) => [[...before, place], weight * weigh(place)] as const),
      );
    });
    return readings.reduce(
      (sum, [place, weight]) => sum + weight * read(input, [...place, channel], 'replicate'),
      0,
    );
  });
}

function resample(value: Resample, input: Tensor64): Tensor64 {
  if (value.mode === 'cubic') return splined(value, input);
  return filled(value.shape, (position) => {
    const channel = at(position, position.length - 1);
    const s = position.slice(0, -1).map((coordinate, axis) => {
      const exact = coordinate * at(value.scale, axis) + at(value.offset, axis);
      const rounded = value.mode === 'nearest' ? Math.floor(exact + 0.5) : exact;
      return Math.min(at(input.shape, axis) - 1, Math.max(0, rounded));
    });
    return corners(s).reduce(
      (sum, [place, weight]) => sum + weight * read(input, [...place, channel], 'replicate'),
      0,
    );
  });
}

function deform(value: Deform, input: Tensor64, offsets: Tensor64, mask: Tensor64 | null): Tensor64 {
  const channels = at(input.shape, 2);
  const { taps, strides, offsetGroups } = value;
  return filled(value.shape, ([y = 0, x = 0, k = 0]) => {
    const tap = Math.floor(k / channels);
    const channel = k % channels;
    const group = Math.floor(channel / (channels / offsetGroups));
    const slot = group * taps.length + tap;
    const base = [y, x];
    const s = base.map(
      (coordinate, axis) =>
        coordinate * at(strides, axis) +
        at(at(taps, tap), axis) +
        read(offsets, [y, x, slot * 2 + axis], 'zero', NaN),
    );
    const sum = corners(s).reduce(
      (all, [place, weight]) => all + weight * read(input, [...place, channel], 'zero'),
      0,
    );
    return sum * (mask === null ? 1 : read(mask, [y, x, slot], 'zero', NaN));
  });
}

function reduce(value: Reduce, input: Tensor64): Tensor64 {
  const acc = new Float64Array(sizeOf(value.shape)).fill(value.initial);
  input.data.forEach((element, i) => {
    const position = positionOf(i, input.shape).map((p, axis) => (value.axes.includes(axis) ? 0 : p));
    const target = indexOf(position, value.shape);
    acc[target] = evaluate(value.fold, [at(acc, target), element]);
  });
  return { shape: value.shape, data: acc.map((one) => evaluate(value.finish, [one])) };
}

function covers(piece: Piece, position: Position): boolean {
  return position.every(
    (i, axis) => i >= at(piece.start, axis) && i < at(piece.start, axis) + at(piece.size, axis),
  );
}

function move(value: Move, inputs: readonly Tensor64[]): Tensor64 {
  return filled(value.shape, (position) => {
    const piece = value.pieces.find((candidate) => covers(candidate, position));
    if (piece === undefined) return value.fill;
    const source = at(inputs, piece.input);
    const place = source.shape.map(() => 0);
    position.forEach((i, axis) => {
      place[at(piece.axes, axis)] = (i - at(piece.start, axis)) * at(piece.step, axis) + at(piece.from, axis);
    });
    return read(source, place, piece.edge);
  });
}

function runOne(
  value: Exclude<Primitive, Remembering>,
  of: (index: number) => Tensor64,
  inputs: Record<string, Tensor64>,
): Tensor64 {
  switch (value.kind) {
    case 'input': {
      const given = inputs[value.name];
      if (given === undefined) throw new Error(`no input named ${value.name}`);
      return given;
    }
    case 'constant':
      return { shape: value.shape, data: Float64Array.from(value.data) };
    case 'linear':
      return linear(value, of(value.input));
    case 'stencil':
      return stencil(value, value.inputs.map(of));
    case 'fold':
      return fold(value, of(value.input));
    case 'resample':
      return resample(value, of(value.input));
    case 'deform':
      return deform(value, of(value.input), of(value.offsets), value.mask === null ? null : of(value.mask));
    case 'reduce':
      return reduce(value, of(value.input));
    case 'move':
      return move(value, value.inputs.map(of));
    case 'reshape':
      return { shape: value.shape, data: of(value.input).data };
    default:
      return assertNever(value);
  }
}

const isRemembering = (value: Primitive): value is Remembering => 'memory' in value;

/** A program over a sequence of frames. */
export class PrimitiveSequence {
  readonly #program: PrimitiveProgram;
  readonly #memories = new Map<number, Readonly<{ clock: MemoryClock; frames: Remembered[] }>>();

  constructor(program: PrimitiveProgram) {
    this.#program = program;
  }

  /** @throws Error when a value's shape or weights contradict themselves. */
  next(inputs: Record<string, Tensor64>, timestampUs: number): Tensor64 {
    const results: Tensor64[] = [];
    this.#program.values.forEach((value, i) => {
      const of = (index: number): Tensor64 => {
        if (index >= i) throw new Error(`value ${i} reads value ${index}: not an earlier one`);
        return at(results, index);
      };
      const result = isRemembering(value)
        ? this.#remember(value, i, of, timestampUs)
        : runOne(value, of, inputs);
      if (!sameShape(result.shape, value.shape) || result.data.length !== sizeOf(value.shape)) {
        throw new Error(
          `value ${i} (${value.kind}) has the shape ${showShape(value.shape)}, got ${showShape(result.shape)}`,
        );
      }
      results.push(result);
    });
    return at(results, this.#program.output);
  }

  #remember(value: Remembering, i: number, of: (i: number) => Tensor64, timestampUs: number): Tensor64 {
    const memory = this.#memories.get(i) ?? { clock: new MemoryClock(value.memory), frames: [] };
    this.#memories.set(i, memory);
    const { frames } = memory;
    const moment: MemoryMoment = memory.clock.next(timestampUs);
    if (moment.step === 'first') frames.length = 0;
    if (moment.step === 'again') frames.shift();
    const inputs = 'inputs' in value ? value.inputs.map(of) : [of(value.input)];
    const output = runRemembering(value, inputs, frames, moment);
    frames.unshift({ input: at(inputs, 0), output });
    return output;
  }
}

/** The output of `program`, in float64. @throws Error when a value's shape or weights contradict themselves. */
export function runPrimitives(program: PrimitiveProgram, inputs: Record<string, Tensor64>): Tensor64 {
  return new PrimitiveSequence(program).next(inputs, 0);
}

const BT709: FrameFacts = { luma: [0.2126, 0.7152, 0.0722] };

/** What `op` lowers to, with its inputs as leaves named '0', '1', … */
export function loweredProgram<Options>(
  op: Op<Options>,
  shapes: readonly Shape[],
  options: Options,
  facts: FrameFacts = BT709,
): PrimitiveProgram {
  const values: Primitive[] = shapes.map((shape, i) => ({ kind: 'input', name: String(i), shape }));
  const lowering: Lowering = {
    facts,
    memoryName: op.name,
    shapeOf: (value) => at(values, value).shape,
    add: (primitive) => values.push(primitive) - 1,
  };
  const shape = op.inferShape(shapes, options, op.name) as Shape;
  const output = op.lower(
    shapes.map((_, i) => i),
    options,
    shape,
    lowering,
  );
  return { values, output };
}

/** `op` by its lowering, where `op.reference` runs it by its definition. */
export function runLowered<Options>(
  op: Op<Options>,
  inputs: readonly Tensor64[],
  options: Options,
  facts: FrameFacts = BT709,
): Tensor64 {
  const program = loweredProgram(
    op,
    inputs.map((input) => input.shape),
    options,
    facts,
  );
  return runPrimitives(program, Object.fromEntries(inputs.map((input, i) => [String(i), input])));
}
