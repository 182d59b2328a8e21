/** What a running pipeline is made of, for the parts of this package that work beside it; nobody else sees it. */
import type { LiveClient } from '../../workers/live/live.client.ts';
import type { OutputKind } from '../frames/worker/frame-sink.ts';

export type PipelineEnds = Readonly<{
  /** @throws PipelineError `aborted` when the pipeline does not run. */
  client: () => LiveClient;
  /** What an element shows, as a stream of its own; null of one that is not used. Whoever asked for it stops its tracks. */
  stream: (kind: OutputKind) => MediaStream | null;
}>;

const known = new WeakMap<object, PipelineEnds>();

export function offerEnds(pipeline: object, ends: PipelineEnds): void {
  known.set(pipeline, ends);
}

/** @throws TypeError for what `openPipeline` did not give. */
export function endsOf(pipeline: object): PipelineEnds {
  const ends = known.get(pipeline);
  if (ends === undefined) throw new TypeError('pipeline must be one that openPipeline() gave');
  return ends;
}
