/** What happens to clips, as `--json` prints it, a line each, and as people are told. */
import type { ClipProgress } from '../clips/clip-types.ts';
import type { PipelineErrorCode } from '../core/errors.ts';
import type { ClipResult } from './clip-runner.ts';

export type ClipEvent =
  | Readonly<{ event: 'start'; input: string; output: string; filter: string }>
  | (Readonly<{ event: 'progress'; input: string }> & ClipProgress)
  | (Readonly<{ event: 'done'; input: string; output: string; seconds: number }> & ClipResult)
  | Readonly<{ event: 'skipped'; input: string; output: string; reason: 'up-to-date' }>
  | Readonly<{
      event: 'failed';
      input: string;
      /** 'error': no fault of the clip or the machine that has a code. */
      code: PipelineErrorCode | 'error';
      message: string;
      /** Where in the input, where that is known. */
      positionS?: number;
    }>
  | Readonly<{
      event: 'summary';
      done: number;
      skipped: number;
      failed: number;
      /** Not begun, or ended before they were whole: after an interruption. */
      aborted: number;
      failedInputs: readonly string[];
      seconds: number;
    }>;

export interface Reporter {
  report(event: ClipEvent): void;
  /** Nothing comes after it. */
  close(): void;
}
