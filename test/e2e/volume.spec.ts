/** A volume on the page: the phantom, files and folders; slices by hand and in play; what stands there when files are no volume. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { sheppLogan } from '../../src/frames/shepp-logan.ts';
import { button, framesShown } from '../support/live-page.ts';
import { expect, test, type OpenLivePage } from './browser.ts';
import { viewPixels } from './view-pixels.ts';

async function openPhantom(openLive: OpenLivePage): Promise<Page> {
  const page = await openLive({ camera: 'none', params: { source: 'volume', filter: 'none' } });
  await expect(slice(page)).toBeVisible();
  await framesShown(page, 3);
  return page;
}

/** The farthest of the view's levels from those of the phantom's slice. */
async function fromPhantom(page: Page, slice: number): Promise<number> {
  const { data, shape } = sheppLogan();
  const [, height, width] = shape;
  const picture = await viewPixels(page);
  if (picture.width !== width || picture.height !== height) return Infinity;
  let most = 0;
  for (let i = 0; i < width * height; i++) {
    const level = Math.round(255 * Math.max(0, data[slice * width * height + i] ?? NaN));
    most = Math.max(most, Math.abs(level - (picture.data[4 * i] ?? NaN)));
  }
  return most;
}

/** A PNG of one grey. */
async function png(page: Page, grey: number, width = 20, height = 16): Promise<Buffer> {
  const bytes = await page.evaluate(
    async ({ grey, width, height }) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no 2D canvas here');
      context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
      context.fillRect(0, 0, width, height);
      return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())];
    },
    { grey, width, height },
  );
  return Buffer.from(bytes);
}

const greyOfView = async (page: Page): Promise<number> => (await viewPixels(page)).data[0] ?? NaN;
const slice = (page: Page) => page.getByRole('slider', { name: 'Slice' });
const files = (page: Page) => page.locator('input[type=file]:not([webkitdirectory])');

test('the phantom plays, stops, and shows the slice that is asked for', async ({ openLive }) => {
  const page = await openPhantom(openLive);
  await expect(page.locator('[data-role=status-text]')).toHaveText('Volume · None');
  await slice(page).fill('33');
  await expect(button(page, 'Play')).toBeVisible();
  await expect.poll(() => fromPhantom(page, 32)).toBeLessThanOrEqual(1);
  await expect(slice(page)).toHaveAttribute('aria-valuetext', '33 of 64');
  await slice(page).press('ArrowRight');
  await expect.poll(() => fromPhantom(page, 33)).toBeLessThanOrEqual(1);
  await slice(page).fill('1');
  await expect.poll(() => fromPhantom(page, 0)).toBeLessThanOrEqual(1);
  await button(page, 'Play').click();
  await expect.poll(() => slice(page).inputValue().then(Number)).toBeGreaterThan(3);
  await button(page, 'Pause').click();
  await expect(button(page, 'Play')).toBeVisible();
  await button(page, 'Stop').click();
  await expect(slice(page)).toBeHidden();
});

test('another filter is seen at once, though nothing plays', async ({ openLive }) => {
  const page = await openPhantom(openLive);
  await slice(page).fill('33');
  await expect.poll(() => fromPhantom(page, 32)).toBeLessThanOrEqual(1);
  await page.locator('input[value=temporal-edge]').check();
  await expect.poll(() => fromPhantom(page, 32)).toBeGreaterThan(50);
  await page.getByRole('radio', { name: 'None' }).check();
  await expect.poll(() => fromPhantom(page, 32)).toBeLessThanOrEqual(1);
});

test('PNG files are slices in the order of their numbers, and so is a folder', async ({ openLive }, info) => {
  const page = await openPhantom(openLive);
  const slices = await Promise.all([2, 10, 1].map(async (n) => ({ name: `s${n}.png`, mimeType: 'image/png', buffer: await png(page, 20 * n) }))); // prettier-ignore
  await files(page).setInputFiles(slices);
  await expect(slice(page)).toHaveAttribute('max', '3');
  for (const [place, grey] of [
    ['3', 200],
    ['1', 20],
    ['2', 40],
  ] as const) {
    await slice(page).fill(place);
    await expect.poll(() => greyOfView(page)).toBe(grey);
  }

  const folder = info.outputPath('scan');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'notes.txt'), 'taken on a Monday');
  for (const { name, buffer } of slices.slice(0, 2)) await writeFile(join(folder, name), buffer);
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  await expect(slice(page)).toHaveAttribute('max', '2');
  await slice(page).fill('2');
  await expect.poll(() => greyOfView(page)).toBe(200);
});

test('files that are no volume: says why, names the file, and another choice is the way out', async ({
  openLive,
}) => {
  const page = await openPhantom(openLive);
  await files(page).setInputFiles([
    { name: 'a.png', mimeType: 'image/png', buffer: await png(page, 9) },
    { name: 'b.png', mimeType: 'image/png', buffer: await png(page, 9, 21) },
  ]);
  await expect(page.locator('[data-role=fault-title]')).toHaveText('The volume cannot be read');
  await page.getByText('Details', { exact: true }).click();
  await expect(page.locator('[data-role=fault-details]')).toContainText(
    'a.png has 20×16 px, b.png has 21×16',
  );
  await button(page, 'Phantom').click();
  await framesShown(page, 3);
  await expect(slice(page)).toHaveAttribute('max', '64');
});
