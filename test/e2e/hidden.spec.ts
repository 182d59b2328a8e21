/**
 * Behind another tab the output goes on: a call or a recording may be fed from it. Where a platform stops it, the page
 * says so. Shown again, the picture moves at once, and nothing has queued up meanwhile.
 */
import type { Page } from '@playwright/test';
import { cameraUse } from './camera-spy.ts';
import { CAMERA_FPS, DEFAULT_CAMERA, expect, test } from './browser.ts';
import { test as realTest } from './real-tabs.ts';
import { pretendHidden, simulateHiding } from './simulated-hiding.ts';
import { watchPicture } from './watch-picture.ts';
import {
  button,
  expectAccount,
  framesShown,
  numberIn,
  readFigures,
  viewOf,
  wordsOnPage,
  type Figures,
  type LiveParams,
} from '../support/live-page.ts';

const HIDDEN_MS = 4000;
const RETURN_MS = 1500;
/** The figures are told four times a second: so many frames may be in one telling. */
const ONE_TELLING = CAMERA_FPS / 2;

type Case = Readonly<{ how: string; starts: string; params: LiveParams }>;

const CASES: readonly Case[] = [
  { how: 'camera on the canvas', starts: 'Start camera', params: { output: 'canvas' } },
  { how: 'camera on the video', starts: 'Start camera', params: { output: 'video' } },
  { how: 'camera_utils', starts: 'Start camera', params: { driver: 'camera-utils' } },
  { how: 'sample clip', starts: 'Play sample clip', params: {} },
  { how: 'test pattern', starts: 'Show test pattern', params: {} },
];

async function start(page: Page, { starts }: Pick<Case, 'starts'>): Promise<void> {
  await button(page, starts).click();
  await expect(viewOf(page)).toBeVisible();
  await framesShown(page, 30);
}

const grownBetween = (before: Figures, after: Figures, name: string): number =>
  numberIn(after, name) - numberIn(before, name);

/** Frames go on being shown while it is hidden as they were before. */
async function expectGoesOn(page: Page): Promise<void> {
  const before = await readFigures(page);
  await page.waitForTimeout(HIDDEN_MS);
  const after = await readFigures(page);
  const told = `shown ${grownBetween(before, after, 'shown')}, arrived ${grownBetween(before, after, 'arrived')}`;
  expect(grownBetween(before, after, 'shown'), told).toBeGreaterThan((0.8 * CAMERA_FPS * HIDDEN_MS) / 1000 - ONE_TELLING); // prettier-ignore
  expect(numberIn(after, 'dropped-hidden')).toBe(0);
  expectAccount(after);
  expect(await wordsOnPage(page)).not.toMatch(/paused/i);
}

/** The picture moves within 300 ms, frames come one by one, and the account adds up. */
async function expectReturns(page: Page, show: () => Promise<void>): Promise<void> {
  const before = await readFigures(page);
  const watching = watchPicture(page, DEFAULT_CAMERA.width, RETURN_MS);
  await show();
  const watched = await watching;
  const after = await readFigures(page);
  const times = watched.pictures.map(({ atMs }) => atMs);
  const told = `pictures after ${times.map((ms) => ms.toFixed(0)).join(' ')} ms`;
  // The first may still be the one from before it was hidden.
  expect(times[1] ?? Infinity, told).toBeLessThanOrEqual(300);
  const most = (ms: number): number => (1.1 * CAMERA_FPS * ms) / 1000 + ONE_TELLING;
  expect(times.filter((ms) => ms < 500).length, told).toBeLessThanOrEqual(most(500) - ONE_TELLING + 2);
  expect(grownBetween(before, after, 'arrived')).toBeLessThanOrEqual(most(watched.elapsedMs));
  expectAccount(after);
  await expect.poll(() => wordsOnPage(page)).not.toMatch(/paused/i);
}

async function expectStopsClean(page: Page): Promise<void> {
  await button(page, 'Stop').click();
  await expect.poll(async () => (await cameraUse(page)).live).toBe(0);
  expect(await wordsOnPage(page)).not.toMatch(/still open/);
}

