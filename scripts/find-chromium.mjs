/**
 * Finds the Chromium that tests and benchmarks drive, and installs one where there is none. The order: the environment
 * variable CONVOLUX_CHROMIUM, a browser that is installed, Playwright's own download, the system's packages. A file
 * proves nothing (Ubuntu's `chromium-browser` is a stub, a download may lack libraries): each candidate must answer
 * `--version`. `node scripts/find-chromium.mjs [--install]` prints the path.
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { browsersOnPath, playwrightsOwn, usualPlaces } from './chromium-places.mjs';
import { downloadWithPlaywright, installLibraries, installWithPackageManager } from './install-chromium.mjs';
import { runCommand } from './run-command.mjs';

const VERSION_LIMIT_MS = 30_000;
const MEND = 'Install Chromium or Chrome, or set CONVOLUX_CHROMIUM=/path/to/chromium';

/**
 * @typedef {object} Surroundings What the finder asks of the machine; tests put their own in its place.
 * @property {NodeJS.ProcessEnv} env
 * @property {() => string[]} installed
 * @property {() => Promise<string | undefined>} downloaded
 * @property {typeof downloadWithPlaywright} download
 * @property {typeof installLibraries} addLibraries
 * @property {typeof installWithPackageManager} addPackage
 */

/** @type {Surroundings} */
const thisMachine = {
  env: process.env,
  installed: () => [...browsersOnPath(process.env), ...usualPlaces(process.env)],
  downloaded: playwrightsOwn,
  download: downloadWithPlaywright,
  addLibraries: installLibraries,
  addPackage: installWithPackageManager,
};

/** No Chromium, in one line that says what was tried and how to mend it. */
export class NoChromium extends Error {
  /** @override */
  name = 'NoChromium';
}

/**
 * @param {object} [options]
 * @param {boolean} [options.install] Install one where none is found. Default false.
 * @param {(line: string) => void} [options.log] Hears what is tried and why a candidate was passed over.
 * @param {Partial<Surroundings>} [surroundings]
 * @returns {Promise<string>} The path of a Chromium that runs.
 * @throws {NoChromium}
 */
export async function findChromium({ install = false, log = () => undefined } = {}, surroundings = {}) {
  const machine = { ...thisMachine, ...surroundings };
  const chosen = machine.env['CONVOLUX_CHROMIUM'];
  if (chosen !== undefined && chosen !== '') {
    const problem = await whyNotRunnable(chosen);
    if (problem)
      throw new NoChromium(
        `CONVOLUX_CHROMIUM=${chosen} is no Chromium that runs (${problem}). Correct it or unset it`,
      );
    return chosen;
  }

  /** @type {Set<string>} */
  const problems = new Set();
  /** @param {string} problem */
  const note = (problem) => {
    if (problem && !problems.has(problem)) log(problem);
    if (problem) problems.add(problem);
  };
  /** @param {readonly string[]} paths */
  const firstRunnable = async (paths) => {
    for (const path of paths) {
      const problem = await whyNotRunnable(path);
      if (!problem) return path;
      note(`${path} doesn't run (${problem})`);
    }
    return undefined;
  };
  const downloaded = async () => [(await machine.downloaded()) ?? []].flat();

  let path = await firstRunnable([...machine.installed(), ...(await downloaded())]);
  if (path === undefined && install) {
    note(await machine.download(log));
    path = await firstRunnable(await downloaded());
    if (path === undefined && (await machine.downloaded()) !== undefined) {
      note(await machine.addLibraries(log));
      path = await firstRunnable(await downloaded());
    }
    if (path === undefined) {
      note(await machine.addPackage(log, machine.env));
      path = await firstRunnable(machine.installed());
    }
  }
  if (path !== undefined) return path;
  const tried = problems.size === 0 ? 'none is installed' : [...problems].join('; ');
  throw new NoChromium(`No Chromium to test with: ${tried}. ${MEND}`);
}

/**
 * @param {string} path
 * @returns {Promise<string>} Empty when it runs, else why not, on one line.
 */
async function whyNotRunnable(path) {
  if (!existsSync(path)) return 'no such file';
  // On Windows `--version` opens a window and prints nothing: there the file has to do.
  if (process.platform === 'win32') return '';
  const { code, output, problem } = await runCommand(path, ['--version'], { timeoutMs: VERSION_LIMIT_MS });
  if (code !== 0) return problem;
  return /\b\d+(\.\d+){2,}/.test(output) ? '' : `--version says "${output.trim().split('\n', 1)[0]}"`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(await findChromium({ install: process.argv.includes('--install'), log: console.error }));
  } catch (error) {
    if (!(error instanceof NoChromium)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
