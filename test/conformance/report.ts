/** What a run prints: a row per op and backend, each failure with its reason, and the count. */
import type { CaseResult } from './run-cases.ts';

const HEAD = ['op', 'backend', 'cases', 'passed', 'worst error'] as const;

/** The lines to print; the last one is `N passed, N failed`, over cases × backends. */
export function reportLines(results: readonly CaseResult[]): readonly string[] {
  const failures = results.filter(({ reason }) => reason !== undefined);
  return [
    ...table([HEAD, ...rowsOf(results)]),
    ...failures.map(({ name, backend, reason }) => `FAILED ${name} on ${backend}: ${String(reason)}`),
    `${results.length - failures.length} passed, ${failures.length} failed`,
  ];
}

function rowsOf(results: readonly CaseResult[]): readonly (readonly string[])[] {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const key = `${result.op} ${result.backend}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const passed = group.filter(({ reason }) => reason === undefined).length;
    const errors = group.map(({ worst }) => worst).filter((worst) => worst !== null);
    const worst = errors.length === 0 ? '–' : Math.max(...errors).toExponential(1);
    return [[first.op, first.backend, String(group.length), String(passed), worst]];
  });
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('  '));
}
