/** What the memory benchmark prints, and its bars. */
import type { LedgerAccount, LedgerBalance } from '../../src/core/ledger.ts';
import type { AllocationSummary } from './allocation-profile.ts';
import { line } from './table.ts';

const BYTES_PER_FRAME_BAR = 4096;
const GROWTH_BAR = 200 * 1024;
const TOP = 15;
const COUNTED: readonly LedgerAccount[] = ['frames', 'textures', 'programs'];
const LEDGER_WIDTHS = [16, 8, 10, 10] as const;

export type Checkpoint = Readonly<{
  name: string;
  frame: number;
  open: LedgerBalance;
  /** After a full collection; null where none was made. */
  heapBytes: number | null;
}>;

export type MemoryRun = Readonly<{
  /** Frames that were profiled. */
  frames: number;
  allocated: AllocationSummary;
  /** In order: start, middle, end. The growth counts between the first and the last one with a heap size. */
  checkpoints: readonly Checkpoint[];
  faults: readonly string[];
}>;

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;

const perFrame = ({ frames, allocated }: MemoryRun): number => allocated.bytes / frames;

function heapGrowth({ checkpoints }: MemoryRun): number {
  const sizes = checkpoints.flatMap(({ heapBytes }) => (heapBytes === null ? [] : [heapBytes]));
  return (sizes.at(-1) ?? NaN) - (sizes[0] ?? NaN);
}

/** What is wrong with the run, a line each; none when all is well. */
export function memoryFaults(run: MemoryRun): string[] {
  const [bytes, growth] = [perFrame(run), heapGrowth(run)];
  const [start, ...later] = run.checkpoints;
  const grown = COUNTED.filter((account) =>
    later.some(({ open }) => !(open[account] <= start!.open[account])),
  );
  return [
    ...(bytes <= BYTES_PER_FRAME_BAR
      ? []
      : [`Each frame allocates ${kilobytes(bytes)}, the bar is ${kilobytes(BYTES_PER_FRAME_BAR)}`]),
    ...(growth <= GROWTH_BAR
      ? []
      : [`The heap grew by ${kilobytes(growth)}, the bar is ${kilobytes(GROWTH_BAR)}`]),
    ...grown.map((account) => `More ${account} are open than at the start`),
    ...(run.faults.length === 0
      ? []
      : [`${run.faults.length} frames failed, the first one with: ${run.faults[0]}`]),
  ];
}

export function memoryReport(run: MemoryRun): string[] {
  const { allocated, frames, checkpoints } = run;
  const verdict = (isMet: boolean) => (isMet ? 'PASS' : 'FAIL');
  const [bytes, growth] = [perFrame(run), heapGrowth(run)];
  return [
    `JS allocated per frame: ${kilobytes(bytes)}, bar ≤ ${kilobytes(BYTES_PER_FRAME_BAR)}: ${verdict(bytes <= BYTES_PER_FRAME_BAR)} (and ${kilobytes(allocated.harnessBytes / frames)} by the benchmark itself)`,
    `JS heap growth: ${kilobytes(growth)}, bar ≤ ${kilobytes(GROWTH_BAR)}: ${verdict(growth <= GROWTH_BAR)}`,
    '',
    line(['frame', ...COUNTED, 'heap after gc'], LEDGER_WIDTHS),
    ...checkpoints.map(({ name, frame, open, heapBytes }) =>
      line(
        [
          `${name} ${frame}`,
          ...COUNTED.map((account) => String(open[account])),
          heapBytes === null ? '-' : kilobytes(heapBytes),
        ],
        LEDGER_WIDTHS,
      ),
    ),
    '',
    'bytes per frame, by the function that allocates (lines as served)',
    ...allocated.allocations
      .slice(0, TOP)
      .map(
        ({ where, bytes: own, isHarness }) =>
          `${(own / frames).toFixed(0).padStart(6)}  ${where}${isHarness ? ', the benchmark itself' : ''}`,
      ),
  ];
}
