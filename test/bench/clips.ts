/**
 * `npm run bench:clips`: how fast clips go through filters, against decoding and encoding alone in the same browser and
 * against FFmpeg, and how much memory a long one takes. Runs in Node; builds and serves the page itself.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine } from './bench-page.ts';
import { withClipsBrowser, type ClipsBrowser } from './clips-browser.ts';
import { BadClipsBenchOption, readClipsBenchOptions, type ClipsBenchOptions } from './clips-options.ts';
import type {} from './clips-page/page.ts';
import type { CaseRun, ClipCase, ClipShape } from './clips-protocol.ts';
import { clipsSection, withClipsSection } from './clips-section.ts';
import {
  clipFaults,
  memoryLines,
  SPEED_BAR,
  SPEED_TABLE_HEAD,
  speedTableRow,
  type MeasuredMemory,
  type MeasuredSpeed,
} from './clips-table.ts';
import { nativeEncoders, runNative } from './native-ffmpeg.ts';
import { cpuMsOfTree, memoryBytesOfTree } from './process-tree.ts';

const WRITTEN = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const SPEED_SIZE = { width: 1280, height: 720 };
const MEMORY_SIZE = { width: 1920, height: 1080 };
const FPS = 30;
const SAMPLE_MS = 250;
const FILTERS = ['none', 'edge', 'color-edge', 'sharpen', 'blur', 'temporal-denoise'];

type NamedCase = Readonly<{ name: string; one: ClipCase }>;
type Sample = CaseRun & Readonly<{ cpuMs: number | undefined }>;

const BASE: NamedCase = { name: 'decode, encode', one: { clip: 'footage', plain: 'transcode' } };
const EDGES: NamedCase = {
  name: 'decode, encode: of the edges',
  one: { clip: 'edges', plain: 'transcode' },
};

/** 1 when a bar is missed, or the command line is wrong. */
export const exitStatus = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readClipsBenchOptions(args);
    return await withClipsBrowser((opened) => bench(opened, options));
  } catch (error) {
    if (!(error instanceof BadClipsBenchOption)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function bench(opened: ClipsBrowser, options: ClipsBenchOptions): Promise<number> {
  const { renderer, filters } = await opened.page.evaluate(() => {
    const { renderer, filters } = globalThis.clipsBench!;
    return { renderer, filters };
  });
  const unknown = options.filters.find((name) => !filters.includes(name));
  if (unknown !== undefined)
    throw new BadClipsBenchOption(`--filter must be of ${filters.join(', ')}, got ${unknown}`);
  const facts = `${machine()}; Chromium ${opened.browserVersion}, ${renderer}`;
  console.log(facts);
  const speeds = options.only === 'memory' ? [] : await measureSpeeds(opened, options);
  const memory = options.only === 'speed' ? null : await measureMemory(opened, options);
  if (options.write && memory !== null) {
    const date = new Date().toISOString().slice(0, 10);
    const section = clipsSection({ facts, date, runs: options.runs }, speeds, memory);
    writeFileSync(WRITTEN, withClipsSection(existsSync(WRITTEN) ? readFileSync(WRITTEN, 'utf8') : '', section)); // prettier-ignore
    console.log(`Written: ${WRITTEN}`);
  }
  const faults = clipFaults(speeds, memory);
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

async function measureSpeeds(
  { page, pid }: ClipsBrowser,
  { filters, frames, runs }: ClipsBenchOptions,
): Promise<MeasuredSpeed[]> {
  const cases: readonly NamedCase[] = [
    BASE,
    EDGES,
    { name: 'decode', one: { clip: 'footage', plain: 'decode' } },
    ...(filters.length === 0 ? FILTERS : filters).map((filter): NamedCase => ({
      name: `decode, ${filter}, encode`,
      one: { clip: 'footage', filter },
    })),
  ];
  const shape: ClipShape = { ...SPEED_SIZE, frames };
  // Warms up as well: programs of the page, the codecs and the GPU's process are loaded by now.
  const bytes = await page.evaluate((one) => globalThis.clipsBench!.prepare(one), shape);
  console.log(
    `${frames} frames of ${shape.width}x${shape.height}, H.264 of ${((8e-6 * bytes * FPS) / frames).toFixed(1)} Mb/s\n`,
  );
  const samples = cases.map((): Sample[] => []);
  for (let run = 0; run < runs; run++) {
    // Whoever comes first changes with each turn.
    const order = [...cases.keys()];
    if (run % 2 === 1) order.reverse();
    for (const at of order) {
      const cpuStart = cpuOf(pid);
      const { one } = cases[at]!;
      const result = await page.evaluate((given) => globalThis.clipsBench!.measure(given), one);
      if (result.frames !== frames) throw new Error(`${result.frames} of ${frames} frames came out`);
      samples[at]!.push({ ...result, cpuMs: difference(cpuOf(pid), cpuStart) });
    }
  }
  const baseMs = medianOf(samples[0]!.map(({ ms }) => ms));
  console.log(SPEED_TABLE_HEAD);
  const all = cases.map(({ name, one }, at) => speedOf(name, one, samples[at]!, baseMs));
  for (const one of all) console.log(speedTableRow(one));
  const natives = await measureNative(await page.evaluate(() => globalThis.clipsBench!.footage()), all, runs);
  for (const one of natives) console.log(speedTableRow(one));
  return [...all, ...natives];
}

function speedOf(name: string, one: ClipCase, samples: readonly Sample[], baseMs: number): MeasuredSpeed {
  const ms = medianOf(samples.map((sample) => sample.ms));
  const cpu = samples.flatMap(({ cpuMs }) => (cpuMs === undefined ? [] : [cpuMs]));
  return {
    name,
    frames: samples[0]!.frames,
    ms,
    cpuMs: cpu.length === 0 ? undefined : medianOf(cpu),
    sizeBytes: samples[0]!.sizeBytes,
    ratio: ms / baseMs,
    bar: 'filter' in one && one.filter === 'edge' ? SPEED_BAR : null,
  };
}

/** The same file in the same size and bitrate; nothing where there is no FFmpeg. */
async function measureNative(
  footage: string,
  all: readonly MeasuredSpeed[],
  runs: number,
): Promise<MeasuredSpeed[]> {
  const [base, ours] = [all[0]!, all.find(({ bar }) => bar !== null)];
  const encoders = nativeEncoders();
  if (encoders.length === 0 || ours === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), 'convolux-bench-'));
  const [input, output] = [join(folder, 'in.mp4'), join(folder, 'out.mp4')];
  try {
    writeFileSync(input, Buffer.from(footage, 'base64'));
    const bitrate = Math.round((8 * ours.sizeBytes * FPS) / ours.frames);
    return encoders.map((encoder) => {
      const ms = medianOf(Array.from({ length: runs }, () => runNative(encoder, input, output, bitrate)));
      const sizeBytes = readFileSync(output).length;
      console.log(`Edge takes ${(ours.ms / ms).toFixed(2)}× as long as FFmpeg with ${encoder.name}.`);
      return { name: `FFmpeg: sobel, ${encoder.name}`, frames: ours.frames, ms, cpuMs: undefined, sizeBytes, ratio: ms / base.ms, bar: null }; // prettier-ignore
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureMemory(
  { page, pid }: ClipsBrowser,
  { minutes }: ClipsBenchOptions,
): Promise<MeasuredMemory | null> {
  if (pid === undefined) {
    console.log('How much memory a clip takes can only be told on Linux.');
    return null;
  }
  const shape: ClipShape = { ...MEMORY_SIZE, frames: Math.round(60 * FPS * minutes) };
  const inputBytes = await page.evaluate((one) => globalThis.clipsBench!.makeLong(one), shape);
  // What making it took is given back with the page.
  await page.reload();
  await page.waitForFunction(() => globalThis.clipsBench !== undefined);
  await page.requestGC();
  await page.waitForTimeout(3000);
  const beforeBytes = memoryBytesOfTree(pid) ?? NaN;
  let [peakBytes, isRunning] = [beforeBytes, true];
  const job = page
    .evaluate(() => globalThis.clipsBench!.processLong())
    .finally(() => {
      isRunning = false;
    });
  for (let told = 0; isRunning;) {
    peakBytes = Math.max(peakBytes, memoryBytesOfTree(pid) ?? NaN);
    const share = await page.evaluate(() => globalThis.clipsBench!.progress());
    if (process.stdout.isTTY && share - told >= 0.01)
      process.stdout.write(`\r${(100 * (told = share)).toFixed(0)} %`);
    await page.waitForTimeout(SAMPLE_MS);
  }
  const { ms, frames, sizeBytes } = await job;
  const measured = { ...shape, frames, ms, inputBytes, outputBytes: sizeBytes, beforeBytes, peakBytes };
  console.log(['', ...memoryLines(measured)].join('\n'));
  return measured;
}

function cpuOf(pid: number | undefined): number | undefined {
  return pid === undefined ? undefined : cpuMsOfTree(pid);
}

function difference(end: number | undefined, start: number | undefined): number | undefined {
  return end === undefined || start === undefined ? undefined : end - start;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
