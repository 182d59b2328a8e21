/** What the operator benchmark makes of its options and figures: rows, verdicts, the page that it writes. */
import { describe, expect, test } from 'vitest';
import { barFaults, barsTableRow, type MeasuredBar } from '../bench/bars-table.ts';
import { BadOpsBenchOption, readOpsBenchOptions } from '../bench/ops-options.ts';
import type { ScalingFigures } from '../bench/ops-protocol.ts';
import { opsFaults, opsTableRow, type MeasuredOp } from '../bench/ops-table.ts';
import { keptByHand, performancePage } from '../bench/performance-page.ts';
import {
  growthLines,
  scalingFaults,
  scalingLines,
  scalingTable,
  type MeasuredScaling,
} from '../bench/scaling-table.ts';
import { markdownTable } from '../bench/table.ts';

const size = { width: 1280, height: 720 };

const bar = (ms: number, tfjsMs: number, opencvMs: number, difference = 0.001): MeasuredBar => ({
  name: 'sobel',
  size,
  bars: { tfjs: 100, opencv: 3.5 },
  measurement: {
    ms,
    samples: 9,
    peers: {
      tfjs: { ms: tfjsMs, samples: 9, difference, tolerance: 0.004 },
      opencv: { ms: opencvMs, samples: 9, difference: 0, tolerance: 0.004 },
    },
  },
});

const op = (tfjsMs: number | null, difference: number | null = 0): MeasuredOp => ({
  name: 'relu',
  size: { width: 128, height: 64 },
  measurement: { ms: 2, tfjsMs, difference, tolerance: 0.001 },
});

const scaling = (times: ScalingFigures): MeasuredScaling => ({
  name: 'scaling with σ',
  variable: 'σ',
  values: ['8', '16', '100'],
  series: ['gaussian'],
  work: null,
  bar: { of: ['gaussian'], from: '8', to: '100', atMost: 2 },
  times,
  memoryBytes: null,
});

/** Two forms that remember frames, the first of which may not cost more with more of them. */
const overTime = (times: ScalingFigures): MeasuredScaling => ({
  ...scaling(times),
  name: 'scaling with frames',
  variable: 'T',
  values: ['3', '32'],
  series: ['running', 'window'],
  bar: { of: ['running'], from: '3', to: '32', atMost: 1.25 },
  memoryBytes: [
    [2e6, 3e6],
    [2e6, 29_491_200],
  ],
});

describe('the command line', () => {
  test('chooses', () => {
    expect(readOpsBenchOptions(['--op', 'sobel,σ', '--size=64x32', '--runs', '11', '--bars'])).toEqual({
      ops: ['sobel', 'σ'],
      sizes: [{ width: 64, height: 32 }],
      runs: 11,
      onlyBars: true,
      write: false,
    });
    expect(readOpsBenchOptions(['--write'])).toMatchObject({ ops: [], sizes: [], write: true });
  });

  test.each([['--op=sobel'], ['--size=64x64'], ['--bars']])('writes nothing from a part: %s', (part) => {
    expect(() => readOpsBenchOptions(['--write', part])).toThrow(BadOpsBenchOption);
  });
});

describe('a bar', () => {
  test('is met when no peer is too close', () => {
    expect(barFaults([bar(2, 200, 7)])).toEqual([]);
    expect(barsTableRow(bar(2, 200, 7))).toMatch(
      /^sobel +1280x720 +2\.000 +200\.0 +7\.000 +100\.0× +3\.50× .*PASS$/,
    );
  });

  test('is missed by a little', () => {
    expect(barFaults([bar(2, 200, 6.99)])).toEqual([
      'sobel 1280x720: 3.50× as fast as OpenCV.js, the bar is 3.5×',
    ]);
    expect(barFaults([bar(2.1, 200, 6)])).toHaveLength(2);
    expect(barsTableRow(bar(2, 199, 7))).toMatch(/FAIL$/);
  });

  test.each([0.0041, NaN])('fails with another output, off by %d', (difference) => {
    expect(barFaults([bar(1, 500, 50, difference)])).toEqual([
      `sobel 1280x720: differs from TF.js by ${difference.toPrecision(3)}`,
    ]);
  });

  test('fails when its peer was not measured', () => {
    const { measurement, ...info } = bar(1, 500, 50);
    expect(barFaults([{ ...info, measurement: { ...measurement, peers: {} } }])).toHaveLength(2);
  });

  test('tells where a median is of fewer samples', () => {
    const { measurement, ...info } = bar(2, 4454.2, 7);
    const tfjs = { ...measurement.peers.tfjs!, samples: 3 };
    const slow = { ...info, measurement: { ...measurement, peers: { ...measurement.peers, tfjs } } };
    expect(barsTableRow(slow)).toMatch(/ 2\.000 +4454\.2 \(3\) +7\.000 +2227\.1× /);
  });

  test('is not asked of what is there for comparison', () => {
    const compared = { ...bar(2, 1, 1), bars: {} };
    expect(barFaults([compared])).toEqual([]);
    expect(barsTableRow(compared)).toMatch(/ -$/);
    expect(barFaults([{ ...bar(2, 1, 1, 1), bars: {} }])).toHaveLength(1);
  });
});

