/** The host page as it was built: all of it in memory, so that a build that happens meanwhile changes nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

export type PageFile = Readonly<{ type: string; body: Buffer }>;
/** By their paths under the page's root: 'index.html', 'assets/main.js'. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

export function readPageFiles(root: string): PageFiles {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths.map((path) => [
      relative(root, path).replaceAll(sep, '/'),
      { type: TYPES[extname(path)] ?? 'application/octet-stream', body: readFileSync(path) },
    ]),
  );
}
