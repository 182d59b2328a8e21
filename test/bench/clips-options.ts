/** The command line of the clip benchmark. */
import { parseArgs } from 'node:util';

export type ClipsBenchOptions = Readonly<{
  only: 'speed' | 'memory' | null;
  /** Names of filters; empty for all that are measured. */
  filters: readonly string[];
  /** Length of the clip whose speed is measured. */
  frames: number;
  /** Measured runs, of which the median counts. */
  runs: number;
  /** Length of the clip whose memory is measured. */
  minutes: number;
  /** Whether docs/performance.md gets the figures. */
  write: boolean;
}>;

const MIN_RUNS = 3;
const MIN_FRAMES = 60;

const USAGE = `The options, each may be given as --name value or --name=value:
  --only PART     speed or memory; default both
  --filter NAME,… only these, e.g. edge,none; default some that differ in what they cost
  --frames N      length of the clip whose speed is measured; at least ${MIN_FRAMES}, default 300
  --runs N        measured runs, of which the median counts; at least and by default ${MIN_RUNS}
  --minutes N     length of the clip whose memory is measured; default 10
  --write         writes a section of docs/performance.md; needs a whole run, without --only, --filter and --minutes`;

/** A mistake of the caller's, in one line. */
export class BadClipsBenchOption extends Error {
  override readonly name = 'BadClipsBenchOption';
}

/** @throws BadClipsBenchOption that names the option and what it can be. */
export function readClipsBenchOptions(args: readonly string[]): ClipsBenchOptions {
  const { only, filter, frames, runs, minutes, write } = parse(args);
  if (only !== undefined && only !== 'speed' && only !== 'memory')
    throw new BadClipsBenchOption(`--only must be speed or memory, got ${only}`);
  const length = Number(minutes ?? 10);
  if (!(length > 0)) throw new BadClipsBenchOption(`--minutes must be a number > 0, got ${minutes}`);
  if (write && (only !== undefined || filter !== undefined || minutes !== undefined))
    throw new BadClipsBenchOption('--write needs a whole run, without --only, --filter and --minutes');
  return {
    only: only ?? null,
    filters: filter === undefined ? [] : filter.split(','),
    frames: atLeast('frames', frames, MIN_FRAMES),
    runs: atLeast('runs', runs, MIN_RUNS),
    minutes: length,
    write,
  };
}

function atLeast(name: string, text: string, least: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least) return count;
  throw new BadClipsBenchOption(`--${name} must be an integer ≥ ${least}, got ${text}`);
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = {
      only: text,
      filter: text,
      frames: { ...text, default: '300' },
      runs: { ...text, default: String(MIN_RUNS) },
      minutes: text,
      write: { type: 'boolean', default: false } as const,
    };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('. ', 1);
    throw new BadClipsBenchOption(`${reason}\n${USAGE}`);
  }
}
