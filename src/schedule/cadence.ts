/** Which frames are taken where not all are: evenly in the frames' own time, so that frames that never came don't shift it. */
import { TUNING } from './tuning.ts';

export type Cadence = Readonly<{
  /** The own time of the next frame that is taken; null where each is, and at a new cadence. */
  dueUs: number | null;
}>;

export const CADENCE_AT_FIRST: Cadence = Object.freeze({ dueUs: null });

/**
 * @param takenUs the own time of the last frame that was taken; null before one was.
 * @param ratio how many frames come for each that is taken, at least 1; need not be whole.
 * @param stepUs from one frame to the next.
 */
export function takeFrame(
  cadence: Cadence,
  takenUs: number | null,
  tsUs: number,
  ratio: number,
  stepUs: number,
): Readonly<{ cadence: Cadence; taken: boolean }> {
  const whole = Math.round(ratio);
  const isWhole = Math.abs(ratio - whole) <= TUNING.wholeRatio * whole;
  if (isWhole && whole <= 1) return { cadence: CADENCE_AT_FIRST, taken: true };
  const everyUs = (isWhole ? whole : ratio) * stepUs;
  const dueUs = cadence.dueUs ?? (takenUs === null ? tsUs : takenUs + everyUs);
  const lateUs = tsUs - dueUs;
  // A timeline of its own, after a seek or with another source.
  if (!(lateUs > -2 * everyUs)) return { cadence: { dueUs: tsUs + everyUs }, taken: true };
  if (lateUs < -stepUs / 2) return { cadence: { dueUs }, taken: false };
  // A whole ratio holds on to the frames, any other to the rate; after frames that never came both begin anew.
  const lag = lateUs > stepUs / 2 + (isWhole ? 0 : stepUs) ? 1 : isWhole ? 0.5 : 0;
  return { cadence: { dueUs: dueUs + everyUs + lag * lateUs }, taken: true };
}
