/** Frames that only a page can take, on their way to the worker: one at a time, each moved, none queued. */
import type { FrameImage } from '../frame-lease.ts';

/**
 * Sends one frame; resolves when the worker has it.
 * @consumes frame
 */
export type PushFrame = (frame: FrameImage, timestampUs: number) => Promise<void>;

/**
 * Takes the picture that `video` shows now.
 * @returnsOwned
 */
export async function captureFrame(video: HTMLVideoElement, timestampUs: number): Promise<FrameImage> {
  // Without a copy where the browser has VideoFrame; older ones have ImageBitmap.
  return 'VideoFrame' in globalThis
    ? new VideoFrame(video, { timestamp: timestampUs })
    : createImageBitmap(video);
}
