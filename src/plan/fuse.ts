/**
 * Decides which values get an image of their own, and writes the others into the passes of their readers:
 * pointwise work costs no pass, and filters that meet in one expression (Sobel's two) share theirs.
 */
import { assert, at } from '../core/assert.ts';
import { operand, substitute, type Expression } from '../primitives/expression.ts';
import { inputsOf, type Linear, type Primitive, type PrimitiveProgram } from '../primitives/primitive.ts';

/** The expression of one pass over its operands: filters (by value index) and plain reads of images. */
export type FusedPass = Readonly<{
  value: number;
  expression: Expression;
  operands: readonly Operand[];
}>;

export type Operand = Readonly<{ kind: 'filter'; value: number } | { kind: 'read'; value: number }>;

/** A filter that looks at neighbours costs too much to be computed by two passes. */
const isNeighbourhood = (value: Primitive): value is Linear =>
  value.kind === 'linear' && value.taps.length > 1;

/** The values that need an image: the output, what filters read, and filters that several passes need. */
export function materialized(program: PrimitiveProgram): ReadonlySet<number> {
  const { values, output } = program;
  const stored = new Set<number>([output]);
  const passesOf = values.map(() => new Set<number>());
  for (let index = values.length - 1; index >= 0; index--) {
    const value = at(values, index);
    const passes = at(passesOf, index);
    if (value.kind === 'input' || (isNeighbourhood(value) && passes.size > 1)) stored.add(index);
    if (stored.has(index)) {
      passes.clear();
      passes.add(index);
    }
    for (const input of inputsOf(value)) {
      // A filter reads images only; pointwise work is written into the reader.
      if (value.kind === 'linear') stored.add(input);
      passes.forEach((pass) => at(passesOf, input).add(pass));
    }
  }
  return stored;
}

/** The passes in order; those of leaves and of what the output does not need are left out. */
export function fuse(program: PrimitiveProgram): readonly FusedPass[] {
  const stored = materialized(program);
  return program.values
    .map((value, index) => ({ value, index }))
    .filter(({ value, index }) => stored.has(index) && value.kind !== 'input')
    .map(({ index }) => fusePass(program, stored, index));
}

function fusePass(program: PrimitiveProgram, stored: ReadonlySet<number>, root: number): FusedPass {
  const operands: Operand[] = [];
  const use = (wanted: Operand): Expression => {
    const known = operands.findIndex(({ kind, value }) => kind === wanted.kind && value === wanted.value);
    return operand(known >= 0 ? known : operands.push(wanted) - 1);
  };
  const expressionOf = (index: number): Expression => {
    const value = at(program.values, index);
    if (value.kind === 'input' || (stored.has(index) && index !== root))
      return use({ kind: 'read', value: index });
    if (value.kind === 'linear') return use({ kind: 'filter', value: index });
    assert(value.kind === 'stencil', 'a plan of images has linear and stencil values only');
    return substitute(value.expression, (input) => expressionOf(at(value.inputs, input)));
  };
  const expression = expressionOf(root);
  assert(operands.length > 0, 'a pass reads at least one image');
  return { value: root, expression, operands };
}
