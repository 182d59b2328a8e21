/**
 * `npm run bench:memory`: sends frames through the engine of a live worker and tells what each of them allocates, where,
 * and what stays. Runs in Node; serves the page itself.
 */
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from '@playwright/test';
import { summarize } from './allocation-profile.ts';
import { machine, whenReady, withBenchPage, type BenchPage } from './bench-page.ts';
import type {} from './memory-page/page.ts';
import { memoryFaults, memoryReport, type Checkpoint, type MemoryRun } from './memory-report.ts';

const FOLDER = 'test/bench/memory-page/';
const HARNESS = `${FOLDER}page.ts`;
const MIN_FRAMES = 2000;
/** A pipeline gets faster programs once its filter has stayed for a while. */
const SETTLED_MS = 3000;
/** Bytes between two samples: ten thousand frames make far more of them than are needed for a percent. */
const SAMPLING_BYTES = 1024;

/** 1 when a bar is missed or the command line is wrong. */
export const exitStatus = await main(process.argv.slice(2));

type Options = Readonly<{ frames: number; filter: string }>;

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(options);
    return 1;
  }
  return withBenchPage(FOLDER, (opened) => bench(opened, options));
}

/** A sentence where they are wrong. */
function readOptions(args: readonly string[]): Options | string {
  try {
    const frames = { type: 'string', default: '10000' } as const;
    const filter = { type: 'string', default: 'edge' } as const;
    const { values } = parseArgs({ args: [...args], options: { frames, filter } });
    const count = Number(values.frames);
    if (Number.isInteger(count) && count >= MIN_FRAMES) return { frames: count, filter: values.filter };
    return `--frames must be an integer ≥ ${MIN_FRAMES}, got ${values.frames}`;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('. ', 1);
    return `${reason}\nThe options: --frames N, default 10000; --filter NAME, default edge`;
  }
}

async function bench(opened: BenchPage, { frames, filter }: Options): Promise<number> {
  const { page, browserVersion } = opened;
  await whenReady(opened, () => (globalThis.memoryBench === undefined ? undefined : true));
  console.log(`${machine()}; Chromium ${browserVersion}; filter '${filter}', ${frames} frames of 64x48`);
  await page.evaluate((name) => globalThis.memoryBench!.open(name), filter);
  const run = await profile(page, frames);
  for (const text of memoryReport(run)) console.log(text);
  const faults = memoryFaults(run);
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

/** The first tenth warms up, programs and optimized code included; the rest is profiled. */
async function profile(page: Page, frames: number): Promise<MemoryRun> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  const send = (count: number) => page.evaluate((n) => globalThis.memoryBench!.run(n), count);
  const [warm, middle] = [Math.floor(frames / 10), Math.floor(frames / 2)];
  await send(1);
  await page.waitForTimeout(SETTLED_MS);
  await send(warm - 1);
  const start = await checkpoint(page, 'start', warm, await heapAfterGc(session));
  await session.send('HeapProfiler.startSampling', {
    samplingInterval: SAMPLING_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await send(middle - warm);
  const half = await checkpoint(page, 'middle', middle, null);
  await send(frames - middle);
  const { profile: sampled } = await session.send('HeapProfiler.stopSampling');
  const end = await checkpoint(page, 'end', frames, await heapAfterGc(session));
  const { faults, shown } = await page.evaluate(() => globalThis.memoryBench!.state());
  if (shown + faults.length !== frames) throw new Error(`${shown} of ${frames} frames were shown`);
  return {
    frames: frames - warm,
    allocated: summarize(sampled.head, HARNESS),
    checkpoints: [start, half, end],
    faults,
  };
}

async function checkpoint(
  page: Page,
  name: string,
  frame: number,
  heapBytes: number | null,
): Promise<Checkpoint> {
  const { open } = await page.evaluate(() => globalThis.memoryBench!.state());
  return { name, frame, open, heapBytes };
}

async function heapAfterGc(session: CDPSession): Promise<number> {
  // Twice: what the first one finalizes, the second one frees.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}
