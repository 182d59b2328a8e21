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
  initial: number;
  /** What the primitive starts from, where that can't be `initial`. */
  start?: number;
  fold(acc: number, value: number): number;
  finish(acc: number, count: number): number;
  foldExpression: Expression;
  finishExpression(count: number): Expression;
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

function pooled({ shape, data }: Tensor64, kind: Kind): Tensor64 {
  const channels = at(shape, shape.length - 1);
  const result = new Float64Array(channels).fill(kind.initial);
  data.forEach((value, i) => {
    result[i % channels] = kind.fold(at(result, i % channels), value);
  });
  const count = data.length / channels;
  return {
    shape: [...shape.slice(0, -1).map(() => 1), channels],
    data: result.map((acc) => kind.finish(acc, count)),
  };
}

function globalPoolOp(name: string, kind: Kind): Op<GlobalPoolOptions> {
  return {
    name,
    inferShape: (inputs, _options, where) => inferShape(at(inputs, 0), where),
    reference: (inputs) => pooled(at(inputs, 0), kind),
    lower(inputs, _options, shape, lowering) {
      const input = at(inputs, 0);
      const spatial: Shape = lowering.shapeOf(input).slice(0, -1);
      return lowering.add({
        kind: 'reduce',
        input,
        shape,
        axes: spatial.map((_, axis) => axis),
        initial: kind.start ?? kind.initial,
        fold: kind.foldExpression,
        finish: kind.finishExpression(sizeOf(spatial)),
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
  initial: -Infinity,
  start: LOWEST,
  fold: (acc, value) => Math.max(acc, value),
  finish: (acc) => acc,
  foldExpression: binary('max', ACC, VALUE),
  finishExpression: () => ACC,
});

export const globalAveragePool = globalPoolOp('globalAveragePool', {
  initial: 0,
  fold: (acc, value) => acc + value,
  finish: (acc, count) => acc / count,
  foldExpression: binary('add', ACC, VALUE),
  finishExpression: (count) => binary('div', ACC, constant(count)),
});

export const globalL2Pool = globalPoolOp('globalL2Pool', {
  initial: 0,
  fold: (acc, value) => acc + value * value,
  finish: (acc) => Math.sqrt(acc),
  foldExpression: binary('add', ACC, binary('mul', VALUE, VALUE)),
  finishExpression: () => unary('sqrt', ACC),
});
