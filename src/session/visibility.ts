/**
 * A page that is hidden and shown again. What runs in the worker goes on meanwhile; sources that the page drives are
 * woken by the worker, whose timers no browser slows down as it does the page's.
 */
import { distinctUntilChanged, Observable, Subscription } from 'rxjs';
import type { HiddenPage } from '../frames/page/hidden-page.ts';

/** From one look at the picture to the next while the page is hidden: no camera or clip is missed at up to 60 fps. */
const WAKE_MS = 16;
/** Nothing came for so long: the platform has stopped it. */
const STANDSTILL_MS = 1000;

/** The part of a document that is watched. */
export type VisibilityTarget = EventTarget & Pick<Document, 'visibilityState'>;

/** Whether the page is visible: now, then each change. */
export function pageVisible(page: VisibilityTarget = document): Observable<boolean> {
  return new Observable<boolean>((told) => {
    const tell = (): void => {
      told.next(page.visibilityState !== 'hidden');
    };
    tell();
    page.addEventListener('visibilitychange', tell);
    return () => {
      page.removeEventListener('visibilitychange', tell);
    };
  }).pipe(distinctUntilChanged());
}

/** @param wake answers after so many ms; from a thread whose timers run on while the page is hidden. */
export function hiddenPage(
  visible$: Observable<boolean>,
  wake: (afterMs: number) => Promise<void>,
): HiddenPage {
  return {
    whileHidden: (take) => {
      // What began before the last change goes on no more.
      let round = 0;
      const takeInTurn = async (own: number): Promise<void> => {
        while (own === round) {
          await wake(WAKE_MS);
          if (own === round) await take();
        }
      };
      const changes = visible$.subscribe((visible) => {
        round++;
        // Nobody wakes us any more: the worker is gone, which others tell.
        if (!visible) takeInTurn(round).catch(() => undefined);
      });
      return () => {
        round++;
        changes.unsubscribe();
      };
    },
    onShown: (told) => {
      let isFirst = true;
      const changes = visible$.subscribe((visible) => {
        if (visible && !isFirst) told();
        isFirst = false;
      });
      return () => {
        changes.unsubscribe();
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
  return new Observable<boolean>((told) => {
    const error = told.error.bind(told);
    let standstill: ReturnType<typeof setTimeout> | undefined;
    let frames = Subscription.EMPTY;
    const rest = (): void => {
      frames.unsubscribe();
      clearTimeout(standstill);
    };
    const goOn = (): void => {
      clearTimeout(standstill);
      told.next(false);
      standstill = setTimeout(() => {
        told.next(true);
      }, STANDSTILL_MS);
    };
    const changes = visible$.subscribe({
      next: (visible) => {
        rest();
        if (visible) {
          told.next(false);
          return;
        }
        goOn();
        frames = shown$.pipe(distinctUntilChanged()).subscribe({ next: goOn, error });
      },
      error,
    });
    return () => {
      changes.unsubscribe();
      rest();
    };
  }).pipe(distinctUntilChanged());
}
