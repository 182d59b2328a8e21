/** How much later one sound is than another, by their cross-correlation. */
import type { DecodedSound } from './read-clip.ts';

const RATE = 48_000;
const WINDOW = RATE / 2;
const REACH = RATE / 20;

/** Samples at 48 kHz from `fromS` on, interpolated linearly; what is not there is silence. */
function at48k({ sampleRate, startS, samples }: DecodedSound, fromS: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const place = (fromS - startS + i / RATE) * sampleRate;
    const left = Math.floor(place);
    const [a, b] = [samples[left] ?? 0, samples[left + 1] ?? 0];
    return a + (place - left) * (b - a);
  });
}

/** The loudest half second of it: where that begins, in s. */
function loudest({ sampleRate, startS, samples }: DecodedSound): number {
  const window = Math.floor(sampleRate / 2);
  let [best, bestAt, sum] = [-1, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    sum += samples[i]! ** 2 - (i < window ? 0 : samples[i - window]! ** 2);
    if (i >= window && sum > best) [best, bestAt] = [sum, i - window];
  }
  return startS + bestAt / sampleRate;
}

export type SoundLag = Readonly<{ lagS: number; likeness: number }>;

/**
 * Of `later` after `earlier`, within ±50 ms.
 * @returns likeness: 1 for the same sound, 0 for another one.
 */
export function soundLag(earlier: DecodedSound, later: DecodedSound): SoundLag {
  const fromS = loudest(earlier);
  const pattern = at48k(earlier, fromS, WINDOW);
  const searched = at48k(later, fromS - REACH / RATE, WINDOW + 2 * REACH);
  const energy = (samples: Float32Array) => samples.reduce((sum, value) => sum + value ** 2, 0);
  const own = energy(pattern);
  let [likeness, lag] = [-1, 0];
  for (let shift = 0; shift <= 2 * REACH; shift++) {
    let [sum, other] = [0, 0];
    for (let i = 0; i < WINDOW; i++) {
      const value = searched[shift + i]!;
      sum += pattern[i]! * value;
      other += value * value;
    }
    const like = sum / Math.sqrt(own * other || 1);
    if (like > likeness) [likeness, lag] = [like, shift - REACH];
  }
  return { lagS: lag / RATE, likeness };
}
