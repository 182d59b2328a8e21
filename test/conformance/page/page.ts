/** The page that the conformance runner drives: answers batches of jobs. */
import type { Job, Outcome } from '../job.ts';
import { webGl2Backend } from './run-on-webgl2.ts';

declare global {
  /** Set once the engine's modules have loaded. */
  var runJobs: ((jobs: readonly Job[]) => Promise<readonly Outcome[]>) | undefined;
}

globalThis.runJobs = (jobs) => webGl2Backend.run(jobs);
