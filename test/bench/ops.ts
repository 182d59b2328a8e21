/**
 * `npm run bench:ops`: convolux on WebGL2 beside TensorFlow.js' webgl backend and OpenCV.js, in one page and on the same
 * data. First what has a bar of its own and how the times grow, then each operator that TensorFlow.js has too, whose bar
 * is to be no slower. Runs in Node; serves the page itself.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { BARS_TABLE_HEAD, barFaults, barsTableRow, type MeasuredBar } from './bars-table.ts';
import { machine, whenReady, withBenchPage, type BenchPage } from './bench-page.ts';
import { clipsSectionOf, withClipsSection } from './clips-section.ts';
import { BadOpsBenchOption, readOpsBenchOptions, type OpsBenchOptions } from './ops-options.ts';
import type { BenchSize, CaseInfo, PageFacts } from './ops-protocol.ts';
import { OPS_TABLE_HEAD, opsFaults, opsTableRow, type MeasuredOp } from './ops-table.ts';
import type {} from './page/page.ts';
import { keptByHand, performancePage, type OpsBenchResults } from './performance-page.ts';
import { growthLines, scalingFaults, scalingLines, type MeasuredScaling } from './scaling-table.ts';

const PAGE = 'test/bench/page/';
const WRITTEN = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

/** 1 when a bar is missed, something else is computed, or the command line is wrong. */
export const exitStatus = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOpsBenchOptions(args);
    // Read ahead: when it can't be kept, the run would be in vain.
    const written = options.write && existsSync(WRITTEN) ? readFileSync(WRITTEN, 'utf8') : '';
    const kept = { byHand: keptByHand(written), clips: clipsSectionOf(written) };
    return await withBenchPage(PAGE, (opened) => bench(opened, options, kept));
  } catch (error) {
    if (!(error instanceof BadOpsBenchOption)) throw error;
    console.error(error.message);
    return 1;
  }
}

/** Of the page that is there: what this run does not write. */
type Kept = Readonly<{ byHand: string; clips: string }>;

async function bench(opened: BenchPage, options: OpsBenchOptions, kept: Kept): Promise<number> {
  const { page, browserVersion } = opened;
  const facts = await whenReady(opened, () => globalThis.opsBench?.facts);
  const { renderer, tfjsVersion, opencvVersion } = facts;
  console.log(
    `${machine()}; Chromium ${browserVersion}, ${renderer}; TensorFlow.js ${tfjsVersion}, OpenCV.js ${opencvVersion}`,
  );
  const results = await measureAll(page, chosenOf(facts, options), options);
  if (options.write) {
    const date = new Date().toISOString().slice(0, 10);
    const run = { ...facts, date, machine: machine(), browserVersion, runs: options.runs };
    writeFileSync(WRITTEN, withClipsSection(performancePage(run, results, kept.byHand), kept.clips));
    console.log(`Written: ${WRITTEN}`);
  }
  const faults = [...barFaults(results.bars), ...scalingFaults(results.scalings), ...opsFaults(results.ops)];
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

/** What is to be measured, with its places in the page's lists. */
type Chosen = Readonly<{
  [List in 'bars' | 'scalings' | 'cases']: readonly (readonly [number, PageFacts[List][number]])[];
}>;

function chosenOf(facts: PageFacts, { ops, onlyBars }: OpsBenchOptions): Chosen {
  const named = <Info extends Readonly<{ name: string }>>(all: readonly Info[]) =>
    [...all.entries()].filter(
      ([, { name }]) => ops.length === 0 || ops.some((op) => name.toLowerCase().includes(op.toLowerCase())),
    );
  const cases = onlyBars ? [] : facts.cases;
  const chosen = { bars: named(facts.bars), scalings: named(facts.scalings), cases: named(cases) };
  if (chosen.bars.length + chosen.scalings.length + chosen.cases.length > 0) return chosen;
  const names = [...facts.bars, ...facts.scalings, ...cases].map(({ name }) => name);
  throw new BadOpsBenchOption(`--op must be part of one of: ${names.join('; ')}`);
}

async function measureAll(page: Page, chosen: Chosen, options: OpsBenchOptions): Promise<OpsBenchResults> {
  const bars = await measureBars(page, chosen.bars, options.runs);
  const scalings = await measureScalings(page, chosen.scalings, options.runs);
  const ops = await measureOps(page, chosen.cases, options);
  return { bars, scalings, ops };
}

async function measureBars(page: Page, chosen: Chosen['bars'], runs: number): Promise<MeasuredBar[]> {
  const all: MeasuredBar[] = [];
  if (chosen.length > 0) console.log(`\n${BARS_TABLE_HEAD}`);
  for (const [index, info] of chosen) {
    const measurement = await page.evaluate(([at, count]) => globalThis.opsBench!.measureBar(at, count), [
      index,
      runs,
    ] as const);
    all.push({ ...info, measurement });
    console.log(barsTableRow({ ...info, measurement }));
  }
  return all;
}

async function measureScalings(
  page: Page,
  chosen: Chosen['scalings'],
  runs: number,
): Promise<MeasuredScaling[]> {
  const all: MeasuredScaling[] = [];
  for (const [index, info] of chosen) {
    const measurement = await page.evaluate(([at, count]) => globalThis.opsBench!.measureScaling(at, count), [
      index,
      runs,
    ] as const);
    const measured = { ...info, ...measurement };
    all.push(measured);
    console.log(['', info.name, ...scalingLines(measured), ...growthLines(measured)].join('\n'));
  }
  return all;
}

async function measureOps(
  page: Page,
  chosen: Chosen['cases'],
  options: OpsBenchOptions,
): Promise<MeasuredOp[]> {
  const all: MeasuredOp[] = [];
  if (chosen.length > 0) console.log(`\n${OPS_TABLE_HEAD}`);
  for (const [index, info] of chosen) {
    for (const size of sizesOf(info, options)) {
      const measurement = await page.evaluate(
        ([at, side, runs]) => globalThis.opsBench!.measure(at, side, runs),
        [index, size, options.runs] as const,
      );
      all.push({ name: info.name, size, measurement });
      console.log(opsTableRow({ name: info.name, size, measurement }));
    }
  }
  return all;
}

function sizesOf({ sizes }: CaseInfo, options: OpsBenchOptions): readonly BenchSize[] {
  return options.sizes.length === 0 ? sizes : options.sizes;
}
