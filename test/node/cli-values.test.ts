/** What is typed, and what becomes of it: options, parameters by the filters' own specs, names that were meant. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { edge, filters, motion } from '../../pipelines/index.ts';
import { chooseGraph, findFilter, paramValues } from '../../src/cli/choose-graph.ts';
import { closestName } from '../../src/core/closest-name.ts';
import {
  readBitrate,
  readCodec,
  readContainer,
  readFrameRate,
  readJobs,
  readSeconds,
  readSize,
} from '../../src/cli/option-values.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { bytes, clock, plain, shortened } from '../../src/cli/words.ts';
import { defineFilter, fromJSON, toJSON } from '../../src/index.ts';

describe('options', () => {
  test.each([
    ['4M', 4_000_000],
    ['2.5m', 2_500_000],
    ['500k', 500_000],
    ['4000000', 4_000_000],
    ['1G', 1_000_000_000],
  ])('a bitrate of %s is %d', (text, bits) => {
    expect(readBitrate(text)).toBe(bits);
  });

  test.each([
    ['640x360', { width: 640, height: 360 }],
    ['640x', { width: 640 }],
    ['x360', { height: 360 }],
    ['640×360', { width: 640, height: 360 }],
  ])('a size of %s', (text, size) => {
    expect(readSize(text)).toEqual(size);
  });

  test.each([
    [readBitrate, ['9k', '2G', '4 apples', 'M', '', '-4M', '1.2.3M', 'Infinity']],
    [readSize, ['640', 'x', '', '1x2', '640x9000', '-640x360', '640x360x2']],
    [readFrameRate, ['0', '241', 'fast', '', 'NaN']],
    [readSeconds, ['-1', 'soon', '', 'NaN']],
    [readJobs, ['0', '1.5', '65', '']],
    [readCodec, ['mp3', '']],
    [readContainer, ['mov', '']],
  ])('%o refuses what is none', (read, texts) => {
    for (const text of texts) expect(() => read(text), text).toThrow(/It must be/);
  });

  test('codecs and containers by all their names', () => {
    expect(['h264', 'AVC', 'h265', 'vp9'].map(readCodec)).toEqual(['avc', 'avc', 'hevc', 'vp9']);
    expect(['MP4', 'webm'].map(readContainer)).toEqual(['mp4', 'webm']);
    expect([readFrameRate('keep'), readFrameRate('29.97'), readSeconds('0'), readJobs('4')]).toEqual([
      'keep',
      29.97,
      0,
      4,
    ]);
  });
});

describe('parameters', () => {
  const every = defineFilter({
    name: 'every',
    title: 'Every',
    description: 'A parameter of each kind.',
    params: {
      sigma: { type: 'number', title: 'Sigma', min: 0.5, max: 20, step: 0.5, default: 2, unit: 'px' },
      mode: { type: 'choice', title: 'Mode', choices: ['soft', 'hard'], default: 'soft' },
      wrap: { type: 'boolean', title: 'Wrap', default: false },
      kernel: { type: 'kernel', title: 'Kernel', default: '1', presets: [], maxFrames: 2, maxSide: 3 },
    },
    build: () => edge.build(),
  });

  test('take the type that their filter says, and defaults where nothing is given', () => {
    expect(
      paramValues(every, ['sigma=1e0', 'mode=hard', 'wrap=true', 'kernel=0 1 0; 1 -4 1; 0 1 0']),
    ).toEqual({
      sigma: 1,
      mode: 'hard',
      wrap: true,
      kernel: '0 1 0; 1 -4 1; 0 1 0',
    });
    expect(paramValues(every, [])).toEqual({ sigma: 2, mode: 'soft', wrap: false, kernel: '1' });
  });

  test.each([
    ['sigma=30', 'every.sigma must be 0.5 to 20 px, got 30'],
    ['sigma=wide', '--param sigma must be a number from 0.5 to 20 px, got "wide"'],
    ['sigma=', '--param sigma must be a number from 0.5 to 20 px, got ""'],
    ['mode=sofft', `every.mode must be 'soft' | 'hard', got "sofft"`],
    ['wrap=yes', '--param wrap must be true or false, got "yes"'],
    ['kernel=1 2; 3', 'every.kernel: frame 1, row 2 must have 2 weights like row 1 of frame 1, got 1'],
    ['kernel=1 | 1 | 1', 'every.kernel: frames must be 1 to 2, got 3'],
    [
      'sigmma=2',
      `filter 'every' has no parameter "sigmma": it has sigma, mode, wrap, kernel. Did you mean sigma?`,
    ],
    ['toString=1', `filter 'every' has no parameter "toString"`],
    ['sigma', '--param must be NAME=VALUE, got "sigma"'],
    ['=2', '--param must be NAME=VALUE, got "=2"'],
  ])('%s is refused by name', (assignment, message) => {
    expect(() => paramValues(every, [assignment])).toThrow(UsageError);
    expect(() => paramValues(every, [assignment])).toThrow(message);
  });

  test('one that is given twice is refused', () => {
    expect(() => paramValues(every, ['sigma=1', 'sigma=2'])).toThrow('--param sigma is given twice');
  });
});

describe('names', () => {
  test.each([
    ['edg', 'edge'],
    ['EDGE', 'edge'],
    ['sharpn', 'sharpen'],
    ['temporal', 'temporal-edge'],
    ['bleu', 'blur'],
    ['zzzzzz', undefined],
    ['', undefined],
  ])('%j is nearest to %j', (given, name) => {
    const names = ['edge', 'sharpen', 'blur', 'temporal-edge', 'temporal-denoise'];
    expect(closestName(given, names)).toBe(name);
  });

  test('a filter that is not there is answered with the nearest and with all', () => {
    expect(() => findFilter('sharpn')).toThrow(/"sharpn"\. Did you mean sharpen\? There are none, edge, /);
    for (const filter of filters) expect(findFilter(filter.name)).toBe(filter);
  });
});

describe('what is computed', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'convolux-graph-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('a filter with its parameters, as a graph that crosses as JSON with nothing lost', () => {
    const { name, graph } = chooseGraph({ filter: 'motion', params: ['ms=200'] });
    expect(name).toBe('motion');
    expect(fromJSON(JSON.stringify(graph))).toEqual(fromJSON(toJSON(motion.build({ ms: 200 }))));
    expect(graph).not.toEqual(toJSON(motion.build()));
  });

  test('every filter can be sent', () => {
    for (const filter of filters)
      expect(fromJSON(JSON.stringify(chooseGraph({ filter: filter.name, params: [] }).graph))).toEqual(
        filter.build(),
      );
  });

  test('a graph from a file', () => {
    const path = join(folder, 'graph.json');
    writeFileSync(path, JSON.stringify(toJSON(edge.build({ strength: 2 }))));
    expect(chooseGraph({ graph: path, params: [] })).toEqual({
      name: path,
      graph: toJSON(edge.build({ strength: 2 })),
    });
  });

  test.each([
    ['{', /graph\.json: the graph is no JSON/],
    ['{"version":1,"nodes":[],"output":0}', /graph\.json: graph\.nodes must be an array of nodes/],
    ['{"version":1,"nodes":[{"op":"eval"}],"output":0}', /graph\.json: nodes\[0\]\.op must be/],
  ])('%s is refused, the file named', (text, message) => {
    const path = join(folder, 'graph.json');
    writeFileSync(path, text);
    expect(() => chooseGraph({ graph: path, params: [] })).toThrow(message);
    expect(() => chooseGraph({ graph: path, params: [] })).toThrow(UsageError);
  });

  test('needs exactly one of filter and graph', () => {
    expect(() => chooseGraph({ params: [] })).toThrow(/--filter NAME .* or --graph FILE/);
    expect(() => chooseGraph({ filter: 'edge', graph: 'x.json', params: [] })).toThrow(/exclude each other/);
    expect(() => chooseGraph({ graph: 'x.json', params: ['a=1'] })).toThrow(/--param belongs to --filter/);
    expect(() => chooseGraph({ graph: join(folder, 'none.json'), params: [] })).toThrow(
      /--graph .*none\.json: ENOENT/,
    );
  });
});

describe('words', () => {
  test('times, sizes and names fit a line', () => {
    expect([0, 59.4, 75, 3700].map(clock)).toEqual(['0:00', '0:59', '1:15', '1:01:40']);
    expect([0, 999, 1250, 1_250_000, 5e9].map(bytes)).toEqual(['0 B', '999 B', '1.3 kB', '1.3 MB', '5.0 GB']);
    expect(shortened('a-long-name.mp4', 9)).toBe('a-lo….mp4');
    expect(shortened('short', 9)).toBe('short');
    expect(plain('a\u001b[2Jb\nc')).toBe('a�[2Jb�c');
  });
});
