/**
 * What makes the live worker's file smaller than a bundle of its sources: it leaves out what nothing there reads (the
 * float64 references and the figures of layers, which every op brings along) and the words of invariants, whose stack says
 * the same; then one minifier folds the code and another one names what is left.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import ts from 'typescript';

/** @typedef {import('esbuild').BuildOptions} BuildOptions */
/** @typedef {import('esbuild').BuildResult<{ metafile: true }>} BuildResult */
/** @typedef {NonNullable<NonNullable<Parameters<typeof import('vite').minify>[2]>['inputMap']>} InputMap */

/** Members of ops that `src/backends/reference` and `describe()` read, and nothing in the live worker. */
const UNREAD = ['reference', 'layer'];

/**
 * @param {string} code Of a source.
 * @param {string} path Its own, from the root, with slashes.
 * @returns {string} As the live worker takes it; lines keep their numbers.
 */
export function slimSource(code, path) {
  const isOp = path.startsWith('src/ops/');
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true);
  /** @type {[from: number, to: number][]} */
  const cuts = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const cut = (isOp ? unreadMember(node, source) : null) ?? messageOf(node, source);
    if (cut !== null) cuts.push(cut);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return cuts.reduceRight(
    (left, [from, to]) => left.slice(0, from) + left.slice(from, to).replace(/[^\n]+/g, '') + left.slice(to),
    code,
  );
}

/**
 * @param {ts.Node} node
 * @param {ts.SourceFile} source
 * @returns {[from: number, to: number] | null} Where it stands, with the comma behind it.
 */
function unreadMember(node, source) {
  if (!ts.isObjectLiteralElement(node) || node.name === undefined) return null;
  if (!UNREAD.includes(node.name.getText(source)) || !ts.isObjectLiteralExpression(node.parent)) return null;
  const { properties } = node.parent;
  const next = properties[properties.findIndex((one) => one === node) + 1];
  return [node.getStart(source), next?.getStart(source) ?? node.parent.end - 1];
}

/**
 * @param {ts.Node} node
 * @param {ts.SourceFile} source
 * @returns {[from: number, to: number] | null} Where the message of an `assert(condition, message)` stands.
 */
function messageOf(node, source) {
  if (!ts.isStringLiteral(node) || !ts.isCallExpression(node.parent)) return null;
  const { expression, arguments: given } = node.parent;
  if (expression.getText(source) !== 'assert' || given[1] !== node) return null;
  // An empty string stays.
  return [node.getStart(source) + 1, node.end - 1];
}

/**
 * @param {string} code A bundle, before it is minified.
 * @throws {Error} When it reads what `slimSource` leaves out.
 */
export function checkUnread(code) {
  const source = ts.createSourceFile('bundle.js', code, ts.ScriptTarget.Latest, true);
  /** @param {ts.Node} node @returns {string | undefined} The member that is read here. */
  const readBy = (node) => {
    if (ts.isPropertyAccessExpression(node)) return node.name.text;
    if (ts.isBindingElement(node)) return (node.propertyName ?? node.name).getText(source);
    if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression))
      return node.argumentExpression.text;
    return undefined;
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    const name = readBy(node);
    if (name !== undefined && UNREAD.includes(name))
      throw new Error(`the worker reads '${name}', which its ops don't have there`);
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/**
 * Builds a worker as one file, with its source map beside it.
 *
 * @param {BuildOptions} options With one entry, and a plugin that gives each source of ours through `slimSource`.
 * @param {string} banner What stands ahead of the code, as it is: one line.
 * @returns {Promise<BuildResult>}
 */
export async function buildSlim(options, banner) {
  const { build } = await import('esbuild');
  const result = await build({
    ...options,
    minify: false,
    write: false,
    sourcemap: 'external',
    metafile: true,
    // Classes as they are written: rxjs is smaller that way.
    conditions: ['es2015'],
  });
  const [map, bundle] = ['.map', '.js'].map((end) =>
    result.outputFiles.find(({ path }) => path.endsWith(end)),
  );
  if (map === undefined || bundle === undefined) throw new Error('the worker has no code, or no source map');
  checkUnread(bundle.text);
  const small = await minify(basename(bundle.path), bundle.text, map.text);
  mkdirSync(dirname(bundle.path), { recursive: true });
  const end = `//# sourceMappingURL=${basename(map.path)}`;
  writeFileSync(bundle.path, `${banner}\n${small.code.trimEnd()}\n${end}\n`);
  // A line more stands ahead.
  writeFileSync(map.path, JSON.stringify({ ...small.map, mappings: `;${small.map.mappings}` }));
  return result;
}

/**
 * The first minifier folds more, the second one gives names that compress better.
 *
 * @param {string} name Of the file that it becomes.
 * @param {string} code A bundle for modern browsers: an ES module.
 * @param {string} map Its source map.
 */
async function minify(name, code, map) {
  const [{ minify: fold }, { minify: rename }] = await Promise.all([import('terser'), import('vite')]);
  const folded = await fold(
    { [name]: code },
    {
      module: true,
      compress: { passes: 3 },
      format: { comments: false },
      sourceMap: { content: map, asObject: true },
    },
  );
  const small = await rename(name, folded.code ?? '', {
    module: true,
    compress: { target: 'es2022' },
    mangle: { toplevel: true },
    sourcemap: true,
    inputMap: /** @type {InputMap} */ (folded.map),
  });
  if (small.errors.length > 0 || small.map === undefined)
    throw new Error(
      `${name} could not be minified: ${small.errors.map(({ message }) => message).join(', ')}`,
    );
  return { code: small.code, map: small.map };
}
