/** How a frame lies: cameras that are turned, and mirrors, deliver the pixels as they are and tell what to do with them. */

/** Turned clockwise by `rotation`, then mirrored left to right. */
export type Turn = Readonly<{ rotation: 0 | 90 | 180 | 270; flip: boolean }>;

export const UPRIGHT: Turn = { rotation: 0, flip: false };

/** What newer browsers tell of a frame; bitmaps are upright. */
type TurnedFrame = Readonly<{ width: number } | { displayWidth: number; rotation?: number; flip?: boolean }>;

export function turnOf(frame: TurnedFrame): Turn {
  if (!('displayWidth' in frame)) return UPRIGHT;
  const { rotation = 0, flip = false } = frame;
  return rotation === 90 || rotation === 180 || rotation === 270 || flip
    ? { rotation: rotation as Turn['rotation'], flip }
    : UPRIGHT;
}

export const sameTurn = (a: Turn, b: Turn): boolean => a.rotation === b.rotation && a.flip === b.flip;
