/** The report: bars that fail when they should, figures that are right, and lines that can be read. */
import { describe, expect, test } from 'vitest';
import type { BudgetEvent } from '../../src/schedule/budget.ts';
import { verdictsOf } from '../simulate/bars.ts';
import { fateOf, type Fate } from '../simulate/fate.ts';
import { measure } from '../simulate/measure.ts';
import type { Outcome, PlantAction, Policy, Run, Rung } from '../simulate/plant.ts';
import { countLine, countOf, traceLines } from '../simulate/report.ts';
import { simulate } from '../simulate/simulate.ts';
import type { Trace } from '../simulate/trace.ts';
import { costOf, traceOf } from './simulate-traces.ts';

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** At any time, the rung that is in force; newest wins. */
type Script = readonly Rung[];

/** A scheduler that knows its rungs by heart. */
const scripted =
  (script: Script) =>
  (fate: Fate): Policy => {
    let [waiting, computing, taken]: [number | undefined, number | undefined, number] = [
      undefined,
      undefined,
      0,
    ];
    let rung: Omit<Rung, 'atMs'> = { level: 0, every: 1 };
    const next = (): readonly PlantAction[] => {
      if (waiting === undefined || computing !== undefined) return [];
      [computing, waiting] = [waiting, undefined];
      return [{ type: 'submit', id: computing, level: rung.level }];
    };
    const set = (nowMs: number): readonly PlantAction[] => {
      const now = script.findLast(({ atMs }) => atMs <= nowMs) ?? { level: 0, every: 1 };
      const actions: PlantAction[] = [];
      if (now.level !== rung.level) actions.push({ type: 'setLevel', level: now.level });
      if (now.every !== rung.every) actions.push({ type: 'setDecimation', every: now.every });
      rung = now;
      return actions;
    };
    const decide = (event: BudgetEvent): readonly PlantAction[] => {
      if (event.type === 'done') computing = undefined;
      if (event.type === 'done') return next();
      if (event.type !== 'arrive') return [];
      if (taken++ % rung.every !== 0 || fate.frames[event.id]?.isAsked === false)
        return [{ type: 'close', id: event.id, reason: 'decimated' }];
      const old = waiting;
      waiting = event.id;
      return old === undefined ? next() : [{ type: 'close', id: old, reason: 'replaced' }];
    };
    return { waiting: 1, handle: (event) => [...set(event.nowMs), ...decide(event)] };
  };

const judge = (fields: Partial<Trace>, ...script: Script) => {
  const simulated = simulate(traceOf({ durationMs: 10_000, ...fields }), scripted(script));
  return Object.fromEntries(
    verdictsOf(simulated).map(({ bar, isMet, text }) => [bar, `${isMet ? 'ok' : 'FAIL'} ${text}`]),
  );
};

const at = (ms: number, level: number, every = 1): Rung => ({ atMs: ms, level, every });
const OVERLOAD = { cost: [costOf({ perAreaMs: 80 })] };
const STEP = {
  durationMs: 20_000,
  cost: [
    costOf({ perAreaMs: 15 }),
    costOf({ fromMs: 5000, perAreaMs: 80 }),
    costOf({ fromMs: 10_000, perAreaMs: 15 }),
  ],
};

