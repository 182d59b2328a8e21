/** An output that keeps nothing and writes down what it was given. */
import { vi } from 'vitest';
import type { Pixels } from '../../../src/core/pixels.ts';
import type { FrameImage } from '../../../src/frames/frame-lease.ts';
import type { FrameSink, Rehearsal, ShownAs } from '../../../src/frames/worker/frame-sink.ts';

export class FakeSink implements FrameSink {
  readonly kind = 'video';
  closings = 0;
  readonly showPixels = vi.fn(async (_pixels: Pixels, _as: ShownAs): Promise<void> => {});
  readonly showCanvas = vi.fn(async (_canvas: OffscreenCanvas, _as: ShownAs): Promise<void> => {});
  readonly showBlack = vi.fn(async (_as: ShownAs): Promise<void> => {});
  readonly showFrame = vi.fn(async (_frame: FrameImage, _as: ShownAs): Promise<void> => {});
  readonly rehearse = vi.fn(async (): Promise<Rehearsal> => ({ read: async () => [], close: () => {} }));
  close = async (): Promise<void> => {
    this.closings++;
  };
}
