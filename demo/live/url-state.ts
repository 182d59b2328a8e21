/**
 * The page's settings as a query string, both ways. A value that is not allowed never stops the page:
 * it is answered by a sentence that names it, and the default is taken. Pure; runs anywhere.
 */
import { DEGRADATION_PREFERENCES, type Filter } from 'convolux';
import { listed, numberFrom, numberWithin, refusal, type Range } from '../shared/address-words.ts';
import { readFilter, writeFilter } from '../shared/filter-settings.ts';
import type { Settings, Size } from './store.ts';

export const sources = ['camera', 'sample', 'pattern', 'volume'] as const;
export const drivers = ['auto', 'processor', 'worker-processor', 'camera-utils'] as const;
export const outputs = ['auto', 'canvas', 'video'] as const;
export const sounds = ['none', 'microphone'] as const;
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
  'size',
  'driver',
  'output',
  'upload',
  'outputPath',
  'fps',
  'degradation',
  'load',
  'sound',
  'mirror',
]);

export type UrlSettings = Readonly<{ settings: Settings; complaints: readonly string[] }>;

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
  const settings: Settings = {
    source,
    // Without a wish the outlines are shown: a filter that visibly does something.
    ...readFilter(query, filters, { usual: 'edge', pageKeys, complaints }),
    size: readSize(query.get('size'), complaints),
    driver: choice('driver', drivers) ?? 'auto',
    output: choice('output', outputs) ?? 'auto',
    upload: choice('upload', uploads) ?? 'auto',
    outputPath: choice('outputPath', outputPaths) ?? 'auto',
    // Empty asks for as many as come, as if it were not there.
    fps: query.get('fps') === '' ? undefined : readNumber('fps', query, fpsRange, complaints),
    degradation: choice('degradation', DEGRADATION_PREFERENCES) ?? defaultDegradation,
    load: readNumber('load', query, loadRange, complaints) ?? 0,
    sound: choice('sound', sounds) ?? 'none',
    mirror: choice('mirror', ['true', 'false']) === 'true',
  };
  return { settings, complaints };
}

/** What differs from the defaults, and always the filter, so that a copied address says what it shows. */
export function writeSettings(settings: Settings): string {
  const { source, size, driver, output, upload, outputPath, fps, degradation, load, sound, mirror } =
    settings;
  const query = new URLSearchParams();
  if (source !== undefined) query.set('source', source);
  writeFilter(query, settings);
  if (sizeText(size) !== sizeText(defaultSize)) query.set('size', sizeText(size));
  if (driver !== 'auto') query.set('driver', driver);
  if (output !== 'auto') query.set('output', output);
  if (upload !== 'auto') query.set('upload', upload);
  if (outputPath !== 'auto') query.set('outputPath', outputPath);
  if (fps !== undefined) query.set('fps', String(fps));
  if (degradation !== defaultDegradation) query.set('degradation', degradation);
  if (load !== 0) query.set('load', String(load));
  if (sound !== 'none') query.set('sound', sound);
  if (mirror) query.set('mirror', 'true');
  return `?${query.toString()}`;
}

export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

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
