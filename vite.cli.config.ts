/**
 * Builds the command line: `--mode command` makes dist/cli/main.js, which Node runs, `--mode page` the page that it opens in
 * a browser. See scripts/build-cli.mjs.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';
import { packageAlias } from './vite.config.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const COMMON: UserConfig = { publicDir: false, clearScreen: false, resolve: { alias: packageAlias } };

export default defineConfig(({ mode }) => (mode === 'page' ? page() : command()));

function command(): UserConfig {
  return {
    ...COMMON,
    root: ROOT,
    build: {
      ssr: join(ROOT, 'src/cli/main.ts'),
      target: 'node20.19',
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: { output: { entryFileNames: 'main.js', chunkFileNames: '[name]-[hash].js' } },
    },
  };
}

function page(): UserConfig {
  return {
    ...COMMON,
    root: join(ROOT, 'src/cli/page'),
    // Served behind a path that nobody knows ahead.
    base: './',
    worker: { format: 'es' },
    build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: false, reportCompressedSize: false },
  };
}
