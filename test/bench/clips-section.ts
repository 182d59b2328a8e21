/** The clips' own section of docs/performance.md, which every other writer of that page leaves as it is. */
import {
  MEMORY_BAR_MB,
  memoryLines,
  SPEED_BAR,
  speedTable,
  type MeasuredMemory,
  type MeasuredSpeed,
} from './clips-table.ts';
import { markdownTable } from './table.ts';

const START = '<!-- written by `npm run bench:clips -- --write` from here -->';
const END = '<!-- written by `npm run bench:clips -- --write` to here -->';

export type ClipsRunFacts = Readonly<{ facts: string; date: string; runs: number }>;

/** With its markers; empty where the page has none. @throws Error when only one of them is there. */
export function clipsSectionOf(page: string): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start === -1 && end === -1) return '';
  if (start === -1 || end < start)
    throw new Error(`docs/performance.md must have both markers, in this order: ${START} ${END}`);
  return page.slice(start, end + END.length);
}

/** The page with this section in place of its own, or behind all others. */
export function withClipsSection(page: string, section: string): string {
  const old = clipsSectionOf(page);
  if (section === '') return page;
  return old === '' ? `${page.trimEnd()}\n\n${section}\n` : page.replace(old, () => section);
}

export function clipsSection(
  { facts, date, runs }: ClipsRunFacts,
  speeds: readonly MeasuredSpeed[],
  memory: MeasuredMemory,
): string {
  return [
    START,
    '## Clips',
    `Written on ${date}: ${facts}.`,
    speedNote(runs),
    markdownTable(speedTable(speeds)),
    `A long clip through edge detection. Memory is what all the browser's processes take, what they share counted once and the
program itself left out; the most over the whole job counts, and may be ${MEMORY_BAR_MB} MB above what it was before.`,
    memoryLines(memory).join('\n'),
    END,
  ].join('\n\n');
}

const speedNote = (
  runs: number,
): string => `Whole clips of footage from one H.264 file in memory to another, from the call to the finished file, with the start of
the worker. What has no filter is decoded and encoded by the same library with the same options, in a worker as well; the ratio
is to that, and for edge detection at most ${SPEED_BAR}×. Edges are harder to encode than what they are of: the second row decodes and
encodes what edge detection gave, so that the rest is what the filter itself costs. All take turns; the median of ${runs} runs
counts. CPU ms: of all the browser's processes, per frame. FFmpeg gets the same file, and the bitrate that our output has.`;
