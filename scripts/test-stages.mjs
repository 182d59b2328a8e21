/** The stages of `npm test`: what each runs, and how its result becomes a count. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { countPlaywright, failure, settle } from './count-reports.mjs';
import { runCommand, runNpm } from './run-command.mjs';

/** @typedef {import('./count-reports.mjs').Counts} Counts */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} title
 * @property {'npm' | 'vitest' | 'playwright'} runner An npm script counts as one; the others count their tests.
 * @property {boolean} needsChromium
 */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const REPORTS = join(ROOT, 'test-results');
const LIMITS = { timeoutMs: 20 * 60_000, cwd: ROOT, show: true };

/** @type {readonly Stage[]} */
export const STAGES = [
  { name: 'lint', title: 'ESLint and Prettier', runner: 'npm', needsChromium: false },
  { name: 'types', title: 'TypeScript', runner: 'npm', needsChromium: false },
  { name: 'arrows', title: 'who may import whom', runner: 'npm', needsChromium: false },
  { name: 'node', title: 'tests without a browser', runner: 'vitest', needsChromium: false },
  { name: 'gpu', title: 'WebGL2 tests in Chromium', runner: 'vitest', needsChromium: true },
  { name: 'worker', title: 'camera and worker tests in Chromium', runner: 'vitest', needsChromium: true },
  { name: 'e2e', title: 'the pages, end to end', runner: 'playwright', needsChromium: true },
];

/**
 * @param {Stage} stage
 * @returns {Promise<Counts>}
 */
export async function runStage(stage) {
  if (stage.runner === 'npm') {
    const { problem } = await runNpm(['run', '--silent', stage.name], LIMITS);
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
    ...LIMITS,
    env: { ...process.env, CONVOLUX_REPORT: file },
  });
  return settle(readCounts(stage, file), problem);
}

/**
 * @param {Stage} stage
 * @param {string} file
 * @returns {Counts | undefined}
 */
function readCounts(stage, file) {
  if (!existsSync(file)) return undefined;
  try {
    const report = /** @type {unknown} */ (JSON.parse(readFileSync(file, 'utf8')));
    return stage.runner === 'vitest'
      ? /** @type {Counts} */ (report)
      : countPlaywright(/** @type {import('./count-reports.mjs').PlaywrightReport} */ (report));
  } catch {
    return undefined;
  }
}
