/** Everything a visitor can press does what it says, and the camera is on only while it is shown. */
import type { Page } from '@playwright/test';
import { differenceOf } from '../support/compare-picture.ts';
import { cameraUse } from './camera-spy.ts';
import { DEFAULT_CAMERA, expect, footageFor, test } from './browser.ts';
import { expectedView, type FilterParams } from './expected-view.ts';
import {
  button,
  figure,
  framesShown,
  readFigures,
  startCamera,
  viewOf,
  type FilterName,
} from '../support/live-page.ts';
import { numberedPicture, viewPixels } from './view-pixels.ts';

/** Waits until a picture of the view is the filter's: a switch takes effect at some later frame. */
async function expectFilter(page: Page, filter: FilterName, params: FilterParams = {}): Promise<void> {
  const file = await footageFor(DEFAULT_CAMERA);
  const isVideo = await viewOf(page).evaluate((view) => view.tagName === 'VIDEO');
  const meanDifference = async (): Promise<number> => {
    const { number, picture } = await numberedPicture(() => viewPixels(page));
    const expected = expectedView(file, number, filter, params, isVideo ? 'video' : 'canvas');
    return differenceOf(picture, expected).mean;
  };
  await expect.poll(meanDifference, { message: `the view shows ${filter}`, timeout: 15_000 }).toBeLessThan(1);
}

test('switching the filter changes the picture, without a new start', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'none' } });
  await startCamera(page);
  for (const [title, name] of [
    ['Edge', 'edge'],
    ['Blur', 'blur'],
    ['Sharpen', 'sharpen'],
    ['None', 'none'],
  ] as const) {
    await page.getByRole('radio', { name: title }).check();
    await expectFilter(page, name);
    await expect.poll(() => new URL(page.url()).searchParams.get('filter')).toBe(name);
  }
  expect((await cameraUse(page)).requests, 'the camera was opened once').toBe(1);
});

test('a slider changes the picture, and Reset brings it back', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'edge' } });
  await startCamera(page);
  await page.getByRole('slider', { name: 'Strength' }).fill('0.3');
  await expectFilter(page, 'edge', { strength: 0.3 });
  await expect.poll(() => new URL(page.url()).searchParams.get('strength')).toBe('0.3');
  await button(page, 'Reset').click();
  await expectFilter(page, 'edge');
});

test('a slider that moves by ratios: its ends, its keys, and what it says of itself', async ({
  openLive,
}) => {
  const page = await openLive({ camera: 'none', params: { filter: 'blur' } });
  const slider = page.getByRole('slider', { name: 'Radius σ' });
  const says = (value: string): Promise<void> =>
    expect(slider).toHaveAttribute('aria-valuetext', `${value} px`);
  await expect(slider).toHaveAttribute('aria-valuemin', '0.3');
  await expect(slider).toHaveAttribute('aria-valuemax', '200');
  await says('2.0');
  for (const [key, value] of [
    // At the small end a key is a step, at the large one the same share of the way.
    ['ArrowRight', '2.1'],
    ['ArrowLeft', '2.0'],
    ['Home', '0.3'],
    ['ArrowDown', '0.3'],
    ['ArrowUp', '0.4'],
    ['PageUp', '0.8'],
    ['End', '200.0'],
    ['ArrowRight', '200.0'],
    ['ArrowLeft', '187.4'],
    ['PageDown', '97.8'],
  ] as const) {
    await slider.press(key);
    await says(value);
    await expect(slider).toHaveAttribute('aria-valuenow', String(Number(value)));
  }
  await expect.poll(() => new URL(page.url()).searchParams.get('sigma')).toBe('97.8');
  // The middle of the way is the geometric mean.
  await slider.fill('500');
  await says('7.7');
});

for (const driver of ['auto', 'camera-utils']) {
  test(`Stop lets the camera go, and it starts again, five times, driver ${driver}`, async ({ openLive }) => {
    const page = await openLive({ params: { filter: 'edge', driver } });
    for (let round = 1; round <= 5; round += 1) {
      await startCamera(page);
      expect((await cameraUse(page)).live, `round ${round}: tracks that run`).toBeGreaterThan(0);
      await button(page, 'Stop').click();
      await expect
        .poll(async () => (await cameraUse(page)).live, { message: `round ${round}: tracks after Stop` })
        .toBe(0);
      await expect(viewOf(page)).toHaveCount(0);
    }
    // camera_utils opens the camera itself, after the permission has been asked for: twice per start.
    expect((await cameraUse(page)).requests).toBe(driver === 'camera-utils' ? 10 : 5);
  });
}

test('leaving the page lets the camera go', async ({ openLive }) => {
  const page = await openLive();
  await startCamera(page);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  await expect.poll(async () => (await cameraUse(page)).live).toBe(0);
});

for (const [source, name] of [
  ['sample', 'Play sample clip'],
  ['pattern', 'Show test pattern'],
] as const) {
  test(`${source} runs without any camera, from the address`, async ({ openLive }) => {
    const page = await openLive({ camera: 'none', params: { source, filter: 'edge', size: '320x240' } });
    await framesShown(page, 10);
    await expect(viewOf(page)).toBeVisible();
    expect((await readFigures(page))['source']).toMatch(/\S/);
    expect((await cameraUse(page)).requests, 'nobody asked for a camera').toBe(0);
  });

  test(`${source} runs without any camera, from its button`, async ({ openLive }) => {
    const page = await openLive({ camera: 'none', params: { filter: 'blur', size: '320x240' } });
    await button(page, name).click();
    await framesShown(page, 10);
    const colours = new Set((await viewPixels(page)).data.filter((_, index) => index % 4 === 0));
    expect(colours.size, 'different values in the picture').toBeGreaterThan(8);
  });
}

test('one source after the other, with the camera let go in between', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'edge' } });
  await startCamera(page);
  await button(page, 'Play sample clip').click();
  await expect.poll(async () => (await cameraUse(page)).live).toBe(0);
  await framesShown(page, 5);
  await button(page, 'Show test pattern').click();
  await framesShown(page, 5);
  await startCamera(page);
  expect((await cameraUse(page)).live).toBeGreaterThan(0);
});

test('the address says the source, the filter, the size, the driver and the output', async ({ openLive }) => {
  const params = { source: 'camera', filter: 'sharpen', driver: 'camera-utils', output: 'video' };
  const page = await openLive({ params });
  // A granted camera starts by itself where the address asks for it.
  await framesShown(page, 3);
  await expect(page.getByRole('radio', { name: 'Sharpen' })).toBeChecked();
  expect(await viewOf(page).evaluate((view) => view.tagName)).toBe('VIDEO');
  expect((await readFigures(page))['size']).toBe('640x480');
  await expectFilter(page, 'sharpen');
});

test('a mistake in the address is told, and the page works', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'edgy', size: 'huge', driver: 'magic' } });
  for (const word of ['edgy', 'huge', 'magic']) await expect(page.getByText(`“${word}”`)).toBeVisible();
  await startCamera(page);
  expect(await figure(page, 'shown')).toBeGreaterThan(0);
});

test('the keyboard alone is enough', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'none' } });
  await button(page, 'Start camera').focus();
  await page.keyboard.press('Enter');
  await framesShown(page, 3);
  await page.keyboard.press('2');
  await expect(page.getByRole('radio', { name: 'Edge' })).toBeChecked();
  await button(page, 'Stop').focus();
  await page.keyboard.press('Space');
  await expect.poll(async () => (await cameraUse(page)).live).toBe(0);
});
