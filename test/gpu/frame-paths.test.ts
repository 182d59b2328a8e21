/** Frames that can't take every path: what is tried, in which order, and what is said of it. */
import { afterEach, expect, test, vi } from 'vitest';
import type { UploadPath } from '../../src/backends/port.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import { isSettled } from '../../src/core/ledger.ts';
import { wildPlanes } from '../support/frame-planes.ts';
import { inFormat, rgbInFormat, rgbNoise } from './frame-in-format.ts';
import { Uploaded, worstColor, worstSample } from './uploaded.ts';

const COLOR: FrameColor = { matrix: 'bt601', fullRange: false };
const [width, height] = [35, 15];
const SIZE = { width, height };

/** As frames from a GPU or a protected source: nothing is told of their pixels, and they can't be copied. */
class OpaqueFrame extends VideoFrame {
  override get format(): null {
    return null;
  }
  override copyTo(): Promise<PlaneLayout[]> {
    return Promise.reject(new DOMException('no format', 'NotSupportedError'));
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** `copyTo` fails for `formats`: conversions that were asked for, or none (''). */
function copyFails(...formats: readonly string[]): void {
  const { copyTo } = VideoFrame.prototype;
  vi.spyOn(VideoFrame.prototype, 'copyTo').mockImplementation(function failing(
    this: VideoFrame,
    to: AllowSharedBufferSource,
    options?: VideoFrameCopyToOptions,
  ) {
    return formats.includes(options?.format ?? '')
      ? Promise.reject(new DOMException('not here', 'NotSupportedError'))
      : copyTo.call(this, to, options);
  });
}

test.each(['planes', 'rgbx', 'texture'] as const)('an opaque frame comes as a texture, %s preferred', async (preferred) => {
  const rgb = rgbNoise(width, height);
  const uploaded = new Uploaded(preferred);
  const bitmap = await createImageBitmap(rgbInFormat(rgb, 'RGBX', SIZE));
  for (const scale of [1, 0.5]) {
    const frame = new OpaqueFrame(bitmap, { timestamp: 0 });
    expect(uploaded.upload.pathsOf(frame)).toEqual(['texture']);
    const form = await uploaded.take(frame, { scale });
    expect(uploaded.upload.path).toBe('texture');
    if (scale === 1) expect(worstColor(await uploaded.read(form, 'rgba', 'rgba'), rgb)).toBe(0);
    else expect(form).toMatchObject({ width: 18, height: 8 });
  }
  bitmap.close();
  uploaded.dispose();
  expect(isSettled(uploaded.ledger.balance())).toBe(true);
}); // prettier-ignore

test('an ImageBitmap knows one path, and every size', async () => {
  const rgb = rgbNoise(64, 48);
  const uploaded = new Uploaded('planes');
  const bitmap = await createImageBitmap(rgbInFormat(rgb, 'RGBX', { width: 64, height: 48 }));
  expect(uploaded.upload.pathsOf(bitmap)).toEqual(['texture']);
  expect(await uploaded.take(bitmap, { scale: 0.25 })).toMatchObject({
    width: 16,
    height: 12,
    layout: 'rgba',
  });
  uploaded.dispose();
});

test.each<[UploadPath, readonly string[], UploadPath]>([
  ['planes', [''], 'rgbx'],
  ['planes', ['', 'RGBX'], 'texture'],
  ['rgbx', ['RGBX'], 'planes'],
  ['rgbx', ['', 'RGBX'], 'texture'],
])('%s, where copies to %j fail, becomes %s', async (preferred, failing, taken) => {
  const planes = wildPlanes(width, height, COLOR);
  const uploaded = new Uploaded(preferred);
  await uploaded.take(inFormat(planes, 'I420'));
  expect(uploaded.upload.path).toBe(preferred);
  copyFails(...failing);
  const form = await uploaded.take(inFormat(planes, 'I420'), { scale: 0.5 });
  expect(uploaded.upload.path).toBe(taken);
  expect(form).toMatchObject({ width: 18, height: 8, layout: taken === 'planes' ? 'planar420' : 'rgba' });
  vi.restoreAllMocks();
  const after = await uploaded.take(inFormat(planes, 'I420'), { path: 'planes' });
  expect(uploaded.upload.path).toBe('planes');
  expect(worstSample(await uploaded.read(after, 'y', 'packed16'), planes.y)).toBe(0);
  uploaded.dispose();
  expect(isSettled(uploaded.ledger.balance())).toBe(true);
});

test('where every path fails, the first one says why', async () => {
  copyFails('', 'RGBX');
  vi.spyOn(WebGL2RenderingContext.prototype, 'texImage2D').mockImplementation(() => {
    throw new Error('no texture either');
  });
  const uploaded = new Uploaded('planes');
  const frame = inFormat(wildPlanes(width, height, COLOR), 'I420');
  await expect(uploaded.take(frame)).rejects.toThrow('not here');
  frame.close();
});

test('a frame that was closed is told apart', async () => {
  const uploaded = new Uploaded('planes');
  const frame = inFormat(wildPlanes(width, height, COLOR), 'I420');
  frame.close();
  await expect(uploaded.take(frame)).rejects.toMatchObject({ code: 'frame-failed', recoverable: true });
  uploaded.dispose();
});

test.each(['planes', 'rgbx', 'texture'] as const)('%s: too large is what does not go up, at any size', async (path) => {
  const uploaded = new Uploaded(path, { maxTextureSize: 32 });
  const planes = wildPlanes(64, 16, COLOR);
  for (const init of [{}, { displayWidth: 16, displayHeight: 4 }, { rotation: 90 }]) {
    const frame = inFormat(planes, 'I420', init);
    const { visibleRect } = frame;
    expect(visibleRect).toMatchObject({ width: 64, height: 16 });
    await expect(uploaded.take(frame, { scale: 0.25 })).rejects.toMatchObject({
      code: 'frame-too-large',
      context: { width: 64, height: 16, limit: 32 },
    });
    frame.close();
  }
  // As large as may be.
  expect(await uploaded.take(inFormat(wildPlanes(32, 32, COLOR), 'I420'))).toMatchObject({ width: 32, height: 32 }); // prettier-ignore
  uploaded.dispose();
}); // prettier-ignore
