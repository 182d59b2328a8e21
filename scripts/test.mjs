/**
 * `npm test [-- --only STAGE,…]`: installs what is missing, a Chromium included, then runs every stage, whether or not an
 * earlier one failed. Ends with a table, and with `N passed, N failed` over all runners as the last line.
 */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { failure, total } from './count-reports.mjs';
import { ensureInstalled, NotInstalled } from './ensure-installed.mjs';
import { findChromium, NoChromium } from './find-chromium.mjs';
import { runStage, STAGES } from './test-stages.mjs';

/** @typedef {import('./count-reports.mjs').Counts} Counts */
/** @typedef {import('./test-stages.mjs').Stage} Stage */
/** @typedef {{ stage: Stage, counts: Counts, seconds: number }} Outcome */

const NAMES = STAGES.map(({ name }) => name).join(', ');

/** A mistake of the caller's, in one line. */
export class BadUsage extends Error {
  /** @override */
  name = 'BadUsage';
}

/**
 * @param {readonly string[]} args
 * @returns {readonly Stage[]} In the order in which they run, whatever order they were asked for in.
 * @throws {BadUsage}
 */
export function chooseStages(args) {
  if (args.length === 0) return STAGES;
  const [option = '', list, ...rest] = args.flatMap((arg) =>
    arg.startsWith('--only=') ? arg.split('=', 2) : [arg],
  );
  if (option !== '--only' || rest.length > 0)
    throw new BadUsage(`Unknown option ${rest[0] ?? option}. The option is --only STAGE,…`);
  const asked = list?.split(',').map((name) => name.trim()) ?? [];
  const unknown = asked.find((name) => !STAGES.some((stage) => stage.name === name));
  if (asked.length === 0 || unknown !== undefined)
    throw new BadUsage(`Unknown stage ${unknown ?? ''}. The stages are ${NAMES}`);
  return STAGES.filter(({ name }) => asked.includes(name));
}

/** @param {readonly Stage[]} stages */
async function runAll(stages) {
  const noChromium = stages.some(({ needsChromium }) => needsChromium) ? await provideChromium() : '';
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const stage of stages) {
    console.log(`\n=== ${stage.name}: ${stage.title} ===`);
    const begin = performance.now();
    const isPossible = noChromium === '' || !stage.needsChromium;
    if (!isPossible) console.log(noChromium);
    const counts = isPossible ? await runStage(stage) : failure(noChromium);
    outcomes.push({ stage, counts, seconds: (performance.now() - begin) / 1000 });
  }
  return outcomes;
}

/** @returns {Promise<string>} Empty when there is one, else the line that says why not. */
async function provideChromium() {
  try {
    const path = await findChromium({ install: true, log: console.log });
    process.env['CONVOLUX_CHROMIUM'] = path;
    console.log(`Chromium: ${path}`);
    return '';
  } catch (error) {
    if (!(error instanceof NoChromium)) throw error;
    console.log(error.message);
    return error.message;
  }
}

/** @param {readonly Outcome[]} outcomes */
function report(outcomes) {
  console.log('');
  for (const { stage, counts } of outcomes) {
    for (const { title, reason } of counts.skips)
      console.log(`skipped in ${stage.name}: ${title} (${reason})`);
    for (const problem of counts.problems) console.log(`failed in ${stage.name}: ${problem}`);
  }
  const row = (/** @type {readonly string[]} */ [name = '', ...cells]) =>
    `${name.padEnd(8)}${cells.map((cell) => cell.padStart(9)).join('')}`;
  console.log(`\n${row(['stage', 'passed', 'failed', 'skipped', 'seconds'])}`);
  for (const { stage, counts, seconds } of outcomes) {
    const { passed, failed, skips } = counts;
    console.log(row([stage.name, `${passed}`, `${failed}`, `${skips.length}`, seconds.toFixed(1)]));
  }
  finish(outcomes.map(({ counts }) => counts));
}

/** @param {readonly Counts[]} all */
function finish(all) {
  if (all.some(({ failed }) => failed > 0)) process.exitCode = 1;
  console.log(`\n${total(all)}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const stages = chooseStages(process.argv.slice(2));
    await ensureInstalled();
    report(await runAll(stages));
  } catch (error) {
    if (!(error instanceof BadUsage || error instanceof NotInstalled)) throw error;
    console.error(error.message);
    finish([failure(error.message)]);
  }
}
