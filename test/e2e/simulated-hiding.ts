/**
 * A page that is told it is hidden, for what a real tab does not do here: an init script that stubs the visibility, holds
 * requestAnimationFrame and requestVideoFrameCallback back, slows timers down to one a second, and, as platforms
 * that spare the battery do, pauses clips.
 */
import type { BrowserContext, Page } from '@playwright/test';

type Stub = { turn(hidden: boolean): void };

export async function simulateHiding(context: BrowserContext, { pausesClips = false } = {}): Promise<void> {
  await context.addInitScript((pauses) => {
    let hidden = false;
    const held: (() => void)[] = [];
    const clips = new Set<HTMLMediaElement>();
    Object.defineProperties(Document.prototype, {
      visibilityState: { get: () => (hidden ? 'hidden' : 'visible') },
      hidden: { get: () => hidden },
    });

    /** Called back when it would be, but not while hidden. */
    const onlyShown =
      <Args extends unknown[]>(ask: (callback: (...args: Args) => void) => number) =>
      (callback: (...args: Args) => void): number =>
        ask((...args) => {
          if (hidden) held.push(() => callback(...args));
          else callback(...args);
        });
    window.requestAnimationFrame = onlyShown(window.requestAnimationFrame.bind(window));
    const { requestVideoFrameCallback } = HTMLVideoElement.prototype;
    HTMLVideoElement.prototype.requestVideoFrameCallback = function (this: HTMLVideoElement, callback) {
      return onlyShown(requestVideoFrameCallback.bind(this))(callback);
    };
    const setTimer = window.setTimeout.bind(window);
    Object.assign(window, {
      setTimeout: (callback: () => void, ms = 0, ...args: unknown[]) =>
        setTimer(callback, hidden ? Math.max(1000, ms) : ms, ...args),
    });
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
      if (this.srcObject === null) clips.add(this);
      return play.call(this);
    };

    const stub: Stub = {
      turn(toHidden) {
        hidden = toHidden;
        if (hidden && pauses) for (const clip of clips) clip.pause();
        document.dispatchEvent(new Event('visibilitychange'));
        if (!hidden) for (const callback of held.splice(0)) callback();
      },
    };
    Object.defineProperty(globalThis, 'hidingStub', { value: stub });
  }, pausesClips);
}

export async function pretendHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((turn) => {
    (Reflect.get(globalThis, 'hidingStub') as Stub).turn(turn);
  }, hidden);
}
