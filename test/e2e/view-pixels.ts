/**
 * The pixels of the view, taken three ways: read by the page itself, photographed from the screen, and, many times a
 * second, only the strip with the frame's number.
 */
import { expect, type Page } from '@playwright/test';
import { COUNTER_SIZE, readCounter } from '../support/frame-counter.ts';
import { fromBase64, installToBase64, type ToBase64 } from '../support/page-bytes.ts';
import { chromaSize, type I420Picture, type RgbaPicture } from '../support/picture.ts';
import { viewOf, type Figures } from '../support/live-page.ts';

type PackedPicture = Readonly<{ width: number; height: number; base64: string }>;

const unpack = ({ width, height, base64 }: PackedPicture): RgbaPicture => ({
  width,
  height,
  data: fromBase64(base64),
});

/** Draws the view into a 2D canvas and reads that: what a page can know of the picture, at its own size. */
export async function viewPixels(page: Page): Promise<RgbaPicture> {
  await installToBase64(page);
  const packed = await viewOf(page).evaluate(async (view) => {
    const source = view as HTMLCanvasElement | HTMLVideoElement;
    const isVideo = source instanceof HTMLVideoElement;
    const width = isVideo ? source.videoWidth : source.width;
    const height = isVideo ? source.videoHeight : source.height;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (context === null) throw new Error('no 2D canvas here');
    context.drawImage(source, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, base64: await (Reflect.get(globalThis, 'toBase64') as ToBase64)(data) };
  });
  return unpack(packed);
}

/** What a video shows, and the planes that it was given for that. */
export type VideoPicture = RgbaPicture & Readonly<{ planes: I420Picture }>;

/** As `viewPixels`, of a view that is a video, with the frame itself: both taken in one task, so of one frame. */
export async function videoPixels(page: Page): Promise<VideoPicture> {
  await installToBase64(page);
  const { format, frameBase64, ...packed } = await viewOf(page).evaluate(async (view) => {
    const frame = new VideoFrame(view as HTMLVideoElement);
    const { format, codedWidth: width, codedHeight: height } = frame;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (context === null) throw new Error('no 2D canvas here');
    context.drawImage(view as HTMLVideoElement, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const bytes = new Uint8ClampedArray(frame.allocationSize());
    await frame.copyTo(bytes);
    frame.close();
    const toBase64 = Reflect.get(globalThis, 'toBase64') as ToBase64;
    return { width, height, format, base64: await toBase64(data), frameBase64: await toBase64(bytes) };
  });
  expect(format, 'the format of the video frame').toBe('I420');
  return { ...unpack(packed), planes: i420(packed, fromBase64(frameBase64)) };
}

function i420({ width, height }: PackedPicture, bytes: Uint8Array): I420Picture {
  const u = width * height;
  const v = u + chromaSize(width) * chromaSize(height);
  return { width, height, y: bytes.subarray(0, u), u: bytes.subarray(u, v), v: bytes.subarray(v) };
}

/** Photographs the view, laid out at one screen pixel per pixel and not mirrored: what a person sees. */
export async function screenPixels(
  page: Page,
  size: Readonly<{ width: number; height: number }>,
): Promise<RgbaPicture> {
  await page.addStyleTag({
    content: `[data-role=view] {
      position: fixed !important; inset: 0 auto auto 0 !important; z-index: 9999 !important;
      width: ${size.width}px !important; height: ${size.height}px !important; max-width: none !important;
      margin: 0 !important; border: 0 !important; border-radius: 0 !important; transform: none !important;
    }
    * { overflow: visible !important; contain: none !important; transform: none !important; }`,
  });
  const png = await page.screenshot({ clip: { x: 0, y: 0, ...size } });
  await installToBase64(page);
  const packed = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (context === null) throw new Error('no 2D canvas here');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, base64: await (Reflect.get(globalThis, 'toBase64') as ToBase64)(data) };
  }, png.toString('base64'));
  return unpack(packed);
}

export type NumberedPicture<T extends RgbaPicture = RgbaPicture> = Readonly<{ number: number; picture: T }>;

/** A picture together with the number of the camera frame that it shows. */
export async function numberedPicture<T extends RgbaPicture>(
  take: () => Promise<T>,
): Promise<NumberedPicture<T>> {
  let taken: NumberedPicture<T> | undefined;
  const tryOnce = async (): Promise<boolean> => {
    const picture = await take();
    const number = readCounter(picture);
    taken = number === null ? undefined : { number, picture };
    return number !== null;
  };
  await expect.poll(tryOnce, { message: 'a readable frame number in the view', timeout: 15_000 }).toBe(true);
  if (taken === undefined) throw new Error('no picture was taken');
  return taken;
}

export type WatchedView = Readonly<{
  /** The numbers of the frames that were shown, in order, each run of equal ones once. */
  numbers: readonly number[];
  /** The page's figures when the watching began and ended. */
  before: Figures;
  after: Figures;
  elapsedMs: number;
}>;

/** Looks at the view with each repaint for `ms`, in the page: only there do picture and figures belong together. */
export async function watchView(page: Page, cameraWidth: number, ms: number): Promise<WatchedView> {
  await installToBase64(page);
  const { strips, ...watched } = await viewOf(page).evaluate(
    async (view, { counter, cameraWidth: camera, ms: duration }) => {
      const source = view as HTMLCanvasElement | HTMLVideoElement;
      const scale = (source instanceof HTMLVideoElement ? source.videoWidth : source.width) / camera;
      const [width, height] = [Math.round(counter.width * scale), Math.round(counter.height * scale)];
      const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      if (context === null) throw new Error('no 2D canvas here');
      const figures = (): Record<string, string> =>
        Object.fromEntries(
          [...document.querySelectorAll<HTMLElement>('output[data-stat]')].map((output) => [
            output.dataset['stat'] ?? '',
            output.textContent,
          ]),
        );
      const found: Uint8ClampedArray<ArrayBuffer>[] = [];
      const atStart = figures();
      const startMs = performance.now();
      while (performance.now() < startMs + duration) {
        await new Promise(requestAnimationFrame);
        context.drawImage(source, 0, 0, width, height, 0, 0, width, height);
        const { data } = context.getImageData(0, 0, width, height);
        const last = found.at(-1);
        if (last === undefined || data.some((value, index) => value !== last[index]))
          found.push(data.slice());
      }
      const atEnd = { after: figures(), elapsedMs: performance.now() - startMs };
      const toBase64 = Reflect.get(globalThis, 'toBase64') as ToBase64;
      const packed = found.map(async (data) => ({ width, height, base64: await toBase64(data) }));
      return { strips: await Promise.all(packed), before: atStart, ...atEnd };
    },
    { counter: COUNTER_SIZE, cameraWidth, ms },
  );
  const numbers = strips
    .map((strip) => readCounter(unpack(strip), COUNTER_SIZE.width))
    .filter((number): number is number => number !== null)
    .filter((number, at, all) => number !== all[at - 1]);
  return { numbers, ...watched };
}
