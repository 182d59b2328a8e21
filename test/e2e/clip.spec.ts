/** The clip page: a file goes in, is seen before and after, is processed, and comes out whole; and whatever can go wrong. */
import type { Page } from '@playwright/test';
import { filters } from '../../pipelines/index.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { differenceOf } from '../support/compare-picture.ts';
import {
  chooser,
  clipFile,
  divider,
  download,
  fixture,
  framesOf,
  openClip,
  playedDuration,
  position,
  previewPixels,
  previewShown,
  pressProcess,
  statusText,
  type ClipFile,
} from '../support/clip-page.ts';
import { damagePackets } from '../support/damaged-clips.ts';
import { button } from '../support/live-page.ts';
import type { RgbaPicture } from '../support/picture.ts';
import { expect, test, type OpenLivePage } from './browser.ts';

const CLIP = 'b-frames.mp4';

const openPage = (openLive: OpenLivePage, params: Readonly<Record<string, string>> = {}): Promise<Page> =>
  openLive({ path: '/clip/', camera: 'none', params });

const radio = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });

/** Mean difference, in levels, of the picture after from what the filter makes of the picture before. */
async function fromReference(page: Page, name: string): Promise<number> {
  const { before, after } = await previewPixels(page);
  const filter = filters.find((candidate) => candidate.name === name);
  if (filter === undefined) throw new Error(`no filter '${name}'`);
  return differenceOf(after, runReference(filter.build({}), { frame: tensorOf(before) })).mean;
}

function tensorOf({ width, height, data }: RgbaPicture) {
  const values = new Float32Array(width * height * 3);
  for (let i = 0; i < values.length; i += 1) values[i] = (data[Math.floor(i / 3) * 4 + (i % 3)] ?? NaN) / 255;
  return { shape: [height, width, 3], data: values };
}

test('a chosen clip is told of, and seen before and after any filter at any position', async ({
  openLive,
}) => {
  const page = await openPage(openLive, { filter: 'edge' });
  await expect(button(page, 'Process')).toHaveAttribute('aria-disabled', 'true');
  await openClip(page, fixture(CLIP));
  const facts = page.locator('[data-role=facts]');
  for (const fact of ['MP4 · H.264', '160 × 120', '0:02.0', '30 fps', 'AAC', '23 kB'])
    await expect(facts).toContainText(fact);
  expect(await fromReference(page, 'edge')).toBeLessThan(2);
  expect(await fromReference(page, 'none'), 'the two pictures differ').toBeGreaterThan(20);
  const first = (await previewPixels(page)).before;

  await radio(page, 'Sharpen').check();
  await expect.poll(() => fromReference(page, 'sharpen')).toBeLessThan(2);
  await position(page).fill('50');
  await expect(position(page)).toHaveAttribute('aria-valuetext', '0:01.67 of 0:02.00');
  await expect.poll(async () => (await previewPixels(page)).before.data).not.toEqual(first.data);
  await expect.poll(() => fromReference(page, 'sharpen')).toBeLessThan(2);
});

test('the divider goes where the pointer and the keys move it', async ({ openLive }) => {
  const page = await openPage(openLive);
  await openClip(page, fixture(CLIP));
  await expect(divider(page)).toHaveAttribute('aria-valuetext', '50 % before, 50 % after');
  await divider(page).press('ArrowRight');
  await expect(divider(page)).toHaveAttribute('aria-valuetext', '51 % before, 49 % after');
  const box = await page.locator('[data-role=after]').boundingBox();
  if (box === null) throw new Error('no picture');
  await page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
  await expect(divider(page)).toHaveAttribute('aria-valuetext', '25 % before, 75 % after');
  const cut = await page.locator('[data-role=after]').evaluate((after) => getComputedStyle(after).clipPath);
  expect(cut).toBe('inset(0px 0px 0px 25%)');
});

test('processed, it plays, and the download has every frame and the sound', async ({ openLive }) => {
  const page = await openPage(openLive, { filter: 'edge' });
  await openClip(page, fixture(CLIP, 'holiday.film.mp4'));
  await pressProcess(page);
  await expect(statusText(page)).toHaveText(`Done: ${framesOf(CLIP)} frames`);
  await expect(page.locator('[data-role=outcome]')).toContainText('AAC, copied');
  expect(await playedDuration(page)).toBeCloseTo(2, 1);
  const made = await download(page);
  expect(made).toMatchObject({
    name: 'holiday.film-edge.mp4',
    frames: framesOf(CLIP),
    codec: 'avc',
    size: [160, 120],
    sounds: ['aac'],
  });
});

