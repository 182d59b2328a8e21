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

export type PageFacts = Readonly<{ tfjsVersion: string; renderer: string; cases: readonly CaseInfo[] }>;

/** What the page sets once TensorFlow.js and convolux are ready. */
export type OpsBenchPage = Readonly<{
  facts: PageFacts;
  measure(index: number, size: BenchSize, runs: number): Promise<OpMeasurement>;
}>;
