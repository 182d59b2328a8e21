/**
 * What the filter measures of motion: how much of the picture moves, whether that counts as motion, and a box around it
 * over the picture. Of a filter that measures no motion there is nothing to tell.
 */
import { motionEvents, motionOf, type FrameMeasurements, type Motion, type MotionBox } from 'convolux';
import { distinctUntilChanged, filter, map, of, share, startWith, switchMap, withLatestFrom, type Observable } from 'rxjs'; // prettier-ignore
import { required } from '../shared/required.ts';

export type Moving = Motion & Readonly<{ isMoving: boolean }>;

/** @returns what moves, frame by frame; undefined while nothing is measured. */
export function movingIn(
  measurements$: Observable<Observable<FrameMeasurements> | undefined>,
): Observable<Moving | undefined> {
  return measurements$.pipe(
    switchMap((measured$) =>
      measured$ === undefined ? of(undefined) : follow(measured$).pipe(startWith(undefined)),
    ),
    distinctUntilChanged(),
  );
}

/** Each filter and each run begins anew: still, until enough moves. */
function follow(measured$: Observable<FrameMeasurements>): Observable<Moving> {
  const samples$ = measured$.pipe(
    map(({ timestampUs, values: { cells } }) => (cells === undefined ? undefined : { timestampUs, ...motionOf(cells) })), // prettier-ignore
    filter((sample) => sample !== undefined),
    share(),
  );
  const isMoving$ = samples$.pipe(
    motionEvents(),
    map(({ type }) => type === 'motionstart'),
    startWith(false),
  );
  return samples$.pipe(
    withLatestFrom(isMoving$),
    map(([{ amount, box }, isMoving]) => ({ amount, box, isMoving })),
  );
}

/** @returns what puts the box around what moves, and takes it away where nothing does. */
export function createMotionBox(stage: HTMLElement): (box: MotionBox | null) => void {
  const layer = document.createElement('div');
  layer.className = 'overlay';
  layer.setAttribute('aria-hidden', 'true');
  const picture = document.createElement('div');
  const frame = document.createElement('div');
  frame.className = 'motion-box';
  frame.dataset['role'] = 'motion-box';
  frame.hidden = true;
  picture.append(frame);
  layer.append(picture);
  // Above the picture, below the cards that stand in its place.
  required('[data-role=screen]', HTMLElement, stage).after(layer);
  return (box) => {
    frame.hidden = box === null;
    if (box === null) return;
    const { x, y, width, height } = box;
    const inset = [y, 1 - x - width, 1 - y - height, x].map((share) => `${(share * 100).toFixed(2)}%`);
    frame.style.inset = inset.join(' ');
  };
}