test('container, codec, size and rate are as chosen', async ({ openLive }) => {
  const page = await openPage(openLive, { filter: 'none' });
  await button(page, 'Try a sample').click();
  await previewShown(page);
  await radio(page, 'WebM').check();
  await page.getByText('More settings').click();
  await page.getByLabel('Codec').selectOption('VP8');
  await page.getByLabel('Size').selectOption('360p');
  await page.getByLabel('Frame rate').selectOption('24 fps');
  await pressProcess(page);
  // 9.933 s, at 0, 1/24, 2/24 …
  const expected = { name: 'sample-none.webm', frames: 239, codec: 'vp8', size: [640, 360] };
  expect(await download(page)).toMatchObject(expected);
});

test('a part of it is processed, without its sound', async ({ openLive }) => {
  const page = await openPage(openLive, { filter: 'edge' });
  await openClip(page, fixture(CLIP));
  await position(page).fill('15');
  await button(page, 'From here').click();
  await position(page).fill('44');
  await button(page, 'To here').click();
  await expect(page.getByText('From 0:00.50 to 0:01.50: 0:01.00 long.')).toBeVisible();
  await page.getByText('More settings').click();
  await page.getByLabel('Sound').selectOption('None');
  await pressProcess(page);
  expect(await download(page)).toMatchObject({ frames: 30, sounds: [] });

  await radio(page, 'Before and after').check();
  await button(page, 'Whole clip').click();
  await pressProcess(page);
  await expect(statusText(page)).toHaveText(`Done: ${framesOf(CLIP)} frames`);
});

test('a dropped clip is opened, wherever it falls', async ({ openLive }) => {
  const page = await openPage(openLive);
  const { name, buffer } = fixture('vp9-opus.webm');
  const transfer = await page.evaluateHandle(
    ({ name, base64 }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      return data;
    },
    { name, base64: buffer.toString('base64') },
  );
  const target = page.locator('.side');
  await target.dispatchEvent('dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop it here')).toBeVisible();
  await target.dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.getByText('Drop it here')).toBeHidden();
  await previewShown(page);
  await expect(page.getByRole('heading', { name })).toBeVisible();
});

test('Cancel leaves nothing, and the clip can be processed again', async ({ openLive }) => {
  const page = await openPage(openLive, { filter: 'volume-blur' });
  await button(page, 'Try a sample').click();
  await previewShown(page);
  const workers = page.workers().length;
  await button(page, 'Process').click();
  const bar = page.getByRole('progressbar', { name: 'Progress' });
  await expect
    .poll(() => bar.evaluate((element) => (element as HTMLProgressElement).value))
    .toBeGreaterThan(0);
  await expect(page.locator('[data-role=job]')).toContainText(/\d+ fps · .+ left · \d+ frames? · at 0:0/);
  const asks = await page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  expect(asks, 'leaving the page asks').toBe(true);
  await expect(chooser(page), 'nothing else is opened meanwhile').toBeDisabled();
  await button(page, 'Cancel').click();
  await expect(statusText(page)).toHaveText('Cancelled; nothing is kept');
  await expect(page.getByRole('link', { name: 'Download' })).toHaveCount(0);
  await expect.poll(() => page.workers().length, 'the worker of the job is gone').toBe(workers);
  await openClip(page, fixture(CLIP));
  await pressProcess(page);
  await expect(page.getByText('Smooth 3D').last()).toBeVisible();
});

test('saved to disk, the file is written where it was asked for', async ({ openLive }) => {
  const page = await openLive({
    path: '/clip/',
    camera: 'none',
    params: { filter: 'edge' },
    prepare: (context) =>
      context.addInitScript(() => {
        // The browser's own picker can not be pressed by a test; a file of this site stands in for the chosen one.
        const pick = async ({ suggestedName }: { suggestedName: string }) =>
          (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
        Object.assign(globalThis, { showSaveFilePicker: pick });
      }),
  });
  await openClip(page, fixture(CLIP));
  await button(page, 'Save to disk…').click();
  await expect(page.getByText('Saved to disk')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('heading', { name: 'b-frames-edge.mp4' })).toBeVisible();
  expect(await playedDuration(page)).toBeCloseTo(2, 1);
  const sizeBytes = await page.evaluate(async () => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('b-frames-edge.mp4');
    return (await handle.getFile()).size;
  });
  expect(sizeBytes).toBeGreaterThan(5000);
});

