/** The package's custom-elements manifest, from what the element's sources say of it: for editors and documentation. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as analyzer from '@custom-elements-manifest/analyzer';

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} [privacy]
 * @property {string} [description]
 * @property {object} [inheritedFrom]
 */

/**
 * @typedef {object} Declaration The parts of the analyzer's answer that we read.
 * @property {string} name
 * @property {string} [tagName]
 * @property {Entry[]} [members]
 * @property {Entry[]} [events]
 * @property {Entry[]} [attributes]
 */

/**
 * What its own types leave out. It brings a compiler along, whose trees it reads.
 *
 * @typedef {object} Analyzer
 * @property {typeof import('typescript')} ts
 * @property {(options: object) => { modules: { declarations: Declaration[] }[] }} create
 */
const { create, ts } = /** @type {Analyzer} */ (/** @type {unknown} */ (analyzer));

const ELEMENT = 'dist/element.js';
const DEFINE = 'dist/define.js';

/**
 * @param {string} root The repository's.
 * @returns {string} JSON in the manifest's schema, of the built files.
 * @throws {Error} Where no source describes an element.
 */
export function manifestOf(root) {
  const folder = 'src/element';
  const paths = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  const modules = paths.map((path) =>
    ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true),
  );
  const { modules: described } = create({ modules, plugins: [], context: { dev: false } });
  const elements = described
    .flatMap(({ declarations }) => declarations)
    .filter(({ tagName }) => tagName !== undefined);
  if (elements.length === 0) throw new Error(`${folder} describes no element`);
  return JSON.stringify({
    schemaVersion: '1.0.0',
    readme: 'README.md',
    modules: [
      {
        kind: 'javascript-module',
        path: ELEMENT,
        declarations: elements.map(publicOf),
        exports: elements.map(({ name }) => ({ kind: 'js', name, declaration: { name, module: ELEMENT } })),
      },
      {
        kind: 'javascript-module',
        path: DEFINE,
        declarations: [],
        exports: elements.map(({ name, tagName }) => ({
          kind: 'custom-element-definition',
          name: tagName,
          declaration: { name, module: ELEMENT },
        })),
      },
    ],
  });
}

/**
 * What is said to its users: the analyzer also lists what only looks like a member or an event.
 *
 * @param {Declaration} declaration
 * @returns {object}
 */
function publicOf({ members = [], events = [], attributes = [], ...rest }) {
  const isPublic = (/** @type {Entry} */ { name, privacy, description }) =>
    !name.startsWith('#') && privacy !== 'private' && privacy !== 'protected' && description !== undefined;
  /** @param {readonly Entry[]} entries */
  const shown = (entries) => entries.filter(isPublic).map(({ inheritedFrom: _, ...entry }) => entry);
  return {
    ...rest,
    // The class between them is built into the same file, and has no name outside of it.
    superclass: { name: 'HTMLElement' },
    attributes: shown(attributes),
    events: shown(events),
    members: shown(members),
  };
}
