/**
 * `npm run bench:ops`: each operator on WebGL2 beside TensorFlow.js' webgl backend, in one page and on the same data.
 * Prints one row per operator and size; the bar is to be no slower. Runs in Node; serves the page itself.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { createServer } from 'vite';
import { chromiumArgs } from '../../scripts/chromium-args.mjs';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { BadOpsBenchOption, readOpsBenchOptions, type OpsBenchOptions } from './ops-options.ts';
import type { BenchSize, CaseInfo, OpMeasurement, PageFacts } from './ops-protocol.ts';
import { isDifferent, isSlower, OPS_TABLE_HEAD, opsTableRow } from './ops-table.ts';
import type {} from './page/page.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = 'test/bench/page/';
const LOAD_LIMIT_MS = 60_000;

/** 1 when an operator is slower or computes something else, or the command line is wrong. */
export const exitStatus = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await bench(readOpsBenchOptions(args));
  } catch (error) {
    if (!(error instanceof BadOpsBenchOption)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function bench(options: OpsBenchOptions): Promise<number> {
  const executablePath = await findChromium({ install: true, log: (line) => console.error(line) });
  const server = await serve();
  try {
    await server.listen();
    const [baseURL] = server.resolvedUrls?.local ?? [];
    if (baseURL === undefined) throw new Error('the server has no address');
    const browser = await chromium.launch({ executablePath, args: chromiumArgs() });
    try {
      const page = await browser.newPage();
      const facts = await load(page, baseURL + PAGE);
      console.log(
        `${machine()}; Chromium ${browser.version()}, ${facts.renderer}; TensorFlow.js ${facts.tfjsVersion}`,
      );
      return await measureAll(page, facts, options);
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
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
      include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgl'],
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

async function load(page: Page, address: string): Promise<PageFacts> {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(address, { waitUntil: 'load', timeout: LOAD_LIMIT_MS });
  const ready = page.waitForFunction(() => globalThis.opsBench?.facts, undefined, { timeout: LOAD_LIMIT_MS });
  const facts = await (await ready.catch(() => undefined))?.jsonValue();
  if (facts === undefined)
    throw new Error(`the page did not load: ${problems.join('; ') || 'no reason given'}`);
  return facts;
}

type Measured = Readonly<{ name: string; size: BenchSize; measurement: OpMeasurement }>;

async function measureAll(page: Page, { cases }: PageFacts, options: OpsBenchOptions): Promise<number> {
  const chosen = [...cases.entries()].filter(([, { name }]) => isChosen(name, options.ops));
  if (chosen.length === 0) {
    throw new BadOpsBenchOption(`--op must be part of one of: ${cases.map(({ name }) => name).join('; ')}`);
  }
  console.log(OPS_TABLE_HEAD);
  const all: Measured[] = [];
  for (const [index, one] of chosen) {
    for (const size of sizesOf(one, options)) {
      const measurement = await page.evaluate(
        ([at, side, runs]) => {
          if (globalThis.opsBench === undefined) throw new Error('the page was reloaded');
          return globalThis.opsBench.measure(at, side, runs);
        },
        [index, size, options.runs] as const,
      );
      console.log(opsTableRow(one.name, size, measurement));
      all.push({ name: one.name, size, measurement });
    }
  }
  return verdict(all);
}

function isChosen(name: string, ops: readonly string[]): boolean {
  return ops.length === 0 || ops.some((op) => name.toLowerCase().includes(op.toLowerCase()));
}

function sizesOf({ sizes }: CaseInfo, options: OpsBenchOptions): readonly BenchSize[] {
  return options.sizes.length === 0 ? sizes : options.sizes;
}

function verdict(all: readonly Measured[]): number {
  const slower = all.filter(({ measurement }) => isSlower(measurement));
  const different = all.filter(({ measurement }) => isDifferent(measurement));
  const named = (rows: readonly Measured[]) =>
    rows.map(({ name, size }) => `${name} ${size.width}x${size.height}`).join(', ');
  if (slower.length > 0) console.error(`Slower than TensorFlow.js: ${named(slower)}`);
  if (different.length > 0) console.error(`Other outputs than TensorFlow.js: ${named(different)}`);
  return slower.length + different.length === 0 ? 0 : 1;
}

function machine(): string {
  const cores = cpus();
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown CPU'}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
