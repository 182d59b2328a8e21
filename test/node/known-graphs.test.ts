import { expect, it } from 'vitest';
import { GREY, NEARLY_SAME, SAME } from '../../src/engine/known-graphs.ts';
import { graph } from '../../src/graph/builder.ts';
import { add, luma } from '../../src/graph/operators.ts';

it('writes the known graphs down as the builder makes them', () => {
  expect(SAME).toEqual(graph(({ frame }) => frame));
  expect(NEARLY_SAME).toEqual(graph(({ frame }) => add(frame, 1 / 1024)));
  expect(GREY).toEqual(graph(({ frame }) => luma(frame)));
});