describe('an operator', () => {
  test.each([
    [op(2), /1\.00 +PASS$/, 0],
    [op(1.99), /FAIL$/, 1],
    [op(null), /- +- +-$/, 0],
    [op(9, 0.5), /4\.50 +FAIL the outputs differ by 0\.500$/, 1],
  ])('row %#', (measured, row, faults) => {
    expect(opsTableRow(measured)).toMatch(row);
    expect(opsFaults([measured])).toHaveLength(faults);
  });
});

describe('growth', () => {
  test('is held to its bar', () => {
    const [met, missed] = [scaling([[5], [9], [10]]), scaling([[5], [9], [10.1]])];
    expect(growthLines(met)).toEqual(['σ = 100 costs 2.00× σ = 8, bar ≤ 2×: PASS']);
    expect(scalingFaults([met, missed])).toEqual([
      'scaling with σ: σ = 100 costs 2.02× σ = 8, bar ≤ 2×: FAIL',
    ]);
    expect(scalingFaults([scaling([[5], [9]])])).toHaveLength(1);
    expect(scalingFaults([{ ...missed, bar: null }])).toEqual([]);
    expect(growthLines({ ...missed, bar: null })).toEqual([]);
  });

  test('is held to the bar of each series that has one', () => {
    expect(scalingFaults([overTime([[4, 2], [5, 20]])])).toEqual([]); // prettier-ignore
    const missed = overTime([[4, 2], [5.1, 20]]); // prettier-ignore
    expect(scalingFaults([missed])).toEqual([
      'scaling with frames: running: T = 32 costs 1.27× T = 3, bar ≤ 1.25×: FAIL',
    ]);
    const unknown = { ...missed, bar: { ...missed.bar!, of: ['recursive'] } };
    expect(scalingFaults([unknown])).toHaveLength(1);
  });

  test('tells what is remembered', () => {
    expect(
      scalingTable(
        overTime([
          [4, 2],
          [5, 20],
        ]),
      ),
    ).toEqual({
      // prettier-ignore
      head: ['T', 'running ms', 'MB', 'window ms', 'MB'],
      rows: [
        ['3', '4.000', '2.0', '2.000', '3.0'],
        ['32', '5.000', '2.0', '20.0', '29.5'],
      ],
    });
  });

  test('is printed in columns', () => {
    expect(
      scalingLines(
        overTime([
          [4, 2],
          [5, 20],
        ]),
      ),
    ).toEqual([
      // prettier-ignore
      'T          running ms MB       window ms MB',
      '3          4.000      2.0      2.000     3.0',
      '32         5.000      2.0      20.0      29.5',
    ]);
  });

  test('is divided by the work', () => {
    const work = { unit: 'pixel', amounts: [1e6, 2e6, 4e6] };
    expect(scalingTable({ ...scaling([[1], [4], [12]]), work })).toEqual({
      head: ['σ', 'gaussian ms', 'ns/pixel'],
      rows: [
        ['8', '1.000', '1.00'],
        ['16', '4.000', '2.00'],
        ['100', '12.0', '3.00'],
      ],
    });
  });
});

describe('the page that is written', () => {
  const facts = {
    date: '2026-02-03',
    machine: '2 × CPU',
    browserVersion: '150.0',
    renderer: 'SwiftShader',
    tfjsVersion: '4.22.0',
    opencvVersion: '4.12.0',
    runs: 9,
  };
  const results = { bars: [bar(2, 200, 7)], scalings: [scaling([[5], [6], [7]])], ops: [op(3)] };
  const written = performancePage(facts, results, 'By hand:\n\n| GPU | 1 ms |');

  test('has the machine, the versions and each table', () => {
    for (const part of ['2026-02-03', '2 × CPU', 'Chromium 150.0', 'SwiftShader', '4.22.0', '4.12.0'])
      expect(written).toContain(part);
    expect(written).toContain('| sobel | 1280x720 | 2.000 | 200.0 | 7.000 | 100.0× | 3.50× |');
    expect(written).toContain('σ = 100 costs 1.40× σ = 8, bar ≤ 2×: PASS');
    expect(written).toContain('| relu | 128x64 | 2.000 | 3.000 | 1.50 | PASS |');
  });

  test('keeps what is by hand, again and again', () => {
    expect(keptByHand(written)).toBe('By hand:\n\n| GPU | 1 ms |');
    expect(performancePage(facts, results, keptByHand(written))).toBe(written);
  });

  test('starts without figures by hand, and refuses to lose some', () => {
    expect(keptByHand('')).toMatch(/No figures/);
    const [marker = ''] = /<!-- kept by hand to here -->/.exec(written) ?? [];
    expect(() => keptByHand(written.replace(marker, ''))).toThrow(/both markers/);
  });

  test('aligns numbers', () => {
    expect(markdownTable({ head: ['k', 'ms'], rows: [['3', '1']] })).toBe(
      '| k | ms |\n| --- | ---: |\n| 3 | 1 |',
    );
  });
});
