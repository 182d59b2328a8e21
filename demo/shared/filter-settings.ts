/** Which filter is chosen, with what parameters: what a page's state holds of it, and an address of that, both ways. */
import { resolveParams, type Filter, type ParamSpec, type ParamValue } from 'convolux';
import type { Observable } from 'rxjs';
import { listed, numberFrom, numberWithin, refusal, shortened } from './address-words.ts';
import { kernelMistake } from './kernel-field.ts';

export type Params = Readonly<Record<string, ParamValue>>;

export type FilterSettings = Readonly<{
  filter: Filter;
  /** Complete parameters by filter name, so that each filter keeps its own while others are tried. */
  params: Readonly<Record<string, Params>>;
}>;

/** Of a page's store, what the controls of a filter read and change. */
export interface FilterStore {
  readonly state: Readonly<{ settings: FilterSettings }>;
  choose(change: Partial<FilterSettings>): void;
  select<T>(part: (state: Readonly<{ settings: FilterSettings }>) => T): Observable<T>;
}

/** The parameters of the filter that is chosen. */
export function currentParams(settings: FilterSettings): Params {
  return settings.params[settings.filter.name] ?? {};
}

/**
 * Reads `filter`, and its parameters from what is none of the page's own keys. A value that is not allowed is answered
 * by a sentence in `complaints`, and the default is taken.
 */
export function readFilter(
  query: URLSearchParams,
  filters: readonly Filter[],
  options: Readonly<{ usual: string; pageKeys: ReadonlySet<string>; complaints: string[] }>,
): FilterSettings {
  const { complaints } = options;
  const text = query.get('filter');
  const named = filters.find(({ name }) => name === text);
  if (text !== null && named === undefined)
    complaints.push(refusal('filter', text, listed(filters.map(({ name }) => name))));
  const filter = named ?? filters.find(({ name }) => name === options.usual) ?? filters[0];
  if (filter === undefined) throw new TypeError('filters must hold at least one filter, got none');
  const defaults = Object.fromEntries(filters.map((one) => [one.name, resolveParams(one, {})]));
  const given: Record<string, ParamValue> = {};
  for (const [key, value] of query) {
    if (key === 'filter' || options.pageKeys.has(key)) continue;
    const spec = Object.hasOwn(filter.params, key) ? filter.params[key] : undefined;
    if (spec === undefined) {
      const names = Object.keys(filter.params);
      const has = names.length === 0 ? 'no settings' : listed(names, 'and');
      complaints.push(`${shortened(key)} is not a setting here: ${filter.title} has ${has}.`);
      continue;
    }
    const read = readValue(spec, value);
    if (read === undefined) complaints.push(refusal(key, value, allowedBy(spec)));
    else given[key] = read;
  }
  return { filter, params: { ...defaults, [filter.name]: resolveParams(filter, given) } };
}

/** The filter always, so that a copied address says what it shows; of its parameters what differs from the defaults. */
export function writeFilter(query: URLSearchParams, settings: FilterSettings): void {
  query.set('filter', settings.filter.name);
  const defaults = resolveParams(settings.filter, {});
  for (const [name, value] of Object.entries(currentParams(settings))) {
    if (value !== defaults[name]) query.set(name, String(value));
  }
}

function readValue(spec: ParamSpec, text: string): ParamValue | undefined {
  switch (spec.type) {
    case 'number':
      return numberWithin(spec, text);
    case 'choice':
      return spec.choices.find((choice) => choice === text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'kernel':
      return kernelMistake(text, spec) === undefined ? text : undefined;
  }
}

function allowedBy(spec: ParamSpec): string {
  switch (spec.type) {
    case 'number':
      return `${numberFrom(spec)}${spec.unit === undefined ? '' : ` ${spec.unit}`}`;
    case 'choice':
      return listed(spec.choices);
    case 'boolean':
      return listed(['true', 'false']);
    case 'kernel':
      return 'rows of weights such as “0 1 0; 1 2 1; 0 1 0”, as long as each other, with “|” between frames';
  }
}
