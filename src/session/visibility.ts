/**
 * A page that is hidden and shown again. What runs in the worker goes on meanwhile; sources that the page drives are
 * woken by the worker, whose timers no browser slows down as it does the page's.
 */
import {
  catchError,
  concat,
  concatMap,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  fromEvent,
  map,
  of,
  repeat,
  skip,
  startWith,
  switchMap,
  timer,
  type Observable,
} from 'rxjs';
import type { HiddenPage } from '../frames/page/hidden-page.ts';

/** From one look at the picture to the next while the page is hidden: no camera or clip is missed at up to 60 fps. */
const WAKE_MS = 16;
/** Nothing came for so long: the platform has stopped it. */
const STANDSTILL_MS = 1000;

/** The part of a document that is watched. */
export type VisibilityTarget = EventTarget & Pick<Document, 'visibilityState'>;

/** Whether the page is visible: now, then each change. */
export function pageVisible(page: VisibilityTarget = document): Observable<boolean> {
  return fromEvent(page, 'visibilitychange').pipe(
    startWith(null),
    map(() => page.visibilityState !== 'hidden'),
    distinctUntilChanged(),
  );
}

/** @param wake answers after so many ms; from a thread whose timers run on while the page is hidden. */
export function hiddenPage(
  visible$: Observable<boolean>,
  wake: (afterMs: number) => Promise<void>,
): HiddenPage {
  return {
    whileHidden: (take) => {
      const taking$ = defer(() => wake(WAKE_MS)).pipe(concatMap(take), repeat());
      // Nobody wakes us any more: the worker is gone, which others tell.
      const takes$ = visible$.pipe(
        switchMap((visible) => (visible ? EMPTY : taking$.pipe(catchError(() => EMPTY)))),
      );
      const takes = takes$.subscribe();
      return () => {
        takes.unsubscribe();
      };
    },
    onShown: (told) => {
      const shows = visible$.pipe(skip(1), filter(Boolean)).subscribe(told);
      return () => {
        shows.unsubscribe();
      };
    },
  };
}

/**
 * Whether the platform has stopped the frames of a hidden page: `true` when none was shown for a second, `false` with
 * the next one, or when the page is visible again.
 * @param shown$ how many were shown so far, again and again.
 */
export function pausedHidden(visible$: Observable<boolean>, shown$: Observable<number>): Observable<boolean> {
  const standsStill$ = timer(STANDSTILL_MS).pipe(map(() => true));
  const whileHidden$ = shown$.pipe(
    startWith(null),
    distinctUntilChanged(),
    switchMap(() => concat(of(false), standsStill$)),
  );
  return visible$.pipe(
    switchMap((visible) => (visible ? of(false) : whileHidden$)),
    distinctUntilChanged(),
  );
}
