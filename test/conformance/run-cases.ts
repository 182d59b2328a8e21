/** Runs cases on a backend: prepares each, hands the graphs over in batches and judges what comes back. */
import { show } from '../../src/core/check.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { prepareCase } from './case-graph.ts';
import type { Case } from './cases.ts';
import { messageOf, outcomeOf, type ConformanceBackend, type Outcome } from './job.ts';
import { judge, type Verdict } from './judge.ts';
import type { PreparedCase } from './prepare.ts';

export type CaseResult = Verdict & Readonly<{ name: string; op: string; backend: string }>;

const BATCH = 32;

export const referenceBackend: ConformanceBackend = {
  name: 'reference',
  isGpu: false,
  run: (jobs) =>
    Promise.all(jobs.map((job) => outcomeOf(job, ({ graph, inputs }) => runReference(graph, inputs)))),
};

/** One result for each case, in order. A case that can't be prepared has failed: none is left out. */
export async function runCases(
  cases: readonly Case[],
  backend: ConformanceBackend,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (let start = 0; start < cases.length; start += BATCH) {
    const batch = cases.slice(start, start + BATCH).map((one) => ({ one, prepared: tryToPrepare(one) }));
    const jobs = batch.flatMap(({ prepared }) => ('reason' in prepared ? [] : prepared.jobs));
    const outcomes = [...(await backend.run(jobs))];
    for (const { one, prepared } of batch) {
      const verdict =
        'reason' in prepared
          ? { reason: prepared.reason, worst: null }
          : verdictOf(one, prepared, outcomes.splice(0, prepared.jobs.length), backend.isGpu);
      results.push({ name: one.name, op: one.op, backend: backend.name, ...verdict });
    }
  }
  return results;
}

function tryToPrepare(one: Case): PreparedCase | Readonly<{ reason: string }> {
  try {
    return prepareCase(one);
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

function verdictOf(one: Case, prepared: PreparedCase, outcomes: readonly Outcome[], isGpu: boolean): Verdict {
  const failed = outcomes.find((outcome) => 'error' in outcome);
  if (failed !== undefined) return { reason: failed.error, worst: null };
  const outputs = outcomes.flatMap((outcome) => ('output' in outcome ? [outcome.output] : []));
  try {
    if (outputs.length !== prepared.jobs.length) {
      throw new Error(`${outputs.length} outputs for ${prepared.jobs.length} runs`);
    }
    outputs.forEach((output) => {
      if (!(output.data instanceof Float32Array)) throw new Error(`an output is no tensor: ${show(output)}`);
    });
    return judge(one, prepared.collect(outputs), isGpu);
  } catch (error) {
    return { reason: messageOf(error), worst: null };
  }
}
