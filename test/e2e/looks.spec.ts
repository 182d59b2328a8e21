/**
 * Pictures of the page for a person to look at, in test-results/looks/, and the few things about its looks that a program
 * can tell: it fits the screen, and nothing is cut off. CONVOLUX_PICTURES=1 also makes the README's pictures.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from './browser.ts';
import { chooser, clipFile, fixture, openClip, previewShown, pressProcess } from '../support/clip-page.ts';
import { button, figure, framesShown, startCamera, viewOf } from '../support/live-page.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOOKS = join(ROOT, 'test-results', 'looks');
const README_PICTURE = join(ROOT, 'docs', 'images', 'live.png');
const CLIPS_PICTURE = join(ROOT, 'docs', 'images', 'clip.png');

const SCREENS = [
  { name: 'desktop', viewport: { width: 1440, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
] as const;
/** The narrowest phones: seen where most is on the page. */
const NARROW = { name: 'narrow', viewport: { width: 360, height: 740 } } as const;

/** Pixels by which the page is wider than the screen: a phone would scroll sideways. */
const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Until two readings, a second apart, differ by less than one frame a second. */
async function frameRateSettles(page: Page): Promise<void> {
  let last = NaN;
  const settled = async (): Promise<boolean> => {
    const now = await figure(page, 'fps');
    const calm = Math.abs(now - last) < 1;
    last = now;
    return calm;
  };
  await expect
    .poll(settled, { message: 'the frame rate settles', intervals: [1000], timeout: 20_000 })
    .toBe(true);
}

for (const { name, viewport } of SCREENS) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}, ${colorScheme}`, async ({ openLive }) => {
      mkdirSync(LOOKS, { recursive: true });
      const shoot = (state: string): Promise<unknown> =>
        page.screenshot({
          path: join(LOOKS, `${name}-${colorScheme}-${state}.png`),
          fullPage: name !== 'desktop',
        });
      const page = await openLive({ viewport, colorScheme, params: { filter: 'edge' } });
      await expect(button(page, 'Start camera')).toBeEnabled();
      await shoot('ready');
      await startCamera(page, 10);
      await frameRateSettles(page);
      await shoot('running');
      expect(await overhang(page), 'pixels beyond the right edge').toBe(0);
      const view = await viewOf(page).boundingBox();
      expect(view?.width ?? 0).toBeGreaterThan(viewport.width * 0.5);
      // The invitation's card is gone, so the picture is all that stands there.
      await expect(page.locator('[data-panel=empty]')).toBeHidden();
      for (const action of ['Start camera', 'Stop', 'Play sample clip', 'Show test pattern']) {
        const box = await button(page, action).boundingBox();
        expect(box?.height ?? 0, `${action}: tall enough for a finger`).toBeGreaterThanOrEqual(
          name === 'desktop' ? 24 : 44,
        );
      }
    });

    test(`${name}, ${colorScheme}, how it is computed`, async ({ openLive }) => {
      mkdirSync(LOOKS, { recursive: true });
      const page = await openLive({ viewport, colorScheme, params: { filter: 'blur', sigma: '40' } });
      const plan = page.locator('[data-role=plan]');
      await expect(plan).toBeHidden();
      await startCamera(page, 10);
      await page.getByText('How it is computed').click();
      for (const filter of ['Edge', 'Blur']) {
        await page.getByRole('radio', { name: filter }).check();
        await expect(page.locator('[data-role=status]')).toContainText(filter);
        await framesShown(page, 10);
        await expect(plan.getByRole('row').nth(1)).toContainText(/^1\. \w/);
        await page.screenshot({
          path: join(LOOKS, `${name}-${colorScheme}-plan-${filter.toLowerCase()}.png`),
          fullPage: true,
        });
        expect(await overhang(page), 'pixels beyond the right edge').toBe(0);
      }
      await button(page, 'Stop').click();
      await expect(plan).toBeHidden();
    });

    test(`${name}, ${colorScheme}, a fault`, async ({ openLive }) => {
      mkdirSync(LOOKS, { recursive: true });
      const page = await openLive({ viewport, colorScheme, camera: 'none' });
      await button(page, 'Start camera').click();
      await expect(button(page, 'Try again')).toBeVisible();
      await page.screenshot({
        path: join(LOOKS, `${name}-${colorScheme}-fault.png`),
        fullPage: name !== 'desktop',
      });
      expect(await overhang(page), 'pixels beyond the right edge').toBe(0);
    });
  }
}

for (const { name, viewport } of [...SCREENS, NARROW]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}, ${colorScheme}, the frame budget at work`, async ({ openLive }) => {
      mkdirSync(LOOKS, { recursive: true });
      const page = await openLive({
        viewport,
        colorScheme,
        params: { filter: 'edge', fps: '30', load: '2.5' },
      });
      await startCamera(page, 10);
      await expect.poll(() => figure(page, 'level'), { timeout: 15_000 }).toBeLessThan(1);
      await expect(page.getByRole('list', { name: 'Decisions' })).toContainText('Resolution');
      await framesShown(page, 60);
      await page.getByText('Camera and output').click();
      await page.screenshot({ path: join(LOOKS, `${name}-${colorScheme}-budget.png`), fullPage: true });
      expect(await overhang(page), 'pixels beyond the right edge').toBe(0);
      const slider = await page.getByRole('slider', { name: 'Extra load' }).boundingBox();
      expect(slider?.height ?? 0, 'tall enough for a finger').toBeGreaterThanOrEqual(44);
    });
  }
}

