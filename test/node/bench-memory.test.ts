/** What the memory benchmark makes of a heap profile and of what stayed open. */
import { describe, expect, test } from 'vitest';
import { summarize, type ProfileNode } from '../bench/allocation-profile.ts';
import { memoryFaults, memoryReport, type MemoryRun } from '../bench/memory-report.ts';

const node = (
  functionName: string,
  url: string,
  selfSize: number,
  children: readonly ProfileNode[] = [],
): ProfileNode => ({ callFrame: { functionName, url, lineNumber: 9 }, selfSize, children });

const ENGINE = 'http://localhost:5173/src/engine.ts?t=12';
const PAGE = 'http://localhost:5173/test/bench/memory-page/page.ts';

describe('a heap profile', () => {
  const head = node('(root)', '', 5, [
    node('run', PAGE, 40, [node('process', ENGINE, 100, [node('', ENGINE, 7)])]),
    node('process', ENGINE, 30),
    node('idle', ENGINE, 0),
  ]);

  test('is added up by function, without the harness', () => {
    const { bytes, harnessBytes, allocations } = summarize(head, 'memory-page/page.ts');
    expect([bytes, harnessBytes]).toEqual([142, 40]);
    expect(allocations.map(({ where, bytes: own }) => `${own} ${where}`)).toEqual([
      '130 process (src/engine.ts:10)',
      '40 run (test/bench/memory-page/page.ts:10)',
      '7 (anonymous) (src/engine.ts:10)',
      '5 (root)',
    ]);
  });
});

describe('a run', () => {
  const open = { frames: 0, textures: 4, programs: 2, contexts: 1, workers: 0 };
  const good: MemoryRun = {
    frames: 10,
    allocated: summarize(node('process', ENGINE, 40_960), PAGE),
    checkpoints: [
      { name: 'start', frame: 1, open, heapBytes: 1_000_000 },
      { name: 'middle', frame: 5, open, heapBytes: null },
      { name: 'end', frame: 10, open, heapBytes: 1_000_000 + 200 * 1024 },
    ],
    faults: [],
  };
  const [start, middle, end] = good.checkpoints;

  test('that leaves nothing is well', () => {
    expect(memoryFaults(good)).toEqual([]);
    expect(memoryReport(good).join('\n')).toMatch(/per frame: 4\.0 kB.*PASS[^]*growth: 200\.0 kB.*PASS/);
  });

  test('fails where frames allocate more', () => {
    const allocated = summarize(node('process', ENGINE, 40_970), PAGE);
    expect(memoryFaults({ ...good, allocated })).toEqual([expect.stringContaining('Each frame allocates')]);
    expect(memoryReport({ ...good, allocated })[0]).toContain('FAIL');
  });

  test('fails where the heap grows', () => {
    const grown = { ...end!, heapBytes: end!.heapBytes! + 1 };
    expect(memoryFaults({ ...good, checkpoints: [start!, middle!, grown] })).toEqual([
      expect.stringContaining('heap grew'),
    ]);
    expect(memoryFaults({ ...good, checkpoints: [] })).toHaveLength(1);
  });

  test.each(['frames', 'textures', 'programs'] as const)('fails where %s stay open', (account) => {
    const leaking = { ...middle!, open: { ...open, [account]: open[account] + 1 } };
    expect(memoryFaults({ ...good, checkpoints: [start!, leaking, end!] })).toEqual([
      `More ${account} are open than at the start`,
    ]);
  });

  test('fails where frames did', () => {
    expect(memoryFaults({ ...good, faults: ['no picture'] })).toEqual([
      expect.stringContaining('no picture'),
    ]);
  });
});
