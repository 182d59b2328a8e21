/**
 * Makes sure that the dependencies are those of package-lock.json, before a script imports one of them: somebody who
 * cloned the repository runs `npm start` or `npm test` and nothing else. Itself needs nothing but Node.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runNpm } from './run-command.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19];
const INSTALL_LIMIT_MS = 15 * 60_000;

/** The dependencies can't be had, in one line that says how to mend it. */
export class NotInstalled extends Error {
  /** @override */
  name = 'NotInstalled';
}

/**
 * @param {string} version As `process.versions.node` has it.
 * @throws {NotInstalled} When it is older than we support.
 */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new NotInstalled(
    `Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${version}. See https://nodejs.org`,
  );
}

/**
 * Compares what is installed with the lockfile, entry by entry: dates say little after a checkout.
 *
 * @param {string} root The repository's root.
 * @returns {string} Empty when all is there, else why an install is needed.
 */
export function whyInstall(root) {
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'the dependencies are not installed';
  if (!existsSync(join(root, 'node_modules', 'vite', 'package.json'))) return 'node_modules is incomplete';
  const locked = packagesIn(join(root, 'package-lock.json'));
  if (locked === undefined) return '';
  for (const [path, { version, optional, devOptional, link }] of Object.entries(locked)) {
    const has = installed[path];
    // What npm leaves out on this platform is optional.
    const isMissing = has === undefined && optional !== true && devOptional !== true;
    if (path === '' || link === true || !(isMissing || (has !== undefined && has.version !== version)))
      continue;
    return `${path} ${has === undefined ? 'is missing' : `is ${has.version}, not ${version}`}`;
  }
  const extra = Object.keys(installed).find((path) => locked[path] === undefined);
  return extra === undefined ? '' : `${extra} is not in package-lock.json`;
}

/**
 * @param {object} [options]
 * @param {string} [options.root] Default: this repository's.
 * @param {(line: string) => void} [options.log]
 * @throws {NotInstalled}
 */
export async function ensureInstalled({ root = ROOT, log = console.error } = {}) {
  checkNode(process.versions.node);
  const reason = whyInstall(root);
  if (reason === '') return;
  const action = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install';
  log(`${reason}: running npm ${action} …`);
  const limits = { timeoutMs: INSTALL_LIMIT_MS, cwd: root, show: true };
  const { problem } = await runNpm([action, '--no-audit', '--no-fund'], limits);
  const trouble = problem || whyInstall(root);
  if (trouble === '') return;
  throw new NotInstalled(
    `npm ${action} failed (${trouble}). Mend what npm says above, then run "npm ${action}" again`,
  );
}

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage
 *
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined} Undefined where the file is missing or broken.
 */
function packagesIn(file) {
  try {
    const lock = /** @type {unknown} */ (JSON.parse(readFileSync(file, 'utf8')));
    return /** @type {{ packages?: Record<string, LockedPackage> }} */ (lock).packages;
  } catch {
    return undefined;
  }
}
