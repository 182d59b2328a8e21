/** WebGL2 for the conformance runner: a page in the Chromium that was found, with Vite serving the modules to it. */
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { chromiumArgs } from '../../scripts/chromium-args.mjs';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { messageOf, type ConformanceBackend, type Job, type Outcome } from './job.ts';
import type {} from './page/page.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = 'test/conformance/page/';
const LOAD_LIMIT_MS = 60_000;

/** A backend that holds a server and a browser: whoever opens it closes it. */
export type OpenBackend = ConformanceBackend & Readonly<{ close(): Promise<void> }>;

/** @throws Error when there is no Chromium, or the page's modules don't load. */
export async function openWebGl2(): Promise<OpenBackend> {
  const executablePath = await findChromium({ install: true, log: (line) => console.error(line) });
  const server = await createServer({
    root: ROOT,
    configFile: false,
    appType: 'mpa',
    logLevel: 'silent',
    publicDir: false,
    optimizeDeps: { include: [], noDiscovery: true },
    server: { watch: null, hmr: false },
  });
  const closers: (() => Promise<unknown>)[] = [() => server.close()];
  const close = async () => {
    while (closers.length > 0) await closers.pop()?.();
  };
  try {
    await server.listen();
    const [baseURL] = server.resolvedUrls?.local ?? [];
    if (baseURL === undefined) throw new Error('the server has no address');
    const browser = await chromium.launch({ executablePath, args: chromiumArgs() });
    closers.push(() => browser.close());
    const page = await browser.newPage();
    await load(page, baseURL + PAGE);
    return { name: 'webgl2', isGpu: true, run: (jobs) => runInPage(page, jobs), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function load(page: Page, address: string): Promise<void> {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  await page.goto(address, { waitUntil: 'load', timeout: LOAD_LIMIT_MS });
  if (!(await page.evaluate(() => globalThis.runJobs !== undefined))) {
    throw new Error(
      `the page of the webgl2 backend did not load: ${problems.join('; ') || 'no reason given'}`,
    );
  }
}

/** A batch that fails as a whole fails each of its jobs: a crashed page must not end the run without a count. */
async function runInPage(page: Page, jobs: readonly Job[]): Promise<readonly Outcome[]> {
  try {
    return await page.evaluate((batch) => globalThis.runJobs?.(batch) ?? [], jobs as Job[]);
  } catch (error) {
    return jobs.map(() => ({ error: `the page failed: ${messageOf(error)}` }));
  }
}
