/** `npm run simulate`: load traces in virtual time, and the bars. Called by run.ts. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { budgetPolicy } from './budget-policy.ts';
import { verdictsOf, type Verdict } from './bars.ts';
import { readTrace } from './read-trace.ts';
import { countLine, countOf, traceLines } from './report.ts';
import { simulate } from './simulate.ts';
import { BadTrace } from './trace.ts';

export const LOAD_TRACES = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/load');

export type Output = Readonly<{ print: (line: string) => void; complain: (line: string) => void }>;

/**
 * @param args Files of traces; none: all of LOAD_TRACES.
 * @returns The exit status: 1 where a bar is missed, or what was given is wrong.
 */
export async function main(args: readonly string[], { print, complain }: Output): Promise<number> {
  const option = args.find((arg) => arg.startsWith('-'));
  if (option !== undefined) {
    complain(
      `Unknown option ${option}. What may be given are files of traces: npm run simulate [-- trace.json…]`,
    );
    return 1;
  }
  try {
    const traces = await Promise.all((args.length === 0 ? await loadTraces() : args).map(readTrace));
    const all: Verdict[] = [];
    for (const trace of traces) {
      const simulated = simulate(trace, budgetPolicy);
      const verdicts = verdictsOf(simulated);
      for (const line of traceLines(simulated, verdicts)) print(line);
      all.push(...verdicts);
    }
    const count = countOf(all);
    print(countLine(count));
    return count.failed === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BadTrace)) throw error;
    complain(error.message);
    return 1;
  }
}

/** Our own traces, by name. */
export async function loadTraces(): Promise<readonly string[]> {
  const names = await readdir(LOAD_TRACES);
  return names
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => join(LOAD_TRACES, name));
}
