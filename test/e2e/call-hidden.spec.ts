/** A call goes on behind another tab: whoever is called still sees the filtered picture move. */
import type { Page } from '@playwright/test';
import { sendingOf, spyOnPeers, startCall } from './call-page.ts';
import { expect, test } from './real-tabs.ts';

const SPAN_MS = 4000;

/** Frames per second that the receiver decodes, by its own clock. */
async function decodedFps(page: Page): Promise<number> {
  const before = await sendingOf(page);
  const elapsed = async (): Promise<number> => (await sendingOf(page)).atMs - before.atMs;
  await expect.poll(elapsed, { timeout: 15_000, intervals: [SPAN_MS, 250] }).toBeGreaterThan(SPAN_MS);
  const after = await sendingOf(page);
  return (1000 * (after.decoded - before.decoded)) / (after.atMs - before.atMs);
}

test('behind another tab as many frames are sent as before', async ({ openTab, baseURL }) => {
  const { page, hide, show } = await openTab({});
  await spyOnPeers(page.context());
  await page.goto(new URL('/call/?filter=edge', baseURL).href);
  await startCall(page);
  const { trackId } = await sendingOf(page);
  const visible = await decodedFps(page);
  await hide();
  expect(await decodedFps(page)).toBeGreaterThan(0.8 * visible);
  await show();
  expect(await sendingOf(page)).toMatchObject({ trackId, negotiations: 1, readyState: 'live' });
});
