/**
 * `npm run bench:live`: how fast the live page is here, for a camera with real footage at 30 frames a second. Prints one
 * row per size and filter and holds edge detection to its bars. Runs in Node; serves the page itself.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { CAMERA_FPS, measure, type Measurement } from './live-measurement.ts';
import { BadBenchOption, readBenchOptions, type BenchOptions } from './live-options.ts';
import { tableRow, TABLE_HEAD } from './live-table.ts';

const CONFIG = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));

/** The least frame rate of edge detection, by size. */
const BARS: Readonly<Record<string, number>> = { '640x480': 29, '1280x720': 25 };

const barFor = ({ size, filter }: Pick<Measurement, 'size' | 'filter'>): number | undefined =>
  filter === 'edge' ? BARS[`${size.width}x${size.height}`] : undefined;

/** 1 when a bar is missed, or the command line is wrong. Measured while this is loaded: its loader ends with that. */
export const exitStatus = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await bench(readBenchOptions(args));
  } catch (error) {
    if (!(error instanceof BadBenchOption)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function bench(options: BenchOptions): Promise<number> {
  const executablePath = await findChromium({ install: true, log: (line) => console.error(line) });
  // Nothing changes while measuring, and watching the files would cost the page's CPU.
  const server = await createServer({
    configFile: CONFIG,
    logLevel: 'warn',
    server: { watch: null, hmr: false },
  });
  try {
    await server.listen();
    const [baseURL] = server.resolvedUrls?.local ?? [];
    if (baseURL === undefined) throw new Error('the server has no address');
    console.log(
      `${machine()}; camera ${CAMERA_FPS} fps; driver ${options.driver}, output ${options.output}; ${options.seconds} s each`,
    );
    console.log(TABLE_HEAD);
    const measurements: Measurement[] = [];
    for (const size of options.sizes) {
      for (const filter of options.filters) {
        const measurement = await measure({ executablePath, baseURL, options }, size, filter);
        console.log(tableRow(measurement, barFor(measurement)));
        measurements.push(measurement);
      }
    }
    return verdict(measurements);
  } finally {
    await server.close();
  }
}

function verdict(measurements: readonly Measurement[]): number {
  console.log(`Chromium ${measurements[0]?.browserVersion ?? 'unknown'}`);
  const missed = measurements.filter((measurement) => measurement.fps < (barFor(measurement) ?? 0));
  for (const { size, filter, fps } of missed) {
    const bar = barFor({ size, filter }) ?? 0;
    console.error(
      `Too slow: ${filter} at ${size.width}x${size.height} reaches ${fps.toFixed(1)} fps, the bar is ${bar}`,
    );
  }
  return missed.length === 0 ? 0 : 1;
}

function machine(): string {
  const cores = cpus();
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown CPU'}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