test('the keyboard alone is enough', async ({ openLive }) => {
  const page = await openPage(openLive, { filter: 'edge' });
  await openClip(page, fixture(CLIP));
  await chooser(page).focus();
  await expect(chooser(page)).toBeFocused();
  await position(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(position(page)).toHaveAttribute('aria-valuetext', '0:00.03 of 0:02.00');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByText('From 0:00.03 to 0:02.00')).toBeVisible();
  await button(page, 'Process').focus();
  await page.keyboard.press('Enter');
  await expect(statusText(page)).toHaveText(`Done: ${framesOf(CLIP) - 1} frames`, { timeout: 30_000 });
  await expect(button(page, 'Process')).toBeFocused();
});

test('a damaged clip: where it is damaged is told, and it can go on behind that', async ({ openLive }) => {
  const page = await openPage(openLive, { filter: 'edge' });
  const { name, buffer } = fixture('vp9-opus.webm');
  const damaged = await damagePackets(new File([new Uint8Array(buffer)], name), [10]);
  await openClip(page, clipFile(name, new Uint8Array(await damaged.file.arrayBuffer())));
  await button(page, 'Process').click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The clip is damaged', { timeout: 30_000 });
  await expect(alert).toContainText(/ at 0\.\d+ s/);
  await button(page, 'Go on behind the damage').click();
  await expect(page.getByRole('link', { name: 'Download' })).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('[data-role=outcome]')).toContainText(/\d+ frames? could not be decoded/);
  const { frames } = await download(page);
  expect(frames).toBeLessThan(framesOf(name));
  await expect(statusText(page)).toHaveText(`Done: ${frames} frames`);
});

const whole = (): Buffer => fixture(CLIP).buffer;
const BAD: readonly Readonly<{ what: string; file: () => ClipFile; says: RegExp }>[] = [
  { what: 'zero bytes', file: () => clipFile('empty.mp4', new Uint8Array()), says: /empty/i },
  { what: 'another kind of file', file: () => clipFile('notes.mp4', Buffer.from('These are notes. '.repeat(99))), says: /\w/ }, // prettier-ignore
  {
    what: 'a file that was cut short',
    file: () => clipFile('short.mp4', whole().subarray(0, 2000)),
    says: /\w/,
  },
  { what: 'sound alone', file: () => fixture('sound-only.mp4'), says: /picture|video/i },
  { what: 'no frames', file: () => fixture('no-frames.mp4'), says: /frame/i },
  { what: 'an unknown codec', file: () => fixture('mpeg4.mp4'), says: /codec|decode/i },
];
for (const { what, file, says } of BAD) {
  test(`${what}: it is told what is wrong and what to do, and another clip opens`, async ({ openLive }) => {
    const page = await openPage(openLive);
    const bad = file();
    await chooser(page).setInputFiles(bad);
    const card = page.locator('[data-panel=failed]');
    await expect(card).toBeVisible();
    await expect(card).toContainText(bad.name);
    await expect(card).toContainText(says);
    await expect(card).toContainText(/Choose another/);
    await expect(statusText(page)).toHaveText(/can not/);
    await expect(button(page, 'Process')).toHaveAttribute('aria-disabled', 'true');
    await openClip(page, fixture(CLIP));
    await expect(card).toBeHidden();
  });
}

test('the address keeps the filter, and the way to the live page takes it along', async ({ openLive }) => {
  const page = await openPage(openLive, { filter: 'blur', sigma: '4', container: 'webm', colour: 'red' });
  await expect(page.getByText('colour is not a setting here')).toBeVisible();
  await expect(radio(page, 'WebM')).toBeChecked();
  await radio(page, 'Edge').check();
  await expect.poll(() => new URL(page.url()).search).toBe('?filter=edge&container=webm');
  await page.getByRole('link', { name: 'Live' }).click();
  await expect(radio(page, 'Edge')).toBeChecked();
  await page.getByRole('link', { name: 'Clips' }).click();
  await expect(page.getByRole('link', { name: 'Clips' })).toHaveAttribute('aria-current', 'page');
  await expect(radio(page, 'Edge')).toBeChecked();
});
