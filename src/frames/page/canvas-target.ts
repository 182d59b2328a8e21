/** A canvas that nobody sees, as an outlet's target: where a browser has no generator of tracks, its capture is one. */
import type { FrameTarget } from '../outlet.ts';

/** The DOM library knows its canvas, but not that a browser may lack it. */
type CaptureTrack = MediaStreamTrack & { requestFrame?(): void };

export type CanvasTarget = FrameTarget & Readonly<{ track: MediaStreamTrack }>;

/** null where this browser can't capture a canvas. */
export function canvasTarget(): CanvasTarget | null {
  const canvas = document.createElement('canvas');
  if (typeof (canvas as Partial<HTMLCanvasElement>).captureStream !== 'function') return null;
  // A capture needs a canvas that has a context.
  const context = canvas.getContext('2d', { alpha: false, desynchronized: false });
  // None by itself: each frame is one, also one that looks like the last.
  const track: CaptureTrack | undefined = canvas.captureStream(0).getVideoTracks()[0];
  if (context === null || track?.requestFrame === undefined) return null;
  return {
    track,
    write: (frame) => {
      const { displayWidth, displayHeight } = frame;
      if (canvas.width !== displayWidth) canvas.width = displayWidth;
      if (canvas.height !== displayHeight) canvas.height = displayHeight;
      context.drawImage(frame, 0, 0, displayWidth, displayHeight);
      frame.close();
      track.requestFrame?.();
      return Promise.resolve();
    },
    close: () => {
      track.stop();
      return Promise.resolve();
    },
  };
}
