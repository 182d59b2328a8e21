/** Recording on the live page: what was seen opens on the clip page, as long as it was, plays, and is kept for a while. */
import type { Page } from '@playwright/test';
import { download, playedDuration, pressProcess, statusText } from '../support/clip-page.ts';
import { button, startCamera } from '../support/live-page.ts';
import { plugIn, unplugCamera } from './camera-spy.ts';
import { expect, test } from './browser.ts';

const bar = (page: Page) => page.getByRole('group', { name: 'Recording' });

async function recordFor(page: Page, seconds: number): Promise<void> {
  await expect(button(page, 'Record')).toHaveAttribute('aria-disabled', 'false');
  await button(page, 'Record').click();
  await expect(bar(page)).toBeVisible();
  await expect(bar(page)).toContainText(new RegExp(`0:0[${seconds}-9]\\s*\\d.* (kB|MB) · `), {
    timeout: 20_000,
  });
}

test('what is recorded plays on the clip page with the right duration, and survives a reload', async ({
  openLive,
}) => {
  const page = await openLive({ params: { filter: 'edge' } });
  await expect(button(page, 'Record')).toHaveAttribute('title', 'Start a picture first');
  await startCamera(page);
  await recordFor(page, 2);
  await expect(statusText(page)).toHaveText('Recording · Edge');
  await button(page, 'Stop').click();
  await page.waitForURL(/\/clip\/\?recording=/);

  const durationS = await playedDuration(page);
  expect(durationS).toBeGreaterThan(1.9);
  expect(durationS, 'not much longer than it took to see that').toBeLessThan(6);
  await page.reload();
  const made = await download(page);
  expect(made.name).toMatch(/^recording-\d{4}(-\d\d){5}\.mp4$/);
  expect(made.durationS).toBeCloseTo(durationS, 1);
  expect(made.size).toEqual([640, 480]);
  expect(made.sounds).toEqual([]);
  expect(made.frames).toBeGreaterThan(10);
  await expect(page.getByRole('radio', { name: 'None', exact: true })).toBeChecked();

  await pressProcess(page);
  await expect(statusText(page)).toHaveText(`Done: ${made.frames} frames`);
});

test('the microphone is recorded where it is asked for', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'none', sound: 'microphone' } });
  await startCamera(page);
  await recordFor(page, 1);
  await button(page, 'Stop').click();
  await page.waitForURL(/\/clip\/\?recording=/);
  await playedDuration(page);
  expect((await download(page)).sounds).toHaveLength(1);
});

test('a pause is no part of the recording', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'none' } });
  await startCamera(page);
  await recordFor(page, 1);
  await button(page, 'Pause').click();
  await expect(statusText(page)).toHaveText('Recording paused · None');
  await page.waitForTimeout(4000);
  await button(page, 'Go on').click();
  await expect(statusText(page)).toHaveText('Recording · None');
  await button(page, 'Stop').click();
  await page.waitForURL(/\/clip\/\?recording=/);
  expect(await playedDuration(page)).toBeLessThan(4);
});

test('a recording that ends with its picture is offered, and deleted when asked', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'edge' } });
  await startCamera(page);
  await recordFor(page, 1);
  // A camera that is unplugged would be waited for; one that may not be used any more is not.
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await unplugCamera(page);
  await plugIn(page);
  await page.getByRole('link', { name: 'Open it' }).click();
  await page.waitForURL(/\/clip\/\?recording=/);
  expect(await playedDuration(page)).toBeGreaterThan(0.9);

  await button(page, 'Delete recording').click();
  await button(page, 'Delete it for good').click();
  await page.waitForURL(/\/clip\/(\?filter=.*)?$/);
  await expect(page.getByText('Recorded here')).toBeHidden();
  const left = await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('recordings');
    let count = 0;
    for await (const _name of folder.keys()) count += 1;
    return count;
  });
  expect(left).toBe(0);
});
