/** Motion as a page wants to know it: how much of the picture moves, where, and when that begins and ends. */
import { Observable, type OperatorFunction } from 'rxjs';
import { checkNumber } from '../core/check.ts';
import { checkTensor, showShape, type Tensor } from '../core/tensor.ts';

/** A part of the picture, in shares of its width and height, from its upper left corner. */
export type MotionBox = Readonly<{ x: number; y: number; width: number; height: number }>;

export type Motion = Readonly<{
  /** The share of the picture that moves, 0 to 1. */
  amount: number;
  /** Around all that moves; null where nothing does. */
  box: MotionBox | null;
}>;

/** Of a frame: when it was taken, by its own time. */
export type MotionSample = Motion & Readonly<{ timestampUs: number }>;

export type MotionEvent = MotionSample & Readonly<{ type: 'motionstart' | 'motionend' }>;

export type MotionEventsOptions = Readonly<{
  /** Motion begins with a frame of which more than this moves, above 0, at most 1. Default 0.02. */
  startAbove?: number;
  /** It ends when less than this has moved for `endAfterMs`: above 0, at most `startAbove`. Default 0.01. */
  endBelow?: number;
  /** By the frames' own time, 0 to 60000 ms. Default 500. */
  endAfterMs?: number;
}>;

/** The share of a cell that has to move for the cell to be one that moves: less is the odd pixel. */
const LEAST_OF_CELL = 0.1;

/**
 * What the cells of the picture tell, each of which holds the share of its pixels that move, 0 to 1: what the `motion`
 * filter measures as `cells`.
 * @param cells `[rows, columns]` or `[rows, columns, 1]`
 * @throws TypeError | RangeError when it is none.
 */
export function motionOf(cells: Tensor): Motion {
  const { shape, data } = checkTensor('cells', cells);
  const [rows = 0, columns = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || channels !== 1) {
    throw new RangeError(
      `cells must be of shape [rows, columns] or [rows, columns, 1], got ${showShape(shape)}`,
    );
  }
  let sum = 0;
  let [left, top, right, bottom] = [columns, rows, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const share = data[row * columns + column] ?? 0;
      sum += share;
      if (share < LEAST_OF_CELL) continue;
      left = Math.min(left, column);
      top = Math.min(top, row);
      right = Math.max(right, column + 1);
      bottom = Math.max(bottom, row + 1);
    }
  }
  const amount = Math.min(1, Math.max(0, sum / (rows * columns)));
  if (right === 0) return { amount, box: null };
  const [x, y] = [left / columns, top / rows];
  return { amount, box: { x, y, width: right / columns - x, height: bottom / rows - y } };
}

/**
 * When motion begins and ends, with hysteresis: an amount that wavers about one bar tells nothing. An end comes with the
 * first frame that is late enough; frames that come again from an earlier time, as of a clip that loops, count from there. What
 * still moves when the source completes has no end.
 *
 *     amount    -0-5-5-0-5-0-0-0-|   endAfterMs: 3 frames
 *     events    ---S-----------E-|
 *
 * @example
 * pipeline.measurements$.pipe(
 *   map(({ timestampUs, values }) => ({ timestampUs, ...motionOf(values.cells) })),
 *   motionEvents({ startAbove: 0.05 }),
 * ).subscribe(({ type, box }) => console.log(type, box));
 *
 * @throws TypeError | RangeError that name the option.
 */
export function motionEvents({
  startAbove = 0.02,
  endBelow = Math.min(0.01, startAbove),
  endAfterMs = 500,
}: MotionEventsOptions = {}): OperatorFunction<MotionSample, MotionEvent> {
  checkNumber('options.startAbove', startAbove, { min: 0, exclusiveMin: true, max: 1 });
  checkNumber('options.endBelow', endBelow, { min: 0, exclusiveMin: true, max: startAbove });
  checkNumber('options.endAfterMs', endAfterMs, { min: 0, max: 60_000, unit: 'ms' });
  return (source) =>
    new Observable((subscriber) => {
      let isMoving = false;
      /** Since when less than `endBelow` moves; null where more does. */
      let calmUs: number | null = null;
      const next = (sample: MotionSample): void => {
        const { timestampUs, amount, box } = sample;
        if (!isMoving) {
          if (!(amount > startAbove)) return;
          isMoving = true;
          calmUs = null;
          subscriber.next({ type: 'motionstart', timestampUs, amount, box });
          return;
        }
        calmUs = amount < endBelow ? Math.min(calmUs ?? timestampUs, timestampUs) : null;
        if (calmUs === null || timestampUs - calmUs < 1000 * endAfterMs) return;
        isMoving = false;
        subscriber.next({ type: 'motionend', timestampUs, amount, box });
      };
      return source.subscribe({
        next,
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      });
    });
}
