/** Clips through filters, each in a worker of its own. */
import { ClipsClient } from '../../workers/clips/clips.client.ts';
import { cancelled } from '../clips/clip-faults.ts';
import type {
  Clip,
  ClipErrorPolicy,
  ClipInput,
  ClipJob,
  ClipOutputOptions,
  ClipProgress,
  ClipRange,
  ClipSink,
} from '../clips/clip-types.ts';
import { show } from '../core/check.ts';
import type { PipelineError } from '../core/errors.ts';
import { isSettled } from '../core/ledger.ts';
import { resolveParams, type Filter } from '../graph/filter.ts';
import type { Graph } from '../graph/graph.ts';
import { checkErrorPolicy, checkInput, checkOutput, checkRange, checkSink } from './check-clip.ts';
import { arrivedBy, isPositional, wayTo } from './clip-sink.ts';

export type ProcessClipOptions = Readonly<{
  /** What is done with each frame: a filter, or a graph of one's own. */
  filter?: Filter;
  /** Values of the filter's parameters; what is not given takes its default. */
  params?: Readonly<Record<string, unknown>>;
  graph?: Graph;
  output?: ClipOutputOptions;
  /** Default all of it. The output begins at 0; a filter over several frames knows those before. */
  range?: ClipRange;
  /** Where it goes, as it comes. Default memory: the `blob` of the result. */
  sink?: ClipSink;
  /** Where a clip is damaged: 'stop' (the default), or 'skip', which leaves out what can't be decoded and counts it. */
  onError?: ClipErrorPolicy;
  /** Cancels: the promise rejects with `aborted`, and nothing is left. */
  signal?: AbortSignal;
  onProgress?: (progress: ClipProgress) => void;
  /** Makes the worker, where a bundler or a policy wants it made otherwise. */
  createWorker?: () => Worker;
}>;

/**
 * Every frame of a clip through a filter, once, at its own time, with the clip's sound.
 * @throws TypeError | RangeError that name the option.
 * @throws PipelineError `clip-unreadable`, with `context.positionS` where it is damaged | `codec-unsupported` |
 * `clip-unwritable` | `disk-full` | `aborted`, and whatever keeps a filter from running.
 */
export async function processClip(input: ClipInput, options: ProcessClipOptions): Promise<Clip> {
  const job = jobOf(input, options);
  const { signal, onProgress = () => undefined } = options;
  if (signal?.aborted === true) throw await givenUp(job.sink);
  const client = new ClipsClient(options.createWorker);
  const cancel = (): void => {
    // The job itself rejects with it.
    client.stop().catch(() => undefined);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  const way = options.sink instanceof WritableStream ? wayTo(options.sink) : null;
  try {
    const work = client.process(way === null ? job : { ...job, sink: way.writable }, onProgress);
    return await (way === null ? work : arrivedBy(work, way));
  } finally {
    signal?.removeEventListener('abort', cancel);
    await close(client);
  }
}

/** @throws Error where the worker kept something. */
async function close(client: ClipsClient): Promise<void> {
  // One that died holds nothing.
  const balance = await client.stop().catch(() => null);
  client.terminate();
  if (balance !== null && !isSettled(balance))
    throw new Error(`convolux invariant broken: a clip left ${JSON.stringify(balance)} open`);
}

/** @throws TypeError | RangeError */
function jobOf(input: ClipInput, options: ProcessClipOptions): ClipJob {
  const { output = {}, range = {}, sink = null, onError = 'stop' } = options;
  checkOutput(output);
  checkRange(range);
  if (sink !== null) checkSink(sink);
  return {
    input: checkInput(input),
    graph: graphOf(options),
    output,
    range,
    sink,
    isPositional: isPositional(sink),
    onError: checkErrorPolicy(onError),
  };
}

/** @throws TypeError | RangeError */
export function graphOf({
  filter,
  params,
  graph,
}: Pick<ProcessClipOptions, 'filter' | 'params' | 'graph'>): Graph {
  if (graph !== undefined && filter === undefined) return graph;
  if (filter === undefined || graph !== undefined)
    throw new TypeError(
      `options must have either filter or graph, got ${graph === undefined ? 'neither' : 'both'}`,
    );
  if (typeof filter.build !== 'function')
    throw new TypeError(`options.filter must be a filter, got ${show(filter)}`);
  return filter.build(resolveParams(filter, params));
}

async function givenUp(sink: ClipSink | null): Promise<PipelineError> {
  const error = cancelled();
  if (sink instanceof WritableStream) await sink.abort(error).catch(() => undefined);
  return error;
}
