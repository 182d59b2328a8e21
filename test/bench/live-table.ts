/** The rows that the live benchmark prints. */
import type { Measurement } from './live-measurement.ts';

const WIDTHS = [10, 9, 14, 8, 8, 14, 8, 8] as const;

const joined = (cells: readonly string[]): string =>
  cells
    .map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0))
    .join(' ')
    .trimEnd();

export const TABLE_HEAD = joined([
  'size',
  'filter',
  'fps (bar)',
  'p50 ms',
  'p95 ms',
  'dropped',
  'level',
  'CPU ms',
  'path, backend',
]);

/** One line; `CPU ms` is the whole browser's, per frame shown. */
export function tableRow(measurement: Measurement, bar: number | undefined): string {
  const {
    size,
    filter,
    fps,
    frameMsP50,
    frameMsP95,
    arrived,
    dropped,
    level,
    cpuMsPerFrame,
    transport,
    backend,
  } = measurement;
  const share = arrived === 0 ? 0 : (100 * dropped) / arrived;
  return joined([
    `${size.width}x${size.height}`,
    filter,
    fps.toFixed(1) + (bar === undefined ? '' : ` (≥ ${bar})`),
    frameMsP50.toFixed(1),
    frameMsP95.toFixed(1),
    `${dropped} (${share.toFixed(1)} %)`,
    String(level),
    cpuMsPerFrame?.toFixed(1) ?? '-',
    `${transport}, ${backend}`,
  ]);
}
