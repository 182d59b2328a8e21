/**
 * Filters over time on the camera, end to end: each shows a picture, none flashes when the resolution changes or the
 * device goes away, and the page says what is remembered. Pictures of each are left in test-results/looks/ to look at.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { DEFAULT_CAMERA, expect, test } from './browser.ts';
import {
  button,
  expectAccount,
  figure,
  figuresOver,
  framesShown,
  numberIn,
  readFigures,
  startCamera,
  wordsOnPage,
} from '../support/live-page.ts';
import { watchPicture } from './watch-picture.ts';

const LOOKS = join(fileURLToPath(new URL('../../', import.meta.url)), 'test-results', 'looks');

const FILTERS = ['motion', 'temporal-denoise', 'long-exposure', 'temporal-edge', 'background-difference', 'trail', 'spatiotemporal-blur', 'conv3d'] as const; // prettier-ignore

for (const filter of FILTERS) {
  test(`${filter} runs on the camera`, async ({ openLive }) => {
    mkdirSync(LOOKS, { recursive: true });
    const page = await openLive({ params: { filter } });
    await startCamera(page, 40);
    const figures = await readFigures(page);
    expectAccount(figures);
    expect(numberIn(figures, 'dropped-failed'), 'frames that failed').toBe(0);
    expect(numberIn(figures, 'memory-mb'), 'MB that are remembered').toBeGreaterThan(0);
    expect(await wordsOnPage(page)).not.toMatch(/could not|failed|refused/i);
    await page.screenshot({ path: join(LOOKS, `time-${filter}.png`) });
    const { pictures } = await watchPicture(page, DEFAULT_CAMERA.width, 1500);
    expect(pictures.length, 'pictures seen').toBeGreaterThan(5);
    expect(Math.max(...pictures.map(({ brightness }) => brightness)), 'not all is black').toBeGreaterThan(1);
  });
}

/** The farthest that the brightness jumps from one picture to the next, in levels. */
function largestJump(pictures: readonly Readonly<{ brightness: number }>[]): number {
  return pictures.slice(1).reduce((most, { brightness }, i) => Math.max(most, Math.abs(brightness - (pictures[i]?.brightness ?? 0))), 0); // prettier-ignore
}

test('a change of resolution does not flash', async ({ openLive }) => {
  // Long enough that a mean that began anew would be another picture: the camera's own brightness jumps as it loops.
  const page = await openLive({ params: { filter: 'long-exposure' } });
  await startCamera(page, 60);
  await page.getByText('Try it').click();
  await page.getByRole('slider', { name: 'Extra load' }).fill('6');
  const watching = watchPicture(page, DEFAULT_CAMERA.width, 6000);
  const samples = await figuresOver(page, 6000);
  const { pictures } = await watching;
  const levels = new Set(samples.map((sample) => numberIn(sample, 'level')));
  expect(levels.size, `resolutions: ${[...levels].join(', ')}`).toBeGreaterThan(1);
  expect(largestJump(pictures), 'the largest jump of brightness').toBeLessThan(6);
});

test('frames that are waited for are told as such', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'conv3d' } });
  await startCamera(page, 10);
  await framesShown(page, 10);
  expect(await figure(page, 'dropped-warming')).toBe(0);
});

/** The box and the view at one moment when there is a box, in CSS pixels of the page. */
async function boxAndView(page: Page): Promise<Readonly<{ box: DOMRect; view: DOMRect }>> {
  return page.evaluate(async () => {
    const [box, view] = ['motion-box', 'view'].map((role) => document.querySelector(`[data-role=${role}]`));
    if (!(box instanceof HTMLElement && view instanceof HTMLElement)) throw new Error('no box or no view');
    while (box.hidden) await new Promise(requestAnimationFrame);
    return { box: box.getBoundingClientRect(), view: view.getBoundingClientRect() };
  });
}

/** To the pixel: shares of a size are rounded. */
function expectWithin({ box, view }: Readonly<{ box: DOMRect; view: DOMRect }>): void {
  const told = JSON.stringify({ box, view });
  expect(Math.min(box.width, box.height), told).toBeGreaterThan(8);
  expect(box.left, told).toBeGreaterThanOrEqual(view.left - 1);
  expect(box.top, told).toBeGreaterThanOrEqual(view.top - 1);
  expect(box.right, told).toBeLessThanOrEqual(view.right + 1);
  expect(box.bottom, told).toBeLessThanOrEqual(view.bottom + 1);
}

test('the motion filter tells how much moves, and draws a box around it', async ({ openLive }) => {
  mkdirSync(LOOKS, { recursive: true });
  const page = await openLive({ params: { filter: 'motion' } });
  await startCamera(page, 10);
  const moving = page.locator('[data-stat=moving]');
  const box = page.locator('[data-role=motion-box]');
  await expect(moving).toBeVisible();
  await expect.poll(() => figure(page, 'moving'), { message: 'percent that moves' }).toBeGreaterThan(0);
  await expect(page.locator('[data-stat=motion]')).toHaveText('moving');
  expectWithin(await boxAndView(page));
  await page.screenshot({ path: join(LOOKS, 'time-motion-box.png') });
  await page.getByRole('switch', { name: 'Mirror' }).click();
  expectWithin(await boxAndView(page));

  await page.getByRole('radio', { name: 'Edge', exact: true }).check();
  await expect(moving).toBeHidden();
  await expect(box).toBeHidden();
  await page.getByRole('radio', { name: 'Motion', exact: true }).check();
  await expect(moving).toBeVisible();
  await button(page, 'Stop').click();
  await expect(moving).toBeHidden();
  await expect(box).toBeHidden();
});

test('a filter that measures no motion shows no figure of motion and no box', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'edge' } });
  await startCamera(page, 10);
  await expect(page.locator('[data-stat=moving]')).toBeHidden();
  await expect(page.locator('[data-role=motion-box]')).toBeHidden();
});
