/** A document that says it is hidden, and what follows from it. */
import { BehaviorSubject, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, test } from 'vitest';
import {
  hiddenPage,
  pausedHidden,
  pageVisible,
  type VisibilityTarget,
} from '../../src/session/visibility.ts';

class FakeDocument extends EventTarget implements VisibilityTarget {
  visibilityState: DocumentVisibilityState = 'visible';

  turn(state: DocumentVisibilityState): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** Lets what is pending settle. */
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

test('tells whether the page is visible: now, then each change once', () => {
  const page = new FakeDocument();
  page.visibilityState = 'hidden';
  const told: boolean[] = [];
  const subscription = pageVisible(page).subscribe((visible) => told.push(visible));
  page.turn('visible');
  page.turn('visible');
  page.turn('hidden');
  subscription.unsubscribe();
  page.turn('visible');
  expect(told).toEqual([false, true, false]);
});

describe('a source that the page drives', () => {
  /** A thread that wakes whoever asked when the test says so. */
  function sleeper() {
    const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
    return {
      waiting,
      wake: () => new Promise<void>((resolve, reject) => waiting.push({ resolve, reject })),
      wakeUp: async () => {
        waiting.shift()?.resolve();
        await settle();
      },
    };
  }

  test('is woken while the page is hidden, and only then', async () => {
    const visible$ = new BehaviorSubject(true);
    const { waiting, wake, wakeUp } = sleeper();
    let takes = 0;
    const end = hiddenPage(visible$, wake).whileHidden(async () => {
      takes += 1;
    });
    expect(waiting).toHaveLength(0);
    visible$.next(false);
    for (const expected of [1, 2, 3]) {
      expect(waiting).toHaveLength(1);
      await wakeUp();
      expect(takes).toBe(expected);
    }
    visible$.next(true);
    await wakeUp();
    expect(takes, 'woken after the page was shown again').toBe(3);
    expect(waiting).toHaveLength(0);
    visible$.next(false);
    await wakeUp();
    expect(takes).toBe(4);
    end();
    await wakeUp();
    expect(takes, 'after its end').toBe(4);
    expect(visible$.observed).toBe(false);
  });

  test('asks for the next waking when the picture is taken: no call overlaps', async () => {
    const { waiting, wake, wakeUp } = sleeper();
    const taken = new Subject<void>();
    const end = hiddenPage(new BehaviorSubject(false), wake).whileHidden(
      () => new Promise((done) => taken.subscribe(done)),
    );
    await wakeUp();
    expect(waiting).toHaveLength(0);
    taken.next();
    await settle();
    expect(waiting).toHaveLength(1);
    end();
  });

  test('rests when nobody can wake it any more, and tries again when hidden anew', async () => {
    const visible$ = new BehaviorSubject(false);
    const { waiting, wake } = sleeper();
    const end = hiddenPage(visible$, wake).whileHidden(() => Promise.resolve());
    waiting.shift()?.reject(new Error('the worker is gone'));
    await settle();
    expect(waiting).toHaveLength(0);
    visible$.next(true);
    visible$.next(false);
    expect(waiting).toHaveLength(1);
    end();
  });

  test('is told each time that the page is shown again', () => {
    const visible$ = new BehaviorSubject(false);
    let shown = 0;
    const end = hiddenPage(visible$, () => Promise.resolve()).onShown(() => {
      shown += 1;
    });
    expect(shown).toBe(0);
    for (const visible of [true, false, true]) visible$.next(visible);
    expect(shown).toBe(2);
    end();
    expect(visible$.observed).toBe(false);
  });
});

describe('whether frames stand still behind a hidden page', () => {
  test.each([
    ['a second after the last one was shown', 'v-h-----', '-1-2', 'g 1002ms p'],
    ['not while they go on', 'v-h', '-1 900ms 2 900ms 3 900ms 4', 'g 3703ms p'],
    ['also where none was ever shown', 'h', '-', 'g 999ms p'],
    ['the same figure told again is no frame', 'h', '1 499ms 1 499ms 1', 'g 999ms p'],
    ['no more when the next one comes', 'h', '1 1999ms 2', 'g 999ms p 999ms g 999ms p'],
    ['no more when the page is shown again', 'h 1499ms v', '1', 'g 999ms p 499ms g'],
    ['never while the page is visible', 'v', '1 5000ms 2', 'g'],
  ])('%s', (_, visible, shown, expected) => {
    const scheduler = new TestScheduler((actual, wanted) => {
      expect(actual).toEqual(wanted);
    });
    scheduler.run(({ hot, expectObservable }) => {
      const visible$ = hot(visible, { v: true, h: false });
      const shown$ = hot(shown, { 1: 1, 2: 2, 3: 3, 4: 4 });
      expectObservable(pausedHidden(visible$, shown$), '^ 4999ms !').toBe(expected, { p: true, g: false });
    });
  });
});
