/** What a frame is when it was taken, and what follows for what was made for frames before it. */
import { sameSize } from '../core/frame-size.ts';
import { sameColor } from '../core/frame-color.ts';
import { sameTurn, type Turn } from '../core/frame-turn.ts';
import { sameForm, type FrameForm, type FrameSize } from '../plan/plan.ts';

/** Its form, of what full size it is which share on a side, how it lay, and of which source it is. */
export type TakenForm = Readonly<{ form: FrameForm; full: FrameSize; scale: number; turn: Turn; sequence: number }>; // prettier-ignore

/** As what a frame was taken: the same object while frames come alike. */
export function takenAs(
  last: TakenForm | null,
  form: FrameForm,
  full: FrameSize,
  scale: number,
  turn: Turn,
  sequence: number,
): TakenForm {
  const isSame = last?.form === form && last.scale === scale && last.sequence === sequence && sameSize(last.full, full) && sameTurn(last.turn, turn); // prettier-ignore
  return isSame ? last : { form, full, scale, turn, sequence };
}

/** Whether what was prepared for the one computes the other. */
export function fitsSame(a: TakenForm, b: TakenForm): boolean {
  return a.scale === b.scale && sameSize(a.full, b.full) && sameForm(a.form, b.form);
}

/** Whether both show the same scene in the same place and colours, as one source gives it, so that what is remembered of one serves the other. */
export function isOneSequence(a: TakenForm, b: TakenForm): boolean {
  return (
    a.sequence === b.sequence &&
    sameSize(a.full, b.full) &&
    sameColor(a.form.color, b.form.color) &&
    sameTurn(a.turn, b.turn)
  );
}
