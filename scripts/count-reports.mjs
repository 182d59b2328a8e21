/**
 * How many tests passed, failed and were skipped, from each runner's report and from how the runner ended. Pure functions:
 * the rule that they keep is that nothing that went wrong may add up to a pass.
 */
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {{ title: string, reason: string }[]} skips
 * @property {string[]} problems What failed and how it begins to say why, a line each: tests, and what went wrong outside of
 * any. Each is counted in `failed` already.
 */

/**
 * @typedef {object} Progress What a runner leaves that did not get to its end.
 * @property {string[]} notEnded The files that it was at.
 * @property {number} notBegun How many more there were.
 */

/**
 * @typedef {object} PlaywrightReport The parts of Playwright's JSON report that we read.
 * @property {PlaywrightSuite[]} suites
 * @property {{ message?: string }[]} errors
 */

/**
 * @typedef {object} PlaywrightSuite
 * @property {string} title
 * @property {PlaywrightSuite[]} [suites]
 * @property {{ title: string, tests: PlaywrightTest[] }[]} specs
 */

/**
 * @typedef {object} PlaywrightTest
 * @property {'expected' | 'unexpected' | 'flaky' | 'skipped'} status
 * @property {{ error?: { message?: string } }[]} [results] One for each time that it ran.
 * @property {{ type: string, description?: string }[]} annotations
 */

/**
 * @param {PlaywrightReport} report
 * @returns {Counts}
 */
export function countPlaywright(report) {
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skips: [], problems: [] };
  for (const { message } of report.errors) addProblem(counts, '', message);
  for (const suite of report.suites) countSuite(suite, [], counts);
  return counts;
}

/** @param {PlaywrightSuite} suite @param {readonly string[]} path @param {Counts} counts */
function countSuite(suite, path, counts) {
  const here = [...path, suite.title];
  for (const { title, tests } of suite.specs) {
    const name = [...here, title].join(' > ');
    for (const { status, annotations, results = [] } of tests) {
      if (status === 'expected') counts.passed += 1;
      else if (status === 'skipped') {
        const reason = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
        counts.skips.push({ title: name, reason: reason ?? 'no reason given' });
      } else addProblem(counts, name, results.find(({ error }) => error !== undefined)?.error?.message);
    }
  }
  for (const inner of suite.suites ?? []) countSuite(inner, here, counts);
}

/**
 * Counts one more failure, and says which.
 *
 * @param {Counts} counts
 * @param {string} where Of what failed; empty where that can't be told.
 * @param {string | undefined} message May be of several lines, in colours.
 */
export function addProblem(counts, where, message) {
  const [line = ''] = stripVTControlCharacters(message ?? '')
    .trim()
    .split('\n', 1);
  counts.failed += 1;
  counts.problems.push([where, line || 'without a message'].filter(Boolean).join(': '));
}

/**
 * Holds a report against how its runner ended: one that left none, that left it half done, that ran nothing, or that ended
 * badly while all its tests passed has failed once.
 *
 * @param {Counts | Progress | undefined} report Undefined where the runner left none.
 * @param {string} problem How the runner ended badly; empty when it ended well.
 * @returns {Counts}
 */
export function settle(report, problem) {
  if (report === undefined) return failure(`it left no report (${problem || 'exit status 0'})`);
  if ('notEnded' in report) return failure(`${problem || 'exit status 0'}; ${whereabouts(report)}`);
  if (report.failed > 0) return report;
  const found = problem || (report.passed === 0 ? 'it ran no test' : '');
  return found ? { ...report, failed: 1, problems: [found] } : report;
}

/** @param {Progress} progress */
function whereabouts({ notEnded, notBegun }) {
  const files = `${notBegun} ${notBegun === 1 ? 'file' : 'files'} not begun`;
  if (notEnded.length === 0) return files;
  return `not ended: ${notEnded.join(', ')}${notBegun > 0 ? `; ${files}` : ''}`;
}

/**
 * @param {string} problem
 * @returns {Counts}
 */
export function failure(problem) {
  return { passed: 0, failed: 1, skips: [], problems: [problem] };
}

/**
 * @param {readonly Counts[]} all
 * @returns {string} The last line of a run: `N passed, N failed`, and `, N skipped` where some were.
 */
export function total(all) {
  const sum = (/** @type {(counts: Counts) => number} */ of) =>
    all.reduce((result, counts) => result + of(counts), 0);
  const skipped = sum(({ skips }) => skips.length);
  const line = `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
