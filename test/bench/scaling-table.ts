/** How convolux' times grow: one table each, and the lines of those that have a bar. */
import type { ScalingInfo, ScalingMeasurement } from './ops-protocol.ts';
import { line, millis, type Table } from './table.ts';

const WIDTH = 20;
const NS_PER_MS = 1e6;
const BYTES_PER_MB = 1e6;

export type MeasuredScaling = ScalingInfo & ScalingMeasurement;

export function scalingTable(measured: MeasuredScaling): Table {
  const { variable, values, series, work, times, memoryBytes } = measured;
  const head = [
    variable,
    ...series.flatMap((name) => [
      `${name} ms`,
      ...(work === null ? [] : [`ns/${work.unit}`]),
      ...(memoryBytes === null ? [] : ['MB']),
    ]),
  ];
  const rows = values.map((value, at) => [
    value,
    ...series.flatMap((_, one) => {
      const ms = times[at]?.[one] ?? NaN;
      const amount = work?.amounts[at];
      const bytes = memoryBytes?.[at]?.[one];
      return [
        millis(ms),
        ...(amount === undefined ? [] : [((NS_PER_MS * ms) / amount).toPrecision(3)]),
        ...(bytes === undefined ? [] : [(bytes / BYTES_PER_MB).toFixed(1)]),
      ];
    }),
  ]);
  return { head, rows };
}

export function scalingLines(measured: MeasuredScaling): string[] {
  const { head, rows } = scalingTable(measured);
  const widths = head.map((cell, at) => {
    const longest = Math.max(cell.length, ...rows.map((cells) => cells[at]?.length ?? 0));
    return at === 0 ? Math.max(longest, 10) : Math.max(Math.min(longest, WIDTH), 8);
  });
  return [head, ...rows].map((cells) => line(cells, widths));
}

type Growth = Readonly<{ text: string; isMet: boolean }>;

/** Of each series that has a bar: `σ = 100 costs 1.30× σ = 8, bar ≤ 2×: PASS`. */
function growths({ bar, variable, values, series, times }: MeasuredScaling): Growth[] {
  if (bar === null) return [];
  const { from, to, atMost } = bar;
  return bar.of.map((name) => {
    const msAt = (value: string) => times[values.indexOf(value)]?.[series.indexOf(name)] ?? NaN;
    const ratio = msAt(to) / msAt(from);
    const isMet = ratio <= atMost;
    const which = series.length === 1 ? '' : `${name}: `;
    const costs = `${variable} = ${to} costs ${ratio.toFixed(2)}× ${variable} = ${from}`;
    return { isMet, text: `${which}${costs}, bar ≤ ${atMost}×: ${isMet ? 'PASS' : 'FAIL'}` };
  });
}

export const growthLines = (measured: MeasuredScaling): string[] => growths(measured).map(({ text }) => text);

/** What is wrong with the run, a line each; none when all is well. */
export const scalingFaults = (all: readonly MeasuredScaling[]): string[] =>
  all.flatMap((measured) =>
    growths(measured)
      .filter(({ isMet }) => !isMet)
      .map(({ text }) => `${measured.name}: ${text}`),
  );
