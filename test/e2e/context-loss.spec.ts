/**
 * The graphics device goes away under way: the pipeline starts on a fresh one by itself, the picture is right again, the
 * page says so, and whoever was given the output track keeps it.
 */
import type { BrowserContext, Page } from '@playwright/test';
import { differenceOf } from '../support/compare-picture.ts';
import { DEFAULT_CAMERA, expect, footageFor, test } from './browser.ts';
import { expectedView } from './expected-view.ts';
import { replaceScript, WORKER_SCRIPT } from './replace-script.ts';
import {
  expectAccount,
  figuresOver,
  framesShown,
  numberIn,
  readFigures,
  startCamera,
  viewOf,
  wordsOnPage,
} from '../support/live-page.ts';
import { numberedPicture, viewPixels } from './view-pixels.ts';
import { expectWhole, watchPicture } from './watch-picture.ts';

/** What the worker's script is prolonged by: it keeps the contexts that it opens where they can be lost. */
const KEEP_CONTEXTS = `
;{
  const contexts = (self.contexts = []);
  const { getContext } = OffscreenCanvas.prototype;
  OffscreenCanvas.prototype.getContext = function (kind, ...options) {
    const context = getContext.call(this, kind, ...options);
    if (kind === 'webgl2' && context !== null && !contexts.includes(context)) contexts.push(context);
    return context;
  };
}`;

const keepContexts = (context: BrowserContext): Promise<unknown> =>
  replaceScript(context, WORKER_SCRIPT, (text) => text + KEEP_CONTEXTS);

/** Loses the context that is in use, as a driver's reset would. Answers how many there were. */
async function loseContext(page: Page): Promise<number> {
  const counts = await Promise.all(
    page.workers().map((worker) =>
      worker.evaluate(() => {
        const contexts = Reflect.get(globalThis, 'contexts') as WebGL2RenderingContext[] | undefined;
        const inUse = contexts?.filter((context) => !context.isContextLost()) ?? [];
        for (const context of inUse) context.getExtension('WEBGL_lose_context')?.loseContext();
        return inUse.length;
      }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function trackOf(page: Page): Promise<Readonly<{ id: string; state: string }> | null> {
  return viewOf(page).evaluate((view) => {
    if (!(view instanceof HTMLVideoElement)) return null;
    const [track] = (view.srcObject as MediaStream).getVideoTracks();
    return track === undefined ? null : { id: track.id, state: track.readyState };
  });
}

async function expectRightPicture(page: Page, output: 'canvas' | 'video'): Promise<void> {
  await expect
    .poll(async () => numberIn(await readFigures(page), 'level'), {
      message: 'the level',
      timeout: 20_000,
    })
    .toBe(1);
  const { number, picture } = await numberedPicture(() => viewPixels(page));
  const file = await footageFor(DEFAULT_CAMERA);
  const difference = differenceOf(picture, expectedView(file, number, 'edge', {}, output));
  expect(
    Math.round(difference.worst),
    `frame ${number}, the worst of its pixels at ${difference.at}`,
  ).toBeLessThanOrEqual(2);
}

for (const output of ['canvas', 'video'] as const) {
  test(`a lost context is replaced, the picture goes on, on the ${output}`, async ({ openLive }) => {
    const page = await openLive({ params: { filter: 'edge', output }, prepare: keepContexts });
    await startCamera(page, 30);
    const track = await trackOf(page);
    // More than once: what is kept from one loss must not be in the way of the next.
    for (const time of ['first', 'second']) {
      const before = await readFigures(page);
      expect(await loseContext(page), `contexts in use before the ${time} loss`).toBe(1);
      const samples = await figuresOver(page, 3000);
      for (const sample of samples) expectAccount(sample);
      await framesShown(page, 30);
      const after = await readFigures(page);
      const lost = numberIn(after, 'dropped') - numberIn(before, 'dropped');
      expect(lost, `frames dropped over the ${time} loss, of ${numberIn(after, 'arrived') - numberIn(before, 'arrived')}`).toBeLessThanOrEqual(60); // prettier-ignore
      await expectRightPicture(page, output);
    }
    expectWhole(await watchPicture(page, DEFAULT_CAMERA.width, 2000));
    expect(await trackOf(page), 'the output track').toEqual(track);
    expect(await wordsOnPage(page)).toMatch(/graphics device was reset/i);
  });
}

for (const output of ['canvas', 'video'] as const) {
  test(`the process of all graphics ends and starts anew, on the ${output}`, async ({ openLive }) => {
    const page = await openLive({
      params: { filter: 'edge', output },
      // A browser of its own: after some crashes Chromium denies WebGL to all pages for minutes.
      args: [`--browser-for=${output}`],
    });
    await startCamera(page, 30);
    const track = await trackOf(page);
    const browser = page.context().browser();
    if (browser === null) throw new Error('the page belongs to no browser');
    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.crashGpuProcess');
    for (const sample of await figuresOver(page, 3000)) expectAccount(sample);
    await framesShown(page, 30);
    await expectRightPicture(page, output);
    expect(await trackOf(page), 'the output track').toEqual(track);
    expect(await wordsOnPage(page)).toMatch(/graphics device was reset/i);
  });
}

test('a context that is lost under a heavy load comes back to what the load allows', async ({ openLive }) => {
  const page = await openLive({
    params: { filter: 'sharpen', load: '4' },
    prepare: keepContexts,
  });
  await startCamera(page, 60);
  expect(await loseContext(page)).toBe(1);
  await page.waitForTimeout(3000);
  const watched = await watchPicture(page, DEFAULT_CAMERA.width, 3000);
  expectWhole(watched);
  expect(watched.pictures.length, 'pictures in 3 s').toBeGreaterThan(60);
  const figures = await readFigures(page);
  expect(numberIn(figures, 'level')).toBeLessThan(1);
  expectAccount(figures);
});

test('a filter over time begins anew with the new device: no picture is black, none is of before', async ({
  openLive,
}) => {
  const page = await openLive({ params: { filter: 'long-exposure' }, prepare: keepContexts });
  await startCamera(page, 60);
  const watching = watchPicture(page, DEFAULT_CAMERA.width, 4000);
  expect(await loseContext(page), 'contexts in use').toBe(1);
  const { pictures } = await watching;
  await framesShown(page, 30);
  expectAccount(await readFigures(page));
  const brightness = pictures.map((picture) => picture.brightness);
  expect(pictures.length, 'pictures seen').toBeGreaterThan(20);
  expect(Math.min(...brightness), 'the darkest').toBeGreaterThan(Math.max(...brightness) / 2);
});
