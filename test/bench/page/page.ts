/** The page that the operator benchmark drives: it holds both contenders and measures one case at a time. */
import type { BenchSize, OpMeasurement, OpsBenchPage } from '../ops-protocol.ts';
import { CASES } from './cases.ts';
import type { Contender } from './contender.ts';
import { rendererName } from './convolux.ts';
import { largestDifference, medians } from './measure.ts';
import { openTfjs } from './tfjs.ts';

declare global {
  /** Set once everything has loaded. */
  var opsBench: OpsBenchPage | undefined;
}

async function measure(index: number, size: BenchSize, runs: number): Promise<OpMeasurement> {
  const { open, tolerance } = CASES[index]!;
  const contenders: Contender[] = [];
  try {
    const { convolux, tfjs } = await open(size);
    contenders.push(convolux, ...(tfjs === null ? [] : [tfjs]));
    const difference = tfjs === null ? null : largestDifference(convolux.output(), tfjs.output());
    const [ms = NaN, tfjsMs = null] = medians(contenders, runs);
    return { ms, tfjsMs, difference, tolerance };
  } finally {
    contenders.forEach((contender) => contender.dispose());
  }
}

const tfjsVersion = await openTfjs();
const cases = CASES.map(({ name, sizes }) => ({ name, sizes }));
globalThis.opsBench = { facts: { tfjsVersion, renderer: rendererName(), cases }, measure };
