/** The command line of the operator benchmark. */
import { parseArgs } from 'node:util';
import type { BenchSize } from './ops-protocol.ts';

export type OpsBenchOptions = Readonly<{
  /** Parts of the names of what is measured; empty for everything. */
  ops: readonly string[];
  /** Instead of each operator's own sizes; empty for these. */
  sizes: readonly BenchSize[];
  /** Measured runs, of which the median counts. */
  runs: number;
  /** Only what has a bar, and how the times grow. */
  onlyBars: boolean;
  /** Whether docs/performance.md is written from the run. */
  write: boolean;
}>;

const MIN_RUNS = 9;
/** So that each operator's strides, halves and quarters are whole. */
const SIDE_STEP = 8;
const MIN_SIDE = 16;

const USAGE = `The options, each may be given as --name value or --name=value:
  --op NAME,…   only what has one of these in its name, e.g. conv2d,softmax; default everything
  --size WxH,…  default 128x128 and 256x256, layers of many channels 64x64 and 128x128
  --runs N      measured runs, of which the median counts; at least and by default ${MIN_RUNS}
  --bars        only the filters that have a bar, and how the times grow; they have sizes of their own
  --write       writes docs/performance.md; needs a whole run, without --op, --size and --bars`;

/** A mistake of the caller's, in one line. */
export class BadOpsBenchOption extends Error {
  override readonly name = 'BadOpsBenchOption';
}

/** @throws BadOpsBenchOption that names the option and what it can be. */
export function readOpsBenchOptions(args: readonly string[]): OpsBenchOptions {
  const { op, size, runs, bars, write } = parse(args);
  const count = Number(runs);
  if (!Number.isInteger(count) || count < MIN_RUNS) {
    throw new BadOpsBenchOption(`--runs must be an integer ≥ ${MIN_RUNS}, got ${runs}`);
  }
  if (write && (op !== undefined || size !== undefined || bars)) {
    throw new BadOpsBenchOption('--write needs a whole run, without --op, --size and --bars');
  }
  const listed = (text: string | undefined) => (text === undefined ? [] : text.split(','));
  return { ops: listed(op), sizes: listed(size).map(readSize), runs: count, onlyBars: bars, write };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    const runs = { ...text, default: String(MIN_RUNS) };
    const options = { op: text, size: text, runs, bars: flag, write: flag };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('. ', 1);
    throw new BadOpsBenchOption(`${reason}\n${USAGE}`);
  }
}

function readSize(text: string): BenchSize {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  const fits = [size.width, size.height].every((side) => side >= MIN_SIDE && side % SIDE_STEP === 0);
  if (!fits) {
    throw new BadOpsBenchOption(
      `--size must be WxH with sides ≥ ${MIN_SIDE} px that ${SIDE_STEP} divides, got ${text}`,
    );
  }
  return size;
}
