/** Streams as places for a clip: those that take bytes at a position, and those that take them in order. */
import { asUnwritable } from '../clips/clip-faults.ts';
import type { ClipSink } from '../clips/clip-types.ts';

/** Those that `positionalSink` made. */
const positional = new WeakSet<WritableStream>();

/**
 * A place that is written to at positions, in any order: a file behind whatever `write` does. Whole when `close` is
 * called; given up when `abort` is.
 */
export function positionalSink(
  place: Readonly<{
    write: (data: Uint8Array, position: number) => Promise<void> | void;
    close?: () => Promise<void> | void;
    abort?: (reason: unknown) => Promise<void> | void;
  }>,
): WritableStream {
  const { write, close, abort } = place;
  const sink = new WritableStream<Readonly<{ data: Uint8Array; position: number }>>({
    write: ({ data, position }) => write(data, position),
    ...(close === undefined ? {} : { close }),
    ...(abort === undefined ? {} : { abort }),
  });
  positional.add(sink);
  return sink;
}

/** Whether a stream takes `{ type: 'write', position, data }`. */
export function isPositional(sink: ClipSink | null): boolean {
  if (!(sink instanceof WritableStream)) return false;
  const isFile = typeof FileSystemWritableFileStream === 'function' && sink instanceof FileSystemWritableFileStream; // prettier-ignore
  return isFile || positional.has(sink);
}

/** A way from a worker to a stream of this page. */
export type Way = Readonly<{
  writable: WritableStream<unknown>;
  /** Settles when the stream is closed, or with what it failed with. */
  arrived: Promise<void>;
  /** For what never came on its way. */
  abort: (reason: unknown) => void;
}>;

/**
 * The stream itself stays here: of one that is transferred nobody hears when all was written, and a file's can't be.
 * @consumes sink
 */
export function wayTo(sink: WritableStream<unknown>): Way {
  const { readable, writable } = new TransformStream<unknown, unknown>();
  const given = new AbortController();
  const arrived = readable.pipeTo(sink, { signal: given.signal });
  // `arrivedBy` hears of it.
  arrived.catch(() => undefined);
  return {
    writable,
    arrived,
    abort: (reason) => {
      given.abort(reason);
    },
  };
}

/**
 * What `work` gives, when all of it arrived; whatever fails, the stream is aborted with it.
 * @throws PipelineError `clip-unwritable` | `disk-full` of the stream, and what `work` throws.
 */
export async function arrivedBy<Result>(work: Promise<Result>, { arrived, abort }: Way): Promise<Result> {
  let result: Result;
  try {
    result = await work;
  } catch (error) {
    abort(error);
    await arrived.catch(() => undefined);
    throw error;
  }
  try {
    await arrived;
  } catch (error) {
    throw asUnwritable(error);
  }
  return result;
}
