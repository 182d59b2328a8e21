/**
 * The page's part of the package: each source becomes a file of its own, so that a bundler leaves out what is not used, file
 * by file. What names a worker lies beside the workers, whose address begins with './' there wherever it is bundled to.
 */
import { basename, dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/** @typedef {import('esbuild').Metafile} Metafile */
/** @typedef {import('esbuild').Plugin} Plugin */

/** @param {string} source From the root, with slashes. @returns {string} The built file, from dist/, without its ending. */
export function placeOf(source) {
  const path = source.replace(/\.ts$/, '');
  return path.startsWith('workers/') ? basename(path) : path.replace(/^src\//, '');
}

/** @param {string} path @returns {string} */
const slashed = (path) => path.split(sep).join('/');

/** @param {string} root @returns {Plugin} Leaves what a source imports where it is, under the name of its built file. */
function separatePlugin(root) {
  return {
    name: 'convolux:separate',
    setup(bundler) {
      bundler.onResolve({ filter: /^\./ }, ({ path, importer, resolveDir, kind }) => {
        if (kind !== 'import-statement') return undefined;
        const from = dirname(placeOf(slashed(relative(root, importer))));
        const place = slashed(relative(from, placeOf(slashed(relative(root, join(resolveDir, path))))));
        return { path: `${place.startsWith('.') ? '' : './'}${place}.js`, external: true };
      });
    },
  };
}

/**
 * @param {string} root The repository's.
 * @param {readonly string[]} entries Sources, from the root.
 * @param {Plugin} places What turns the places of workers into those of the package.
 * @returns {Promise<Metafile>}
 */
export async function buildPage(root, entries, places) {
  const common = /** @type {const} */ ({
    absWorkingDir: root,
    bundle: true,
    metafile: true,
    format: 'esm',
    target: 'es2023',
    outdir: join(root, 'dist'),
    packages: 'external',
    logLevel: 'silent',
  });
  const reached = await build({ ...common, plugins: [places], entryPoints: [...entries], write: false });
  const sources = Object.keys(reached.metafile.inputs);
  const taken = new Set(sources.map(placeOf));
  if (taken.size < sources.length) throw new Error('two sources would become the same file of the package');
  const { metafile } = await build({
    ...common,
    plugins: [separatePlugin(root), places],
    entryPoints: sources.map((source) => ({ in: source, out: placeOf(source) })),
    sourcemap: true,
  });
  return metafile;
}
