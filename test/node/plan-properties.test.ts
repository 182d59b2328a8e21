/** Plans of random graphs compute what the graphs say, and no neighbourhood twice. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { lumaWeights, type FrameColor } from '../../src/core/frame-color.ts';
import { tensor } from '../../src/core/tensor.ts';
import { fuse } from '../../src/plan/fuse.ts';
import { lower } from '../../src/plan/lower.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { FrameLayout } from '../../src/plan/plan.ts';
import { simplify } from '../../src/plan/simplify.ts';
import { DEVICE } from './fakes/device.ts';
import { noise } from './fakes/images.ts';
import { randomGraph } from './random-graph.ts';
import { runPlan } from './run-plan.ts';

const color: FrameColor = { matrix: 'bt601', fullRange: true };
const [height, width] = [4, 5];
const colored = noise(height, width, 3);
const grey = tensor([height, width, 3], colored.data.map((_, i, all) => all[i - (i % 3)]!)); // prettier-ignore
const frames = { rgba: colored, planar420: grey } as const;
const layouts = fc.constantFrom<FrameLayout>('rgba', 'planar420');
const unit = (value: number) => Math.min(1, Math.max(0, value));

test('a plan and the reference show the same picture', () => {
  fc.assert(
    fc.property(randomGraph, layouts, (graph, layout) => {
      const frame = frames[layout];
      const plan = makePlan(graph, { width, height, layout, color }, DEVICE);
      const expected = runReference(graph, { frame }, { color });
      const shown = runPlan(plan, frame).at(-1)!;
      expect([shown.image.height, shown.image.width, shown.image.channels]).toEqual(expected.shape);
      shown.values.forEach((value, i) => {
        expect(Math.abs(unit(value) - unit(expected.data[i]!))).toBeLessThan(1e-4);
      });
    }),
    { numRuns: 400 },
  );
});

test('the values of an image between passes are within its interval', () => {
  fc.assert(
    fc.property(randomGraph, layouts, (graph, layout) => {
      const plan = makePlan(graph, { width, height, layout, color }, DEVICE);
      for (const { image, values } of runPlan(plan, frames[layout]).slice(0, -1)) {
        const { low, high } = image.interval;
        // Weights are float32, so a mean of 0..1 may be past 1 by as much.
        expect(Math.min(...values)).toBeGreaterThanOrEqual(low - 1e-5);
        expect(Math.max(...values)).toBeLessThanOrEqual(high + 1e-5);
      }
    }),
    { numRuns: 400 },
  );
});

test('two passes never compute the same neighbourhood', () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const program = simplify(lower(graph, { frame: [height, width, 3] }, { luma: lumaWeights(color) }));
      const filters = fuse(program).flatMap(({ operands }) =>
        operands.filter(({ kind }) => kind === 'filter').map(({ value }) => value),
      );
      const costly = filters.filter((value) => {
        const primitive = program.values[value]!;
        return primitive.kind === 'linear' && primitive.taps.length > 1;
      });
      expect(costly).toHaveLength(new Set(costly).size);
    }),
    { numRuns: 400 },
  );
});
