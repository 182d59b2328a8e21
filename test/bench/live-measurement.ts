/**
 * One measurement of the live page: a browser of its own, a camera that plays real footage, the page's figures read at two
 * moments, and the CPU time of the whole browser between them.
 */
import { chromium, expect, type Page } from '@playwright/test';
import { chromiumArgs, fakeCameraArgs } from '../../scripts/chromium-args.mjs';
import { cameraFootage } from '../support/footage.ts';
import { addressOf, button, figure, numberIn, wordsOnPage, type Figures } from '../support/live-page.ts';
import type { BenchOptions, BenchSize } from './live-options.ts';
import { cpuMsOfTree } from './process-tree.ts';

export const CAMERA_FPS = 30;
const WARM_UP_MS = 3000;
const FIRST_FRAME_MS = 30_000;

export type Measurement = Readonly<{
  size: BenchSize;
  filter: string;
  /** Frames shown over wall time, not the page's own figure. */
  fps: number;
  frameMsP50: number;
  frameMsP95: number;
  arrived: number;
  dropped: number;
  level: number;
  transport: string;
  backend: string;
  /** CPU milliseconds of all the browser's processes per frame shown; `undefined` where it can't be told. */
  cpuMsPerFrame: number | undefined;
  browserVersion: string;
}>;

export type Bench = Readonly<{ executablePath: string; baseURL: string; options: BenchOptions }>;

export async function measure(
  { executablePath, baseURL, options }: Bench,
  size: BenchSize,
  filter: string,
): Promise<Measurement> {
  const file = await cameraFootage({ ...size, fps: CAMERA_FPS, executablePath, args: chromiumArgs() });
  // A server and a client instead of launch(): only the server tells its process.
  const server = await chromium.launchServer({
    executablePath,
    args: [...chromiumArgs(), ...fakeCameraArgs(file)],
  });
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage({ baseURL, viewport: { width: 1440, height: 900 } });
    await openRunningPage(page, options, size, filter);
    await page.waitForTimeout(WARM_UP_MS);
    const pid = server.process().pid ?? 0;
    const [start, cpuStart] = [await figuresAtUpdate(page), cpuMsOfTree(pid)];
    await page.waitForTimeout(options.seconds * 1000);
    const [end, cpuEnd] = [await figuresAtUpdate(page), cpuMsOfTree(pid)];
    const grown = (name: string): number => numberIn(end.figures, name) - numberIn(start.figures, name);
    const shown = grown('shown');
    return {
      size,
      filter,
      fps: (1000 * shown) / (end.timeMs - start.timeMs),
      frameMsP50: numberIn(end.figures, 'frame-ms-p50'),
      frameMsP95: numberIn(end.figures, 'frame-ms-p95'),
      arrived: grown('arrived'),
      dropped: grown('dropped'),
      level: numberIn(end.figures, 'level'),
      transport: end.figures['transport'] ?? '-',
      backend: end.figures['backend'] ?? '-',
      cpuMsPerFrame: cpuStart === undefined || cpuEnd === undefined ? undefined : (cpuEnd - cpuStart) / shown,
      browserVersion: browser.version(),
    };
  } finally {
    await server.close();
  }
}

async function openRunningPage(
  page: Page,
  { driver, output }: BenchOptions,
  size: BenchSize,
  filter: string,
): Promise<void> {
  const chosenOutput = output === 'auto' ? {} : { output };
  await page.goto(addressOf({ filter, size: `${size.width}x${size.height}`, driver, ...chosenOutput }));
  await button(page, 'Start camera').click();
  try {
    await expect.poll(() => figure(page, 'shown'), { timeout: FIRST_FRAME_MS }).toBeGreaterThan(0);
  } catch (cause) {
    throw new Error(
      `The page showed no frame within ${FIRST_FRAME_MS / 1000} s. It says: ${await wordsOnPage(page)}`,
      { cause },
    );
  }
}

type TimedFigures = Readonly<{ timeMs: number; figures: Figures }>;

/**
 * The figures at the moment at which the page writes new ones. It does so only a few times a second: read at any other
 * moment they would be up to a quarter of a second old, which is a frame rate wrong by 2 %.
 */
async function figuresAtUpdate(page: Page): Promise<TimedFigures> {
  return page.evaluate(async () => {
    const shown = document.querySelector('[data-stat=shown]');
    if (shown === null) throw new Error('the page has no figure "shown"');
    await new Promise<void>((resolve, reject) => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        clearTimeout(limit);
        resolve();
      });
      const limit = setTimeout(() => {
        observer.disconnect();
        reject(new Error('no new frame was shown for 5 s'));
      }, 5000);
      observer.observe(shown, { childList: true, characterData: true, subtree: true });
    });
    const timeMs = performance.now();
    // The observer runs as a microtask after the whole strip was written.
    const outputs = [...document.querySelectorAll<HTMLElement>('output[data-stat]')];
    return {
      timeMs,
      figures: Object.fromEntries(outputs.map((one) => [one.dataset['stat'] ?? '', one.textContent])),
    };
  });
}
