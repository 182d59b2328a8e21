/** A graph and what it runs on: plain data, so that it can cross to a page. Runs in Node and in the page. */
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';

export type Job = Readonly<{ graph: Graph; inputs: Readonly<Record<string, Tensor>> }>;
export type Outcome = Readonly<{ output: Tensor }> | Readonly<{ error: string }>;

export type ConformanceBackend = Readonly<{
  name: string;
  isGpu: boolean;
  /** An outcome for each job; a job that fails is an outcome, never a rejection. */
  run(jobs: readonly Job[]): Promise<readonly Outcome[]>;
}>;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The outcome of one job with `run`. */
export async function outcomeOf(job: Job, run: (job: Job) => Tensor | Promise<Tensor>): Promise<Outcome> {
  try {
    return { output: await run(job) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
