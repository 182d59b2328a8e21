/**
 * The page of the clip benchmark in a Chromium of its own. It is built, as pages are that users open: served piece by
 * piece, a worker would take its time to load. Its profile is on disk, since a private one keeps its files in memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { chromiumArgs } from '../../scripts/chromium-args.mjs';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { SAMPLE_CLIP } from '../support/footage.ts';
import { findProcess } from './process-tree.ts';

const PAGE = fileURLToPath(new URL('clips-page/', import.meta.url));

export type ClipsBrowser = Readonly<{
  page: Page;
  browserVersion: string;
  /** Of the browser; undefined where that can't be told. */
  pid: number | undefined;
}>;

/** Gives browser, server and files back afterwards. */
export async function withClipsBrowser<Result>(
  use: (opened: ClipsBrowser) => Promise<Result>,
): Promise<Result> {
  const executablePath = await findChromium({ install: true, log: (line) => console.error(line) });
  const folder = mkdtempSync(join(tmpdir(), 'convolux-bench-'));
  const closing: (() => Promise<void>)[] = [];
  try {
    const baseURL = await serveBuilt(join(folder, 'page'), closing);
    const profile = join(folder, 'profile');
    const context = await chromium.launchPersistentContext(profile, { executablePath, args: chromiumArgs() });
    closing.push(() => context.close());
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(baseURL);
    await page.waitForFunction(() => globalThis.clipsBench !== undefined);
    const browserVersion = context.browser()?.version() ?? (await versionOf(page));
    return await use({ page, browserVersion, pid: findProcess(`--user-data-dir=${profile}`) });
  } finally {
    for (const close of closing.reverse()) await close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function serveBuilt(outDir: string, closing: (() => Promise<void>)[]): Promise<string> {
  const common = { configFile: false, root: PAGE, logLevel: 'error' } as const;
  await build({
    ...common,
    // The footage, under its name.
    publicDir: dirname(SAMPLE_CLIP),
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, reportCompressedSize: false },
  });
  const server = await preview({
    ...common,
    build: { outDir },
    preview: {
      port: 0,
      // An isolated page has a clock of 5 µs; any other one of 100 µs.
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
  });
  closing.push(() => server.close());
  const [baseURL] = server.resolvedUrls?.local ?? [];
  if (baseURL === undefined) throw new Error('the server has no address');
  return baseURL;
}

async function versionOf(page: Page): Promise<string> {
  return page.evaluate(() => /Chrome\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? 'unknown');
}
