/** Many clips, some at a time. One that fails ends none of the others. */
import type { ClipTask } from './clip-task.ts';
import { runTask, seconds, type Outcome, type TaskContext } from './run-task.ts';

export type QueueOptions = Readonly<{
  jobs: number;
  /** Inputs whose outputs are there already, told in the summary. */
  skipped?: number;
}>;

/** Ends with a 'summary'. @returns what became of each, by its place; 'aborted' where it was not begun. */
export async function runQueue(
  tasks: readonly ClipTask[],
  context: TaskContext,
  { jobs, skipped = 0 }: QueueOptions,
): Promise<readonly Outcome[]> {
  const begin = context.now();
  const outcomes = tasks.map((): Outcome => 'aborted');
  const waiting = tasks.entries();
  const work = async (): Promise<void> => {
    for (const [index, task] of waiting) {
      if (context.signal.aborted) return;
      outcomes[index] = await runTask(task, context);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, work));
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  context.reporter.report({
    event: 'summary',
    done: count('done'),
    skipped,
    failed: count('failed'),
    aborted: count('aborted'),
    failedInputs: tasks.filter((_, index) => outcomes[index] === 'failed').map(({ input }) => input),
    seconds: seconds(context.now() - begin),
  });
  return outcomes;
}
