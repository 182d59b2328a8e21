/** What the memory benchmark's runner and its page say to each other. */
import type { LedgerBalance } from '../../src/core/ledger.ts';

export type MemoryState = Readonly<{ shown: number; faults: readonly string[]; open: LedgerBalance }>;

/** What the page sets once its modules are there. */
export type MemoryBenchPage = Readonly<{
  /** Starts a pipeline with the filter of this name. */
  open(filter: string): Promise<void>;
  /** Sends so many frames through, one after the other; resolves when the last one was shown. */
  run(frames: number): Promise<void>;
  state(): MemoryState;
}>;
