/** What Chromium's sampling heap profiler answers, added up by function. */

export type ProfileNode = Readonly<{
  callFrame: Readonly<{ functionName: string; url: string; lineNumber: number }>;
  /** Bytes that this function allocated itself. */
  selfSize: number;
  children: readonly ProfileNode[];
}>;

export type Allocation = Readonly<{
  /** `name (file:line)`, the line as the server sent it. */
  where: string;
  bytes: number;
  isHarness: boolean;
}>;

export type AllocationSummary = Readonly<{
  /** Without the harness. */
  bytes: number;
  harnessBytes: number;
  /** The largest first. */
  allocations: readonly Allocation[];
}>;

/** @param harness the end of the address of the script that makes the frames and is not part of a pipeline. */
export function summarize(head: ProfileNode, harness: string): AllocationSummary {
  const byPlace = new Map<string, Allocation>();
  const visit = ({ callFrame, selfSize, children }: ProfileNode): void => {
    if (selfSize > 0) {
      const path = callFrame.url.replace(/^\w+:\/\/[^/]*\//, '').replace(/\?.*$/, '');
      const name = callFrame.functionName || '(anonymous)';
      const where = path === '' ? name : `${name} (${path}:${callFrame.lineNumber + 1})`;
      const bytes = (byPlace.get(where)?.bytes ?? 0) + selfSize;
      byPlace.set(where, { where, bytes, isHarness: path.endsWith(harness) });
    }
    children.forEach(visit);
  };
  visit(head);
  const allocations = [...byPlace.values()].sort((a, b) => b.bytes - a.bytes);
  const sum = (isHarness: boolean) =>
    allocations.filter((one) => one.isHarness === isHarness).reduce((total, { bytes }) => total + bytes, 0);
  return { bytes: sum(false), harnessBytes: sum(true), allocations };
}
