/** The commands `clip` and `clips`: everything that can be refused is, then a browser is opened and the clips are made. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type {
  ClipContainer,
  ClipErrorPolicy,
  ClipOutputOptions,
  ClipVideoCodec,
} from '../clips/clip-types.ts';
import { chooseGraph, type ChosenGraph } from './choose-graph.ts';
import { chooseReporter } from './choose-reporter.ts';
import type { Reporter } from './clip-event.ts';
import type { ClipTask } from './clip-task.ts';
import { EXIT_CODES, SIGNAL_CODES, type EndingSignal } from './exit-codes.ts';
import { findInputs } from './find-inputs.ts';
import type { ClipSize } from './option-values.ts';
import { removeStaleParts } from './part-files.ts';
import { placeOf, placesIn, refuseStanding, standingOf, type Place } from './plan-outputs.ts';
import { runQueue } from './run-queue.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

/** As commander reads them; see command-line.ts for what each means. */
export type ClipOptions = Readonly<{
  filter?: string;
  param: readonly string[];
  graph?: string;
  out: string;
  from?: number;
  to?: number;
  codec?: ClipVideoCodec;
  container?: ClipContainer;
  bitrate?: number;
  fps?: 'keep' | number;
  size?: ClipSize;
  audio: boolean;
  onError: ClipErrorPolicy;
  force: boolean;
  json: boolean;
}>;
export type ClipsOptions = ClipOptions & Readonly<{ jobs: number; resume: boolean }>;

/** @returns the exit status. @throws UsageError | NoBrowser before anything is begun. */
export async function makeClip(
  input: string,
  options: ClipOptions,
  surroundings: Surroundings,
): Promise<number> {
  const graph = chooseGraph({ ...options, params: options.param });
  checkRange(options);
  const place = placeOf(input, options.out, options);
  return makeAll([place], [], { graph, options: { ...options, jobs: 1 }, surroundings });
}

/** @returns the exit status. @throws UsageError | NoBrowser before anything is begun. */
export async function makeClips(
  patterns: readonly string[],
  options: ClipsOptions,
  surroundings: Surroundings,
): Promise<number> {
  const graph = chooseGraph({ ...options, params: options.param });
  checkRange(options);
  if (options.resume && options.force)
    throw new UsageError(
      '--resume and --force exclude each other: one keeps what is there, the other writes over it',
    );
  const places = placesIn(options.out, await findInputs(patterns), options.container);
  if (!options.resume && !options.force) refuseStanding(places);
  makeFolder(options.out);
  const skipped = options.resume ? places.filter((place) => standingOf(place) === 'up-to-date') : [];
  const left = places.filter((place) => !skipped.includes(place));
  return makeAll(left, skipped, { graph, options, surroundings });
}

type Work = Readonly<{
  graph: ChosenGraph;
  options: ClipOptions & Readonly<{ jobs: number }>;
  surroundings: Surroundings;
}>;

async function makeAll(places: readonly Place[], skipped: readonly Place[], work: Work): Promise<number> {
  const { graph, options, surroundings } = work;
  const { signal, now } = surroundings;
  for (const folder of new Set(places.map(({ output }) => dirname(output)))) removeStaleParts(folder);
  const runner = places.length === 0 ? undefined : await surroundings.openRunner();
  const reporter = chooseReporter(surroundings, { json: options.json, total: places.length });
  try {
    reportSkipped(reporter, skipped);
    const tasks = places.map((place) => taskFor(place, graph, options));
    const idle = {
      run: () => Promise.reject(new Error('there is nothing to run')),
      close: () => Promise.resolve(),
    };
    const outcomes = await runQueue(
      tasks,
      { runner: runner ?? idle, reporter, signal, now },
      { jobs: options.jobs, skipped: skipped.length },
    );
    if (signal.aborted) return SIGNAL_CODES[signal.reason as EndingSignal];
    return outcomes.every((outcome) => outcome === 'done') ? EXIT_CODES.done : EXIT_CODES.failed;
  } finally {
    reporter.close();
    await runner?.close();
  }
}

function reportSkipped(reporter: Reporter, skipped: readonly Place[]): void {
  for (const { input, output } of skipped)
    reporter.report({ event: 'skipped', input, output, reason: 'up-to-date' });
}

function taskFor(
  { input, output, container }: Place,
  { name, graph }: ChosenGraph,
  options: ClipOptions,
): ClipTask {
  const { from, to, codec, bitrate, fps, size, audio, onError } = options;
  const settings: ClipOutputOptions = {
    container,
    ...(codec === undefined ? {} : { codec }),
    ...(bitrate === undefined ? {} : { bitrate }),
    ...(fps === undefined ? {} : { frameRate: fps }),
    ...(size === undefined ? {} : { size }),
    audio: audio ? 'keep' : 'none',
  };
  const range = {
    ...(from === undefined ? {} : { startS: from }),
    ...(to === undefined ? {} : { endS: to }),
  };
  return { input, output, filter: name, graph, settings, range, onError };
}

function checkRange({ from = 0, to = Infinity }: ClipOptions): void {
  if (to <= from) throw new UsageError(`--to must be > --from (${from} s), got ${to} s`);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`--out ${folder} is no folder that could be made`, { cause: error });
  }
}
