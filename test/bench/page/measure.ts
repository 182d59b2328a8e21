/** Medians of contenders whose runs take turns. */
import type { Contender } from './contender.ts';

const WARM_UPS = 3;
/** What one sample takes: short executions are repeated, so that neither the clock nor the wait for the GPU counts. */
const SAMPLE_MS = 6;
const MAX_REPEATS = 32;

/** Milliseconds of one execution, of each contender. */
export function medians(contenders: readonly Contender[], runs: number): number[] {
  const repeats = contenders.map((one) => {
    // What takes seconds has run once, which is warm enough.
    const times = Array.from({ length: one.samples === undefined ? WARM_UPS : 1 }, () => sample(one, 1));
    return Math.max(1, Math.min(Math.ceil(SAMPLE_MS / Math.min(...times)), MAX_REPEATS));
  });
  const samples = contenders.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    // Who comes first changes: whatever the first leaves behind falls on all.
    const order = [...contenders.keys()];
    if (run % 2 === 1) order.reverse();
    for (const index of order) {
      const [contender, count] = [contenders[index]!, repeats[index]!];
      // Fewer samples are spread over the runs.
      if ((run * samplesOf(contender, runs)) % runs >= samplesOf(contender, runs)) continue;
      samples[index]!.push(sample(contender, count) / count);
    }
  }
  return samples.map(median);
}

/** How many samples of it count. */
export const samplesOf = ({ samples }: Contender, runs: number): number => Math.min(runs, samples ?? runs);

function sample(contender: Contender, repeats: number): number {
  contender.wait();
  const start = performance.now();
  for (let i = 0; i < repeats; i++) contender.run();
  contender.wait();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The largest difference, of values > 1 in relation to these; NaN where one is not a number. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`one output has ${a.length} values, the other ${b.length}`);
  let largest = 0;
  a.forEach((value, i) => {
    const difference = Math.abs(value - b[i]!) / Math.max(1, Math.abs(b[i]!));
    // A NaN must stay: no comparison with it is true.
    if (!(difference <= largest)) largest = difference;
  });
  return largest;
}