describe('a bar', () => {
  test('is met where all is well', () => {
    expect(judge({})).toEqual({
      account: matching(/^ok/),
      shown: matching(/^ok 300 frames, 100\.0 %/),
      area: matching(/^ok/),
      latency: matching(/^ok 95 % within 0\.30 periods, 10\.0 ms/),
      'no scheduler': matching(/^ok 300 frames in time, 300 without one/),
    });
  });

  test('of frames and of latency fail where nobody goes down', () => {
    expect(judge(OVERLOAD)).toMatchObject({
      shown: matching(/^FAIL 12\d frames, 4\d\.\d % of the oracle's \(at least 95\.0 %\)/),
      latency: matching(/^FAIL 95 % within 3\.\d\d periods/),
      settled: 'FAIL never after the load of 0.00 s (at most 0.50 s)',
      area: matching(/^ok/),
    });
  });

  test('of area fails one level too low, and one where the level keeps nothing', () => {
    expect(judge(OVERLOAD, at(0, 2))).toMatchObject({
      area: matching(/^ok 25\.0 %.* 100\.0 %/),
    });
    expect(judge(OVERLOAD, at(0, 3))).toMatchObject({
      area: "FAIL 14.1 % of a full frame, 56.3 % of the oracle's (at least 80.0 %)",
    });
  });

  test('of settling is half a second', () => {
    expect(judge(OVERLOAD, at(400, 2))['settled']).toMatch(/^ok 0\.[34]\d s/);
    expect(judge(OVERLOAD, at(600, 2))['settled']).toMatch(/^FAIL 0\.[56]\d s/);
    expect(judge(OVERLOAD, at(0, 2), at(5000, 0))['settled']).toMatch(/^ok 0\.00 s/);
    // Twice a frame of 400 ms, which nobody can stop.
    expect(judge({ cost: [costOf({ perAreaMs: 400 })] }, at(600, 4))['settled']).toMatch(
      /^ok 0\.[67]\d s .*at most 0\.80 s/,
    );
    // Every third is no way out either, where every second would do; every second is.
    const resolution = {
      degradationPreference: 'maintain-resolution',
      cost: [costOf({ perAreaMs: 50 })],
    } as const;
    expect(judge(resolution, at(300, 0, 2))['settled']).toMatch(/^ok 0\.[34]\d s/);
    expect(judge(resolution, at(300, 0, 2))['shown']).toMatch(/^ok/);
    expect(judge(resolution, at(300, 0, 3))['shown']).toMatch(/^FAIL/);
  });

  test('of the way back is the sum of the holds', () => {
    const climb = (first: number, second: number) =>
      judge(STEP, at(5200, 2), at(first, 1), at(second, 0))['back at the top'];
    expect(climb(12_000, 14_200)).toBe(
      'ok 4.20 s after the relief of 10.00 s (at most 4.33 s, the sum of the holds)',
    );
    expect(climb(12_000, 14_500)).toMatch(/^FAIL 4\.50 s/);
    expect(climb(12_000, 30_000)).toMatch(/^FAIL never/);
    // A fall within five seconds of a climb doubles what comes next.
    const fallen = judge(STEP, at(2000, 1), at(4000, 0), at(5200, 2), at(13_500, 1), at(18_000, 0));
    expect(fallen['back at the top']).toMatch(/^ok 8\.00 s .*at most 8\.33 s/);
  });

  test('of the way back is not judged without room or time', () => {
    const tight = STEP.cost.map((cost) => (cost.perAreaMs === 15 ? { ...cost, perAreaMs: 26 } : cost));
    expect(judge({ ...STEP, cost: tight }, at(5200, 2))).not.toHaveProperty('back at the top');
    expect(judge({ ...STEP, durationMs: 14_000 }, at(5200, 2))).not.toHaveProperty('back at the top');
  });

  test('of spikes counts changes, by the minute', () => {
    const spiky = { cost: [costOf({ perAreaMs: 4, spikeProbability: 0.1, spikeMs: 60 })] };
    const changes = [at(3000, 1), at(5000, 0), at(7000, 1)];
    expect(judge(spiky, ...changes.slice(1))['spikes']).toMatch(/^ok 1 changes .*at most 2/);
    expect(judge(spiky, ...changes)['spikes']).toMatch(/^FAIL 3 changes/);
    expect(judge({ ...spiky, durationMs: 120_000 }, ...changes)['spikes']).toMatch(
      /^ok 3 changes .*at most 4/,
    );
    expect(
      judge({ cost: [costOf({ perAreaMs: 4, spikeProbability: 0.03, spikeMs: 60 })] }),
    ).not.toHaveProperty('spikes');
  });

  test('never to be worse than no scheduler fails for a frame, and for two percent of the latency', () => {
    expect(judge({}, at(0, 0, 2))['no scheduler']).toMatch(/^FAIL 150 frames in time, 300 without one/);
    const slow = scripted([]);
    const simulated = simulate(traceOf({}), slow);
    const later = { ...simulated.budget, p95OfAskedMs: simulated.none.p95OfAskedMs * 1.02 };
    const last = verdictsOf({ ...simulated, budget: later }).at(-1);
    expect([last?.bar, last?.isMet]).toEqual(['no scheduler', false]);
    const fewer = { ...simulated.budget, inTime: simulated.none.inTime - 1 };
    expect(verdictsOf({ ...simulated, budget: fewer }).at(-1)?.isMet).toBe(false);
  });

  test('of the account fails for each fault', () => {
    const { budget, ...rest } = simulate(traceOf({}), scripted([]));
    const [account] = verdictsOf({
      ...rest,
      budget,
      faults: ['frame 1 is closed a second time', 'frame 2 …'],
    });
    expect(account).toEqual({
      bar: 'account',
      isMet: false,
      text: '2 faults, the first: frame 1 is closed a second time',
    });
  });

  test('of frames that nobody could show applies to none', () => {
    const lost = { events: [{ atMs: 0, type: 'lost' as const }] };
    const fate = fateOf(traceOf(lost));
    const outcomes = fate.frames.map((): Outcome => ({ type: 'dropped', reason: 'failed', atMs: 0 }));
    const run: Run = { outcomes, rungs: [at(0, 0)], faults: [], endMs: 2000 };
    const measures = measure(fate, run);
    const verdicts = verdictsOf({ fate, faults: [], budget: measures, oracle: measures, none: measures });
    expect(verdicts.map(({ bar }) => bar)).toEqual(['account']);
  });
});

test('what is measured is what happened', () => {
  const fate = fateOf(
    traceOf({ durationMs: 1000, arrivals: Array.from({ length: 10 }, (_, k) => k * 100), targetFps: 10 }),
  );
  const shown = (id: number, level: number, ms: number): Outcome => ({
    type: 'shown',
    level,
    startMs: id * 100,
    shownMs: id * 100 + ms,
  });
  const outcomes = [10, 20, 30, 40, 50, 60, 70, 250].map((ms, id) => shown(id, id < 4 ? 0 : 2, ms));
  const run: Run = {
    outcomes: [
      ...outcomes,
      { type: 'dropped', reason: 'stale', atMs: 900 },
      { type: 'dropped', reason: 'stale', atMs: 950 },
    ],
    rungs: [at(0, 0), at(400, 1), at(400, 2), at(600, 2, 2), at(600, 2, 1)],
    faults: [],
    endMs: 1050,
  };
  expect(measure(fate, run)).toMatchObject({
    asked: 10,
    shown: 8,
    inTime: 7,
    askedFps: 10,
    shownFps: 8,
    p50Ms: 40,
    p95Ms: 250,
    p95Periods: 2.5,
    meanArea: (4 + 4 * 0.25) / 8,
    drops: new Map([['stale', 2]]),
    changes: 1,
    timeAt: new Map([
      [0, 400],
      [2, 650],
    ]),
  });
});

test('a report says all of it, in columns', () => {
  const simulated = simulate(
    traceOf({ ...STEP, name: 'a step' }),
    scripted([at(5200, 2), at(12_000, 1), at(14_000, 0)]),
  );
  const verdicts = verdictsOf(simulated);
  const lines = traceLines(simulated, verdicts);
  expect(lines[0]).toBe('a step: 20 s, 600 frames asked, 30.0 fps, maintain-framerate');
  const rows = lines.slice(1, 5);
  expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  expect(rows[0]).toMatch(/shown fps +frames +p50 ms +p95 ms +p99 ms +area +changes$/);
  expect(rows[2]).toMatch(/^ {2}oracle +30\.0 +600 /);
  const text = lines.join('\n');
  expect(text).toMatch(/frame budget +dropped \d+ replaced; at 1: 11\.20 s, 0\.75: 2\.00 s, 0\.5: 6\.80 s/);
  expect(text).toMatch(
    /frame budget .*; settled 0\.\d\d s after 5\.00 s; at the top 4\.00 s after 10\.00 s\n/,
  );
  expect(text).toMatch(/no scheduler +dropped .*; settled never after 5\.00 s\n/);
  expect(lines.filter((line) => /^ {2}(ok {2}|FAIL) /.test(line))).toHaveLength(verdicts.length);
  expect(countOf(verdicts)).toEqual({ passed: 7, failed: 0 });
  expect(countLine({ passed: 7, failed: 2 })).toBe('7 passed, 2 failed');
});
