/**
 * What the pixel tests stand on, tested by itself: the browser's camera delivers the file's own bytes, as untagged I420,
 * and takes their colours as BT.601 limited range. Where this fails, the browser changed, not the product.
 */
import { rgbPicture } from '../support/camera-picture.ts';
import { differenceOf } from '../support/compare-picture.ts';
import { readCounter } from '../support/frame-counter.ts';
import { fromBase64, installToBase64, type ToBase64 } from '../support/page-bytes.ts';
import { openY4m } from '../support/y4m.ts';
import { expect, footageFor, test } from './browser.ts';

const SIZE = { width: 642, height: 362 };

test("the camera's frames are the file's bytes", async ({ openLive }) => {
  const page = await openLive({ camera: SIZE });
  await installToBase64(page);
  const frame = await page.evaluate(async (size) => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: size });
    const [track] = stream.getVideoTracks();
    if (track === undefined) throw new Error('no video track');
    const video = document.createElement('video');
    Object.assign(video, { srcObject: stream, muted: true });
    await video.play();
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    const taken = new VideoFrame(video);
    try {
      const toBase64 = Reflect.get(globalThis, 'toBase64') as ToBase64;
      const planes = new Uint8Array(taken.allocationSize());
      await taken.copyTo(planes);
      const rgba = new Uint8Array(taken.allocationSize({ format: 'RGBA' }));
      await taken.copyTo(rgba, { format: 'RGBA' });
      return { format: taken.format, planes: await toBase64(planes), rgba: await toBase64(rgba) };
    } finally {
      taken.close();
      track.stop();
    }
  }, SIZE);
  expect(frame.format).toBe('I420');
  const rgba = { ...SIZE, data: fromBase64(frame.rgba) };
  const number = readCounter(rgba);
  if (number === null) throw new Error('no frame number in the picture');
  const footage = openY4m(await footageFor(SIZE));
  const { y, u, v } = footage.frame(number);
  expect(Buffer.compare(fromBase64(frame.planes), Buffer.concat([y, u, v])), 'the planes are equal').toBe(0);
  // Chromium repeats each chroma sample for its 2×2 pixels, and rounds to six bits on the way.
  const difference = differenceOf(rgba, rgbPicture(footage.frame(number), 'nearest'));
  footage.close();
  expect(Math.round(difference.worst), difference.at).toBeLessThanOrEqual(2);
});
