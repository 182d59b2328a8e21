/** A table in two shapes: as lines that are printed while the rows come, and as Markdown. */

export type Table = Readonly<{ head: readonly string[]; rows: readonly (readonly string[])[] }>;

/** One row as a line; a cell that is wider than its column pushes the others. */
export const line = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, at) => cell.padEnd(widths[at] ?? 0))
    .join(' ')
    .trimEnd();

/** The first column is text, the others are aligned as numbers are. */
export function markdownTable({ head, rows }: Table): string {
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Three significant digits where there are few before the point. */
export const millis = (ms: number): string => ms.toFixed(ms < 10 ? 3 : 1);

export const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`;
