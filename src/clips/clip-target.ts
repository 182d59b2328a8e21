/**
 * Where a clip is written: memory, a file that a picker gave, or a stream. Whatever fails is told as a fault of that
 * place, and nothing half-written is left where a whole clip is expected.
 */
import { BufferTarget, type Target } from 'mediabunny';
import type { PipelineError } from '../core/errors.ts';
import { asUnwritable } from './clip-faults.ts';
import type { ClipSink } from './clip-types.ts';
import { StreamPlace } from './recording-places.ts';
import { targetOf } from './recording-target.ts';

export type ClipTarget = Readonly<{
  target: Target;
  /** Bytes only ever come in order, so the container must do without going back. */
  isAppendOnly: boolean;
  /** Bytes so far. */
  sizeBytes(): number;
  /** What the place itself failed with; null where nothing did. */
  fault(): PipelineError | null;
  /** The clip is whole. @returns it, where it is in memory. @throws PipelineError `clip-unwritable` | `disk-full` */
  commit(mimeType: string): Promise<Blob | null>;
  /** The clip will never be whole. Idempotent, never rejects. */
  abort(reason: unknown): Promise<void>;
}>;

/** Small writes are gathered to this. */
const CHUNK_BYTES = 1 << 20;

/**
 * @param isPositional whether a stream takes `{ type: 'write', position, data }`.
 * @consumes sink
 * @throws PipelineError `clip-unwritable`
 */
export async function openClipTarget(sink: ClipSink | null, isPositional: boolean): Promise<ClipTarget> {
  if (sink === null) return memoryTarget();
  if (sink instanceof WritableStream) return streamTarget(sink, isPositional);
  try {
    // Written beside the file, and moved there when it is closed.
    return streamTarget(await sink.createWritable(), true);
  } catch (error) {
    throw asUnwritable(error);
  }
}

function memoryTarget(): ClipTarget {
  const target = new BufferTarget();
  let bytes = 0;
  target.on('write', ({ end }) => {
    bytes = Math.max(bytes, end);
  });
  return {
    target,
    isAppendOnly: false,
    sizeBytes: () => bytes,
    fault: () => null,
    commit: (mimeType) =>
      Promise.resolve(new Blob([target.buffer ?? new ArrayBuffer(0)], { type: mimeType })),
    abort: () => Promise.resolve(),
  };
}

function streamTarget(sink: WritableStream<unknown>, isPositional: boolean): ClipTarget {
  const properties = { isAppendOnly: !isPositional, isLasting: false };
  return targetOf(new StreamPlace(sink, isPositional), properties, { chunked: true, chunkSize: CHUNK_BYTES });
}
