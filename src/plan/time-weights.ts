/** How much each remembered frame counts now: weights by index or over seconds, as far as frames are there. */
import { assert, at } from '../core/assert.ts';
import type { MemoryMoment, MemoryRules } from '../core/memory-clock.ts';
import { temporalWeights } from '../kernels/temporal-window.ts';
import type { TimeTerm } from './plan.ts';

/**
 * Weights of a memory's frames, the newest first; 0 for those that are not there. The oldest one that is there stands
 * for all before it; of a memory that ramps, nothing does. A window knows the ages alone: it is of what is there.
 * @returns `rules.frames` numbers.
 */
export function weightsNow(
  weights: TimeTerm['weights'],
  { rules: { frames, warmUp }, agesMs }: MemoryMoment & Readonly<{ rules: MemoryRules }>,
): Float32Array {
  const now = new Float32Array(frames);
  const oldest = agesMs.length - 1;
  // Of frames that are not there: who stands for them, if anyone does.
  const placeOf = (age: number) => (age <= oldest ? age : warmUp === 'ramp' ? null : oldest);
  const add = (age: number, weight: number) => {
    const place = placeOf(age);
    if (place !== null) now[place] = at(now, place) + weight;
  };
  if (weights instanceof Float32Array) {
    assert(weights.length <= frames, 'weights are of frames that are remembered');
    weights.forEach((weight, age) => {
      add(age, weight);
    });
  } else if ('age' in weights) {
    assert(weights.age < frames, 'a frame that is read is remembered');
    add(weights.age, 1);
  } else if ('window' in weights) {
    now.set(temporalWeights(weights.window, agesMs).map((weight) => weights.gain * weight));
    now[0] = at(now, 0) + weights.newest;
  } else {
    now.set(temporalWeights(weights, agesMs));
  }
  return now;
}
