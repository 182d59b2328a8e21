/** What a run of the simulation prints: per trace what was measured, then each bar. */
import { SCALES } from '../../src/schedule/budget.ts';
import type { Simulated, Verdict } from './bars.ts';
import type { Measures } from './measure.ts';

const COLUMNS = ['shown fps', 'frames', 'p50 ms', 'p95 ms', 'p99 ms', 'area', 'changes'] as const;
const NAME_WIDTH = 16;
const CELL_WIDTH = 10;
const BAR_WIDTH = 16;

export type Count = Readonly<{ passed: number; failed: number }>;

export function traceLines(simulated: Simulated, verdicts: readonly Verdict[]): readonly string[] {
  const { fate, budget, oracle, none } = simulated;
  const { name, durationMs, degradationPreference } = fate.trace;
  const row = (title: string, cells: readonly string[]) =>
    `  ${title.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padStart(CELL_WIDTH)).join('')}`;
  return [
    `${name}: ${(durationMs / 1000).toFixed(0)} s, ${budget.asked} frames asked, ${budget.askedFps.toFixed(1)} fps, ${degradationPreference}`,
    row('', COLUMNS),
    row('frame budget', cellsOf(budget)),
    row('oracle', cellsOf(oracle)),
    row('no scheduler', cellsOf(none)),
    ...detailLines('frame budget', budget),
    ...detailLines('oracle', oracle),
    ...detailLines('no scheduler', none),
    ...verdicts.map(
      ({ bar, isMet, text }) => `  ${isMet ? 'ok  ' : 'FAIL'} ${bar.padEnd(BAR_WIDTH)} ${text}`,
    ),
    '',
  ];
}

/** The last line of all. */
export const countLine = ({ passed, failed }: Count): string => `${passed} passed, ${failed} failed`;

export function countOf(verdicts: readonly Verdict[]): Count {
  const passed = verdicts.filter(({ isMet }) => isMet).length;
  return { passed, failed: verdicts.length - passed };
}

function cellsOf(measures: Measures): readonly string[] {
  const { shownFps, shown, p50Ms, p95Ms, p99Ms, meanArea, changes } = measures;
  return [
    shownFps.toFixed(1),
    String(shown),
    ...[p50Ms, p95Ms, p99Ms].map((ms) => decimals(ms, 1)),
    decimals(meanArea, 3),
    String(changes),
  ];
}

const decimals = (value: number, digits: number): string =>
  Number.isNaN(value) ? '–' : value.toFixed(digits);

function detailLines(title: string, measures: Measures): readonly string[] {
  const { drops, timeAt, timeEvery, settled, climbs } = measures;
  const reasons = [...drops].map(([reason, count]) => `${count} ${reason}`).join(', ') || 'none';
  const levels = [...timeAt].map(([level, ms]) => `${SCALES[level] ?? '?'}: ${inSeconds(ms)}`);
  const cadences = [...timeEvery]
    .filter(([every]) => every > 1)
    .map(([every, ms]) => `every ${every}: ${inSeconds(ms)}`);
  const moments = (what: string, all: Measures['climbs']) =>
    all.length === 0
      ? []
      : [`${what} ${all.map(({ atMs, ms }) => `${inSeconds(ms)} after ${inSeconds(atMs)}`).join(', ')}`];
  const parts = [
    `dropped ${reasons}`,
    `at ${[...levels, ...cadences].join(', ')}`,
    ...moments('settled', settled),
    ...moments('at the top', climbs),
  ];
  return [`  ${title.padEnd(NAME_WIDTH)}${parts.join('; ')}`];
}

const inSeconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(2)} s` : 'never');
