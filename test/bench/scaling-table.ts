/** How convolux' times grow: one table each, and the line of those that have a bar. */
import type { ScalingInfo, ScalingTimes } from './ops-protocol.ts';
import { line, millis, type Table } from './table.ts';

const WIDTH = 20;
const NS_PER_MS = 1e6;

export type MeasuredScaling = ScalingInfo & Readonly<{ times: ScalingTimes }>;

export function scalingTable({ variable, values, series, work, times }: MeasuredScaling): Table {
  const head = [
    variable,
    ...series.flatMap((name) => [`${name} ms`, ...(work === null ? [] : [`ns/${work.unit}`])]),
  ];
  const rows = values.map((value, at) => [
    value,
    ...series.flatMap((_, one) => {
      const ms = times[at]?.[one] ?? NaN;
      const amount = work?.amounts[at];
      return [millis(ms), ...(amount === undefined ? [] : [((NS_PER_MS * ms) / amount).toPrecision(3)])];
    }),
  ]);
  return { head, rows };
}

export function scalingLines(measured: MeasuredScaling): string[] {
  const { head, rows } = scalingTable(measured);
  const widths = head.map((_, at) => (at === 0 ? 10 : WIDTH));
  return [head, ...rows].map((cells) => line(cells, widths));
}

/** How many times as long the first series takes at the bar's end as at its start. */
function growth({ bar, values, times }: MeasuredScaling): number {
  const msAt = (value: string | undefined) => times[values.indexOf(value ?? '')]?.[0] ?? NaN;
  return msAt(bar?.to) / msAt(bar?.from);
}

const meetsBar = (measured: MeasuredScaling): boolean =>
  measured.bar === null || growth(measured) <= measured.bar.atMost;

/** `σ = 100 costs 1.30× σ = 8, bar ≤ 2×: PASS`; null where there is no bar. */
export function growthLine(measured: MeasuredScaling): string | null {
  const { bar, variable } = measured;
  if (bar === null) return null;
  const costs = `costs ${growth(measured).toFixed(2)}× ${variable} = ${bar.from}`;
  return `${variable} = ${bar.to} ${costs}, bar ≤ ${bar.atMost}×: ${meetsBar(measured) ? 'PASS' : 'FAIL'}`;
}

/** What is wrong with the run, a line each; none when all is well. */
export const scalingFaults = (all: readonly MeasuredScaling[]): string[] =>
  all
    .filter((measured) => !meetsBar(measured))
    .map((measured) => `${measured.name}: ${growthLine(measured) ?? ''}`);
