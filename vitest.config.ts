/**
 * Four runners' worth of tests: `node` for what needs no browser, `gpu` for WebGL2 in a page, `worker` for pages with a
 * camera and workers, `package` for what is published. `npm test` says which Chromium; a run by hand (`npx vitest --project gpu`) looks for one itself.
 */
import process from 'node:process';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArgs, fakeCameraArgs } from './scripts/chromium-args.mjs';
import { findChromium } from './scripts/find-chromium.mjs';
import { dependencies, packageAlias } from './vite.config.ts';

// Node's own tests need none, so that its absence is for the browser's runners to report.
process.env['CONVOLUX_CHROMIUM'] ||= await findChromium().catch(() => '');
const executablePath = process.env['CONVOLUX_CHROMIUM'];

function browser(args: readonly string[]) {
  const launchOptions = { args: [...chromiumArgs(), ...args], ...(executablePath ? { executablePath } : {}) };
  return {
    enabled: true,
    headless: true,
    ui: false,
    screenshotFailures: false,
    // Two cores and a cold cache: a first page takes its time.
    connectTimeout: 120_000,
    provider: playwright({ launchOptions }),
    instances: [{ browser: 'chromium' as const }],
  };
}

/** One file at a time: contexts of one process share the software GL, and would wait for each other's compiles. */
const inBrowser = { fileParallelism: false, testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  resolve: { alias: packageAlias },
  // More clips lie beside the repository where it is developed.
  server: { fs: { allow: ['.', '../shared/media'] } },
  // What a test imports first, found late, would reload the page in the middle of another.
  optimizeDeps: { include: [...dependencies, 'fast-check'] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/node/**/*.test.ts'],
          setupFiles: ['test/support/fast-check-limits.ts'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { name: 'gpu', include: ['test/gpu/**/*.test.ts'], browser: browser([]), ...inBrowser },
      },
      {
        extends: true,
        test: {
          name: 'worker',
          include: ['test/worker/**/*.test.ts'],
          browser: browser(fakeCameraArgs()),
          ...inBrowser,
        },
      },
      {
        // The package alone, without the names that stand for its sources here.
        test: {
          name: 'package',
          environment: 'node',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/package/pack.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
