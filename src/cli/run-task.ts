/** One clip from begin to end: under its final name it is whole or, whatever happens, not there. */
import { PipelineError } from '../core/errors.ts';
import type { Reporter } from './clip-event.ts';
import type { ClipResult, ClipRunner } from './clip-runner.ts';
import type { ClipTask } from './clip-task.ts';
import { messageOf } from './message-of.ts';
import { OutputFile } from './output-file.ts';

export type Outcome = 'done' | 'failed' | 'aborted';

export type TaskContext = Readonly<{
  runner: ClipRunner;
  reporter: Reporter;
  signal: AbortSignal;
  /** Milliseconds of a clock that goes on steadily. */
  now: () => number;
}>;

/** Never rejects for what happens to a clip: that is told. */
export async function runTask(task: ClipTask, context: TaskContext): Promise<Outcome> {
  const { reporter, now } = context;
  const { input, output, filter } = task;
  const begin = now();
  reporter.report({ event: 'start', input, output, filter });
  try {
    const result = await makeFile(task, context);
    reporter.report({ event: 'done', input, output, seconds: seconds(now() - begin), ...result });
    return 'done';
  } catch (error) {
    const code = error instanceof PipelineError ? error.code : 'error';
    const position = error instanceof PipelineError ? error.context['positionS'] : undefined;
    reporter.report({
      event: 'failed',
      input,
      code,
      message: messageOf(error),
      ...(typeof position === 'number' ? { positionS: position } : {}),
    });
    return code === 'aborted' ? 'aborted' : 'failed';
  }
}

async function makeFile(task: ClipTask, { runner, reporter, signal }: TaskContext): Promise<ClipResult> {
  const file = await OutputFile.create(task.output);
  try {
    const result = await runner.run(task, {
      output: file,
      signal,
      onProgress: (progress) => {
        reporter.report({ event: 'progress', input: task.input, ...progress });
      },
    });
    await file.commit(result.sizeBytes);
    return result;
  } catch (error) {
    await file.discard();
    // The page only sees that its bytes are refused; the disk said why.
    throw file.fault ?? error;
  }
}

/** To a thousandth, which is more than is known. */
export function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
