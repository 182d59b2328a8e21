/** The rows that the operator benchmark prints. */
import type { BenchSize, OpMeasurement } from './ops-protocol.ts';

const WIDTHS = [40, 9, 12, 10, 8, 4] as const;

const joined = (cells: readonly string[]): string =>
  cells
    .map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0))
    .join(' ')
    .trimEnd();

export const OPS_TABLE_HEAD = joined(['operator', 'size', 'convolux ms', 'TF.js ms', 'ratio', 'bar ≥ 1']);

/** How many times as long TensorFlow.js takes; null where it has no such operator. */
export const ratioOf = ({ ms, tfjsMs }: OpMeasurement): number | null =>
  tfjsMs === null ? null : tfjsMs / ms;

export const isSlower = (measurement: OpMeasurement): boolean => (ratioOf(measurement) ?? 1) < 1;

export const isDifferent = ({ difference, tolerance }: OpMeasurement): boolean =>
  difference !== null && !(difference <= tolerance);

const millis = (ms: number): string => ms.toFixed(ms < 10 ? 3 : 1);

export function opsTableRow(name: string, { width, height }: BenchSize, measurement: OpMeasurement): string {
  const { ms, tfjsMs, difference } = measurement;
  const ratio = ratioOf(measurement);
  return joined([
    name,
    `${width}x${height}`,
    millis(ms),
    tfjsMs === null ? '-' : millis(tfjsMs),
    ratio?.toFixed(2) ?? '-',
    ratio === null ? '-' : isSlower(measurement) ? 'FAIL' : 'PASS',
    isDifferent(measurement) ? `the outputs differ by ${difference?.toPrecision(3) ?? 'NaN'}` : '',
  ]);
}
