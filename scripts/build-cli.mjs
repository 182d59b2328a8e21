/**
 * `npm run build:cli`: builds the command line into dist/cli. In a clone bin/convolux.mjs does so by itself, whenever a
 * source is newer than what was built.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled, NotInstalled } from './ensure-installed.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUILT = join(ROOT, 'dist/cli');
const CONFIG = join(ROOT, 'vite.cli.config.ts');

/** All that the command line is made of. */
const SOURCES = [
  'src',
  'pipelines',
  'workers',
  'scripts',
  'package.json',
  'vite.config.ts',
  'vite.cli.config.ts',
];

/** @returns {boolean} Whether it was never built, or a source has changed since. Never where no sources are. */
export function isOutdated() {
  const main = join(BUILT, 'main.js');
  if (!existsSync(CONFIG)) return false;
  if (!existsSync(main)) return true;
  const builtMs = statSync(main).mtimeMs;
  return SOURCES.map((name) => join(ROOT, name)).some((path) => existsSync(path) && newestMs(path) > builtMs);
}

/** @param {string} path */
function newestMs(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  let newest = mtimeMs;
  for (const name of readdirSync(path)) newest = Math.max(newest, newestMs(join(path, name)));
  return newest;
}

/**
 * Several may build at once, as a fleet does on its first run: each in a folder of its own, put in place when it is whole.
 *
 * @throws {NotInstalled}
 */
export async function buildCli() {
  await ensureInstalled();
  const { build } = await import('vite');
  const fresh = join(ROOT, `dist/.cli-${process.pid}`);
  const common = { configFile: CONFIG, logLevel: /** @type {const} */ ('error') };
  try {
    mkdirSync(fresh, { recursive: true });
    await build({ ...common, mode: 'page', build: { outDir: join(fresh, 'page'), emptyOutDir: true } });
    await build({ ...common, mode: 'command', build: { outDir: fresh, emptyOutDir: false } });
    putInPlace(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** @param {string} fresh */
function putInPlace(fresh) {
  const old = `${fresh}-old`;
  try {
    if (existsSync(BUILT)) renameSync(BUILT, old);
    renameSync(fresh, BUILT);
  } catch (error) {
    // Another was faster, with the same.
    if (!existsSync(join(BUILT, 'main.js'))) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await buildCli();
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
