/**
 * VideoFrames → the writable of a MediaStreamTrackGenerator: the cheapest way to the screen where GL is software,
 * because no canvas is presented. A frame is shown in its full size whatever it was computed at, so that the element
 * and whoever records the track notice nothing when that changes.
 */
import type { Pixels } from '../../core/pixels.ts';
import type { FrameSink, Rehearsal, ShownAs } from './frame-sink.ts';
import { PixelFrames } from './pixel-frames.ts';

export class TrackSink implements FrameSink {
  readonly kind = 'video';
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #frames = new PixelFrames();

  /** @consumes writable */
  constructor(writable: WritableStream<VideoFrame>) {
    this.#writer = writable.getWriter();
    // Whoever writes hears of it.
    this.#writer.closed.catch(() => undefined);
  }

  async showPixels(pixels: Pixels, as: ShownAs): Promise<void> {
    await this.#write(this.#frames.frameOf(pixels, as));
  }

  async showCanvas(canvas: OffscreenCanvas, as: ShownAs): Promise<void> {
    await this.#write(frameOfCanvas(canvas, as));
  }

  rehearse(picture: Pixels | OffscreenCanvas, as: ShownAs): Promise<Rehearsal> {
    const frame = 'layout' in picture ? this.#frames.frameOf(picture, as) : frameOfCanvas(picture, as);
    return Promise.resolve({
      read: async () => {
        const bytes = new Uint8Array(4 * as.width * as.height);
        await frame.copyTo(bytes, { format: 'RGBA', layout: [{ offset: 0, stride: 4 * as.width }] });
        return bytes;
      },
      close: () => {
        frame.close();
      },
    });
  }

  async close(): Promise<void> {
    // The page may have stopped the track before: then the stream is closed or errored already.
    await this.#writer.close().catch(() => undefined);
  }

  /** @consumes frame */
  async #write(frame: VideoFrame): Promise<void> {
    try {
      await this.#writer.write(frame);
    } catch (error) {
      // The track closes what reached it; a stream that ended before passes nothing on.
      frame.close();
      throw error;
    }
  }
}

/**
 * What was drawn onto `canvas` in this task.
 * @returnsOwned
 */
export function frameOfCanvas(canvas: OffscreenCanvas, { timestampUs, width, height }: ShownAs): VideoFrame {
  return new VideoFrame(canvas, {
    timestamp: timestampUs,
    alpha: 'discard',
    displayWidth: width,
    displayHeight: height,
  });
}
