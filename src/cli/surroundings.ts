/** What the command asks of the process that it runs in; tests put their own in its place. */
import type { ClipRunner } from './clip-runner.ts';

export interface Terminal {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Characters in a line, now. */
  readonly columns: number;
}

export type Surroundings = Readonly<{
  version: string;
  stdout: Terminal;
  stderr: Terminal;
  env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a clock that goes on steadily. */
  now: () => number;
  /** Aborted by one of the `ENDING_SIGNALS`, its name the reason. */
  signal: AbortSignal;
  /** @throws NoBrowser */
  openRunner: () => Promise<ClipRunner>;
}>;
