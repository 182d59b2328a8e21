/** The command line of the live benchmark. */

export type BenchSize = Readonly<{ width: number; height: number }>;

export type BenchOptions = Readonly<{
  sizes: readonly BenchSize[];
  filters: readonly string[];
  /** The page's `driver` and `output` parameters. */
  driver: string;
  output: string;
  /** Length of each measurement, after the warm-up. */
  seconds: number;
}>;

export const BENCH_USAGE = `The options, each may be given as --name value or --name=value:
  --size WxH,…     default 640x480,1280x720
  --filter NAME,…  default none,edge,sharpen,blur
  --driver NAME    auto (default), processor, worker-processor, camera-utils
  --output NAME    auto (default), canvas, video
  --seconds N      length of each measurement after 3 s of warm-up, default 10`;

/** A mistake of the caller's, in one line. */
export class BadBenchOption extends Error {
  override readonly name = 'BadBenchOption';
}

const DEFAULTS = {
  size: '640x480,1280x720',
  filter: 'none,edge,sharpen,blur',
  driver: 'auto',
  output: 'auto',
  seconds: '10',
} as const;

type OptionName = keyof typeof DEFAULTS;

const isOptionName = (name: string): name is OptionName => Object.hasOwn(DEFAULTS, name);

/** @throws BadBenchOption that names the option and what it can be. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const given: Record<OptionName, string> = { ...DEFAULTS };
  const rest = args.flatMap((arg) => (arg.startsWith('--') ? arg.split(/=(.*)/s, 2) : [arg]));
  for (let at = 0; at < rest.length; at += 2) {
    const name = rest[at]?.replace(/^--/, '') ?? '';
    const value = rest[at + 1];
    if (!isOptionName(name)) throw new BadBenchOption(`Unknown option ${rest[at] ?? ''}.\n${BENCH_USAGE}`);
    if (value === undefined || value === '')
      throw new BadBenchOption(`--${name} needs a value.\n${BENCH_USAGE}`);
    given[name] = value;
  }
  const seconds = Number(given.seconds);
  if (!(seconds >= 1)) throw new BadBenchOption(`--seconds must be a number ≥ 1, got ${given.seconds}`);
  return {
    sizes: given.size.split(',').map(readSize),
    filters: given.filter.split(','),
    driver: given.driver,
    output: given.output,
    seconds,
  };
}

function readSize(text: string): BenchSize {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  // Chromium's file camera ends at once when a side is odd.
  const fits = [size.width, size.height].every((side) => side >= 192 && side % 2 === 0);
  if (!fits) throw new BadBenchOption(`--size must be WxH with even sides ≥ 192 px, got ${text}`);
  return size;
}
