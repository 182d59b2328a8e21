/** Opens a page of test/bench in a Chromium of its own, served by a Vite of its own. Runs in Node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { build, createServer, preview, type InlineConfig, type Plugin } from 'vite';
import { chromiumArgs } from '../../scripts/chromium-args.mjs';
import { findChromium } from '../../scripts/find-chromium.mjs';

const LOAD_LIMIT_MS = 120_000;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type BenchPage = Readonly<{
  page: Page;
  browserVersion: string;
  /** What the page has thrown or could not load so far. */
  problems: readonly string[];
}>;

/**
 * Serves and opens the page, and gives server and browser back afterwards.
 * @param path its folder, from the repository's root, with a slash at the end.
 */
export async function withBenchPage<Result>(
  path: string,
  use: (opened: BenchPage) => Promise<Result>,
): Promise<Result> {
  const server = await serve();
  try {
    await server.listen();
    return await withPage(server.resolvedUrls?.local[0], path, use);
  } finally {
    await server.close();
  }
}

/**
 * The same of a page that is built first: its workers come in one file, as a user's do.
 * @param path its folder, from the repository's root.
 */
export async function withBuiltPage<Result>(
  path: string,
  use: (opened: BenchPage) => Promise<Result>,
): Promise<Result> {
  const outDir = mkdtempSync(join(tmpdir(), 'convolux-bench-'));
  const config: InlineConfig = {
    root: join(ROOT, path),
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [sideEffects()],
    worker: { format: 'es', plugins: () => [sideEffects()] },
    build: { outDir, emptyOutDir: true, target: 'es2023' },
    preview: { port: 0, host: 'localhost' },
  };
  try {
    await build(config);
    const server = await preview(config);
    try {
      return await withPage(server.resolvedUrls?.local[0], '', use);
    } finally {
      await server.close();
    }
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** package.json speaks of what is built: of the sources, those of a page may do something when they are imported. */
function sideEffects(): Plugin {
  return {
    name: 'convolux:side-effects',
    transform: {
      filter: { id: /[\\/](test|workers)[\\/].*\.ts$/ },
      handler: (code) => ({ code, map: null, moduleSideEffects: true }),
    },
  };
}

async function withPage<Result>(
  baseURL: string | undefined,
  path: string,
  use: (opened: BenchPage) => Promise<Result>,
): Promise<Result> {
  if (baseURL === undefined) throw new Error('the server has no address');
  const executablePath = await findChromium({ install: true, log: (line) => console.error(line) });
  const browser = await chromium.launch({ executablePath, args: chromiumArgs() });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('response', (response) => {
      if (!response.ok()) problems.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(baseURL + path, { waitUntil: 'load', timeout: LOAD_LIMIT_MS });
    return await use({ page, browserVersion: browser.version(), problems });
  } finally {
    await browser.close();
  }
}

/**
 * What the page sets once it is ready.
 * @throws Error that says why it never will be.
 */
export async function whenReady<Facts>(
  { page, problems }: BenchPage,
  read: () => Facts | undefined,
): Promise<Facts> {
  const deadline = performance.now() + LOAD_LIMIT_MS;
  while (problems.length === 0 && performance.now() < deadline) {
    const facts = await page.evaluate(read);
    if (facts !== undefined) return facts;
    await page.waitForTimeout(100);
  }
  throw new Error(`the page did not load: ${problems.join('; ') || 'no reason given'}`);
}

export function machine(): string {
  const cores = cpus();
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown CPU'}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

function serve() {
  return createServer({
    root: ROOT,
    configFile: false,
    appType: 'mpa',
    logLevel: 'warn',
    publicDir: false,
    // Of its own: the demo's server, which may run at the same time, has other dependencies.
    cacheDir: 'node_modules/.vite-bench',
    optimizeDeps: {
      include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgl', '@techstark/opencv-js'],
      noDiscovery: true,
    },
    server: {
      watch: null,
      hmr: false,
      // An isolated page has a clock of 5 µs; any other one of 100 µs.
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
  });
}
