/** What the clip benchmark makes of its options and figures: rows, verdicts, its section of the page on performance. */
import { describe, expect, test } from 'vitest';
import { BadClipsBenchOption, readClipsBenchOptions } from '../bench/clips-options.ts';
import { clipsSection, clipsSectionOf, withClipsSection } from '../bench/clips-section.ts';
import {
  clipFaults,
  memoryLines,
  speedTableRow,
  type MeasuredMemory,
  type MeasuredSpeed,
} from '../bench/clips-table.ts';
import { findProcess, memoryBytesOfTree } from '../bench/process-tree.ts';

const speed = (ratio: number, bar: number | null = 1.5): MeasuredSpeed => ({
  name: 'decode, edge, encode',
  frames: 300,
  ms: 3000,
  cpuMs: 4500,
  sizeBytes: 5e6,
  ratio,
  bar,
});

const memory = (grownMb: number): MeasuredMemory => ({
  frames: 18_000,
  width: 1920,
  height: 1080,
  ms: 360_000,
  inputBytes: 150e6,
  outputBytes: 300e6,
  beforeBytes: 250e6,
  peakBytes: (250 + grownMb) * 1e6,
});

describe('the bars', () => {
  test('are met up to their values', () => {
    expect(clipFaults([speed(1.5), speed(4, null)], memory(400))).toEqual([]);
    expect(speedTableRow(speed(1.2))).toMatch(/^decode, edge, encode +3000 +10\.00 +100\.0 +15\.0 +5\.0 +1\.20× +≤ 1\.5× PASS$/); // prettier-ignore
    expect(speedTableRow(speed(4, null))).toMatch(/4\.00× +-$/);
    expect(memoryLines(memory(400)).join('\n')).toContain('50.0 fps.\nMemory of the whole browser: 400 MB more than the 250 MB before, bar ≤ 400 MB: PASS'); // prettier-ignore
  });

  test('are missed beyond them, and where nothing could be measured', () => {
    expect(clipFaults([speed(1.51)], null)).toEqual([
      'decode, edge, encode: 1.51× of decoding and encoding, the bar is 1.5×',
    ]);
    expect(clipFaults([speed(NaN)], null)).toHaveLength(1);
    expect(clipFaults([], memory(401))).toEqual(['401 MB more than before, the bar is 400 MB']);
    expect(clipFaults([], memory(NaN))).toHaveLength(1);
    expect(speedTableRow(speed(1.51))).toMatch(/FAIL$/);
    expect(memoryLines(memory(401)).join('\n')).toMatch(/FAIL$/);
  });
});

describe('the section', () => {
  const run = { facts: 'a machine', date: '2026-01-02', runs: 3 };
  const section = clipsSection(run, [speed(1.2)], memory(300));

  test('goes behind the page, and later takes its own place', () => {
    const page = withClipsSection('# Performance\n\nothers\n', section);
    expect(page).toBe(`# Performance\n\nothers\n\n${section}\n`);
    expect(clipsSectionOf(page)).toBe(section);
    const newer = clipsSection({ ...run, facts: 'worth $& a machine' }, [speed(1.1)], memory(300));
    expect(withClipsSection(`${page}\nmore\n`, newer)).toBe(`# Performance\n\nothers\n\n${newer}\n\nmore\n`);
    expect(withClipsSection('others\n', '')).toBe('others\n');
  });

  test('is not guessed where a marker is missing', () => {
    expect(() => clipsSectionOf(section.slice(0, -10))).toThrow(/both markers/);
  });
});

describe('the options', () => {
  test('have defaults', () => {
    expect(readClipsBenchOptions([])).toEqual({ only: null, filters: [], frames: 300, runs: 3, minutes: 10, write: false }); // prettier-ignore
    expect(readClipsBenchOptions(['--only', 'speed', '--filter=edge,none', '--frames', '90', '--runs', '5'])).toEqual({ only: 'speed', filters: ['edge', 'none'], frames: 90, runs: 5, minutes: 10, write: false }); // prettier-ignore
  });

  test.each([
    [['--only', 'sound'], /--only must be speed or memory, got sound/],
    [['--frames', '5'], /--frames must be an integer ≥ 60/],
    [['--runs', '2'], /--runs must be an integer ≥ 3/],
    [['--minutes', '0'], /--minutes must be a number > 0/],
    [['--write', '--minutes', '1'], /--write needs a whole run/],
    [['--nothing'], /--only PART/],
  ])('%j is refused', (args, words) => {
    const read = () => readClipsBenchOptions(args);
    expect(read).toThrow(BadClipsBenchOption);
    expect(read).toThrow(words);
  });
});

describe.runIf(process.platform === 'linux')('processes', () => {
  test('are found by an argument, and their memory is told', () => {
    expect(findProcess(`--surely-nobody-has-${process.pid}`)).toBeUndefined();
    const grown = memoryBytesOfTree(process.pid) ?? NaN;
    expect(grown).toBeGreaterThan(10e6);
    expect(memoryBytesOfTree(2 ** 22 + 1)).toBe(0);
  });
});