const CLIP_SCREENS = [{ name: 'clip-desktop', viewport: { width: 1280, height: 900 } }, NARROW] as const;

for (const { name, viewport } of CLIP_SCREENS) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the clip page, ${viewport.width} px, ${colorScheme}`, async ({ openLive }) => {
      mkdirSync(LOOKS, { recursive: true });
      const page = await openLive({ path: '/clip/', viewport, colorScheme, camera: 'none' });
      const shoot = async (state: string): Promise<void> => {
        const path = join(LOOKS, `clip-${viewport.width}-${colorScheme}-${state}.png`);
        await page.screenshot({ path, fullPage: name === 'narrow' });
        expect(await overhang(page), `${state}: pixels beyond the right edge`).toBe(0);
      };
      await expect(chooser(page)).toBeEnabled();
      await shoot('empty');
      await chooser(page).setInputFiles(clipFile('notes.mp4', Buffer.from('These are notes.')));
      await expect(page.locator('[data-panel=failed]')).toBeVisible();
      await shoot('unreadable');
      await openClip(page, fixture('rotate-90.mp4'));
      await shoot('upright');
      await button(page, 'Try a sample').click();
      await expect(page.getByRole('heading', { name: 'sample.webm' })).toBeVisible();
      await previewShown(page);
      await page.getByText('More settings').click();
      await button(page, 'From here').click();
      await shoot('preview');
      await button(page, 'Process').click();
      await expect(page.locator('progress[value]')).toBeVisible();
      await shoot('processing');
      await button(page, 'Cancel').click();
      await openClip(page, fixture('b-frames.mp4'));
      await pressProcess(page);
      await shoot('done');
      for (const action of ['Process', 'Choose a clip', 'Try a sample', 'Save to disk…']) {
        const box = await page.getByText(action, { exact: true }).boundingBox();
        expect(box?.height ?? 0, `${action}: tall enough for a finger`).toBeGreaterThanOrEqual(44);
      }
    });
  }
}

for (const { name, viewport } of [...SCREENS, NARROW]) {
  test(`${name}, recording`, async ({ openLive }) => {
    mkdirSync(LOOKS, { recursive: true });
    const page = await openLive({ viewport, params: { filter: 'edge' } });
    await startCamera(page, 10);
    await button(page, 'Record').click();
    await expect(page.getByRole('group', { name: 'Recording' })).toContainText('0:01', { timeout: 15_000 });
    await page.screenshot({ path: join(LOOKS, `${name}-recording.png`), fullPage: name !== 'desktop' });
    expect(await overhang(page), 'pixels beyond the right edge').toBe(0);
    await button(page, 'Stop').click();
    await page.waitForURL(/\/clip\/\?recording=/);
    await expect(page.getByRole('link', { name: 'Download' })).toBeVisible();
    await page.screenshot({ path: join(LOOKS, `${name}-recorded.png`), fullPage: name !== 'desktop' });
    expect(await overhang(page), 'pixels beyond the right edge').toBe(0);
  });
}

// A test run must not change the repository unasked, so this test exists only on demand.
if (process.env['CONVOLUX_PICTURES'] === '1') {
  test("the README's picture", async ({ openLive }) => {
    mkdirSync(join(ROOT, 'docs', 'images'), { recursive: true });
    const page = await openLive({
      viewport: { width: 1440, height: 900 },
      colorScheme: 'dark',
      camera: 'none',
      params: { source: 'sample', filter: 'edge' },
    });
    await framesShown(page, 30);
    await frameRateSettles(page);
    await page.screenshot({ path: README_PICTURE });
  });

  test('the picture of the guide to clips', async ({ openLive }) => {
    const viewport = { width: 1280, height: 800 };
    const page = await openLive({ path: '/clip/', viewport, colorScheme: 'light', camera: 'none' });
    await button(page, 'Try a sample').click();
    await previewShown(page);
    await page.screenshot({ path: CLIPS_PICTURE });
  });
}
