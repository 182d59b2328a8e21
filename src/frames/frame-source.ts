/** The port of all sources: whoever starts one receives frames until it stops it or it ends. */
import type { PipelineError } from '../core/errors.ts';
import type { FrameLease } from './frame-lease.ts';

export interface FrameObserver {
  /** @consumes lease */
  frame(lease: FrameLease): void;
  /** Called once: the source has no more frames; with an error when that is a fault. */
  end(error: PipelineError | null): void;
}

export interface FrameSource {
  /** @returns stops it: no frame comes after that. Idempotent. */
  start(observer: FrameObserver): () => void;
}
