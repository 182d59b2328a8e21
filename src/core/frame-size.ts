/** How large a frame is: upright, as it is shown, and at a share of that. */

export type Size = Readonly<{ width: number; height: number }>;

export const sameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;

/** What of a frame decides its size; newer browsers tell how it lies, too. */
type SizedFrame =
  | Size
  | Readonly<{
      visibleRect: Size | null;
      displayWidth: number;
      displayHeight: number;
      /** Clockwise, in degrees. */
      rotation?: number;
    }>;

/**
 * The full size: the frame's visible pixels, upright, and on each axis no more than it is shown with: a camera that was
 * asked for 640×480 may deliver 960×720 pixels to be shown as 640×480.
 */
export function fullSizeOf(frame: SizedFrame): Size {
  if (!('visibleRect' in frame)) return { width: frame.width, height: frame.height };
  const { visibleRect: rect, displayWidth, displayHeight, rotation = 0 } = frame;
  if (rect === null) return { width: displayWidth, height: displayHeight };
  const isTurned = rotation % 180 !== 0;
  const [width, height] = isTurned ? [rect.height, rect.width] : [rect.width, rect.height];
  return { width: Math.min(width, displayWidth), height: Math.min(height, displayHeight) };
}

/** What is computed at a share of the full size on a side: even where the full size is, so that chroma stays in place. */
export function sizeAtScale({ width, height }: Size, scale: number): Size {
  return { width: sideAtScale(width, scale), height: sideAtScale(height, scale) };
}

function sideAtScale(side: number, scale: number): number {
  if (scale === 1) return side;
  const step = side % 2 === 0 ? 2 : 1;
  return Math.max(step, step * Math.round((side * scale) / step));
}
