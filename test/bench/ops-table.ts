/** The rows of the operators that TensorFlow.js has too: the bar is to be no slower. */
import type { BenchSize, OpMeasurement } from './ops-protocol.ts';
import { line, millis, type Table } from './table.ts';

const WIDTHS = [40, 9, 12, 10, 8, 4] as const;
const HEAD = ['operator', 'size', 'convolux ms', 'TF.js ms', 'ratio', 'bar ≥ 1'] as const;

export const OPS_TABLE_HEAD = line(HEAD, WIDTHS);

export type MeasuredOp = Readonly<{ name: string; size: BenchSize; measurement: OpMeasurement }>;

/** How many times as long TensorFlow.js takes; null where it has no such operator. */
export const ratioOf = ({ ms, tfjsMs }: OpMeasurement): number | null =>
  tfjsMs === null ? null : tfjsMs / ms;

export const isSlower = (measurement: OpMeasurement): boolean => !((ratioOf(measurement) ?? 1) >= 1);

export const isDifferent = ({ difference, tolerance }: OpMeasurement): boolean =>
  difference !== null && !(difference <= tolerance);

export const sizeText = ({ width, height }: BenchSize): string => `${width}x${height}`;

function cellsOf({ name, size, measurement }: MeasuredOp): readonly string[] {
  const { ms, tfjsMs } = measurement;
  const ratio = ratioOf(measurement);
  const verdict = isSlower(measurement) || isDifferent(measurement) ? 'FAIL' : 'PASS';
  return [
    name,
    sizeText(size),
    millis(ms),
    tfjsMs === null ? '-' : millis(tfjsMs),
    ratio?.toFixed(2) ?? '-',
    ratio === null ? '-' : verdict,
  ];
}

export function opsTableRow(measured: MeasuredOp): string {
  const { measurement } = measured;
  const wrong = `the outputs differ by ${measurement.difference?.toPrecision(3) ?? 'NaN'}`;
  return line([...cellsOf(measured), isDifferent(measurement) ? wrong : ''], WIDTHS);
}

export const opsTable = (all: readonly MeasuredOp[]): Table => ({ head: HEAD, rows: all.map(cellsOf) });

/** What is wrong with the run, a line each; none when all is well. */
export function opsFaults(all: readonly MeasuredOp[]): string[] {
  const named = (rows: readonly MeasuredOp[]) =>
    rows.map(({ name, size }) => `${name} ${sizeText(size)}`).join(', ');
  const slower = all.filter(({ measurement }) => isSlower(measurement));
  const different = all.filter(({ measurement }) => isDifferent(measurement));
  return [
    ...(slower.length === 0 ? [] : [`Slower than TensorFlow.js: ${named(slower)}`]),
    ...(different.length === 0 ? [] : [`Other outputs than TensorFlow.js: ${named(different)}`]),
  ];
}
