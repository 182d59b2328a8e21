/**
 * Frames at another time than their own. Their pixels are copied: Chromium's tracks tell the time that a frame was made with,
 * whatever it was given later.
 */
import { PipelineError } from '../core/errors.ts';

export class RetimedFrames {
  #context: OffscreenCanvasRenderingContext2D | null = null;

  /**
   * The frame itself where that is its time, else its picture.
   * @borrows frame
   * @returnsOwned
   * @throws PipelineError `output-unsupported`
   */
  frameOf(frame: VideoFrame, timestamp: number): VideoFrame {
    if (frame.timestamp === timestamp) return frame.clone();
    const { displayWidth: width, displayHeight: height } = frame;
    const context = (this.#context ??= contextOf(width, height));
    const { canvas } = context;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(frame, 0, 0, width, height);
    return new VideoFrame(canvas, { timestamp, alpha: 'discard' });
  }
}

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
  if (context === null)
    throw new PipelineError('output-unsupported', 'This browser can not draw on a canvas from a worker.');
  return context;
}
