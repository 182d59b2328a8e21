/**
 * Frames from a ReadableStream of VideoFrames, in the worker: a window's MediaStreamTrackProcessor whose
 * `readable` was transferred, or the worker's own. Exactly one read is outstanding. Such a stream ends when its
 * track does.
 */
import type { Ledger } from '../../core/ledger.ts';
import { FrameLease } from '../frame-lease.ts';
import type { FrameObserver, FrameSource } from '../frame-source.ts';
import { trackEnded } from '../track-ended.ts';

export class ReadableSource implements FrameSource {
  readonly #readable: ReadableStream<VideoFrame>;
  readonly #ledger: Ledger;

  /** @consumes readable */
  constructor(readable: ReadableStream<VideoFrame>, ledger: Ledger) {
    this.#readable = readable;
    this.#ledger = ledger;
  }

  start(observer: FrameObserver): () => void {
    const reader = this.#readable.getReader();
    let stopped = false;
    const read = async (): Promise<void> => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        if (stopped) value.close();
        else observer.frame(new FrameLease(value, value.timestamp, this.#ledger));
      }
      if (!stopped) observer.end(trackEnded());
    };
    read().catch((cause: unknown) => {
      if (!stopped) observer.end(trackEnded(cause));
    });
    return () => {
      if (stopped) return;
      stopped = true;
      // The stream may be errored already; there is nothing left to release then.
      reader.cancel().catch(() => undefined);
    };
  }
}
