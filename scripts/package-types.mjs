/** The package's declarations: what TypeScript emits for its entries, and all that those refer to. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/** @param {readonly ts.Diagnostic[]} diagnostics @param {string} root */
function messageOf(diagnostics, root) {
  return ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  });
}

/** @param {string} root @returns {ts.CompilerOptions} Those of the page's side. */
function optionsOf(root) {
  const file = join(root, 'tsconfig.json');
  const { options, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
    {},
    file,
  );
  if (errors.length > 0) throw new Error(messageOf(errors, root));
  return {
    ...options,
    noEmit: false,
    allowJs: true,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: join(root, 'dist/types'),
    types: [...(options.types ?? []), 'node'],
  };
}

const SPECIFIER = /(?:\bfrom |\bimport\(|^import )(['"])(\.[^'"]+)\1/gm;

/**
 * @param {ReadonlyMap<string, string>} emitted All declarations, by their paths.
 * @param {readonly string[]} entries
 * @returns {Set<string>} Those that the entries refer to, and they themselves.
 */
export function reachable(emitted, entries) {
  /** @type {Set<string>} */
  const found = new Set();
  const left = [...entries];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (found.has(path)) continue;
    const text = emitted.get(path);
    if (text === undefined) throw new Error(`${path} is referred to, and was not emitted`);
    found.add(path);
    for (const [, , place = ''] of text.matchAll(SPECIFIER))
      left.push(resolve(dirname(path), place.replace(/\.ts$/, '.d.ts')));
  }
  return found;
}

/**
 * @param {string} root The repository's.
 * @param {readonly string[]} entries Sources, from the root.
 * @throws {Error} With what the compiler says.
 */
export function buildTypes(root, entries) {
  const options = optionsOf(root);
  const program = ts.createProgram(
    entries.map((entry) => join(root, entry)),
    options,
  );
  /** @type {Map<string, string>} */
  const emitted = new Map();
  const { diagnostics } = program.emit(
    undefined,
    (path, text) => emitted.set(resolve(path), text),
    undefined,
    true,
  );
  // Of declarations alone: `npm run types` has checked the rest.
  if (diagnostics.length > 0) throw new Error(messageOf(diagnostics, root));
  const out = join(root, 'dist/types');
  const wanted = entries.map((entry) => resolve(out, entry.replace(/\.(ts|js)$/, '.d.ts')));
  for (const path of reachable(emitted, wanted)) {
    mkdirSync(dirname(path), { recursive: true });
    // The compiler leaves them as the sources have them.
    const text = (emitted.get(path) ?? '').replaceAll(SPECIFIER, (all) =>
      all.replace(/\.ts(?=['"]$)/, '.js'),
    );
    writeFileSync(path, text);
  }
}
