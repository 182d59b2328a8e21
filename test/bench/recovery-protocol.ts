/** What the recovery benchmark's runner and its page say to each other. */

/** What is done to a running pipeline. */
export type Blow = 'context lost' | 'worker killed';

export type Trial = Readonly<{
  blow: Blow;
  /** A built-in filter's name. */
  filter: string;
  width: number;
  height: number;
}>;

/** What the page sets once its modules are there. */
export type RecoveryBenchPage = Readonly<{
  /** From the blow until the first frame after the gap that it made in the track, in ms. */
  measure(trial: Trial): Promise<number>;
}>;
