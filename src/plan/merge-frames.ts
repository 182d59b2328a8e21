/**
 * The newest frame and a window over it, in one sum: a · frame + b · window(frame) weighs the same frames, so where a pass
 * needs both in this way only, one term reads the ring and nothing reads the frame again.
 */
import { at } from '../core/assert.ts';
import { affineOf } from '../primitives/affine.ts';
import { binary, constant, operand, substitute, type Expression } from '../primitives/expression.ts';
import type { DraftPass, DraftTerm } from './draft.ts';
import { plainRead } from './terms.ts';

/** Which operands of a pass are a frame as it is, and a window over it. */
type Pair = Readonly<{ frame: number; window: number }>;

export function mergeFrames(draft: DraftPass): DraftPass {
  const pair = pairIn(draft);
  if (pair === null || draft.also !== undefined || draft.begin !== undefined) return draft;
  const merged = new Merging(pair);
  const expression = merged.rewrite(draft.expression);
  const { found } = merged;
  if (found === null || merged.isLeft) return draft;
  const { memory, ...term } = at(draft.terms, pair.window);
  if (term.kind !== 'time' || !('shape' in term.weights)) return draft;
  const { frame: newest, window: gain } = found;
  const sum: DraftTerm = { ...term, ...(memory === undefined ? {} : { memory }), weights: { window: term.weights, gain, newest } }; // prettier-ignore
  // The sum stands where the window stood; the frame is no operand any more.
  const place = (index: number) => (index > pair.frame ? index - 1 : index);
  const terms = draft.terms.map((one, i) => (i === pair.window ? sum : one)).toSpliced(pair.frame, 1);
  return { ...draft, terms, expression: substitute(expression, (index) => operand(place(index))) };
}

function pairIn({ terms }: DraftPass): Pair | null {
  const window = terms.findIndex((term) => term.kind === 'time' && 'shape' in term.weights);
  if (window < 0) return null;
  const frame = terms.findIndex((term) => isRead(term, at(terms, window).image));
  return frame < 0 ? null : { frame, window };
}

function isRead(term: DraftTerm, image: number): boolean {
  return term.before === undefined && JSON.stringify(term) === JSON.stringify(plainRead(image));
}

/** Rewrites an expression; of all sums of the two, the first one decides which is merged. */
class Merging {
  readonly #pair: Pair;
  found: Pair | null = null;
  /** Whether one of the two is needed by itself. */
  isLeft = false;

  constructor(pair: Pair) {
    this.#pair = pair;
  }

  rewrite(expression: Expression): Expression {
    return this.#merged(expression) ?? this.#within(expression);
  }

  #merged(expression: Expression): Expression | null {
    const affine = affineOf(expression);
    if (affine?.factors.size !== 2) return null;
    const [frame, window] = [affine.factors.get(this.#pair.frame), affine.factors.get(this.#pair.window)];
    if (frame === undefined || window === undefined) return null;
    this.found ??= { frame, window };
    const { found } = this;
    // Another sum of the two is this one, scaled.
    const scale = window / found.window;
    if (found.window === 0 || Math.abs(scale * found.frame - frame) > 1e-9) return null;
    const scaled = scale === 1 ? operand(this.#pair.window) : binary('mul', operand(this.#pair.window), constant(scale)); // prettier-ignore
    return affine.constant === 0 ? scaled : binary('add', scaled, constant(affine.constant));
  }

  #within(expression: Expression): Expression {
    switch (expression.kind) {
      case 'operand':
        if (expression.index === this.#pair.frame || expression.index === this.#pair.window) this.isLeft = true; // prettier-ignore
        return expression;
      case 'unary':
        return { ...expression, a: this.rewrite(expression.a) };
      case 'binary':
        return { ...expression, a: this.rewrite(expression.a), b: this.rewrite(expression.b) };
      case 'select':
        return { ...expression, condition: this.rewrite(expression.condition), a: this.rewrite(expression.a), b: this.rewrite(expression.b) }; // prettier-ignore
      default:
        return expression;
    }
  }
}
