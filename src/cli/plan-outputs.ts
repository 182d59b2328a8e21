/** Where clips go, and what stands there already: all that can be refused before anything is begun. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { CLIP_CONTAINERS, type ClipContainer } from '../clips/clip-types.ts';
import { UsageError } from './usage-error.ts';

export type Place = Readonly<{ input: string; output: string; container: ClipContainer }>;

const FORCE = '--force writes over it';

/** For one clip: the container follows from the name. @throws UsageError */
export function placeOf(
  input: string,
  output: string,
  { container, force }: Readonly<{ container?: ClipContainer | undefined; force: boolean }>,
): Place {
  if (!existsSync(input)) throw new UsageError(`${input}: there is no such file`);
  if (!statSync(input).isFile()) throw new UsageError(`${input} is no file`);
  const named = containerOf(output);
  if (named === undefined && container === undefined)
    throw new UsageError(
      `--out ${output} ends in neither .mp4 nor .webm: say --container mp4 or --container webm`,
    );
  if (named !== undefined && container !== undefined && named !== container)
    throw new UsageError(`--out ${output} and --container ${container} contradict each other`);
  const folder = dirname(output);
  if (!existsSync(folder)) throw new UsageError(`--out ${output}: there is no folder ${folder}`);
  checkNotInput(input, output);
  if (existsSync(output)) {
    if (!statSync(output).isFile()) throw new UsageError(`--out ${output} is no file`);
    if (!force) throw new UsageError(`${output} is there already: ${FORCE}`);
  }
  // One of them is there, as was checked above.
  return { input, output, container: named ?? container ?? 'mp4' };
}

/** For many: each under its own name in `folder`. @throws UsageError where two would go to one place. */
export function placesIn(
  folder: string,
  inputs: readonly string[],
  container: ClipContainer | undefined,
): readonly Place[] {
  const taken = new Map<string, string>();
  return inputs.map((input) => {
    const chosen = container ?? containerOf(input) ?? 'mp4';
    const output = join(folder, `${basename(input, extname(input))}.${chosen}`);
    const other = taken.get(output);
    if (other !== undefined) throw new UsageError(`${other} and ${input} would both become ${output}`);
    taken.set(output, input);
    checkNotInput(input, output);
    return { input, output, container: chosen };
  });
}

export type Standing = 'missing' | 'up-to-date' | 'old';

/** A clip under its final name is whole; one that is newer than its input was made from it. */
export function standingOf({ input, output }: Place): Standing {
  if (!existsSync(output)) return 'missing';
  return statSync(output).mtimeMs >= statSync(input).mtimeMs ? 'up-to-date' : 'old';
}

/** @throws UsageError that says what to do about outputs that are there. */
export function refuseStanding(places: readonly Place[]): void {
  const standing = places.filter((place) => standingOf(place) !== 'missing').map(({ output }) => output);
  const [first, ...others] = standing;
  if (first === undefined) return;
  const more = others.length === 0 ? 'is' : `and ${others.length} more are`;
  throw new UsageError(
    `${first} ${more} there already: --resume keeps what is newer than its input, --force makes all of them anew`,
  );
}

function checkNotInput(input: string, output: string): void {
  const same = existsSync(output) && realpathSync(output) === realpathSync(input);
  if (same || resolve(output) === resolve(input)) throw new UsageError(`${output} is the input itself`);
}

function containerOf(path: string): ClipContainer | undefined {
  const ending = extname(path).slice(1).toLowerCase();
  return CLIP_CONTAINERS.find((container) => container === ending);
}
