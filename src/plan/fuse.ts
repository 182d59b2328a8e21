/**
 * Decides which values get an image of their own, and writes the others into the passes of their readers:
 * pointwise work costs no pass, and filters that meet in one expression (Sobel's two) share theirs.
 */
import { assert, at } from '../core/assert.ts';
import { binary, constant, operand, substitute, type Expression } from '../primitives/expression.ts';
import { inputsOf, type Linear, type Primitive, type Resample } from '../primitives/primitive.ts';
import type { ImageProgram } from './image-program.ts';

/** The expression of one pass over its operands: filters (by value index) and plain reads of images. */
export type FusedPass = Readonly<{
  value: number;
  expression: Expression;
  operands: readonly Operand[];
}>;

export type Operand = Readonly<{ kind: 'filter'; value: number } | { kind: 'read'; value: number }>;

/** What reads an image at other places than its own. */
function isFilter(value: Primitive): value is Linear | Resample {
  return value.kind === 'linear' || value.kind === 'resample';
}

/** A filter that looks at neighbours costs too much to be computed by two passes. */
function isNeighbourhood(value: Primitive): boolean {
  return value.kind === 'resample' || (value.kind === 'linear' && value.taps.length > 1);
}

/** Values of one channel that look at neighbours on their way, and are read by colour. */
function greyInColor(values: readonly Primitive[]): readonly number[] {
  const channelsOf = (value: Primitive) => value.shape[value.shape.length - 1];
  const looks: boolean[] = [];
  for (const value of values) looks.push(isFilter(value) ? isNeighbourhood(value) : inputsOf(value).some((input) => at(looks, input))); // prettier-ignore
  return values.flatMap((value) => {
    if (value.kind !== 'stencil' || channelsOf(value) === 1) return [];
    return value.inputs.filter((input) => at(looks, input) && channelsOf(at(values, input)) === 1);
  });
}

/**
 * The values that need an image: the outputs, what filters read, filters that several passes need, and what is
 * computed of neighbours in one channel before it meets colour: several pixels at once, where colour has one.
 */
export function materialized({ values, outputs }: ImageProgram): ReadonlySet<number> {
  const stored = new Set<number>([...outputs, ...greyInColor(values)]);
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
      if (isFilter(value)) stored.add(input);
      passes.forEach((pass) => at(passesOf, input).add(pass));
    }
  }
  return stored;
}

/**
 * The passes in order; those of leaves and of what the outputs do not need are left out.
 * @param isFused false gives every value a pass of its own.
 */
export function fuse(program: ImageProgram, isFused = true): readonly FusedPass[] {
  const { values } = program;
  const stored = isFused ? materialized(program) : new Set(values.keys());
  return values
    .map((value, index) => ({ value, index }))
    .filter(({ value, index }) => stored.has(index) && value.kind !== 'input')
    .map(({ index }) => fusePass(program, stored, index));
}

/** A bias that all channels share is arithmetic like any other. */
function withBias(value: Linear | Resample, filtered: Expression): Expression {
  const bias = value.kind === 'linear' && value.bias?.length === 1 ? value.bias[0] : undefined;
  return bias === undefined ? filtered : binary('add', filtered, constant(bias));
}

function fusePass(program: ImageProgram, stored: ReadonlySet<number>, root: number): FusedPass {
  const operands: Operand[] = [];
  const use = (wanted: Operand): Expression => {
    const known = operands.findIndex(({ kind, value }) => kind === wanted.kind && value === wanted.value);
    return operand(known >= 0 ? known : operands.push(wanted) - 1);
  };
  const expressionOf = (index: number): Expression => {
    const value = at(program.values, index);
    if (value.kind === 'input' || (stored.has(index) && index !== root))
      return use({ kind: 'read', value: index });
    if (isFilter(value)) return withBias(value, use({ kind: 'filter', value: index }));
    assert(value.kind === 'stencil', 'a program of images has filters and stencils only');
    return substitute(value.expression, (input) => expressionOf(at(value.inputs, input)));
  };
  const expression = expressionOf(root);
  assert(operands.length > 0, 'a pass reads at least one image');
  return { value: root, expression, operands };
}
