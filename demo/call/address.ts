/** The call page's settings as a query string, both ways. Pure; runs anywhere. Which camera is nobody else's business. */
import { FAILURE_POLICIES, type Filter } from 'convolux';
import { listed, refusal } from '../shared/address-words.ts';
import { readFilter, writeFilter } from '../shared/filter-settings.ts';
import type { Settings } from './store.ts';

export const sources = ['camera', 'sample'] as const;
const pageKeys = new Set(['source', 'failure']);

export function readAddress(
  search: string,
  filters: readonly Filter[],
): Readonly<{ settings: Settings; complaints: readonly string[] }> {
  const query = new URLSearchParams(search);
  const complaints: string[] = [];
  const choice = <T extends string>(key: string, allowed: readonly T[]): T | undefined => {
    const text = query.get(key);
    const value = allowed.find((candidate) => candidate === text);
    if (text !== null && value === undefined) complaints.push(refusal(key, text, listed(allowed)));
    return value;
  };
  const settings: Settings = {
    ...readFilter(query, filters, { usual: 'edge', pageKeys, complaints }),
    source: choice('source', sources) ?? 'camera',
    failure: choice('failure', FAILURE_POLICIES) ?? 'freeze',
  };
  return { settings, complaints };
}

/** What differs from the defaults, and always the filter, so that a copied address says what it shows. */
export function writeAddress(settings: Settings): string {
  const query = new URLSearchParams();
  if (settings.source === 'sample') query.set('source', settings.source);
  writeFilter(query, settings);
  if (settings.failure !== 'freeze') query.set('failure', settings.failure);
  return `?${query.toString()}`;
}
