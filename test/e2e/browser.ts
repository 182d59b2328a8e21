/**
 * The browsers of the end-to-end tests. Chromium is told at its start which file its camera plays, so each kind of camera
 * is a browser of its own; one is started per kind and worker, and each test gets a fresh context in it. A test fails
 * when its page throws, logs an error or opens a dialog, unless it says that it expects the browser to log one.
 */
import {
  test as base,
  chromium,
  expect,
  type Browser,
  type BrowserContext,
  type Page,
} from '@playwright/test';
import { chromiumArgs, fakeCameraArgs } from '../../scripts/chromium-args.mjs';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { cameraFootage } from '../support/footage.ts';
import { spyOnCamera } from './camera-spy.ts';
import { addressOf, type LiveParams } from '../support/live-page.ts';

export { expect };

/** Real footage of this size, Chromium's own test pattern, or no camera device at all. */
export type CameraKind = Readonly<{ width: number; height: number }> | 'test-pattern' | 'none';

export type OpenOptions = Readonly<{
  /** Default: real footage at 640×480. */
  camera?: CameraKind;
  /** Default '/', the live page. */
  path?: string;
  /** The page's address parameters. Default: of the live page the camera's size, nothing else. */
  params?: LiveParams;
  /** Whether the camera's permission is granted. Default true. */
  granted?: boolean;
  /** Chromium switches on top of the common ones. */
  args?: readonly string[];
  viewport?: Readonly<{ width: number; height: number }>;
  colorScheme?: 'light' | 'dark';
  /** Runs before the page is loaded: init scripts and routes. */
  prepare?: (context: BrowserContext) => Promise<unknown>;
  /** The test makes a request fail, or a worker throw, and the browser logs that by itself. Default false. */
  expectLoggedErrors?: boolean;
}>;

export type OpenLivePage = (options?: OpenOptions) => Promise<Page>;

/** How fast the camera is, and how many frames it plays before it starts over. */
export const CAMERA_FPS = 30;
export const FOOTAGE_FRAMES = 60;

/** How far the camera's loop went from one number to the next: 1 … FOOTAGE_FRAMES. */
export const stepBetween = (from: number, to: number): number =>
  ((to - from - 1 + FOOTAGE_FRAMES) % FOOTAGE_FRAMES) + 1;

export const DEFAULT_CAMERA = Object.freeze({ width: 640, height: 480 });

let chromiumPath: Promise<string> | undefined;

/** Looked for once: each look starts the candidates to ask for their version. */
export const executablePath = (): Promise<string> => (chromiumPath ??= findChromium({ install: true }));

/** The camera file for this size; decoded once, then cached. */
export async function footageFor(size: Readonly<{ width: number; height: number }>): Promise<string> {
  return cameraFootage({
    ...size,
    fps: CAMERA_FPS,
    frames: FOOTAGE_FRAMES,
    executablePath: await executablePath(),
    args: chromiumArgs(),
  });
}

async function argsFor({
  camera = DEFAULT_CAMERA,
  granted = true,
  args = [],
}: OpenOptions): Promise<string[]> {
  const file = typeof camera === 'string' ? undefined : await footageFor(camera);
  const fakes = camera === 'none' ? [] : fakeCameraArgs(file);
  const allowed = granted ? fakes : fakes.filter((switchText) => !switchText.startsWith('--use-fake-ui'));
  return [...chromiumArgs(), ...allowed, ...args];
}

class BrowserPool {
  readonly #browsers = new Map<string, Promise<Browser>>();

  get(args: readonly string[]): Promise<Browser> {
    const key = args.join(' ');
    const running =
      this.#browsers.get(key) ??
      executablePath().then((path) => chromium.launch({ executablePath: path, args: [...args] }));
    this.#browsers.set(key, running);
    return running;
  }

  async close(): Promise<void> {
    for (const browser of this.#browsers.values()) await (await browser).close();
  }
}

/** What the page did that no page should, in words. */
export function watchForTrouble(page: Page, expectLoggedErrors: boolean): readonly string[] {
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(`uncaught: ${error.message}`));
  page.on('crash', () => trouble.push('the page crashed'));
  page.on('dialog', (dialog) => {
    trouble.push(`a dialog opened: ${dialog.type()} '${dialog.message()}'`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !expectLoggedErrors) trouble.push(`logged: ${message.text()}`);
  });
  return trouble;
}

const sizeOf = (camera: CameraKind): LiveParams =>
  typeof camera === 'string' ? {} : { size: `${camera.width}x${camera.height}` };

export const test = base.extend<{ openLive: OpenLivePage }, { browsers: BrowserPool }>({
  browsers: [
    // Playwright reads the fixtures that a fixture needs from its first parameter, which must be a pattern.
    async ({}, use) => {
      const pool = new BrowserPool();
      await use(pool);
      await pool.close();
    },
    { scope: 'worker' },
  ],
  openLive: async ({ browsers, baseURL }, use) => {
    const opened: { context: BrowserContext; trouble: readonly string[] }[] = [];
    await use(async (options = {}) => {
      const browser = await browsers.get(await argsFor(options));
      const context = await browser.newContext({
        ...(baseURL === undefined ? {} : { baseURL }),
        viewport: options.viewport ?? { width: 1280, height: 900 },
        colorScheme: options.colorScheme ?? 'light',
        deviceScaleFactor: 1,
      });
      await spyOnCamera(context);
      await options.prepare?.(context);
      const page = await context.newPage();
      opened.push({ context, trouble: watchForTrouble(page, options.expectLoggedErrors ?? false) });
      const { path = '/', camera = DEFAULT_CAMERA, params } = options;
      const { search } = new URL(
        addressOf({ ...(path === '/' ? sizeOf(camera) : {}), ...params }),
        'http://x',
      );
      await page.goto(path + search);
      return page;
    });
    for (const { context } of opened) await context.close();
    expect(opened.flatMap(({ trouble }) => trouble)).toEqual([]);
  },
});
