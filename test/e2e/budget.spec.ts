/**
 * The promise: whatever a frame costs, the newest one is on screen at the camera's rate. What a frame costs is set by the
 * page's load injector; what is on screen is read from the pixels.
 */
import type { Page } from '@playwright/test';
import { CAMERA_FPS, DEFAULT_CAMERA, expect, test, type OpenLivePage } from './browser.ts';
import { messagesSoFar, spyOnMessages } from './message-spy.ts';
import { expectWhole, seenFps, stepsIn, watchPicture, type WatchedPictures } from './watch-picture.ts';
import {
  expectAccount,
  figure,
  figuresOver,
  framesShown,
  numberIn,
  readFigures,
  startCamera,
  type LiveParams,
} from '../support/live-page.ts';

const { width: CAMERA_WIDTH } = DEFAULT_CAMERA;

/** Work on each pixel that makes a frame at the full resolution cost about four periods of the camera. */
const HEAVY = 4;
/** What a frame takes then: fewer than ten a second can be shown at the full resolution. */
const HEAVY_MS = { min: 105, wanted: 120, max: 150 };

/** The first frames of a start compile, calibrate and are not the steady state. */
async function openSteady(openLive: OpenLivePage, params: LiveParams): Promise<Page> {
  const page = await openLive({ params: { filter: 'sharpen', ...params } });
  await startCamera(page, 30);
  return page;
}

async function setLoad(page: Page, load: number): Promise<void> {
  await page.evaluate((value) => {
    const slider = [...document.querySelectorAll<HTMLInputElement>('input[type=range]')].find(
      (input) => input.labels?.[0]?.textContent.includes('Extra load') ?? false,
    );
    if (slider === undefined) throw new Error('no slider for the load');
    slider.value = String(value);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    slider.dispatchEvent(new Event('change', { bubbles: true }));
  }, load);
}

type Wanted = Readonly<{ min: number; wanted: number; max: number }>;

/** Sets the load so that frames take so many ms where they stay at the full resolution: a load is a share of this machine. */
async function makeFramesTake(page: Page, { min, wanted, max }: Wanted): Promise<void> {
  let load = (wanted * CAMERA_FPS) / 1000;
  for (let tries = 0; tries < 6; tries++) {
    await setLoad(page, load);
    // The figures are of the last two seconds.
    await page.waitForTimeout(3500);
    const figures = await readFigures(page);
    expect(numberIn(figures, 'level')).toBe(1);
    const ms = numberIn(figures, 'frame-ms-p50');
    if (ms >= min && ms <= max) return;
    load *= wanted / ms;
  }
  throw new Error(`no load makes frames take ${min} to ${max} ms`);
}

/** What gives way: 'Resolution' | 'Frames' | 'Both', as the page calls it. */
const lower = (page: Page, what: string): Promise<void> =>
  page
    .getByRole('radiogroup', { name: /frames take too long/ })
    .getByRole('radio', { name: what })
    .check();

const decisions = (page: Page): Promise<readonly string[]> =>
  page.locator('[data-role=decisions] li').allInnerTexts();

for (const output of ['canvas', 'video']) {
  test(`four times too much to do: the rate holds, the picture stays whole, and comes back, on the ${output}`, async ({
    openLive,
  }) => {
    // Without a ladder to climb down, each frame is computed at the full resolution: what it costs then is what it
    // costs whoever has no scheduler.
    test.setTimeout(120_000);
    const page = await openSteady(openLive, {
      output,
      degradation: 'maintain-resolution',
      load: String(HEAVY),
    });
    await makeFramesTake(page, HEAVY_MS);
    const unscheduled = await watchPicture(page, CAMERA_WIDTH, 3000);
    expect(seenFps(unscheduled), 'frames seen per second at the full resolution').toBeLessThan(10);

    await lower(page, 'Resolution');
    const held = await watchPicture(page, CAMERA_WIDTH, 6000);
    expectWhole(held);
    expect(seenFps(held, 1000), 'frames seen per second from a second on').toBeGreaterThanOrEqual(27);
    expect(await figure(page, 'level')).toBeLessThan(1);
    expect(await decisions(page)).toContainEqual(expect.stringMatching(/Resolution 100 % → \d/));

    await setLoad(page, 0);
    const [climb] = await Promise.all([
      watchPicture(page, CAMERA_WIDTH, 12_000),
      expect
        .poll(() => figure(page, 'level'), { message: 'the level after the load', timeout: 40_000 })
        .toBe(1),
    ]);
    expectWhole(climb);
    expect(seenFps(climb, 1000), 'frames seen per second while it climbs back').toBeGreaterThanOrEqual(27);
    expectAccount(await readFigures(page));
  });
}

test('a load that comes at once: a second later the rate holds again', async ({ openLive }) => {
  const page = await openSteady(openLive, {});
  expect(await figure(page, 'level')).toBe(1);
  const [watched] = await Promise.all([
    watchPicture(page, CAMERA_WIDTH, 8000),
    page.waitForTimeout(2000).then(() => setLoad(page, HEAVY)),
  ]);
  expectWhole(watched);
  // The slider was moved two seconds after the watching began, or somewhat later.
  expect(seenFps(watched, 3500)).toBeGreaterThanOrEqual(27);
  expect(await figure(page, 'level')).toBeLessThan(1);
});

