/** The activation that a layer applies after its bias. */
import type { Shape, Tensor64 } from '../core/tensor.ts';
import { evaluate } from '../primitives/expression.ts';
import { activationExpression, checkActivation, type Activation } from './activation-expression.ts';
import type { Lowering } from './op.ts';

/** What layers take. */
export type FusedActivation = Readonly<{
  /** Applied to each output value. Default none. */
  activation?: Activation;
}>;

/** @throws TypeError | RangeError when options.activation is none. */
export function checkFusedActivation({ activation }: FusedActivation, where: string): void {
  if (activation !== undefined) checkActivation(`${where}: options.activation`, activation);
}

/** f(x) for every value, in float64. */
export function activated(source: Tensor64, { activation }: FusedActivation): Tensor64 {
  if (activation === undefined) return source;
  const expression = activationExpression(activation);
  return { shape: source.shape, data: source.data.map((value) => evaluate(expression, [value])) };
}

/** The stencil that applies it to `value`, or `value` where there is none. */
export function lowerActivation(
  value: number,
  { activation }: FusedActivation,
  shape: Shape,
  lowering: Lowering,
): number {
  if (activation === undefined) return value;
  const expression = activationExpression(activation);
  return lowering.add({ kind: 'stencil', inputs: [value], shape, expression });
}
