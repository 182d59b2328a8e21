/** The page that the operator benchmark drives: it holds all contenders and measures one case at a time. */
import type {
  BarMeasurement,
  BenchSize,
  OpMeasurement,
  OpsBenchPage,
  Peer,
  PeerMeasurement,
  ScalingMeasurement,
} from '../ops-protocol.ts';
import { PEERS } from '../ops-protocol.ts';
import { inside } from './bar-case.ts';
import { BAR_CASES } from './bar-cases.ts';
import { CASES } from './cases.ts';
import type { Contender } from './contender.ts';
import { rendererName } from './convolux.ts';
import { largestDifference, medians, samplesOf } from './measure.ts';
import { openOpenCv } from './opencv.ts';
import { SCALING_CASES } from './scaling-cases.ts';
import { openTfjs } from './tfjs.ts';

declare global {
  /** Set once everything has loaded. */
  var opsBench: OpsBenchPage | undefined;
}

async function measure(index: number, size: BenchSize, runs: number): Promise<OpMeasurement> {
  const { open, tolerance } = CASES[index]!;
  const { convolux, tfjs } = await open(size);
  const contenders = [convolux, ...(tfjs === null ? [] : [tfjs])];
  try {
    const difference = tfjs === null ? null : largestDifference(convolux.output(), tfjs.output());
    const [ms = NaN, tfjsMs = null] = medians(contenders, runs);
    return { ms, tfjsMs, difference, tolerance };
  } finally {
    dispose(contenders);
  }
}

async function measureBar(index: number, runs: number): Promise<BarMeasurement> {
  const { open, size } = BAR_CASES[index]!;
  const { convolux, rivals } = await open();
  const present = PEERS.flatMap((peer) => {
    const rival = rivals[peer];
    return rival === undefined ? [] : [{ peer, ...rival }];
  });
  const contenders = [convolux, ...present.map(({ contender }) => contender)];
  try {
    const ours = convolux.output();
    const differences = present.map(({ contender, rimPx }) =>
      largestDifference(inside(ours, size, rimPx), inside(contender.output(), size, rimPx)),
    );
    const [ms = NaN, ...others] = medians(contenders, runs);
    const peers: Partial<Record<Peer, PeerMeasurement>> = {};
    present.forEach(({ peer, contender, tolerance }, i) => {
      const samples = samplesOf(contender, runs);
      peers[peer] = { ms: others[i]!, samples, difference: differences[i]!, tolerance };
    });
    return { ms, samples: samplesOf(convolux, runs), peers };
  } finally {
    dispose(contenders);
  }
}

async function measureScaling(index: number, runs: number): Promise<ScalingMeasurement> {
  const rows = await SCALING_CASES[index]!.open();
  const contenders = rows.flat();
  try {
    const all = medians(contenders, runs);
    const times = rows.map((row) => row.map((one) => all[contenders.indexOf(one)]!));
    const remember = contenders.some(({ memoryBytes }) => memoryBytes !== undefined);
    return {
      times,
      memoryBytes: remember ? rows.map((row) => row.map((one) => one.memoryBytes ?? 0)) : null,
    };
  } finally {
    dispose(contenders);
  }
}

function dispose(contenders: readonly Contender[]): void {
  contenders.forEach((contender) => contender.dispose());
}

const [tfjsVersion, opencvVersion] = [await openTfjs(), await openOpenCv()];
globalThis.opsBench = {
  facts: {
    tfjsVersion,
    opencvVersion,
    renderer: rendererName(),
    cases: CASES.map(({ name, sizes }) => ({ name, sizes })),
    bars: BAR_CASES.map(({ name, size, bars }) => ({ name, size, bars })),
    scalings: SCALING_CASES.map(({ open: _, ...info }) => info),
  },
  measure,
  measureBar,
  measureScaling,
};
