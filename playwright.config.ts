/**
 * End-to-end tests: a real Chromium with a fake camera, against the page that `npm start` serves. A test opens `/`; one
 * that wants another camera says `test.use({ launchOptions: cameraLaunchOptions(file) })` (scripts/chromium-args.mjs).
 */
import { createServer, type AddressInfo } from 'node:net';
import process from 'node:process';
import { defineConfig } from '@playwright/test';
import { cameraLaunchOptions } from './scripts/chromium-args.mjs';
import { findChromium } from './scripts/find-chromium.mjs';

// Playwright reads this file again in each of its processes; what is found once is handed down.
process.env['CONVOLUX_CHROMIUM'] ||= await findChromium();
const port = (process.env['CONVOLUX_E2E_PORT'] ||= String(await freePort()));
const baseURL = `http://localhost:${port}/`;

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  timeout: 60_000,
  retries: 0,
  workers: 1,
  fullyParallel: false,
  reporter: [['list'], ['json', { outputFile: process.env['CONVOLUX_REPORT'] ?? 'test-results/e2e.json' }]],
  use: {
    baseURL,
    browserName: 'chromium',
    headless: true,
    launchOptions: cameraLaunchOptions(),
    screenshot: 'off',
    trace: 'off',
    video: 'off',
  },
  webServer: {
    command: `node scripts/start.mjs --port ${port}`,
    url: baseURL,
    reuseExistingServer: false,
    timeout: 120_000,
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5000 },
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, 'localhost', () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => {
        resolve(found);
      });
    });
  });
}
