/**
 * VideoFrames → the outlet of a track: the cheapest way to the screen where GL is software, because no canvas is presented.
 * A frame is shown in its full size whatever it was computed at, so that the element and whoever records the track notice
 * nothing when that changes.
 */
import type { Pixels } from '../../core/pixels.ts';
import { blackFrame } from '../black-frame.ts';
import type { FrameImage } from '../frame-lease.ts';
import { SendingPort } from '../outlet-port.ts';
import { RetimedFrames } from '../retimed-frames.ts';
import type { FrameSink, Rehearsal, ShownAs } from './frame-sink.ts';
import { PixelFrames } from './pixel-frames.ts';

/** For all frames: sent is handed over. */
const SENT = Promise.resolve();

export class TrackSink implements FrameSink {
  readonly kind = 'video';
  readonly #port: SendingPort;
  readonly #frames = new PixelFrames();
  readonly #retimed = new RetimedFrames();

  /** @consumes port */
  constructor(port: MessagePort) {
    this.#port = new SendingPort(port);
  }

  showPixels(pixels: Pixels, as: ShownAs): Promise<void> {
    return this.#send(this.#frames.frameOf(pixels, as));
  }

  showCanvas(canvas: OffscreenCanvas, as: ShownAs): Promise<void> {
    return this.#send(frameOfCanvas(canvas, as));
  }

  showBlack(as: ShownAs): Promise<void> {
    return this.#send(blackFrame(as, as.timestampUs));
  }

  showFrame(frame: FrameImage, as: ShownAs): Promise<void> {
    const { timestampUs } = as;
    // A bitmap has no time of its own.
    return this.#send(
      'timestamp' in frame ? this.#retimed.frameOf(frame, timestampUs) : frameOfImage(frame, as),
    );
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

  close(): Promise<void> {
    this.#port.close();
    return Promise.resolve();
  }

  /** @consumes frame */
  #send(frame: VideoFrame): Promise<void> {
    this.#port.send(frame);
    return SENT;
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

/**
 * The frame as it came, at this time. Its pixels are shared.
 * @borrows frame
 * @returnsOwned
 */
export function frameOfImage(frame: FrameImage, { timestampUs }: ShownAs): VideoFrame {
  return new VideoFrame(frame, { timestamp: timestampUs });
}
