/** The stages of `npm test`: what each runs, and how its result becomes a count. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { countPlaywright, failure, settle } from './count-reports.mjs';
import { runCommand, runNpm } from './run-command.mjs';

/** @typedef {import('./count-reports.mjs').Counts} Counts */
/** @typedef {import('./count-reports.mjs').Progress} Progress */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} title
 * @property {'npm' | 'vitest' | 'playwright'} runner An npm script counts as one; the others count their tests.
 * @property {boolean} needsChromium
 * @property {number} minutes What it may take: several times of what it does on two slow cores.
 */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const REPORTS = join(ROOT, 'test-results');

/** @type {readonly Stage[]} */
export const STAGES = [
  { name: 'lint', title: 'ESLint and Prettier', runner: 'npm', needsChromium: false, minutes: 5 },
  { name: 'types', title: 'TypeScript', runner: 'npm', needsChromium: false, minutes: 5 },
  { name: 'arrows', title: 'who may import whom', runner: 'npm', needsChromium: false, minutes: 5 },
  { name: 'node', title: 'tests without a browser', runner: 'vitest', needsChromium: false, minutes: 10 },
  { name: 'gpu', title: 'WebGL2 tests in Chromium', runner: 'vitest', needsChromium: true, minutes: 20 },
  {
    name: 'worker',
    title: 'camera and worker tests in Chromium',
    runner: 'vitest',
    needsChromium: true,
    minutes: 20,
  },
  {
    name: 'package',
    title: 'what is published, in applications of others',
    runner: 'vitest',
    needsChromium: true,
    minutes: 10,
  },
  { name: 'e2e', title: 'the pages, end to end', runner: 'playwright', needsChromium: true, minutes: 45 },
];

/**
 * @param {Stage} stage
 * @returns {Promise<Counts>}
 */
export async function runStage(stage) {
  const limits = { timeoutMs: stage.minutes * 60_000, cwd: ROOT, show: true };
  if (stage.runner === 'npm') {
    const { problem } = await runNpm(['run', '--silent', stage.name], limits);
    return problem ? failure(problem) : { passed: 1, failed: 0, skips: [], problems: [] };
  }
  mkdirSync(REPORTS, { recursive: true });
  const file = join(REPORTS, `${stage.name}.json`);
  rmSync(file, { force: true });
  const args =
    stage.runner === 'vitest'
      ? [
          join('vitest', 'vitest.mjs'),
          ...['run', '--project', stage.name, '--allowOnly=false'],
          ...['--reporter=default', '--reporter=./scripts/vitest-counts.mjs'],
        ]
      : [join('@playwright', 'test', 'cli.js'), 'test', '--forbid-only'];
  const [script = '', ...rest] = args;
  const { problem } = await runCommand(process.execPath, [join(ROOT, 'node_modules', script), ...rest], {
    ...limits,
    env: { ...process.env, CONVOLUX_REPORT: file },
  });
  return settle(readReport(stage, file), problem);
}

/**
 * @param {Stage} stage
 * @param {string} file
 * @returns {Counts | Progress | undefined}
 */
function readReport(stage, file) {
  if (!existsSync(file)) return undefined;
  try {
    const report = /** @type {unknown} */ (JSON.parse(readFileSync(file, 'utf8')));
    return stage.runner === 'vitest'
      ? /** @type {Counts | Progress} */ (report)
      : countPlaywright(/** @type {import('./count-reports.mjs').PlaywrightReport} */ (report));
  } catch {
    return undefined;
  }
}
