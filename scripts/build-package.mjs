/**
 * `npm run build:package`, which `npm pack` runs too: builds what is published into dist/. Page code keeps its imports of
 * rxjs and comlink; each worker, and what records, is one file that needs no other.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled, NotInstalled } from './ensure-installed.mjs';
import { LOADED, LOADER, placesPlugin, WORKERS, wrongPlaces } from './package-places.mjs';

/** @typedef {import('esbuild').BuildOptions} BuildOptions */
/** @typedef {import('esbuild').Metafile} Metafile */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');

/** What users import. */
const ENTRIES = [
  'src/index.ts',
  'src/element.ts',
  'src/define.ts',
  'src/clips.ts',
  'src/adapters/livekit.ts',
  'src/adapters/track.ts',
  'pipelines/index.ts',
];
/** The worker whose size counts: every app with a camera loads it. */
const LIVE = 'workers/live/live.worker.ts';
/** Published as it is. */
const RULES = 'eslint-frame-rules.js';
const LICENCES = 'LICENCES-of-bundled-software.txt';

/** @throws {NotInstalled | Error} */
async function buildPackage() {
  await ensureInstalled();
  clear();
  /** @type {Set<string>} */
  const used = new Set();
  const { buildPage } = await import('./package-page.mjs');
  const page = await buildPage(ROOT, ENTRIES, placesPlugin(ROOT, used));
  const parts = await Promise.all(
    Object.entries({ ...WORKERS, ...LOADED }).map(([source, built]) => buildPart(source, built, used)),
  );
  checkPlaces(used, [page, ...parts]);
  writeFileSync(join(DIST, LICENCES), licencesOf(parts));
  const { buildTypes } = await import('./package-types.mjs');
  buildTypes(ROOT, [...ENTRIES, RULES]);
  // Of files that are started or loaded by their address.
  writeFileSync(join(DIST, 'types/worker.d.ts'), 'export {};\n');
  const { manifestOf } = await import('./package-elements.mjs');
  writeFileSync(join(DIST, 'custom-elements.json'), manifestOf(ROOT));
  const { buildCli } = await import('./build-cli.mjs');
  await buildCli();
}

/**
 * One file that needs no other.
 *
 * @param {string} source
 * @param {string} built
 * @param {Set<string>} used
 * @returns {Promise<Metafile>} What it was made of.
 */
async function buildPart(source, built, used) {
  const { build } = await import('esbuild');
  const { buildSlim, slimSource } = await import('./slim-worker.mjs');
  const banner = source in LOADED ? '' : LOADER;
  const isLive = source === LIVE;
  const options = /** @type {const} @satisfies {BuildOptions} */ ({
    absWorkingDir: ROOT,
    plugins: [placesPlugin(ROOT, used, isLive ? slimSource : undefined)],
    entryPoints: { [built.replace(/\.js$/, '')]: source },
    bundle: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    outdir: DIST,
    logLevel: 'silent',
  });
  const { metafile } = isLive
    ? await buildSlim(options, banner)
    : await build({ ...options, minify: true, sourcemap: true, banner: { js: banner } });
  return metafile;
}

/** Removes what an earlier build left; dist/cli and dist/demo are built apart. */
function clear() {
  mkdirSync(DIST, { recursive: true });
  const others = ['cli', 'demo'];
  for (const name of readdirSync(DIST).filter((one) => !others.includes(one) && !one.startsWith('.')))
    rmSync(join(DIST, name), { recursive: true });
}

/**
 * @param {Set<string>} used The files that the sources name.
 * @param {readonly Metafile[]} builds
 * @throws {Error} Where a bundler, or a browser, would look in vain.
 */
function checkPlaces(used, builds) {
  const wanted = [...Object.values(WORKERS), ...Object.values(LOADED)];
  const unused = wanted.filter((built) => !used.has(built)).map((built) => `no source names ${built}`);
  const scripts = builds
    .flatMap(({ outputs }) => Object.keys(outputs))
    .filter((path) => path.endsWith('.js'));
  const wrong = scripts.flatMap((path) =>
    wrongPlaces(path, readFileSync(join(ROOT, path), 'utf8'), (place) =>
      existsSync(join(ROOT, dirname(path), place)),
    ),
  );
  const faults = [...unused, ...wrong];
  if (faults.length > 0) throw new Error(`the package would not find its parts:\n${faults.join('\n')}`);
}

/**
 * @param {readonly Metafile[]} builds
 * @returns {string} The licence of each package that is copied into a file of ours.
 */
function licencesOf(builds) {
  const inputs = builds
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs: all }) =>
      Object.entries(all)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([path]) => path),
    );
  const folders = inputs.flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].sort().map(licenceOf).join('\n\n');
}

/** @param {string} path Of a package, from the root. @returns {string} */
function licenceOf(path) {
  const folder = join(ROOT, path);
  const manifest = /** @type {unknown} */ (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const { name, version, license } = /** @type {Record<string, string>} */ (manifest);
  const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)(\.|$)/i.test(one));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  const head = `${name} ${version} (${license}), unmodified. Its source: https://www.npmjs.com/package/${name}/v/${version}`;
  return `${head}\n${'='.repeat(head.length)}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await buildPackage();
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
