/** What the command and its host page say to each other: plain data, which crosses as JSON. */
import type { ClipErrorPolicy, ClipOutputOptions, ClipProgress, ClipRange } from '../clips/clip-types.ts';
import type { SerializedError } from '../core/errors.ts';
import type { GraphJson } from '../graph/json.ts';
import type { ClipResult } from './clip-runner.ts';

export type PageJob = Readonly<{
  inputUrl: string;
  outputUrl: string;
  graph: GraphJson;
  output: ClipOutputOptions;
  range: ClipRange;
  onError: ClipErrorPolicy;
}>;

export type PageResult = Readonly<{ clip: ClipResult } | { error: SerializedError }>;

/** What the page offers, and what it is offered. */
export type PageScope = {
  /** Set by the page when it is ready; never rejects. */
  makeClip?: (job: PageJob) => Promise<PageResult>;
  /** Set by the command before the page loads. */
  reportProgress?: (progress: ClipProgress) => Promise<void>;
};
