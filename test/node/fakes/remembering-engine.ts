/** An engine whose graphs remember frames, and what it did with that. */
import { expect } from 'vitest';
import { isSettled } from '../../../src/core/ledger.ts';
import type { WarmUp } from '../../../src/core/memory-clock.ts';
import type { PlanMemory } from '../../../src/plan/plan.ts';
import { boxGraph, RunningEngine } from './running-engine.ts';

export const memory = (name: string, frames = 3, warmUp: WarmUp = 'replicate'): PlanMemory => ({
  name,
  frames,
  warmUp,
  maxGapMs: 1000,
});

/** An engine all of whose graphs remember something under one name. */
export function remembering(
  warmUp: WarmUp = 'replicate',
  outputPath: 'canvas' | 'pixels' = 'canvas',
): RunningEngine {
  const run = new RunningEngine(boxGraph(2), { outputPath });
  const { openBackend } = run;
  run.backend.memories = [memory('ring', 3, warmUp)];
  openBackend.mockImplementation(() => {
    throw new Error('one device is enough');
  });
  return run;
}

/** What concerns memories, and what was executed, in order. */
export const story = ({ backend }: RunningEngine): string[] =>
  backend.log.filter((line) => /^(execute|carry|forget)/.test(line));

/** Every frame closed once, every graph but one given back once, nothing left open, and the account in order. */
export function expectSettled({ frames, ledger, account, backend }: RunningEngine): void {
  expect(frames.map(({ closed }) => closed)).toEqual(frames.map(() => 1));
  expect(isSettled(ledger.balance())).toBe(true);
  const { arrived, shown, dropped, pending } = account.counts();
  expect({ sum: shown + dropped, arrived, pending }).toEqual({ sum: arrived, arrived: frames.length, pending: 0 }); // prettier-ignore
  expect(backend.prepared.map(({ disposals }) => disposals)).toEqual([
    ...backend.prepared.slice(1).map(() => 1),
    0,
  ]);
}
