/** What an element's attributes say, as what a pipeline takes. Without a DOM: it reads through a function. */
import { checkNumber, checkOneOf, show } from '../core/check.ts';
import { closestName } from '../core/closest-name.ts';
import { FAILURE_POLICIES, type FailurePolicy } from '../frames/failure-policy.ts';
import { resolveParams, type Filter, type ParamValues } from '../graph/filter.ts';
import { DEGRADATION_PREFERENCES, type DegradationPreference } from '../schedule/budget.ts';
import type { SourceOptions } from '../session/source-types.ts';

/** Of a stream its first video track; of a `Blob` the clip in it; and whatever `openPipeline` takes as its source. */
export type SourceObject = MediaStream | MediaStreamTrack | Blob | SourceOptions;

export type FilterChoice = Readonly<{ filter: Filter; params: ParamValues }>;

export type Settings = Readonly<{
  source: SourceOptions;
  filter: FilterChoice;
  budget: Readonly<{ targetFps: number | null; degradationPreference: DegradationPreference }>;
  failurePolicy: FailurePolicy;
}>;

export type Aspect = keyof Settings;

/** Each as it is wanted now. @throws TypeError | RangeError that name the attribute. */
export type SettingsReader = Readonly<{ [A in Aspect]: () => Settings[A] }>;

/** Which attributes say what. */
export const ASPECT_OF: Readonly<Record<string, Aspect>> = {
  source: 'source',
  src: 'source',
  device: 'source',
  'facing-mode': 'source',
  filter: 'filter',
  params: 'filter',
  'target-fps': 'budget',
  degradation: 'budget',
  failure: 'failurePolicy',
};

const SOURCES = ['camera', 'screen', 'pattern', 'video'] as const;
const FACING_MODES = ['user', 'environment'] as const;
const USUAL_FILTER = 'none';

/** What is written on an element. */
export type Written = Readonly<{
  /** '' for an attribute that is not there. */
  attribute: (name: string) => string;
  srcObject: () => SourceObject | null;
  filters: ReadonlyMap<string, Filter>;
}>;

export function settingsReader({ attribute, srcObject, filters }: Written): SettingsReader {
  /** @throws TypeError */
  const oneOf = <T extends string>(name: string, allowed: readonly T[], usual: T): T =>
    checkOneOf(name, attribute(name) || usual, allowed);
  return {
    source: () => sourceOf(srcObject()) ?? writtenSource(attribute),
    filter: () => {
      const filter = findFilter(attribute('filter') || USUAL_FILTER, filters);
      return { filter, params: resolveParams(filter, parseParams(attribute('params'))) };
    },
    budget: () => ({
      targetFps: readTargetFps(attribute('target-fps')),
      degradationPreference: oneOf('degradation', DEGRADATION_PREFERENCES, 'maintain-framerate'),
    }),
    failurePolicy: () => oneOf('failure', FAILURE_POLICIES, 'freeze'),
  };
}

/** @throws TypeError for a stream without a picture. */
function sourceOf(object: SourceObject | null): SourceOptions | null {
  if (object === null) return null;
  if (object instanceof Blob) return { kind: 'video', file: object };
  if (object instanceof MediaStreamTrack) return { kind: 'track', track: object };
  if (!(object instanceof MediaStream)) return object;
  const [track] = object.getVideoTracks();
  if (track === undefined) throw new TypeError('srcObject must have a video track, got a stream without one');
  return { kind: 'track', track };
}

/** @throws TypeError */
function writtenSource(attribute: Written['attribute']): SourceOptions {
  const src = attribute('src');
  const kind = checkOneOf('source', attribute('source') || (src === '' ? 'camera' : 'video'), SOURCES);
  if (kind === 'camera') {
    const [deviceId, facing] = [attribute('device'), attribute('facing-mode')];
    return {
      kind,
      ...(deviceId === '' ? {} : { deviceId }),
      ...(facing === '' ? {} : { facingMode: checkOneOf('facing-mode', facing, FACING_MODES) }),
    };
  }
  if (kind !== 'video') return { kind };
  if (src === '') throw new TypeError('src must be the address of a clip where source is "video", got none');
  return { kind, url: src };
}

/** @throws TypeError */
function findFilter(name: string, filters: ReadonlyMap<string, Filter>): Filter {
  const found = filters.get(name);
  if (found !== undefined) return found;
  const closest = closestName(name, [...filters.keys()]);
  const known = [...filters.keys()].join(', ') || 'none: import convolux/define, or set them yourself';
  const hint = closest === undefined ? `Known are ${known}` : `Did you mean '${closest}'?`;
  throw new TypeError(`filter must be the name of a filter, got ${show(name)}. ${hint}`);
}

/** What a `params` attribute holds; of an empty one nothing. @throws TypeError */
export function parseParams(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {};
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Told below, as what is JSON but no object.
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new TypeError(`params must be a JSON object such as {"sigma": 2}, got ${show(text)}`);
  return parsed as Readonly<Record<string, unknown>>;
}

/** @throws TypeError | RangeError */
function readTargetFps(text: string): number | null {
  if (text === '') return null;
  const fps = Number(text);
  if (Number.isNaN(fps)) throw new TypeError(`target-fps must be a number, got ${show(text)}`);
  return checkNumber('target-fps', fps, { min: 1, max: 240, unit: 'frames per second' });
}

/** Whether two settings of an aspect ask for the same: values by value, tracks and clips by identity. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => isSame(a[name], b[name]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
