/** The port behind which clips are made: a browser, or what a test puts in its place. */
import type { Clip, ClipProgress } from '../clips/clip-types.ts';
import type { ClipTask } from './clip-task.ts';

export type ClipResult = Omit<Clip, 'blob'>;

/** Takes the bytes of a clip, at any position, some of them more than once. */
export interface ClipOutput {
  write(data: Uint8Array, position: number): Promise<void>;
}

export type RunContext = Readonly<{
  output: ClipOutput;
  onProgress: (progress: ClipProgress) => void;
  signal: AbortSignal;
}>;

export interface ClipRunner {
  /** Resolves when all bytes are written. Several may run at once. @throws PipelineError */
  run(task: ClipTask, context: RunContext): Promise<ClipResult>;
  close(): Promise<void>;
}

/** There is no browser to run in, in words that say what to do about it. */
export class NoBrowser extends Error {
  override readonly name = 'NoBrowser';
}
