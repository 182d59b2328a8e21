/** Load traces: what is read, and what is wrong with one that isn't. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadTraces, main } from '../simulate/main.ts';
import { readTrace } from '../simulate/read-trace.ts';
import { BadTrace, parseTrace } from '../simulate/trace.ts';

const COST = { fromMs: 0, fixedMs: 2, perAreaMs: 10, noise: 0.1, spikeProbability: 0.1, spikeMs: 60 };
const GOOD = {
  name: 'good',
  durationMs: 1000,
  seed: 1,
  targetFps: 30,
  degradationPreference: 'balanced',
  arrivals: { fps: 30, jitterMs: 2 },
  cost: [COST, { ...COST, fromMs: 500 }],
  events: [
    { atMs: 100, type: 'hidden' },
    { atMs: 200, type: 'visible' },
    { atMs: 300, type: 'lost' },
    { atMs: 400, type: 'restored' },
    { atMs: 500, type: 'target', fps: 15 },
  ],
};

const parse = (fields: object) => parseTrace(JSON.stringify({ ...GOOD, ...fields }), 'a.json');

test('a trace is what its file says', () => {
  expect(parse({})).toEqual(GOOD);
  expect(parse({ arrivals: [0, 33, 33, 70] }).arrivals).toEqual([0, 33, 33, 70]);
});

test('what may be left out has its default', () => {
  const { degradationPreference: _, events: __, ...rest } = GOOD;
  const cost = [{ fromMs: 0, fixedMs: 0, perAreaMs: 5 }];
  const trace = parseTrace(JSON.stringify({ ...rest, cost, arrivals: { fps: 30 } }), 'a.json');
  expect(trace).toEqual({
    ...GOOD,
    degradationPreference: 'maintain-framerate',
    arrivals: { fps: 30, jitterMs: 0 },
    cost: [{ fromMs: 0, fixedMs: 0, perAreaMs: 5, noise: 0, spikeProbability: 0, spikeMs: 0 }],
    events: [],
  });
});

test.each([
  [{ name: '' }, 'name must be a string that is not empty, got ""'],
  [{ durationMs: 0 }, 'durationMs must be > 0 and ≤ 3600000 ms, got 0'],
  [{ durationMs: '30 s' }, 'durationMs must be a finite number, got "30 s"'],
  [{ seed: 1.5 }, 'seed must be an integer, got 1.5'],
  [{ targetFps: 500 }, 'targetFps must be 1 to 240 fps, got 500'],
  [
    { degradationPreference: 'none' },
    "degradationPreference must be 'maintain-framerate' | 'maintain-resolution' | 'balanced', got \"none\"",
  ],
  [{ arrivals: 30 }, 'arrivals must be { fps, jitterMs } or an array of ms, got 30'],
  [{ arrivals: { fps: 0, jitterMs: 0 } }, 'arrivals.fps must be 1 to 240 fps, got 0'],
  [{ arrivals: { fps: 30, jitterMs: -1 } }, 'arrivals.jitterMs must be 0 to 3600000 ms, got -1'],
  [{ arrivals: [] }, 'arrivals must have one time at least, got []'],
  [{ arrivals: [0, 40, 30] }, 'arrivals[2] must be 40 to 1000 ms, got 30'],
  [{ arrivals: [0, 1001] }, 'arrivals[1] must be 0 to 1000 ms, got 1001'],
  [{ arrivals: [0, null] }, 'arrivals[1] must be a finite number, got null'],
  [{ cost: COST }, 'cost must be an array, got a Object'],
  [{ cost: [] }, 'cost must have one entry at least, got []'],
  [{ cost: [{ ...COST, fromMs: 5 }] }, 'cost[0].fromMs must be 0 to 0 ms, got 5'],
  [{ cost: [COST, COST] }, 'cost[1].fromMs must be > 0, got 0'],
  [{ cost: [{ ...COST, noise: 2 }] }, 'cost[0].noise must be 0 to 1, got 2'],
  [{ cost: [{ ...COST, spikeProbability: 10 }] }, 'cost[0].spikeProbability must be 0 to 1, got 10'],
  [{ cost: [{ ...COST, perAreaMs: undefined }] }, 'cost[0].perAreaMs must be a finite number, got undefined'],
  [
    { cost: [{ ...COST, spikes: 1 }] },
    'cost[0] must have no field but fromMs, fixedMs, perAreaMs, noise, spikeProbability, spikeMs, got "spikes"',
  ],
  [{ events: [{ atMs: 2000, type: 'lost' }] }, 'events[0].atMs must be 0 to 1000 ms, got 2000'],
  [
    { events: [{ atMs: 0, type: 'gone' }] },
    "events[0].type must be 'hidden' | 'visible' | 'lost' | 'restored' | 'target', got \"gone\"",
  ],
  [
    { events: [{ atMs: 0, type: 'visible' }] },
    "events[0].type must take turns ('hidden' and 'visible', 'lost' and 'restored'), got \"visible\" again",
  ],
  [{ events: [{ atMs: 0, type: 'target' }] }, 'events[0].fps must be a finite number, got undefined'],
  [
    { events: [{ atMs: 0, type: 'lost', fps: 30 }] },
    "events[0].fps must be given with 'target' alone, got 30",
  ],
])('%j is refused', (fields, message) => {
  expect(() => parse(fields)).toThrow(new BadTrace(`a.json: ${message}`));
});

test('what is no JSON, or no object, is refused by the name of its file', () => {
  expect(() => parseTrace('{', 'a.json')).toThrow(/^a\.json: no JSON \(.+\)$/);
  expect(() => parseTrace('[]', 'a.json')).toThrow(
    new BadTrace('a.json: The trace must be an object, got []'),
  );
});

describe('the command', () => {
  const run = async (...args: readonly string[]) => {
    const [printed, complaints]: [string[], string[]] = [[], []];
    const status = await main(args, {
      print: (line) => printed.push(line),
      complain: (line) => complaints.push(line),
    });
    return { status, printed, complaints };
  };

  test('runs nothing where one of the files is wrong', async () => {
    const [good = ''] = await loadTraces();
    expect(await run(good, 'no-such.json')).toEqual({
      status: 1,
      printed: [],
      complaints: [expect.stringMatching(/^no-such\.json: can't be read \(ENOENT/)],
    });
  });

  test('knows no options', async () => {
    const { status, complaints } = await run('--all');
    expect([status, ...complaints]).toEqual([1, expect.stringContaining('Unknown option --all')]);
  });

  test('ends with the count', async () => {
    const steady = (await loadTraces()).find((path) => path.endsWith('steady.json')) ?? '';
    const { status, printed } = await run(steady);
    expect([status, printed.at(-1)]).toEqual([0, '5 passed, 0 failed']);
  });
});

test('our own traces have the names of their files, are of 20 to 60 s, and their seeds differ', async () => {
  const paths = await loadTraces();
  const traces = await Promise.all(paths.map(readTrace));
  expect(traces.length).toBeGreaterThanOrEqual(16);
  expect(traces.map(({ name }) => `${name}.json`)).toEqual(paths.map((path) => basename(path)));
  for (const { durationMs } of traces) expect(durationMs).toSatisfy((ms) => ms >= 20_000 && ms <= 60_000);
  expect(new Set(traces.map(({ seed }) => seed)).size).toBe(traces.length);
  expect(await Promise.all(paths.map(async (path) => (await readFile(path, 'utf8')).length))).not.toContain(
    0,
  );
});
