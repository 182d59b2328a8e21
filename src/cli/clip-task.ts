/** One clip to make: all that a job needs to know, as data. */
import type { ClipErrorPolicy, ClipOutputOptions, ClipRange } from '../clips/clip-types.ts';
import type { GraphJson } from '../graph/json.ts';

export type ClipTask = Readonly<{
  /** Path of the clip to read. */
  input: string;
  /** Path of the clip to make: there when it is whole. */
  output: string;
  /** What the filter is called in messages. */
  filter: string;
  graph: GraphJson;
  settings: ClipOutputOptions;
  range: ClipRange;
  onError: ClipErrorPolicy;
}>;
