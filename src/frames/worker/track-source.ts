/**
 * Frames from a track in the worker, as the specification has it: the track is transferred, the processor made
 * here. https://w3c.github.io/mediacapture-transform/#track-processor
 */
import type { Ledger } from '../../core/ledger.ts';
import type { FrameObserver, FrameSource } from '../frame-source.ts';
import { ReadableSource } from './readable-source.ts';

/** The part of a transferred MediaStreamTrack that is used here. */
export type StoppableTrack = Readonly<{ stop(): void }>;

type ProcessorConstructor = new (init: { track: StoppableTrack; maxBufferSize: number }) => {
  readonly readable: ReadableStream<VideoFrame>;
};

/** Looked up with each use: tests put a fake there, and not every worker has one. */
function processorConstructor(): ProcessorConstructor | undefined {
  // A package declares another one, as only windows have it.
  const scope: Readonly<{ MediaStreamTrackProcessor?: unknown }> = globalThis;
  return scope.MediaStreamTrackProcessor as ProcessorConstructor | undefined;
}

/** Whether this thread can read a track. */
export function hasTrackProcessor(): boolean {
  return processorConstructor() !== undefined;
}

export class TrackSource implements FrameSource {
  readonly #track: StoppableTrack;
  readonly #ledger: Ledger;

  /** @consumes track */
  constructor(track: StoppableTrack, ledger: Ledger) {
    this.#track = track;
    this.#ledger = ledger;
  }

  start(observer: FrameObserver): () => void {
    const stop = new ReadableSource(this.#process(), this.#ledger).start(observer);
    return () => {
      stop();
      this.#track.stop();
    };
  }

  /** @throws TypeError where this worker can't read the track, which is stopped then. */
  #process(): ReadableStream<VideoFrame> {
    const Processor = processorConstructor();
    try {
      if (Processor === undefined) throw new TypeError('this worker has no MediaStreamTrackProcessor');
      // One frame waits at most: the newest.
      return new Processor({ track: this.#track, maxBufferSize: 1 }).readable;
    } catch (error) {
      this.#track.stop();
      throw error;
    }
  }
}
