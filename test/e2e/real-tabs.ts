/**
 * A browser whose tabs are hidden when others stand in front of them, as a user's are. Playwright keeps its own pages
 * visible and focused whatever stands in front, and starts Chromium without the limits on what nobody sees; so here
 * the browser is started with its own defaults, and its ordinary window is used without Playwright's overrides.
 */
import { createServer, type AddressInfo } from 'node:net';
import { test as base, chromium, expect, type BrowserContext, type Page } from '@playwright/test';
import { chromiumArgs, fakeCameraArgs } from '../../scripts/chromium-args.mjs';
import { addressOf, type LiveParams } from '../support/live-page.ts';
import { DEFAULT_CAMERA, executablePath, footageFor, watchForTrouble } from './browser.ts';
import { spyOnCamera } from './camera-spy.ts';

export { expect };

/** What Playwright adds so that its pages run on where nobody sees them. */
const KEPT_AWAKE = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

export type RealTab = Readonly<{
  page: Page;
  /** Puts another tab in front of it. */
  hide(): Promise<void>;
  /** Brings it to the front again. */
  show(): Promise<void>;
}>;

type OpenRealTab = (params: LiveParams) => Promise<RealTab>;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

async function expectVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.visibilityState), { message: 'the visibility of the tab' })
    .toBe(state);
}

export const test = base
  .extend<object, { window: BrowserContext }>({
    window: [
      async ({}, use) => {
        const port = await freePort();
        const camera = fakeCameraArgs(await footageFor(DEFAULT_CAMERA));
        const browser = await chromium.launch({
          executablePath: await executablePath(),
          ignoreDefaultArgs: KEPT_AWAKE,
          args: [...chromiumArgs(), ...camera, `--remote-debugging-port=${port}`],
        });
        const tabs = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
        const [window] = tabs.contexts();
        if (window === undefined) throw new Error('the browser has no window');
        await spyOnCamera(window);
        await use(window);
        await tabs.close();
        await browser.close();
      },
      { scope: 'worker' },
    ],
  })
  .extend<{ openTab: OpenRealTab }>({
    openTab: async ({ window, baseURL }, use) => {
      const opened: Page[] = [];
      const troubles: (readonly string[])[] = [];
      const newPage = async (): Promise<Page> => {
        const page = await window.newPage();
        opened.push(page);
        return page;
      };
      await use(async (params) => {
        const other = await newPage();
        const page = await newPage();
        troubles.push(watchForTrouble(page, false));
        await page.goto(new URL(addressOf(params), baseURL).href);
        await page.bringToFront();
        await expectVisibility(page, 'visible');
        return {
          page,
          hide: async () => {
            await other.bringToFront();
            await expectVisibility(page, 'hidden');
          },
          show: async () => {
            await page.bringToFront();
            await expectVisibility(page, 'visible');
          },
        };
      });
      for (const page of opened) await page.close();
      expect(troubles.flat()).toEqual([]);
    },
  });
