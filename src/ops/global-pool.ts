/**
 * Global pools: each channel over all spatial axes, which stay with size 1.
 * Max: the largest. Average: Σ x / n. L2: √Σ x².
 */
import { at } from '../core/assert.ts';
import { showShape, sizeOf, type Shape, type Tensor64 } from '../core/tensor.ts';
import { binary, constant, operand, unary, type Expression } from '../primitives/expression.ts';
import type { Op, SymbolicShape } from './op.ts';

/** There is nothing to choose. */
export type GlobalPoolOptions = Readonly<Record<string, never>>;

type Kind = Readonly<{
  reference: Readonly<{
    initial: number;
    fold(acc: number, value: number): number;
    finish(acc: number, count: number): number;
  }>;
  /** Of the primitive, as `fold` and `finish` are. */
  initial: number;
  fold: Expression;
  finish(count: number): Expression;
}>;

/** The least float32. */
const LOWEST = -3.4028234663852886e38;
const ACC = operand(0);
const VALUE = operand(1);

function inferShape(shape: SymbolicShape, where: string): SymbolicShape {
  const channels = shape.at(-1);
  if (shape.length < 2 || shape.length > 4 || typeof channels !== 'number') {
    throw new TypeError(
      `${where}: the input must be [length, channels], [height, width, channels] or ` +
        `[frames, height, width, channels], got ${showShape(shape)}`,
    );
  }
  return [...shape.slice(0, -1).map(() => 1), channels];
}

function pooled({ shape, data }: Tensor64, { initial, fold, finish }: Kind['reference']): Tensor64 {
  const channels = at(shape, shape.length - 1);
  const result = new Float64Array(channels).fill(initial);
  data.forEach((value, i) => {
    result[i % channels] = fold(at(result, i % channels), value);
  });
  const count = data.length / channels;
  return {
    shape: [...shape.slice(0, -1).map(() => 1), channels],
    data: result.map((acc) => finish(acc, count)),
  };
}

function globalPoolOp(name: string, kind: Kind): Op<GlobalPoolOptions> {
  return {
    name,
    inferShape: (inputs, _options, where) => inferShape(at(inputs, 0), where),
    reference: (inputs) => pooled(at(inputs, 0), kind.reference),
    lower(inputs, _options, shape, lowering) {
      const input = at(inputs, 0);
      const spatial: Shape = lowering.shapeOf(input).slice(0, -1);
      return lowering.add({
        kind: 'reduce',
        input,
        shape,
        axes: spatial.map((_, axis) => axis),
        initial: kind.initial,
        fold: kind.fold,
        finish: kind.finish(sizeOf(spatial)),
      });
    },
    layer: (inputs) => {
      const spatial = at(inputs, 0).slice(0, -1);
      return { parameters: 0, macs: 0, window: { extent: spatial, stride: spatial } };
    },
  };
}

/** `[…spatial, channels]` → `[…1, channels]` */
export const globalMaxPool = globalPoolOp('globalMaxPool', {
  reference: {
    initial: -Infinity,
    fold: (acc, value) => Math.max(acc, value),
    finish: (acc) => acc,
  },
  initial: LOWEST,
  fold: binary('max', ACC, VALUE),
  finish: () => ACC,
});

export const globalAveragePool = globalPoolOp('globalAveragePool', {
  reference: {
    initial: 0,
    fold: (acc, value) => acc + value,
    finish: (acc, count) => acc / count,
  },
  initial: 0,
  fold: binary('add', ACC, VALUE),
  finish: (count) => binary('div', ACC, constant(count)),
});

export const globalL2Pool = globalPoolOp('globalL2Pool', {
  reference: {
    initial: 0,
    fold: (acc, value) => acc + value * value,
    finish: (acc) => Math.sqrt(acc),
  },
  initial: 0,
  fold: binary('add', ACC, binary('mul', VALUE, VALUE)),
  finish: () => unary('sqrt', ACC),
});
