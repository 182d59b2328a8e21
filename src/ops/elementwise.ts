/**
 * The elementwise family: each member is one expression over its inputs, which serves the reference and every
 * backend. Inputs have one size; a single channel broadcasts over the channels of the others.
 */
import { at } from '../core/assert.ts';
import { sizeOf, showShape, type Shape, type Tensor64 } from '../core/tensor.ts';
import { checkNumber } from '../core/check.ts';
import { binary, constant, evaluate, operand, unary, type Expression } from '../primitives/expression.ts';
import { imageShape, type Op, type SymbolicShape } from './op.ts';

function elementwiseShape(inputs: readonly SymbolicShape[], where: string): SymbolicShape {
  const images = inputs.map((shape) => imageShape(shape, where));
  const [height, width] = at(images, 0);
  let channels = 1;
  for (const image of images) {
    if (image[0] !== height || image[1] !== width) {
      throw new RangeError(
        `${where}: the inputs must have one size, got ${images.map(showShape).join(' and ')}`,
      );
    }
    if (image[2] !== 1 && channels !== 1 && image[2] !== channels) {
      throw new RangeError(
        `${where}: the inputs must have the same channels or one, got ${channels} and ${image[2]}`,
      );
    }
    channels = Math.max(channels, image[2]);
  }
  return [height, width, channels];
}

function evaluateAll(expression: Expression, inputs: readonly Tensor64[]): Tensor64 {
  const shape = elementwiseShape(inputs.map((input) => input.shape), 'elementwise') as Shape; // prettier-ignore
  const channels = at(shape, 2);
  const data = new Float64Array(sizeOf(shape));
  const values = new Float64Array(inputs.length);
  for (let i = 0; i < data.length; i++) {
    inputs.forEach((input, index) => {
      const ownChannels = at(input.shape, 2);
      values[index] = at(input.data, ownChannels === channels ? i : Math.floor(i / channels));
    });
    data[i] = evaluate(expression, values);
  }
  return { shape, data };
}

function elementwise<Options>(
  name: string,
  expressionOf: (options: Options) => Expression,
  check: (options: Options, where: string) => void = () => undefined,
): Op<Options> {
  return {
    name,
    inferShape(inputs, options, where) {
      check(options, where);
      return elementwiseShape(inputs, where);
    },
    reference: (inputs, options) => evaluateAll(expressionOf(options), inputs),
    lower: (inputs, options, shape, lowering) =>
      lowering.add({ kind: 'stencil', inputs, shape, expression: expressionOf(options) }),
  };
}

/** A constant in the place of the second input. */
export type ArithmeticOptions = Readonly<{ constant?: number }>;
export type NoOptions = Readonly<Record<string, never>>;

function arithmetic(name: 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max'): Op<ArithmeticOptions> {
  return elementwise<ArithmeticOptions>(
    name,
    (options) =>
      binary(name, operand(0), options.constant === undefined ? operand(1) : constant(options.constant)),
    (options, where) => {
      if (options.constant !== undefined) checkNumber(`${where}: the constant`, options.constant);
    },
  );
}

export const add = arithmetic('add');
export const sub = arithmetic('sub');
export const mul = arithmetic('mul');
export const div = arithmetic('div');
export const min = arithmetic('min');
export const max = arithmetic('max');

export const abs = elementwise<NoOptions>('abs', () => unary('abs', operand(0)));

/** √(a² + b²): the length of a gradient from its two parts. */
export const magnitude = elementwise<NoOptions>('magnitude', () =>
  unary('sqrt', binary('add', binary('mul', operand(0), operand(0)), binary('mul', operand(1), operand(1)))),
);

export type ClampOptions = Readonly<{
  /** Default 0. */
  min?: number;
  /** Default 1. */
  max?: number;
}>;

export const clamp = elementwise<ClampOptions>(
  'clamp',
  (options) =>
    binary('min', binary('max', operand(0), constant(options.min ?? 0)), constant(options.max ?? 1)),
  (options, where) => {
    const low = checkNumber(`${where}: options.min`, options.min ?? 0);
    checkNumber(`${where}: options.max`, options.max ?? 1, { min: low });
  },
);
