/**
 * Decides which values get an image of their own, and writes the others into the passes of their readers:
 * pointwise work costs no pass, and filters that meet in one expression (Sobel's two) share theirs.
 */
import { assert, at } from '../core/assert.ts';
import { binary, constant, operand, substitute, type Expression } from '../primitives/expression.ts';
import {
  inputsOf,
  type Linear,
  type Primitive,
  type Recurrence,
  type Resample,
  type Temporal,
} from '../primitives/primitive.ts';
import { ageOf } from './ages.ts';
import type { ImageProgram } from './image-program.ts';

/** The expression of one pass over its operands: filters (by value index) and plain reads of images. */
export type FusedPass = Readonly<{
  value: number;
  expression: Expression;
  operands: readonly Operand[];
  /** What is computed in its place at the first frame of a sequence; absent where that is as any other. */
  begin?: Readonly<{ expression: Expression; operands: readonly Operand[] }>;
}>;

/** before: what the pass itself wrote for the frame before. */
export type Operand = Readonly<{ kind: 'filter' | 'read' | 'before'; value: number }>;

/** What reads an image at other places, or of other frames, than its own. */
function isFilter(value: Primitive): value is Linear | Resample | Temporal {
  return value.kind === 'linear' || value.kind === 'resample' || value.kind === 'temporal';
}

/** A filter that looks at neighbours costs too much to be computed by two passes. */
function isNeighbourhood(value: Primitive): boolean {
  if (value.kind === 'temporal') return !(value.weights instanceof Float32Array) || ageOf(value.weights) === null; // prettier-ignore
  return value.kind === 'resample' || (value.kind === 'linear' && value.taps.length > 1);
}

/** Values of one channel that look at neighbours on their way, and are read by colour. */
function greyInColor(values: readonly Primitive[]): readonly number[] {
  const channelsOf = (value: Primitive) => value.shape[value.shape.length - 1];
  const looks: boolean[] = [];
  for (const value of values) looks.push(value.kind === 'spacetime' || (isFilter(value) ? isNeighbourhood(value) : inputsOf(value).some((input) => at(looks, input)))); // prettier-ignore
  return values.flatMap((value) => {
    if (value.kind !== 'stencil' || channelsOf(value) === 1) return [];
    return value.inputs.filter((input) => at(looks, input) && channelsOf(at(values, input)) === 1);
  });
}

/**
 * The values that need an image: the outputs, what filters read, filters that several passes need, and what is
 * computed of neighbours in one channel before it meets colour: several pixels at once, where colour has one.
 */
export function materialized({ values, outputs, measured = [] }: ImageProgram): ReadonlySet<number> {
  const stored = new Set<number>([...outputs, ...measured, ...greyInColor(values)]);
  const passesOf = values.map(() => new Set<number>());
  /** Passes that carry sums on already: of one filter each. */
  const carrying = new Set<number>();
  const isCarriedAlone = (passes: ReadonlySet<number>): boolean => {
    const [pass = -1, ...others] = passes;
    return others.length === 0 && !carrying.has(pass) && at(values, pass).kind === 'stencil';
  };
  for (let index = values.length - 1; index >= 0; index--) {
    const value = at(values, index);
    const passes = at(passesOf, index);
    if (value.kind === 'input' || value.kind === 'recurrence' || (isNeighbourhood(value) && passes.size > 1)) stored.add(index); // prettier-ignore
    if (value.kind === 'spacetime') {
      if (!stored.has(index) && isCarriedAlone(passes)) passes.forEach((pass) => carrying.add(pass));
      else stored.add(index);
    }
    if (stored.has(index)) {
      passes.clear();
      passes.add(index);
    }
    for (const input of inputsOf(value)) {
      // A filter reads images only; pointwise work is written into the reader.
      if (isFilter(value) || value.kind === 'spacetime') stored.add(input);
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
function withBias(value: Linear | Resample | Temporal, filtered: Expression): Expression {
  const bias = value.kind === 'linear' && value.bias?.length === 1 ? value.bias[0] : undefined;
  return bias === undefined ? filtered : binary('add', filtered, constant(bias));
}

/** Collects what an expression over values is of. */
class OperandList {
  readonly operands: Operand[] = [];
  readonly #values: readonly Primitive[];
  readonly #stored: ReadonlySet<number>;
  readonly #root: number;

  constructor({ values }: ImageProgram, stored: ReadonlySet<number>, root: number) {
    this.#values = values;
    this.#stored = stored;
    this.#root = root;
  }

  use(wanted: Operand): Expression {
    const known = this.operands.findIndex(
      ({ kind, value }) => kind === wanted.kind && value === wanted.value,
    );
    return operand(known >= 0 ? known : this.operands.push(wanted) - 1);
  }

  expressionOf(index: number): Expression {
    const value = at(this.#values, index);
    if (value.kind === 'input' || (this.#stored.has(index) && index !== this.#root))
      return this.use({ kind: 'read', value: index });
    if (value.kind === 'spacetime') return this.use({ kind: 'filter', value: index });
    if (isFilter(value)) return withBias(value, this.use({ kind: 'filter', value: index }));
    assert(value.kind === 'stencil', 'a program of images has filters and stencils only');
    return substitute(value.expression, (input) => this.expressionOf(at(value.inputs, input)));
  }

  /** Operand 0 is what the pass wrote with the frame before. */
  remembered({ inputs }: Recurrence, expression: Expression): Expression {
    return substitute(expression, (input) => input === 0 ? this.use({ kind: 'before', value: this.#root }) : this.expressionOf(at(inputs, input - 1))); // prettier-ignore
  }
}

function fusePass(program: ImageProgram, stored: ReadonlySet<number>, root: number): FusedPass {
  const list = new OperandList(program, stored, root);
  const { operands } = list;
  const value = at(program.values, root);
  if (value.kind === 'recurrence') {
    const begin = new OperandList(program, stored, root);
    const first = begin.remembered(value, value.first);
    const expression = list.remembered(value, value.expression);
    return { value: root, expression, operands, begin: { expression: first, operands: begin.operands } };
  }
  const expression = list.expressionOf(root);
  assert(operands.length > 0, 'a pass reads at least one image');
  return { value: root, expression, operands };
}
