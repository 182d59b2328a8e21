/** Frames that only a page can take, on their way to the worker: one at a time, each moved, none queued. */
import type { FrameImage } from '../frame-lease.ts';

/**
 * Sends one frame; resolves when the worker has it.
 * @consumes frame
 */
export type PushFrame = (frame: FrameImage, timestampUs: number) => Promise<void>;

/** Takes the pictures that a `<video>` shows, each one once: drivers that ask on every repaint ask too often. */
export class VideoCapture {
  readonly #video: HTMLVideoElement;
  #lastMark: number | null = null;
  #isPushing = false;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /**
   * Pushes the picture that is shown now, unless it was pushed before, another is under way, or there is none.
   * @throws what `push` throws.
   */
  async push(push: PushFrame): Promise<void> {
    if (this.#isPushing || this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    this.#isPushing = true;
    try {
      await this.#pushNew(push);
    } finally {
      this.#isPushing = false;
    }
  }

  async #pushNew(push: PushFrame): Promise<void> {
    // Without a copy where the browser has VideoFrame, and with the picture's own time.
    if ('VideoFrame' in globalThis) {
      const frame = new VideoFrame(this.#video);
      if (this.#isNew(frame.timestamp)) await push(frame, frame.timestamp);
      else frame.close();
      return;
    }
    if (!this.#isNew(this.#video.getVideoPlaybackQuality().totalVideoFrames)) return;
    await push(await createImageBitmap(this.#video), Math.round(performance.now() * 1000));
  }

  #isNew(mark: number): boolean {
    if (mark === this.#lastMark) return false;
    this.#lastMark = mark;
    return true;
  }
}
