/** Functions of graphs in two forms: on a value, or as a layer that waits for one. */
import { GraphValue } from './builder.ts';

/** A step of a sequence: takes a value, adds nodes, answers the result. */
export type Layer = (input: GraphValue) => GraphValue;

/** `f(input, options)` adds a node; `f(options)` answers a layer that does. */
export type Layered<Options> = {
  (input: GraphValue, options: Options): GraphValue;
  (options: Options): Layer;
};

export function layered<Options>(
  apply: (input: GraphValue, options: Options) => GraphValue,
): Layered<Options> {
  function either(input: GraphValue, options: Options): GraphValue;
  function either(options: Options): Layer;
  function either(first: GraphValue | Options, second?: Options): GraphValue | Layer {
    // Options that are missing are the op's to refuse: it names them.
    if (first instanceof GraphValue) return apply(first, second as Options);
    return (input) => apply(input, first);
  }
  return either;
}
