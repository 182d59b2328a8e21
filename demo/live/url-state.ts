/**
 * The page's settings as a query string, both ways. A value that is not allowed never stops the page:
 * it is answered by a sentence that names it, and the default is taken. Pure; runs anywhere.
 */
import { DEGRADATION_PREFERENCES, resolveParams, type Filter, type ParamSpec } from 'convolux';
import { kernelMistake } from './kernel-field.ts';
import { currentParams, type ParamValue, type Params, type Settings, type Size } from './store.ts';

export const sources = ['camera', 'sample', 'pattern', 'volume'] as const;
export const drivers = ['auto', 'processor', 'worker-processor', 'camera-utils'] as const;
export const outputs = ['auto', 'canvas', 'video'] as const;
export const uploads = ['auto', 'planes', 'rgbx', 'texture'] as const;
export const outputPaths = ['auto', 'pixels', 'canvas'] as const;

/** Every camera has it and every machine keeps up with it; larger sizes are one choice away. */
const defaultSize: Size = Object.freeze({ width: 640, height: 480 });
/** The edges that are let through, in px; a camera gives its nearest mode, the pattern exactly this. */
const minEdge = 16;
const maxEdge = 4096;
/** Frames per second that can be asked for, and the extra work. */
const fpsRange = { min: 1, max: 240 };
const loadRange = { min: 0, max: 20 };
const defaultDegradation = 'maintain-framerate';
const pageKeys = new Set([
  'source',
  'filter',
  'size',
  'driver',
  'output',
  'upload',
  'outputPath',
  'fps',
  'degradation',
  'load',
  'mirror',
]);

export type UrlSettings = Readonly<{ settings: Settings; complaints: readonly string[] }>;

export function defaultParamsOf(filters: readonly Filter[]): Record<string, Params> {
  return Object.fromEntries(filters.map((filter) => [filter.name, resolveParams(filter, {})]));
}

export function readSettings(search: string, filters: readonly Filter[]): UrlSettings {
  const query = new URLSearchParams(search);
  const complaints: string[] = [];
  const choice = <T extends string>(key: string, allowed: readonly T[]): T | undefined => {
    const text = query.get(key);
    const value = allowed.find((candidate) => candidate === text);
    if (text !== null && value === undefined) {
      complaints.push(refusal(key, text, listed(allowed)));
    }
    return value;
  };
  const source = choice('source', sources);
  const filterName = choice(
    'filter',
    filters.map(({ name }) => name),
  );
  // Without a wish the outlines are shown: a filter that visibly does something.
  const filter = filters.find(({ name }) => name === (filterName ?? 'edge')) ?? filters[0];
  if (filter === undefined) throw new TypeError('filters must hold at least one filter, got none');
  const settings: Settings = {
    source,
    filter,
    params: { ...defaultParamsOf(filters), [filter.name]: readParams(query, filter, complaints) },
    size: readSize(query.get('size'), complaints),
    driver: choice('driver', drivers) ?? 'auto',
    output: choice('output', outputs) ?? 'auto',
    upload: choice('upload', uploads) ?? 'auto',
    outputPath: choice('outputPath', outputPaths) ?? 'auto',
    // Empty asks for as many as come, as if it were not there.
    fps: query.get('fps') === '' ? undefined : readNumber('fps', query, fpsRange, complaints),
    degradation: choice('degradation', DEGRADATION_PREFERENCES) ?? defaultDegradation,
    load: readNumber('load', query, loadRange, complaints) ?? 0,
    mirror: choice('mirror', ['true', 'false']) === 'true',
  };
  return { settings, complaints };
}

/** What differs from the defaults, and always the filter, so that a copied address says what it shows. */
export function writeSettings(settings: Settings): string {
  const { source, filter, size, driver, output, upload, outputPath, fps, degradation, load, mirror } =
    settings;
  const query = new URLSearchParams();
  if (source !== undefined) query.set('source', source);
  query.set('filter', filter.name);
  const defaults = resolveParams(filter, {});
  for (const [name, value] of Object.entries(currentParams(settings))) {
    if (value !== defaults[name]) query.set(name, String(value));
  }
  if (sizeText(size) !== sizeText(defaultSize)) query.set('size', sizeText(size));
  if (driver !== 'auto') query.set('driver', driver);
  if (output !== 'auto') query.set('output', output);
  if (upload !== 'auto') query.set('upload', upload);
  if (outputPath !== 'auto') query.set('outputPath', outputPath);
  if (fps !== undefined) query.set('fps', String(fps));
  if (degradation !== defaultDegradation) query.set('degradation', degradation);
  if (load !== 0) query.set('load', String(load));
  if (mirror) query.set('mirror', 'true');
  return `?${query.toString()}`;
}

export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

function readParams(query: URLSearchParams, filter: Filter, complaints: string[]): Params {
  const given: Record<string, ParamValue> = {};
  for (const [key, text] of query) {
    if (pageKeys.has(key)) continue;
    const spec = Object.hasOwn(filter.params, key) ? filter.params[key] : undefined;
    if (spec === undefined) {
      const names = Object.keys(filter.params);
      const has = names.length === 0 ? 'no settings' : listed(names, 'and');
      complaints.push(`${shortened(key)} is not a setting here: ${filter.title} has ${has}.`);
      continue;
    }
    const value = readValue(spec, text);
    if (value === undefined) complaints.push(refusal(key, text, allowedBy(spec)));
    else given[key] = value;
  }
  return resolveParams(filter, given);
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

type Range = Readonly<{ min: number; max: number }>;

function readNumber(
  key: string,
  query: URLSearchParams,
  range: Range,
  complaints: string[],
): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  const value = numberWithin(range, text);
  if (value === undefined) complaints.push(refusal(key, text, numberFrom(range)));
  return value;
}

function numberWithin({ min, max }: Range, text: string): number | undefined {
  const value = text.trim() === '' ? NaN : Number(text);
  return value >= min && value <= max ? value : undefined;
}

function numberFrom({ min, max }: Range): string {
  return `a number from ${min} to ${max}`;
}

function readSize(text: string | null, complaints: string[]): Size {
  if (text === null) return defaultSize;
  const match = /^(\d{1,5})[x×](\d{1,5})$/u.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (Math.min(width, height) >= minEdge && Math.max(width, height) <= maxEdge) {
    return { width, height };
  }
  complaints.push(refusal('size', text, `like 1280x720, each from ${minEdge} to ${maxEdge} px`));
  return defaultSize;
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

function refusal(key: string, text: string, allowed: string): string {
  return `${key} can not be “${shortened(text)}”. It can be ${allowed}; the default is used.`;
}

/** An address can hold anything; a notice has room for a line. */
function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function listed(words: readonly string[], last: 'or' | 'and' = 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}
