/**
 * What the address says: the filter with its parameters and the kind of file, and the recording that is shown. A value that
 * is not allowed is answered by a sentence, and the default is taken. Pure.
 */
import type { Filter } from 'convolux';
import { CLIP_CONTAINERS } from 'convolux/clips';
import { listed, refusal } from '../shared/address-words.ts';
import { readFilter, writeFilter } from '../shared/filter-settings.ts';
import type { OutputSettings, Settings } from './store.ts';

const pageKeys = new Set(['container', 'recording']);

export const usualOutput: OutputSettings = Object.freeze({
  container: 'mp4',
  codec: 'auto',
  frameRate: 'keep',
  shortSide: 'keep',
  audio: 'keep',
  onError: 'stop',
});

export type Address = Readonly<{
  settings: Settings;
  recording: string | null;
  complaints: readonly string[];
}>;

export function readAddress(search: string, filters: readonly Filter[]): Address {
  const query = new URLSearchParams(search);
  const complaints: string[] = [];
  const recording = query.get('recording');
  // What was recorded is filtered already.
  const usual = recording === null ? 'edge' : 'none';
  const filter = readFilter(query, filters, { usual, pageKeys, complaints });
  const text = query.get('container');
  const container = CLIP_CONTAINERS.find((known) => known === text);
  if (text !== null && container === undefined)
    complaints.push(refusal('container', text, listed(CLIP_CONTAINERS)));
  const output = container === undefined ? usualOutput : { ...usualOutput, container };
  return { settings: { ...filter, output }, recording, complaints };
}

export function writeAddress(settings: Settings, recording: string | null): string {
  const query = new URLSearchParams();
  if (recording !== null) query.set('recording', recording);
  writeFilter(query, settings);
  const { container } = settings.output;
  if (container !== usualOutput.container) query.set('container', container);
  return `?${query.toString()}`;
}
