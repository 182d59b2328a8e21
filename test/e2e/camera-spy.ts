/**
 * Watches, or breaks, the page's access to the camera: an init script that stands before `getUserMedia`. The page can't
 * tell; the test can say which tracks were handed out and whether they still run.
 */
import type { BrowserContext, Page } from '@playwright/test';

type Spy = { readonly tracks: MediaStreamTrack[]; requests: number };

/** Every test's page has it. Clones count too: a camera is released only when all of them have stopped. */
export async function spyOnCamera(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const spy: Spy = { tracks: [], requests: 0 };
    Object.defineProperty(globalThis, 'cameraSpy', { value: spy });
    // Absent where the page is not a secure context.
    const devices = Reflect.get(navigator, 'mediaDevices') as MediaDevices | undefined;
    if (devices === undefined) return;
    const original = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      spy.requests += 1;
      const stream = await original(constraints);
      spy.tracks.push(...stream.getVideoTracks());
      return stream;
    };
    const clone = MediaStreamTrack.prototype.clone;
    MediaStreamTrack.prototype.clone = function (this: MediaStreamTrack) {
      const copy = clone.call(this);
      if (spy.tracks.includes(this)) spy.tracks.push(copy);
      return copy;
    };
  });
}

/** Lets `getUserMedia` fail as the browser would, from the next page load on. */
export async function breakCamera(context: BrowserContext, name: string, message: string): Promise<void> {
  await context.addInitScript(
    (error) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException(error.message, error.name));
    },
    { name, message },
  );
}

export type CameraUse = Readonly<{ requests: number; live: number; ended: number }>;

/** How often the camera was asked for, and how many of its tracks run and have ended. */
export async function cameraUse(page: Page): Promise<CameraUse> {
  return page.evaluate(() => {
    const spy = Reflect.get(globalThis, 'cameraSpy') as Spy;
    const live = spy.tracks.filter(({ readyState }) => readyState === 'live').length;
    return { requests: spy.requests, live, ended: spy.tracks.length - live };
  });
}

/**
 * What pulling the plug does: the track ends, and its 'ended' event says so (a page's own `stop()` is silent); and the
 * camera is gone from the list.
 */
export async function unplugCamera(page: Page): Promise<void> {
  await page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const { enumerateDevices } = devices;
    devices.enumerateDevices = async () => {
      const all = await enumerateDevices.call(devices);
      return all.filter(({ kind }) => kind !== 'videoinput');
    };
    devices.dispatchEvent(new Event('devicechange'));
    for (const track of (Reflect.get(globalThis, 'cameraSpy') as Spy).tracks) {
      if (track.readyState === 'ended') continue;
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
}

/** And what putting it back in does. */
export async function plugIn(page: Page): Promise<void> {
  await page.evaluate(() => {
    const devices = navigator.mediaDevices;
    Reflect.deleteProperty(devices, 'enumerateDevices');
    devices.dispatchEvent(new Event('devicechange'));
  });
}
