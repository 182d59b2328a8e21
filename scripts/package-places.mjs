/**
 * Where the parts of the package find each other: an esbuild plugin that turns the places of the sources into those of the
 * built files. Page code names its workers by `new URL('./worker.js', import.meta.url)`, to the letter, which is what
 * bundlers follow; the worker loads what records at run time, by its address, in a way that no bundler follows.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** @typedef {Readonly<Record<string, string>>} Places By a source's path from the root: the built file. */

/** @type {Places} What page code starts. */
export const WORKERS = {
  'workers/live/live.worker.ts': 'worker.js',
  'workers/clips/clips.worker.ts': 'clips-worker.js',
  'workers/tensors/tensors.worker.ts': 'tensors-worker.js',
};

/** @type {Places} What a worker loads when it is needed. */
export const LOADED = { 'src/clips/recorder.ts': 'recording.js' };

/**
 * A minifier drops the comments, which two bundlers ask for before they leave an `import()` alone: so this stands ahead of
 * the minified code, as it is. What follows takes no name that is used here.
 */
export const LOADER =
  'const loadByAddress = (url) => import(/* webpackIgnore: true */ /* @vite-ignore */ url);';

const ADDRESS = /\bnew URL\(\s*'(\.[^']+)',\s*import\.meta\.url\s*,?\s*\)/g;
const IMPORT = /\bimport\(\s*'(\.[^']+)'\s*,?\s*\)/g;

/**
 * @param {string} code Of a source.
 * @param {string} path The source's own, from the root, with slashes.
 * @returns {{ code: string, used: string[] }} With the built files that it names.
 * @throws {Error} For a place that the package doesn't have.
 */
export function replacePlaces(code, path) {
  /** @type {string[]} */
  const used = [];
  /** @param {Places} places @param {string} place */
  const builtOf = (places, place) => {
    const source = join(dirname(path), place).split(sep).join('/');
    const built = places[source];
    if (built === undefined) throw new Error(`${path} names ${place}, which the package has no place for`);
    used.push(built);
    return `new URL('./${built}', import.meta.url)`;
  };
  const replaced = code
    .replaceAll(ADDRESS, (_, /** @type {string} */ place) => builtOf(WORKERS, place))
    .replaceAll(IMPORT, (_, /** @type {string} */ place) => `loadByAddress(${builtOf(LOADED, place)}.href)`);
  return { code: replaced, used };
}

/**
 * @param {string} root The repository's.
 * @param {Set<string>} used Gets the built files that are named.
 * @param {(code: string, path: string) => string} [change] Of each source, before it is compiled. Default none.
 * @returns {import('esbuild').Plugin}
 */
export function placesPlugin(root, used, change = (code) => code) {
  return {
    name: 'convolux:places',
    setup(build) {
      build.onLoad({ filter: /[\\/](src|workers|pipelines)[\\/].*\.ts$/ }, ({ path }) => {
        const from = relative(root, path).split(sep).join('/');
        const { code, used: named } = replacePlaces(readFileSync(path, 'utf8'), from);
        for (const name of named) used.add(name);
        return { contents: change(code, from), loader: 'ts' };
      });
    },
  };
}

/**
 * What is wrong with the places that built code names: a worker's source, a file that isn't there, a dynamic import.
 *
 * @param {string} name Of the built file, for the message.
 * @param {string} code
 * @param {(place: string) => boolean} exists Whether there is such a file, as seen from this one.
 * @returns {string[]}
 */
export function wrongPlaces(name, code, exists) {
  const addresses = [...code.matchAll(/new URL\(\s*(["'`])(\.[^"'`]+)\1,\s*import\.meta\.url\s*\)/g)];
  const missing = addresses.map(([, , place = '']) => place).filter((place) => !exists(place));
  const uses = [...code.matchAll(/\bimport\.meta\.url\b/g)].length;
  const imports = [...code.replace(LOADER, '').matchAll(/\bimport\s*\(/g)].length;
  return [
    ...missing.map((place) => `${name} names ${place}, which is not there`),
    ...(uses === addresses.length
      ? []
      : [`${name} uses import.meta.url in a way that bundlers don't follow`]),
    ...(imports === 0 ? [] : [`${name} has an import() that a bundler would split off`]),
  ];
}
