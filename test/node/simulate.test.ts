/** The frame budget against every load trace of ours: each bar is met. */
import { expect, test } from 'vitest';
import { verdictsOf } from '../simulate/bars.ts';
import { budgetPolicy } from '../simulate/budget-policy.ts';
import { loadTraces } from '../simulate/main.ts';
import { readTrace } from '../simulate/read-trace.ts';
import { simulate } from '../simulate/simulate.ts';

const traces = await Promise.all((await loadTraces()).map(readTrace));

test.each(traces.map((trace) => [trace.name, trace] as const))('%s', (_, trace) => {
  const verdicts = verdictsOf(simulate(trace, budgetPolicy));
  expect(verdicts.filter(({ isMet }) => !isMet)).toEqual([]);
});
