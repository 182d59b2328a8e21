/** What is computed: a built-in filter with parameters that were typed, or a graph from a file. */
import { readFileSync } from 'node:fs';
import { filters } from '../../pipelines/index.ts';
import { show } from '../core/check.ts';
import { resolveParams, type Filter, type ParamSpec, type ParamValue } from '../graph/filter.ts';
import { fromJSON, toJSON, type GraphJson } from '../graph/json.ts';
import { closestName } from '../core/closest-name.ts';
import { messageOf } from './message-of.ts';
import { UsageError } from './usage-error.ts';

export type GraphChoice = Readonly<{
  filter?: string | undefined;
  /** As typed: 'name=value'. */
  params: readonly string[];
  /** Path of a file that holds a graph as `toJSON` writes it. */
  graph?: string | undefined;
}>;

export type ChosenGraph = Readonly<{
  /** The filter's name, or the file's path. */
  name: string;
  graph: GraphJson;
}>;

/** @throws UsageError that names the option, what was typed and what there is. */
export function chooseGraph({ filter, params, graph }: GraphChoice): ChosenGraph {
  if (graph !== undefined) {
    if (filter !== undefined)
      throw new UsageError('--graph and --filter exclude each other: give one of them');
    if (params.length > 0) throw new UsageError('--param belongs to --filter: a graph has no parameters');
    return { name: graph, graph: readGraph(graph) };
  }
  if (filter === undefined)
    throw new UsageError(
      "nothing to compute: give --filter NAME ('convolux filters' lists them) or --graph FILE",
    );
  const found = findFilter(filter);
  return { name: found.name, graph: toJSON(found.build(paramValues(found, params))) };
}

/** @throws UsageError with the name that comes closest, and all there are. */
export function findFilter(name: string): Filter {
  const found = filters.find((filter) => filter.name === name);
  if (found !== undefined) return found;
  const names = filters.map((filter) => filter.name);
  throw new UsageError(
    `--filter: there is no filter ${show(name)}. ${suggestion(name, names)}There are ${names.join(', ')}`,
  );
}

/**
 * All parameters of `filter`, of which some were typed.
 * @param assignments 'name=value' each.
 * @throws UsageError that names the parameter, its value and what is allowed.
 */
export function paramValues(
  filter: Filter,
  assignments: readonly string[],
): Readonly<Record<string, ParamValue>> {
  const given = new Map<string, ParamValue>();
  const names = Object.keys(filter.params);
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new UsageError(`--param must be NAME=VALUE, got ${show(assignment)}`);
    const name = assignment.slice(0, equals).trim();
    const spec = Object.hasOwn(filter.params, name) ? filter.params[name] : undefined;
    if (spec === undefined) {
      const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
      const meant = suggestion(name, names);
      throw new UsageError(
        `--param: filter '${filter.name}' has no parameter ${show(name)}: ${has}. ${meant}`.trim(),
      );
    }
    if (given.has(name)) throw new UsageError(`--param ${name} is given twice`);
    given.set(name, valueOf(`--param ${name}`, spec, assignment.slice(equals + 1)));
  }
  try {
    return resolveParams(filter, Object.fromEntries(given));
  } catch (error) {
    throw new UsageError(`--param ${messageOf(error)}`, { cause: error });
  }
}

/** As typed, in the type of the parameter; whether it is in range is for `resolveParams` to say. */
function valueOf(name: string, spec: ParamSpec, text: string): ParamValue {
  switch (spec.type) {
    case 'number': {
      const value = text.trim() === '' ? NaN : Number(text);
      if (Number.isFinite(value)) return value;
      const unit = spec.unit === undefined ? '' : ` ${spec.unit}`;
      throw new UsageError(
        `${name} must be a number from ${spec.min} to ${spec.max}${unit}, got ${show(text)}`,
      );
    }
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw new UsageError(`${name} must be true or false, got ${show(text)}`);
    case 'choice':
    case 'kernel':
      return text;
  }
}

function readGraph(path: string): GraphJson {
  try {
    // Built anew from what was read: what the page gets is sound, whatever the file holds.
    return toJSON(fromJSON(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new UsageError(`--graph ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function suggestion(given: string, names: readonly string[]): string {
  const closest = closestName(given, names);
  return closest === undefined ? '' : `Did you mean ${closest}? `;
}