/** When each frame of the view's own track was taken, for `ms`, as a call that sends it would get them. */
async function outputTimestamps(page: Page, ms: number): Promise<readonly number[]> {
  return viewOf(page).evaluate(async (view, duration) => {
    const [track] = ((view as HTMLVideoElement).srcObject as MediaStream).getVideoTracks();
    type Processor = new (init: object) => { readonly readable: ReadableStream<VideoFrame> };
    const TrackProcessor = Reflect.get(globalThis, 'MediaStreamTrackProcessor') as Processor;
    const copy = track?.clone();
    const reader = new TrackProcessor({ track: copy, maxBufferSize: 1 }).readable.getReader();
    const timestamps: number[] = [];
    const end = performance.now() + duration;
    while (performance.now() < end) {
      const { value, done } = await reader.read();
      if (done) break;
      timestamps.push(value.timestamp);
      value.close();
    }
    copy?.stop();
    return timestamps;
  }, ms);
}

for (const { how, starts, params } of CASES) {
  realTest(`a hidden tab: ${how}`, async ({ openTab }) => {
    const { page, hide, show } = await openTab({ filter: 'edge', ...params });
    await start(page, { starts });
    await hide();
    await expectGoesOn(page);
    await expectReturns(page, show);
    await hide();
    await page.waitForTimeout(1000);
    await expectReturns(page, show);
    await expectStopsClean(page);
  });
}

realTest('a hidden tab: whoever takes the output elsewhere gets each frame', async ({ openTab }) => {
  const { page, hide } = await openTab({ filter: 'edge', output: 'video' });
  await start(page, { starts: 'Start camera' });
  await hide();
  const timestamps = await outputTimestamps(page, HIDDEN_MS);
  expect(timestamps.length).toBeGreaterThan((0.8 * CAMERA_FPS * HIDDEN_MS) / 1000);
  expect(timestamps, 'each later than the one before').toEqual(
    [...new Set(timestamps)].sort((a, b) => a - b),
  );
});

/** As a page does that starts by itself, or by a message of another tab. */
const clickUnseen = (page: Page, action: string): Promise<void> =>
  page.evaluate((name) => document.querySelector<HTMLElement>(`[data-action=${name}]`)?.click(), action);

realTest(
  'started in a hidden tab: the camera runs, and its picture is there when shown',
  async ({ openTab }) => {
    const { page, hide, show } = await openTab({ filter: 'edge' });
    await hide();
    await clickUnseen(page, 'camera');
    await framesShown(page, 30);
    await expectReturns(page, show);
  },
);

realTest('started in a hidden tab: a clip begins when the tab is shown', async ({ openTab }) => {
  const { page, hide, show } = await openTab({ filter: 'edge' });
  await hide();
  await clickUnseen(page, 'sample');
  // Chromium loads no clip for a tab that nobody sees.
  await page.waitForTimeout(1000);
  await show();
  await framesShown(page, 30);
});

for (const { how, starts, params } of CASES) {
  test(`visibility simulated: ${how} goes on`, async ({ openLive }) => {
    const page = await openLive({ params: { filter: 'edge', ...params }, prepare: simulateHiding });
    await start(page, { starts });
    await pretendHidden(page, true);
    await expectGoesOn(page);
    await expectReturns(page, () => pretendHidden(page, false));
    await expectStopsClean(page);
  });
}

test('visibility simulated: a clip that the platform pauses is told as paused, and plays on when shown', async ({
  openLive,
}) => {
  const page = await openLive({
    params: { filter: 'edge' },
    prepare: (context) => simulateHiding(context, { pausesClips: true }),
  });
  await start(page, { starts: 'Play sample clip' });
  await pretendHidden(page, true);
  await expect.poll(() => wordsOnPage(page)).toMatch(/paused while this page is hidden/i);
  const before = await readFigures(page);
  await page.waitForTimeout(2000);
  const after = await readFigures(page);
  expect(grownBetween(before, after, 'shown')).toBe(0);
  await expectReturns(page, () => pretendHidden(page, false));
  await framesShown(page, 30);
});
