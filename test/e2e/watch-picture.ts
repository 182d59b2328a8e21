/**
 * Watches the view repaint by repaint, in the page: when each new picture came, which camera frame it was, and whether
 * it was whole. The picture may change its size meanwhile, as it does when the frame budget gives way.
 */
import { expect, type Page } from '@playwright/test';
import { COUNTER_SIZE, readCounter } from '../support/frame-counter.ts';
import { viewOf } from '../support/live-page.ts';
import { fromBase64, installToBase64, type ToBase64 } from '../support/page-bytes.ts';
import { FOOTAGE_FRAMES, stepBetween } from './browser.ts';

export type SeenPicture = Readonly<{
  /** When it was first seen, since the watching began, or since the page was shown. */
  atMs: number;
  /** Of the camera frame; null where it can't be read. */
  number: number | null;
  /** The mean of its pixels' green, 0 to 255. */
  brightness: number;
}>;

/** In the page: `data` is the strip with the number. */
type SampledPicture = Readonly<{
  atMs: number;
  brightness: number;
  data: Uint8ClampedArray<ArrayBuffer>;
  /** The green of some pixels of the whole: a source without a counter changes only there. */
  sparse: readonly number[];
}>;

/** Half the camera's size on a side tells enough, and costs the page under test less. */
const SHARE = 0.5;
const STRIP = Object.freeze({ width: COUNTER_SIZE.width * SHARE, height: COUNTER_SIZE.height * SHARE });

export type WatchedPictures = Readonly<{
  /** Each picture that differs from the one before, in order. */
  pictures: readonly SeenPicture[];
  elapsedMs: number;
}>;

/**
 * Looks at the view with each repaint for `ms`, from now on or, where the page is hidden, from when it is shown. Numbers
 * are read where the source's pictures have a counter (see frame-counter.ts).
 */
export async function watchPicture(page: Page, cameraWidth: number, ms: number): Promise<WatchedPictures> {
  await installToBase64(page);
  const { seen, elapsedMs } = await viewOf(page).evaluate(
    async (view, { strip, cameraWidth: camera, share, ms: duration }) => {
      const source = view as HTMLCanvasElement | HTMLVideoElement;
      const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      if (context === null) throw new Error('no 2D canvas here');
      const { canvas } = context;
      const seen: SampledPicture[] = [];
      if (document.visibilityState === 'hidden')
        await new Promise((shown) => document.addEventListener('visibilitychange', shown, { once: true }));
      const startMs = performance.now();
      while (performance.now() < startMs + duration) {
        await new Promise(requestAnimationFrame);
        const isVideo = source instanceof HTMLVideoElement;
        const [width, height] = isVideo
          ? [source.videoWidth, source.videoHeight]
          : [source.width, source.height];
        canvas.width = camera * share;
        canvas.height = Math.round((canvas.width * height) / width);
        // Once: a video may go on to its next frame between two drawings.
        context.drawImage(source, 0, 0, canvas.width, canvas.height);
        const data = context.getImageData(0, 0, strip.width, strip.height).data;
        // Every eighth pixel of every eighth row, its green.
        const all = context.getImageData(0, 0, canvas.width, canvas.height).data;
        const sparse: number[] = [];
        for (let row = 4; row < canvas.height; row += 8) {
          for (let column = 4; column < canvas.width; column += 8)
            sparse.push(all[4 * (row * canvas.width + column) + 1] ?? 0);
        }
        const last = seen.at(-1);
        const isSame = (values: ArrayLike<number>, others: ArrayLike<number>): boolean =>
          Array.prototype.every.call(values, (value, at) => value === others[at]);
        if (last !== undefined && isSame(data, last.data) && isSame(sparse, last.sparse)) continue;
        const brightness = sparse.reduce((sum, value) => sum + value, 0) / sparse.length;
        seen.push({ atMs: performance.now() - startMs, brightness, data, sparse });
      }
      const atEnd = performance.now() - startMs;
      const toBase64 = Reflect.get(globalThis, 'toBase64') as ToBase64;
      const packed = seen.map(async ({ atMs, brightness, data }) => ({ atMs, brightness, base64: await toBase64(data) })); // prettier-ignore
      return { seen: await Promise.all(packed), elapsedMs: atEnd };
    },
    { strip: STRIP, cameraWidth, share: SHARE, ms },
  );
  const pictures = seen.map(({ base64, ...rest }) => ({
    ...rest,
    number: readCounter({ ...STRIP, data: fromBase64(base64) }, STRIP.width / SHARE),
  }));
  return { pictures, elapsedMs };
}

/** New pictures per second from `fromMs` on. */
export function seenFps({ pictures, elapsedMs }: WatchedPictures, fromMs = 0): number {
  return (1000 * pictures.filter(({ atMs }) => atMs >= fromMs).length) / (elapsedMs - fromMs);
}

/** How far the camera was from one seen picture to the next, in its frames. */
export function stepsIn({ pictures }: WatchedPictures): readonly number[] {
  const numbers = pictures.map(({ number }) => number ?? NaN);
  return numbers.slice(1).map((number, at) => stepBetween(numbers[at] ?? NaN, number));
}

/** No picture is unreadable, black, shown again, or older than the one before. */
export function expectWhole(watched: WatchedPictures): void {
  const { pictures } = watched;
  const told = pictures.map(({ atMs, number, brightness }) => `${atMs.toFixed(0)} ms: ${number} (${brightness.toFixed(0)})`).join(', '); // prettier-ignore
  expect(pictures.length, 'pictures seen').toBeGreaterThan(2);
  expect(
    pictures.filter(({ number }) => number === null),
    `unreadable among ${told}`,
  ).toEqual([]);
  const brightness = pictures.map((picture) => picture.brightness).sort((a, b) => a - b);
  const usual = brightness[brightness.length >> 1] ?? 0;
  expect(brightness[0], `the darkest among ${told}`).toBeGreaterThan(usual / 2);
  // A whole round is the same frame again; more than half a round is a step back.
  const steps = stepsIn(watched);
  expect(Math.max(...steps), `steps in ${told}`).toBeLessThan(FOOTAGE_FRAMES / 2);
}
