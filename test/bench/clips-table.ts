/** What the clip benchmark finds: the rows, the bars, and what misses them. */
import { line, times, type Table } from './table.ts';

/** Edge detection may take so many times as long as decoding and encoding alone. */
export const SPEED_BAR = 1.5;
/** More than before the job. */
export const MEMORY_BAR_MB = 400;

const BYTES_PER_MB = 1e6;

export type MeasuredSpeed = Readonly<{
  name: string;
  frames: number;
  /** Medians of one whole clip. */
  ms: number;
  /** Of all the browser's processes; undefined where it can't be told. */
  cpuMs: number | undefined;
  sizeBytes: number;
  /** By the time of decoding and encoding without a filter. */
  ratio: number;
  /** At most, where there is a bar. */
  bar: number | null;
}>;

export type MeasuredMemory = Readonly<{
  frames: number;
  width: number;
  height: number;
  ms: number;
  inputBytes: number;
  outputBytes: number;
  /** Of the whole browser, before the job and at its most. */
  beforeBytes: number;
  peakBytes: number;
}>;

const WIDTHS = [44, 9, 10, 9, 9, 8, 8, 6, 4] as const;
const HEAD = ['what', 'ms', 'ms/frame', 'fps', 'CPU ms', 'MB', 'ratio', 'bar', ''] as const;

export const SPEED_TABLE_HEAD = line(HEAD, WIDTHS);

const isSlow = ({ ratio, bar }: MeasuredSpeed): boolean => bar !== null && !(ratio <= bar);

function cellsOf(measured: MeasuredSpeed): readonly string[] {
  const { name, frames, ms, cpuMs, sizeBytes, ratio, bar } = measured;
  return [
    name,
    ms.toFixed(0),
    (ms / frames).toFixed(2),
    ((1000 * frames) / ms).toFixed(1),
    cpuMs === undefined ? '-' : (cpuMs / frames).toFixed(1),
    sizeBytes === 0 ? '-' : (sizeBytes / BYTES_PER_MB).toFixed(1),
    times(ratio),
    bar === null ? '' : `≤ ${bar}×`,
    bar === null ? '-' : isSlow(measured) ? 'FAIL' : 'PASS',
  ];
}

export const speedTableRow = (measured: MeasuredSpeed): string => line(cellsOf(measured), WIDTHS);

export const speedTable = (all: readonly MeasuredSpeed[]): Table => ({ head: HEAD, rows: all.map(cellsOf) });

const megabytes = (bytes: number): string => (bytes / BYTES_PER_MB).toFixed(0);

const grownBytes = ({ beforeBytes, peakBytes }: MeasuredMemory): number => peakBytes - beforeBytes;

const isLarge = (measured: MeasuredMemory): boolean =>
  !(grownBytes(measured) <= MEMORY_BAR_MB * BYTES_PER_MB);

/** `Memory of the whole browser: 310 MB more than the 240 MB before, bar ≤ 400 MB: PASS` */
export function memoryLines(measured: MeasuredMemory): string[] {
  const { frames, width, height, ms, inputBytes, outputBytes, beforeBytes } = measured;
  const verdict = isLarge(measured) ? 'FAIL' : 'PASS';
  return [
    `${frames} frames of ${width}x${height} from disk to disk, ${megabytes(inputBytes)} MB to ${megabytes(outputBytes)} MB, in ${(ms / 1000).toFixed(0)} s: ${((1000 * frames) / ms).toFixed(1)} fps.`,
    `Memory of the whole browser: ${megabytes(grownBytes(measured))} MB more than the ${megabytes(beforeBytes)} MB before, bar ≤ ${MEMORY_BAR_MB} MB: ${verdict}`,
  ];
}

/** What is wrong with the run, a line each; none when all is well. */
export function clipFaults(speeds: readonly MeasuredSpeed[], memory: MeasuredMemory | null): string[] {
  const slow = speeds
    .filter(isSlow)
    .map(({ name, ratio, bar }) => `${name}: ${times(ratio)} of decoding and encoding, the bar is ${bar}×`);
  const large =
    memory === null || !isLarge(memory)
      ? []
      : [`${megabytes(grownBytes(memory))} MB more than before, the bar is ${MEMORY_BAR_MB} MB`];
  return [...slow, ...large];
}
