/** The command line with a runner of our own in the browser's place. */
import type { ClipEvent } from '../../../src/cli/clip-event.ts';
import type { ClipResult, ClipRunner, RunContext } from '../../../src/cli/clip-runner.ts';
import type { ClipTask } from '../../../src/cli/clip-task.ts';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';
import { PipelineError } from '../../../src/core/errors.ts';

export const RESULT: Omit<ClipResult, 'sizeBytes'> = {
  mimeType: 'video/mp4; codecs="avc1.64001f"',
  container: 'mp4',
  videoCodec: 'avc',
  audio: [{ codec: 'aac', how: 'copied' }],
  width: 640,
  height: 360,
  frames: 60,
  durationS: 2,
  skippedFrames: 0,
  skippedAtS: [],
  notes: [],
};

/** Of a clip of two seconds. */
export const progress = (share: number) => ({
  frames: 60 * share,
  share,
  fps: 30,
  secondsLeft: 2 * (1 - share),
  positionS: 2 * share,
});

/** Writes what it read, upside down; does to a clip what its name says. */
export class FakeRunner implements ClipRunner {
  readonly tasks: ClipTask[] = [];
  running = 0;
  mostRunning = 0;
  isClosed = false;
  /** Called in the middle of a clip that never ends. */
  onEndless: () => void = () => {};

  async run(task: ClipTask, { output, onProgress, signal }: RunContext): Promise<ClipResult> {
    this.tasks.push(task);
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    try {
      await output.write(Buffer.from('whole'), 0);
      onProgress(progress(0.5));
      if (task.input.includes('endless')) {
        const end = aborted(signal);
        this.onEndless();
        await end;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (task.input.includes('broken'))
        throw new PipelineError('clip-unreadable', 'it is damaged', { context: { positionS: 3.2 } });
      if (task.input.includes('bug')) throw new TypeError('options.x must be y');
      onProgress(progress(1));
      return {
        ...RESULT,
        sizeBytes: 5,
        ...(task.input.includes('hurt') ? { skippedFrames: 2, skippedAtS: [1.5] } : {}),
      };
    } finally {
      this.running--;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new PipelineError('aborted', 'interrupted'));
    });
  });
}

export type Run = Readonly<{ status: number; out: string; err: string; events: readonly ClipEvent[] }>;

export async function runWith(
  args: readonly string[],
  runner: ClipRunner,
  changes: Partial<Surroundings> = {},
): Promise<Run> {
  let [out, err] = ['', ''];
  const terminal = (write: (text: string) => void) => ({ write, isTTY: false, columns: 80 });
  const status = await runCommandLine(args, {
    version: '9.9.9',
    stdout: terminal((text) => (out += text)),
    stderr: terminal((text) => (err += text)),
    env: {},
    now: () => performance.now(),
    signal: new AbortController().signal,
    openRunner: async () => runner,
    ...changes,
  });
  const events =
    args[0] !== 'filters' && args.includes('--json')
      ? out
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as ClipEvent)
      : [];
  return { status, out, err, events };
}
