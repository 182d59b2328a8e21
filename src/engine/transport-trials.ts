/** Measures ways against each other: in turns, so that whatever holds up the thread holds up all of them. */
import { PipelineError } from '../core/errors.ts';
import type { Candidate } from './transport-choice.ts';

/** A way that is being measured. */
export type Trial<Way extends string> = {
  readonly way: Way;
  /** One frame. */
  readonly run: () => Promise<void>;
  /** The least that it took so far. */
  ms: number;
  fault: string;
};

const ROUNDS = 4;
/** Whoever takes longer, and so many times as long as the best, is measured once. */
const DEAR_MS = 15;
const FAR = 3;
/** After that only the usual way is still measured: what came so far is known well enough, and frames are waiting. */
const MOST_MS = 200;

export function newTrial<Way extends string>(way: Way, run: () => Promise<void>): Trial<Way> {
  return { way, run, ms: Infinity, fault: '' };
}

/**
 * The first frame pays for what is made once, so the least of a few counts.
 * @param trials the usual way first, which is measured in every round.
 */
export async function measureInTurns<Way extends string>(
  trials: readonly Trial<Way>[],
  now: () => number,
): Promise<void> {
  let spentMs = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const best = Math.min(...trials.map(({ ms }) => ms));
    for (const trial of trials) {
      const isFar = trial.ms > FAR * best && (round > 1 || trial.ms > DEAR_MS);
      const isUsual = trial === trials[0];
      if (trial.fault !== '' || (round > 0 && isFar && !isUsual)) continue;
      if (spentMs > MOST_MS && !isUsual) {
        if (round === 0) trial.fault = 'There was no time to measure it.';
        continue;
      }
      await attempt(trial, async () => {
        const startMs = now();
        await trial.run();
        const tookMs = now() - startMs;
        spentMs += tookMs;
        trial.ms = Math.min(trial.ms, tookMs);
      });
    }
  }
}

/** Whatever goes wrong is the way's own fault, but for what would go wrong on each. */
export async function attempt<Way extends string>(
  trial: Trial<Way>,
  step: () => Promise<void>,
): Promise<void> {
  trial.fault ||= await faultOf(async () => {
    await step();
    return '';
  });
  if (trial.fault !== '') trial.ms = Infinity;
}

/**
 * What `look` says, or what it throws, in words.
 * @throws PipelineError `context-lost` | `frame-too-large`
 */
export async function faultOf(look: () => Promise<string>): Promise<string> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof PipelineError && (error.code === 'context-lost' || error.code === 'frame-too-large'))
      throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a frame costs this way, with the passes that it needs. */
export async function candidateOf<Way extends string>(
  trial: Trial<Way>,
  passesMs: () => number,
): Promise<Candidate<Way>> {
  let ms = trial.ms;
  await attempt(trial, () => {
    ms += passesMs();
    return Promise.resolve();
  });
  return { way: trial.way, ms: trial.fault === '' ? ms : Infinity, fault: trial.fault };
}
