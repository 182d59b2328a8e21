/** A document that says it is hidden, and what follows from it. */
import { BehaviorSubject, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** What happens, or is told, by the ms at which it does. */
  type Times<Value> = Readonly<Record<number, Value>>;

  test.each<readonly [string, Times<boolean>, Times<number>, Times<boolean>]>([
    ['a second after the last one was shown', { 0: true, 2: false }, { 1: 1, 3: 2 }, { 0: false, 1003: true }], // prettier-ignore
    ['not while they go on', { 0: true, 2: false }, { 1: 1, 902: 2, 1803: 3, 2704: 4 }, { 0: false, 3704: true }], // prettier-ignore
    ['also where none was ever shown', { 0: false }, {}, { 0: false, 1000: true }],
    ['the same figure told again is no frame', { 0: false }, { 0: 1, 500: 1, 999: 1 }, { 0: false, 1000: true }], // prettier-ignore
    ['no more when the next one comes', { 0: false }, { 0: 1, 2000: 2 }, { 0: false, 1000: true, 2000: false, 3000: true }], // prettier-ignore
    ['no more when the page is shown again', { 0: false, 1500: true }, { 0: 1 }, { 0: false, 1000: true, 1500: false }], // prettier-ignore
    ['never while the page is visible', { 0: true }, { 0: 1, 4000: 2 }, { 0: false }],
  ])('%s', (_, visible, shown, expected) => {
    const visible$ = new Subject<boolean>();
    const shown$ = new Subject<number>();
    const told: (readonly [ms: number, paused: boolean])[] = [];
    let now = 0;
    const watch = pausedHidden(visible$, shown$).subscribe((paused) => told.push([now, paused]));
    for (; now < 5000; now++) {
      if (now > 0) vi.advanceTimersByTime(1);
      if (visible[now] !== undefined) visible$.next(visible[now]!);
      if (shown[now] !== undefined) shown$.next(shown[now]!);
    }
    expect(told).toEqual(Object.entries(expected).map(([ms, paused]) => [Number(ms), paused]));
    watch.unsubscribe();
    expect([visible$.observed, shown$.observed, vi.getTimerCount()]).toEqual([false, false, 0]);
  });
});
