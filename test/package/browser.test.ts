/** The package in applications: bundled as docs/install.md says, served under a strict policy, and used in Chromium. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build as buildWithEsbuild } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright';
import { build as buildWithVite, createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cameraLaunchOptions } from '../../scripts/chromium-args.mjs';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { runCommand } from '../../scripts/run-command.mjs';
import type { App } from './app/main.ts';
import { POLICY, serveFolder, type Served } from './serve-folder.ts';

const { app } = inject('packed');
const GUIDE = readFileSync(fileURLToPath(new URL('../../docs/install.md', import.meta.url)), 'utf8');

/** Of the test pattern, from left to right; see PatternSource. */
const BARS = [0xc8c8c8, 0xc8c832, 0x32c8c8, 0x32c832, 0xc832c8, 0xc83232, 0x3232c8].map((color) => [
  color >> 16,
  (color >> 8) & 255,
  color & 255,
]);
const NEGATIVE = BARS.map((bar) => bar.map((value) => 255 - value));

let browser: Browser;

beforeAll(async () => {
  process.env['CONVOLUX_CHROMIUM'] ||= await findChromium();
  browser = await chromium.launch(cameraLaunchOptions());
});

afterAll(() => browser.close());

/** Runs in the page. */
const callOf = (name: string): unknown =>
  (globalThis as unknown as { app: Readonly<Record<string, () => unknown>> }).app[name]?.();

/** A line or a block of the guide, which is what is tested here. */
function fromGuide(pattern: RegExp): string {
  const [, found] = pattern.exec(GUIDE) ?? [];
  if (found === undefined) throw new Error(`docs/install.md has no ${pattern.source}`);
  return found;
}

async function viteBuild(): Promise<Served> {
  await buildWithVite({ root: app, configFile: false, logLevel: 'error', build: { outDir: 'vite' } });
  return serveFolder(join(app, 'vite'));
}

async function viteDevServer(): Promise<Served> {
  const configFile = join(app, 'vite.config.js');
  writeFileSync(configFile, fromGuide(/```js\n(\/\/ vite\.config\.js\n[^]*?)```/));
  const reports: string[] = [];
  const server = await createServer({
    root: app,
    configFile,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', headers: { 'Content-Security-Policy': POLICY } },
  });
  await server.listen();
  const [url = ''] = server.resolvedUrls?.local ?? [];
  return { url, reports, missing: [], close: () => server.close() };
}

async function esbuildBundle(): Promise<Served> {
  const outfile = join(app, 'public/main.js');
  await buildWithEsbuild({
    absWorkingDir: app,
    entryPoints: ['main.ts'],
    bundle: true,
    format: 'esm',
    outfile,
  });
  const page = readFileSync(join(app, 'index.html'), 'utf8').replace('/main.ts', '/main.js');
  writeFileSync(join(app, 'public/index.html'), page);
  const line = fromGuide(/^(cp node_modules\/convolux.*)$/m);
  const { problem } = await runCommand(line, [], { cwd: app, timeoutMs: 30_000, shell: true });
  expect(problem).toBe('');
  return serveFolder(join(app, 'public'));
}

describe.each([
  ['built by Vite', viteBuild],
  ["on Vite's dev server", viteDevServer],
  ['bundled by esbuild', esbuildBundle],
])('%s', (_name, serve) => {
  let served: Served;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    served = await serve();
    page = await browser.newPage();
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text());
    });
    await page.goto(served.url);
    await page.waitForFunction(() => 'app' in globalThis);
  });

  afterAll(async () => {
    await page.close();
    await served.close();
  });

  /** Calls what the application offers. */
  const use = <Name extends keyof App>(name: Name) => page.evaluate(callOf, name) as ReturnType<App[Name]>;

  test('shows frames, and a filter has its effect', async () => {
    const { plain, filtered } = await use('showsFrames');
    expectColors(plain, BARS);
    expectColors(filtered, NEGATIVE);
  });

  test('reads a camera', async () => {
    expect(await use('readsCamera')).toBeGreaterThanOrEqual(5);
  });

  test('records, and puts what was recorded through a filter', async () => {
    const { recorded, processed, filtered } = await use('recordsAndProcesses');
    expect(recorded).toBeGreaterThanOrEqual(10);
    expect(processed).toBe(recorded);
    expectColors(filtered, NEGATIVE, 16);
  });

  test('tells of a fault in what is loaded to record, by its code', async () => {
    expect(await use('tellsOfFaults')).toBe('clip-unwritable');
  });

  test('computes on arrays in a worker', async () => {
    expect(await use('computesInWorker')).toEqual([2, 4, 6, 8]);
  });

  test('has the element, with the built-in filters and one of its own', async () => {
    const { names, filtered } = await use('showsElement');
    expect(names).toEqual([...(await use('filters')), 'negative']);
    expectColors(filtered, NEGATIVE);
  });

  test('filters a track through the adapters', async () => {
    const { kind, shown, processor } = await use('filtersTrack');
    expect(kind).toBe('video');
    expect(shown).toBeGreaterThanOrEqual(3);
    expect(processor).toBe('convolux');
  });

  test('all within the policy, with nothing missing', async () => {
    expect(await use('violations')).toEqual([]);
    expect(served.reports).toEqual([]);
    expect(served.missing).toEqual([]);
    expect(faults).toEqual([]);
  });
});

test('the policy that the tests serve is heard of where it is broken', async () => {
  expect(existsSync(join(app, 'vite/index.html'))).toBe(true);
  const served = await serveFolder(join(app, 'vite'));
  const page = await browser.newPage();
  await page.goto(served.url);
  await page.waitForFunction(() => 'app' in globalThis);
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }));
  });
  await expect.poll(() => served.reports.length).toBe(1);
  expect(await page.evaluate(callOf, 'violations')).toHaveLength(1);
  await page.close();
  await served.close();
});

/** Within what a conversion to YUV and back costs; more where a codec lies between. */
function expectColors(
  found: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  most = 6,
) {
  const off = found.map((color, i) =>
    Math.max(...color.map((value, k) => Math.abs(value - (expected[i]?.[k] ?? -1)))),
  );
  expect(found).toHaveLength(expected.length);
  expect(
    Math.max(...off),
    `${JSON.stringify(found)} should be ${JSON.stringify(expected)}`,
  ).toBeLessThanOrEqual(most);
}
