/**
 * A Vitest reporter that writes what test.mjs adds up. Vitest's JSON reporter leaves out why a test was skipped and what
 * went wrong outside of any test. Writes to the file that CONVOLUX_REPORT names; until the end, at which files the run is,
 * so that a run which is killed has left that.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { addProblem } from './count-reports.mjs';

/** @typedef {import('./count-reports.mjs').Counts} Counts */
/** @typedef {import('./count-reports.mjs').Progress} Progress */
/** @typedef {import('vitest/node').TestModule} TestModule */

export class VitestCounts {
  /** @type {Set<string>} */
  #running = new Set();
  #notBegun = 0;

  /** @param {readonly unknown[]} specifications */
  onTestRunStart(specifications) {
    this.#notBegun = specifications.length;
    this.#tellProgress();
  }

  /** @param {TestModule} module */
  onTestModuleQueued(module) {
    this.#running.add(module.relativeModuleId);
    this.#notBegun -= 1;
    this.#tellProgress();
  }

  /** @param {TestModule} module */
  onTestModuleEnd(module) {
    this.#running.delete(module.relativeModuleId);
    this.#tellProgress();
  }

  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly { message?: string }[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    /** @type {Counts} */
    const counts = { passed: 0, failed: 0, skips: [], problems: [] };
    for (const { message } of unhandled) addProblem(counts, 'unhandled error', message);
    for (const module of modules) {
      for (const broken of [module, ...module.children.allSuites()]) {
        const [error] = broken.errors();
        const name = broken.type === 'module' ? broken.relativeModuleId : nameOf(broken);
        if (error !== undefined) addProblem(counts, name, error.message);
      }
      for (const test of module.children.allTests()) count(test, counts);
    }
    write(counts);
  }

  #tellProgress() {
    write({ notEnded: [...this.#running], notBegun: this.#notBegun });
  }
}

/** @param {Counts | Progress} report */
function write(report) {
  const file = process.env['CONVOLUX_REPORT'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(report));
}

/** @param {import('vitest/node').TestCase} test @param {Counts} counts */
function count(test, counts) {
  const result = test.result();
  if (result.state === 'passed') counts.passed += 1;
  else if (result.state === 'failed') addProblem(counts, nameOf(test), result.errors[0]?.message);
  else {
    const reason = result.state === 'skipped' ? result.note : 'it never ran';
    counts.skips.push({ title: nameOf(test), reason: reason ?? 'no reason given' });
  }
}

/** @param {{ module: { relativeModuleId: string }, fullName: string }} task */
function nameOf({ module, fullName }) {
  return `${module.relativeModuleId} > ${fullName}`;
}

// Vitest takes a reporter's default export alone.
// eslint-disable-next-line no-restricted-exports
export default VitestCounts;
