/**
 * Where a recording is written while it goes on: memory, a stream, or a file, in which what was recorded stays whatever
 * happens to the page.
 */
import { StreamTarget, type StreamTargetChunk, type StreamTargetOptions, type Target } from 'mediabunny';
import type { PipelineError } from '../core/errors.ts';
import { asUnwritable } from './clip-faults.ts';
import type { ClipSink } from './clip-types.ts';
import { openFile, Pages, StreamPlace, type RecordingPlace } from './recording-places.ts';

export type RecordingTarget = Readonly<{
  target: Target;
  /** Bytes only ever come in order, so the container must do without going back. */
  isAppendOnly: boolean;
  /** What is written must be of use whenever it ends. */
  isLasting: boolean;
  /** Bytes so far. */
  sizeBytes(): number;
  /** What the place itself failed with; null where nothing did. */
  fault(): PipelineError | null;
  /** The recording is whole. @returns it, where it is in memory. @throws PipelineError `clip-unwritable` | `disk-full` */
  commit(mimeType: string): Promise<Blob | null>;
  /** No more comes. A file keeps what is in it, a stream is aborted. Idempotent, never rejects. */
  abort(reason: unknown): Promise<void>;
}>;

/**
 * @param isPositional whether a stream takes `{ type: 'write', position, data }`.
 * @consumes sink
 * @throws PipelineError `clip-unwritable` | `disk-full`
 */
export async function openRecordingTarget(
  sink: ClipSink | null,
  isPositional: boolean,
): Promise<RecordingTarget> {
  try {
    if (sink === null) return targetOf(new Pages(), { isAppendOnly: false, isLasting: false });
    if (sink instanceof WritableStream)
      return targetOf(new StreamPlace(sink, isPositional), { isAppendOnly: !isPositional, isLasting: false });
    return targetOf(await openFile(sink), { isAppendOnly: false, isLasting: true });
  } catch (error) {
    throw asUnwritable(error);
  }
}

/** A place as mediabunny writes to it. @param options how writes are gathered; default each by itself. */
export function targetOf(
  place: RecordingPlace,
  properties: Pick<RecordingTarget, 'isAppendOnly' | 'isLasting'>,
  options: StreamTargetOptions = {},
): RecordingTarget {
  let bytes = 0;
  let fault: PipelineError | null = null;
  let isOver = false;
  const toPlace = new WritableStream<StreamTargetChunk>({
    async write({ position, data }) {
      try {
        await place.write(position, data);
      } catch (error) {
        throw (fault ??= asUnwritable(error));
      }
      bytes = Math.max(bytes, position + data.byteLength);
    },
  });
  return {
    target: new StreamTarget(toPlace, options),
    ...properties,
    sizeBytes: () => bytes,
    fault: () => fault,
    async commit(mimeType) {
      isOver = true;
      try {
        return await place.commit(mimeType);
      } catch (error) {
        throw (fault ??= asUnwritable(error));
      }
    },
    async abort(reason) {
      if (isOver) return;
      isOver = true;
      await place.abort(reason).catch(() => undefined);
    },
  };
}
