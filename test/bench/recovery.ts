/**
 * `npm run bench:recovery`: how soon a pipeline's track has frames again after its graphics were lost or its worker was killed.
 * Prints a row for each filter and size, and holds edge detection at 640×360 to its bars. Runs in Node; builds and serves the
 * page itself.
 */
import { parseArgs } from 'node:util';
import { machine, whenReady, withBuiltPage, type BenchPage } from './bench-page.ts';
import type {} from './recovery-page/page.ts';
import type { Blow, Trial } from './recovery-protocol.ts';

const BARS_MS: Readonly<Record<Blow, number>> = { 'context lost': 500, 'worker killed': 1000 };
const SIZES = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
] as const;
const FILTERS = ['edge', 'blur'] as const;

/** 1 when a bar is missed or the command line is wrong. */
export const exitStatus = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const trials = { type: 'string', default: '5' } as const;
    const { values } = parseArgs({ args: [...args], options: { trials } });
    const count = Number(values.trials);
    if (Number.isInteger(count) && count >= 1)
      return await withBuiltPage('test/bench/recovery-page', (opened) => bench(opened, count));
    console.error(`--trials must be an integer ≥ 1, got ${values.trials}`);
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error)) throw error;
    console.error(`${error.message.split('. ', 1)[0]}\nThe option: --trials N, default 5`);
  }
  return 1;
}

async function bench(opened: BenchPage, trials: number): Promise<number> {
  await whenReady(opened, () => (globalThis.recoveryBench === undefined ? undefined : true));
  console.log(`${machine()}; Chromium ${opened.browserVersion}; ${trials} trials each`);
  console.log(
    '| what happens | filter | size | back after, median | longest | bar |\n|---|---|---|---|---|---|',
  );
  let isMissed = false;
  for (const blow of Object.keys(BARS_MS) as Blow[]) {
    for (const filter of FILTERS) {
      for (const size of SIZES) {
        const ms = await measure(opened, { blow, filter, ...size }, trials);
        const median = ms[Math.floor(ms.length / 2)] ?? Infinity;
        const bar = filter === 'edge' && size === SIZES[0] ? BARS_MS[blow] : null;
        isMissed ||= bar !== null && median > bar;
        const cells = [blow, filter, `${size.width}×${size.height}`, told(median), told(ms.at(-1) ?? Infinity), bar === null ? '' : told(bar)]; // prettier-ignore
        console.log(`| ${cells.join(' | ')} |`);
      }
    }
  }
  if (isMissed) console.error('The picture was not back in time.');
  return isMissed ? 1 : 0;
}

/** Of all trials, sorted. */
async function measure({ page }: BenchPage, trial: Trial, trials: number): Promise<readonly number[]> {
  const ms: number[] = [];
  for (let i = 0; i < trials; i++)
    ms.push(await page.evaluate((what) => globalThis.recoveryBench!.measure(what), trial));
  return ms.sort((a, b) => a - b);
}

function told(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms)} ms` : 'never';
}