/** Watches until the rate at which frames are taken stayed the same meanwhile: a busy machine makes it change. */
async function watchUnchanged(
  page: Page,
  ms: number,
): Promise<WatchedPictures & Readonly<{ every: number }>> {
  const changes = async (): Promise<readonly string[]> =>
    (await decisions(page)).filter((text) => text.includes('Frames taken'));
  for (let tries = 0; tries < 8; tries++) {
    const before = await changes();
    const every = await figure(page, 'decimation');
    const watched = await watchPicture(page, CAMERA_WIDTH, ms);
    const after = await changes();
    if (after.length === before.length && after[0] === before[0]) return { ...watched, every };
  }
  throw new Error('the rate at which frames are taken never stays');
}

test('maintain-resolution leaves frames out evenly', async ({ openLive }) => {
  test.setTimeout(120_000);
  const page = await openSteady(openLive, { degradation: 'maintain-resolution' });
  // More than one period, less than two.
  await makeFramesTake(page, { min: 38, wanted: 46, max: 56 });
  const watched = await watchUnchanged(page, 4000);
  expectWhole(watched);
  const { every } = watched;
  expect(every, 'one of so many frames is taken').toBeGreaterThanOrEqual(2);
  const figures = await readFigures(page);
  expect(numberIn(figures, 'level')).toBe(1);
  expect(numberIn(figures, 'dropped-decimated')).toBeGreaterThan(0);
  const steps = stepsIn(watched);
  const even = steps.filter((step) => step === every).length;
  expect(even / steps.length, `steps ${steps.join(' ')}`).toBeGreaterThan(0.8);
  expect(seenFps(watched)).toBeGreaterThan((0.85 * CAMERA_FPS) / every);
  expect(await decisions(page)).toContainEqual(expect.stringMatching(/Frames taken, 1 in 1 → 1 in \d/));
});

test('fewer frames asked for: as many are shown, evenly, at the full resolution', async ({ openLive }) => {
  const page = await openSteady(openLive, { fps: '15' });
  const watched = await watchPicture(page, CAMERA_WIDTH, 5000);
  expectWhole(watched);
  expect(seenFps(watched)).toBeGreaterThan(13.5);
  expect(seenFps(watched)).toBeLessThan(16);
  expect(await figure(page, 'level')).toBe(1);
});

test('decisions come with their reason and the numbers behind it', async ({ openLive }) => {
  const page = await openSteady(openLive, { load: String(HEAVY) });
  const down = /Resolution [\d.]+ % → [\d.]+ %: frames took [\d.]+ ms, [\d.]+ ms available/;
  await expect.poll(() => decisions(page)).toContainEqual(expect.stringMatching(down));
  await setLoad(page, 0);
  const up = /Resolution [\d.]+ % → [\d.]+ %: .*[\d.]+ ms available; [\d.]+ ms expected/;
  await expect
    .poll(async () => (await decisions(page))[0] ?? '', { timeout: 15_000 })
    .toEqual(expect.stringMatching(up));
});

test('the account adds up for a minute under a load that changes', async ({ openLive }) => {
  test.setTimeout(120_000);
  const page = await openSteady(openLive, {});
  const loads = [HEAVY, 0, 1.3, 6, 0.5, HEAVY, 0, 2];
  const changes = async (): Promise<void> => {
    for (const [at, load] of loads.entries()) {
      await page.waitForTimeout(6000);
      await setLoad(page, load);
      // Both kinds of giving way, and the way between them.
      await lower(page, ['Frames', 'Both', 'Resolution'][at % 3] ?? 'Resolution');
    }
  };
  const [samples] = await Promise.all([figuresOver(page, 60_000), changes()]);
  expect(samples.length, 'samples').toBeGreaterThan(600);
  for (const sample of samples) expectAccount(sample);
  const shown = samples.map((sample) => numberIn(sample, 'shown'));
  expect(shown, 'shown never falls').toEqual([...shown].sort((a, b) => a - b));
  const last = samples.at(-1) ?? {};
  expect(numberIn(last, 'arrived')).toBeGreaterThan(50 * CAMERA_FPS);
  expect(numberIn(last, 'dropped-decimated')).toBeGreaterThan(0);
});

const WATCHED_S = 5;

for (const driver of ['auto', 'camera-utils']) {
  test(`messages between page and worker, driver ${driver}`, async ({ openLive }) => {
    const page = await openLive({ params: { filter: 'edge', driver }, prepare: spyOnMessages });
    await startCamera(page, 30);
    const [messagesBefore, before] = [await messagesSoFar(page), await readFigures(page)];
    await page.waitForTimeout(1000 * WATCHED_S);
    const [messages, after] = [await messagesSoFar(page), await readFigures(page)];
    await framesShown(page, 1);
    const grown = (name: string): number => numberIn(after, name) - numberIn(before, name);
    const toWorker = messages.toWorker - messagesBefore.toWorker;
    const fromWorker = messages.fromWorker - messagesBefore.fromWorker;
    const told = `${grown('arrived')} frames: ${toWorker} to the worker, ${fromWorker} from it`;
    // The figures are told four times a second, and each time the worker hears that they were.
    const figuresTold = 2 * (4 * WATCHED_S + 2);
    expect(messages.overPorts - messagesBefore.overPorts, told).toBeLessThanOrEqual(figuresTold);
    // What is in the strip is up to a quarter of a second old.
    const slack = CAMERA_FPS / 4 + 2;
    const perFrame = driver === 'auto' ? 0 : grown('arrived') - grown('dropped-source');
    expect(Math.abs(toWorker - perFrame), told).toBeLessThanOrEqual(driver === 'auto' ? 0 : slack);
    expect(Math.abs(fromWorker - perFrame), told).toBeLessThanOrEqual(driver === 'auto' ? 0 : slack);
  });
}
