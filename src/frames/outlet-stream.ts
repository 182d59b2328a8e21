/** The writable of a track's generator, as an outlet's target. */
import type { FrameTarget } from './outlet.ts';

/** @consumes writable */
export function streamTarget(writable: WritableStream<VideoFrame>): FrameTarget {
  const writer = writable.getWriter();
  // Whoever writes hears of it.
  writer.closed.catch(() => undefined);
  return {
    write: async (frame) => {
      try {
        await writer.write(frame);
      } catch (error) {
        // The track closes what reached it; a stream that ended before passes nothing on.
        frame.close();
        throw error;
      }
    },
    close: async () => {
      // The page may have stopped the track before: then the stream is closed or errored already.
      await writer.close().catch(() => undefined);
    },
  };
}
