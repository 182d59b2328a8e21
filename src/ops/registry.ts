/** All ops by name: what a graph's nodes may say. */
import { convolutionOps } from './families/convolution.ts';
import { pointwiseOps } from './families/pointwise.ts';
import { shapingOps } from './families/shaping.ts';
import { timeOps } from './families/time.ts';
import type { Op } from './op.ts';

export const ops = { ...convolutionOps, ...pointwiseOps, ...shapingOps, ...timeOps } as const;

export type OpName = keyof typeof ops;

/** The options type of an op. */
export type OpOptions<Name extends OpName> = (typeof ops)[Name] extends Op<infer Options> ? Options : never;

/**
 * An op whose options are not known by type: graph data was checked when it was built, and `inferShape`
 * checks it again when it is bound to a frame.
 */
export function opNamed(name: OpName): Op<unknown> {
  return ops[name];
}
