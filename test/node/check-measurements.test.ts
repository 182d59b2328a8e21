/** What may be read back with each frame. */
import { expect, test } from 'vitest';
import { checkMeasurements } from '../../src/engine/check-measurements.ts';
import { GraphPlanner } from '../../src/engine/graph-planner.ts';
import { graph } from '../../src/graph/builder.ts';
import { luma } from '../../src/graph/operators.ts';
import { DEVICE, formOf, planOf } from './fakes/device.ts';

/** The output of a plan, measured as well. */
function measuring(width: number, height: number) {
  const plan = planOf(
    graph(({ frame }) => luma(frame)),
    formOf(width, height),
  );
  return { ...plan, measurements: { cells: plan.output } };
}

test('is no more than 65536 values of a measurement, and the error says how many there are', () => {
  expect(() => {
    checkMeasurements(measuring(256, 256));
  }).not.toThrow();
  expect(() => {
    checkMeasurements(measuring(257, 256));
  }).toThrow(
    "measurement 'cells' must have at most 65536 values, got 65792 of shape [256, 257, 1]: pool it first",
  );
});

test('is refused when a graph is planned for frames that make it so many', () => {
  const planner = new GraphPlanner({ capabilities: DEVICE, book: null, scales: [1, 0.5] });
  const measuring = graph(({ frame }) => ({ output: frame, measurements: { cells: luma(frame) } }));
  expect(Object.keys(planner.plan(measuring, formOf(64, 48), 1).measurements)).toEqual(['cells']);
  expect(() => planner.plan(measuring, formOf(640, 480), 1)).toThrow(RangeError);
  expect(planner.planIfAny(measuring, formOf(640, 480), 1)).toBeNull();
});
