/** The clip page as a test sees it: its files, its two pictures, its words, and the file that it gives. Nothing of its inside. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Locator, type Page } from '@playwright/test';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { button } from './live-page.ts';
import { fromBase64, installToBase64, type ToBase64 } from './page-bytes.ts';
import type { RgbaPicture } from './picture.ts';

export type ClipFile = Readonly<{ name: string; mimeType: string; buffer: Buffer }>;

const FIXTURES = new URL('../fixtures/clips/', import.meta.url);

/** One of test/fixtures/clips, under its own name or another. */
export function fixture(file: string, name = file): ClipFile {
  return clipFile(name, readFileSync(fileURLToPath(new URL(file, FIXTURES))));
}

export const clipFile = (name: string, bytes: Uint8Array): ClipFile => ({
  name,
  mimeType: name.endsWith('.webm') ? 'video/webm' : 'video/mp4',
  buffer: Buffer.from(bytes),
});

/** Frames of the fixtures, as ffprobe counts them. */
export function framesOf(file: string): number {
  const { fixtures } = JSON.parse(readFileSync(new URL('expected.json', FIXTURES), 'utf8')) as {
    fixtures: Record<string, { timestampsUs: readonly number[] }>;
  };
  const clip = fixtures[file];
  if (clip === undefined) throw new Error(`no fixture ${file}`);
  return clip.timestampsUs.length;
}

export const chooser = (page: Page): Locator => page.getByLabel('Choose a clip', { exact: true });
export const position = (page: Page): Locator => page.getByRole('slider', { name: 'Position' });
export const divider = (page: Page): Locator => page.getByRole('slider', { name: 'Divider' });
export const statusText = (page: Page): Locator => page.locator('[data-role=status-text]');

/** Chooses a clip and waits for its preview. */
export async function openClip(page: Page, file: ClipFile): Promise<void> {
  await chooser(page).setInputFiles(file);
  await expect(page.getByRole('heading', { name: file.name })).toBeVisible();
  await previewShown(page);
}

export const previewShown = (page: Page): Promise<void> =>
  expect(page.locator('[data-role=stage].has-pictures:not(.is-busy)')).toBeVisible();

export async function pressProcess(page: Page): Promise<void> {
  await button(page, 'Process').click();
  await expect(page.getByRole('link', { name: 'Download' })).toBeVisible({ timeout: 30_000 });
}

/** The two pictures of the preview, at their own size. */
export async function previewPixels(
  page: Page,
): Promise<Readonly<{ before: RgbaPicture; after: RgbaPicture }>> {
  await installToBase64(page);
  const packed = await page.evaluate(async () => {
    const toBase64 = Reflect.get(globalThis, 'toBase64') as ToBase64;
    const read = async (role: string) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-role=${role}]`);
      const context = canvas?.getContext('2d') ?? null;
      if (canvas === null || context === null) throw new Error(`no picture ${role}`);
      const { width, height } = canvas;
      return { width, height, base64: await toBase64(context.getImageData(0, 0, width, height).data) };
    };
    return { before: await read('before'), after: await read('after') };
  });
  const unpack = ({ base64, ...size }: typeof packed.before): RgbaPicture => ({
    ...size,
    data: fromBase64(base64),
  });
  return { before: unpack(packed.before), after: unpack(packed.after) };
}

export type Made = Readonly<{
  name: string;
  frames: number;
  durationS: number;
  codec: string | null;
  size: readonly [width: number, height: number];
  sounds: readonly (string | null)[];
  /** Of the first frame, in s. */
  startS: number;
}>;

/** Presses "Download" and looks into the file that comes. */
export async function download(page: Page): Promise<Made> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  return { name: file.suggestedFilename(), ...(await readClip(readFileSync(await file.path()))) };
}

async function readClip(bytes: Uint8Array): Promise<Omit<Made, 'name'>> {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const video = await input.getPrimaryVideoTrack();
  if (video === null) throw new Error('no picture in it');
  let frames = 0;
  for await (const packet of new EncodedPacketSink(video).packets()) if (packet.byteLength > 0) frames += 1;
  const sounds = await input.getAudioTracks();
  return {
    frames,
    durationS: await input.computeDuration(),
    codec: await video.getCodec(),
    size: [await video.getDisplayWidth(), await video.getDisplayHeight()],
    sounds: await Promise.all(sounds.map((sound) => sound.getCodec())),
    startS: await video.getFirstTimestamp(),
  };
}

/** How long the player says its clip is, once it can play it to its end. */
export async function playedDuration(page: Page): Promise<number> {
  return page.locator('video').evaluate(async (element) => {
    const video = element as HTMLVideoElement;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA)
      await new Promise((resolve, reject) => {
        video.addEventListener('loadeddata', resolve, { once: true });
        video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
      });
    video.muted = true;
    video.playbackRate = 4;
    const ended = new Promise((resolve) => video.addEventListener('ended', resolve, { once: true }));
    await video.play();
    await ended;
    return video.duration;
  });
}
