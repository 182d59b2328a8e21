/** What each `degradationPreference` gives up, and in which order: as the frame budget's documents say it, not as it does it. */
import { SCALES, type DegradationPreference } from '../../src/schedule/budget.ts';

/** Every `every`-th frame is computed, at `level`. */
export type LadderRung = Readonly<{ level: number; every: number }>;

/**
 * How much of the cadence's period a frame may usually take. The little that is beyond it costs one frame in fifty,
 * which is no cadence that anybody sees.
 */
const FULL = 1.02;
/** Nobody looks at less than that. */
const MAX_EVERY = 60;
/** What `balanced` keeps of the rate as long as it has pixels to give, and how far these go at first. */
const BALANCED_FPS = 15;
const BALANCED_LEVEL = SCALES.indexOf(0.5);

export const areaOf = (level: number): number => SCALES[level]! ** 2;

/** The levels that the preference allows, the largest first. */
export const levelsOf = (preference: DegradationPreference): readonly number[] =>
  preference === 'maintain-resolution' ? [0] : SCALES.map((_, level) => level);

/** Made once for each; only `balanced` depends on the period. */
const ladders = new Map<string, readonly LadderRung[]>();

/** All rungs by cadence, as many frames as can be first, then by level, as many pixels as can be first. */
export function ladderOf(preference: DegradationPreference, periodMs: number): readonly LadderRung[] {
  // A period is a measured one, so a rate is never exactly twice another.
  const slowest = Math.max(1, Math.floor(1000 / BALANCED_FPS / periodMs + 0.05));
  const key = `${preference} ${slowest}`;
  const ladder = ladders.get(key) ?? makeLadder(preference, slowest);
  ladders.set(key, ladder);
  return ladder;
}

function makeLadder(preference: DegradationPreference, slowest: number): readonly LadderRung[] {
  const levels = levelsOf(preference);
  const cadences = Array.from({ length: MAX_EVERY }, (_, at) => at + 1);
  const all = cadences.flatMap((every) => levels.map((level) => ({ level, every })));
  if (preference !== 'balanced') return all;
  return all.filter(({ level, every }) => (level <= BALANCED_LEVEL ? every <= slowest : every >= slowest));
}

/**
 * The rungs of the first cadence that has any on which a frame usually takes no longer than the cadence's period, and
 * than it may be old; where no cadence has, the very last.
 * @param usualMs What a frame takes at a level, without chance.
 * @param limitMs How old a frame may be.
 */
export function openRungs(
  preference: DegradationPreference,
  periodMs: number,
  usualMs: (level: number) => number,
  limitMs: number,
): readonly LadderRung[] {
  const ladder = ladderOf(preference, periodMs);
  const usual = SCALES.map((_, level) => usualMs(level));
  const fits = ({ level, every }: LadderRung) => usual[level]! <= Math.min(FULL * every * periodMs, limitMs);
  const first = ladder.find(fits);
  return first === undefined
    ? ladder.slice(-1)
    : ladder.filter((rung) => rung.every === first.every && fits(rung));
}
