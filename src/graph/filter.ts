/** A filter is a named graph with parameters, which drive validation, the page's controls and URLs. */
import { checkNumber, checkOneOf, show } from '../core/check.ts';
import { closestName } from '../core/closest-name.ts';
import type { Graph } from './graph.ts';
import { kernelOf, type KernelLimits } from './kernel-text.ts';

export type NumberParam = Readonly<{
  type: 'number';
  title: string;
  min: number;
  max: number;
  step: number;
  default: number;
  unit?: string;
  /** How a slider's way is divided: evenly, or 'log', where equal ways are equal ratios; needs min > 0. Default 'linear'. */
  scale?: 'linear' | 'log';
}>;
export type ChoiceParam = Readonly<{
  type: 'choice';
  title: string;
  choices: readonly string[];
  default: string;
}>;
export type BooleanParam = Readonly<{ type: 'boolean'; title: string; default: boolean }>;
/** A kernel over time and space, as text: see `kernelOf`. */
export type KernelParam = KernelLimits &
  Readonly<{
    type: 'kernel';
    title: string;
    default: string;
    /** Kernels to begin with. */
    presets: readonly Readonly<{ title: string; value: string }>[];
  }>;
export type ParamSpec = NumberParam | ChoiceParam | BooleanParam | KernelParam;

export type ParamValue = number | string | boolean;
export type ParamValues = Readonly<Record<string, ParamValue>>;

export type Filter = Readonly<{
  name: string;
  title: string;
  description: string;
  params: Readonly<Record<string, ParamSpec>>;
  /** The graph for these parameters; what is not given takes its default. @throws as `resolveParams` does. */
  build(params?: ParamValues): Graph;
}>;

type ParamTypes<Specs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends NumberParam
    ? number
    : Specs[Name] extends BooleanParam
      ? boolean
      : string;
};

/**
 * Declares a filter whose `build` knows the types of its parameters.
 * @throws RangeError for a logarithmic scale that would have to start at 0 or below.
 * @throws TypeError | RangeError for a preset that is no kernel.
 */
export function defineFilter<const Specs extends Readonly<Record<string, ParamSpec>>>(
  definition: Readonly<{
    name: string;
    title: string;
    description: string;
    params: Specs;
    build(params: ParamTypes<Specs>): Graph;
  }>,
): Filter {
  for (const [name, spec] of Object.entries(definition.params)) checkSpec(`${definition.name}.${name}`, spec);
  return {
    ...definition,
    // Checked by `resolveParams`, so the values have the types that the specs say.
    build: (params) => definition.build(resolveParams(definition, params) as ParamTypes<Specs>),
  };
}

function checkSpec(name: string, spec: ParamSpec): void {
  if (spec.type === 'number' && spec.scale === 'log')
    checkNumber(`${name}.min`, spec.min, { min: 0, exclusiveMin: true });
  if (spec.type !== 'kernel') return;
  kernelOf(`${name}.default`, spec.default, spec);
  for (const { title, value } of spec.presets) kernelOf(`${name}: preset '${title}'`, value, spec);
}

function checkParam(name: string, spec: ParamSpec, value: unknown): ParamValue {
  switch (spec.type) {
    case 'number':
      return checkNumber(name, value, spec);
    case 'choice':
      return checkOneOf(name, value, spec.choices);
    case 'boolean':
      if (typeof value !== 'boolean')
        throw new TypeError(`${name} must be true or false, got ${show(value)}`);
      return value;
    case 'kernel':
      kernelOf(name, value, spec);
      return value as string;
  }
}

/**
 * All parameters of `filter`: the given ones, checked, and the defaults of the others.
 * @throws TypeError | RangeError for an unknown name, a wrong type or a value out of range.
 */
export function resolveParams(
  filter: Pick<Filter, 'name' | 'params'>,
  params: Readonly<Record<string, unknown>> = {},
): ParamValues {
  const names = Object.keys(filter.params);
  for (const name of Object.keys(params)) {
    if (!names.includes(name)) {
      const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
      const meant = closestName(name, names);
      const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
      throw new TypeError(`filter '${filter.name}' has no parameter '${name}': ${known}${hint}`);
    }
  }
  return Object.fromEntries(
    Object.entries(filter.params).map(([name, spec]) => [
      name,
      checkParam(`${filter.name}.${name}`, spec, params[name] ?? spec.default),
    ]),
  );
}
