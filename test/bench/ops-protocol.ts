/** What the operator benchmark's runner and its page say to each other. */

export type BenchSize = Readonly<{ width: number; height: number }>;

/** Something to measure, by its place in the page's list. */
export type CaseInfo = Readonly<{ name: string; sizes: readonly BenchSize[] }>;

export type OpMeasurement = Readonly<{
  /** Median of one execution. */
  ms: number;
  /** The same of TensorFlow.js; null where it has no such operator. */
  tfjsMs: number | null;
  /** Largest difference of the outputs, of values > 1 in relation to these; null without a second output. */
  difference: number | null;
  /** What of it both kinds of arithmetic explain. */
  tolerance: number;
}>;

export const PEERS = ['tfjs', 'opencv'] as const;
export type Peer = (typeof PEERS)[number];

/** How many times as long as convolux each peer must take at least; empty for what is measured for comparison only. */
export type Bars = Readonly<Partial<Record<Peer, number>>>;

export type BarInfo = Readonly<{ name: string; size: BenchSize; bars: Bars }>;

export type PeerMeasurement = Readonly<{
  ms: number;
  /** How many samples its median is of. */
  samples: number;
  difference: number;
  tolerance: number;
}>;

export type BarMeasurement = Readonly<{
  ms: number;
  samples: number;
  peers: Readonly<Partial<Record<Peer, PeerMeasurement>>>;
}>;

/** convolux alone, against something that grows. */
export type ScalingInfo = Readonly<{
  name: string;
  /** What grows, and where it is measured. */
  variable: string;
  values: readonly string[];
  /** What is measured at each value: one column of times each. */
  series: readonly string[];
  /** The work at each value, by which the times are divided as well; null where there is no such measure. */
  work: Readonly<{ unit: string; amounts: readonly number[] }> | null;
  /** Each series of `of` may take at most so many times as long at `to` as at `from`. */
  bar: Readonly<{ of: readonly string[]; from: string; to: string; atMost: number }> | null;
}>;

/** A number for each value and series. */
export type ScalingFigures = readonly (readonly number[])[];

export type ScalingMeasurement = Readonly<{
  /** Milliseconds of one execution. */
  times: ScalingFigures;
  /** What is remembered from frame to frame; null where frames are computed each by itself. */
  memoryBytes: ScalingFigures | null;
}>;

export type PageFacts = Readonly<{
  tfjsVersion: string;
  opencvVersion: string;
  renderer: string;
  cases: readonly CaseInfo[];
  bars: readonly BarInfo[];
  scalings: readonly ScalingInfo[];
}>;

/** What the page sets once its contenders are ready. */
export type OpsBenchPage = Readonly<{
  facts: PageFacts;
  measure(index: number, size: BenchSize, runs: number): Promise<OpMeasurement>;
  measureBar(index: number, runs: number): Promise<BarMeasurement>;
  measureScaling(index: number, runs: number): Promise<ScalingMeasurement>;
}>;
