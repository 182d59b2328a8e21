/** The same look at another resolution. */
import { expect, test } from 'vitest';
import { graph } from '../../src/graph/builder.ts';
import { conv2d, gaussianBlur } from '../../src/graph/convolution.ts';
import { scaleGraph } from '../../src/graph/scale-graph.ts';
import { box } from '../../src/kernels/box.ts';

const blurs = (...sigmas: number[]) =>
  graph(({ frame }) =>
    sigmas.reduce((value, sigma) => gaussianBlur(value, { sigma }), conv2d(frame, box(3))),
  );

const sigmasOf = ({ nodes }: ReturnType<typeof blurs>) =>
  nodes.flatMap((node) => (node.op === 'gaussianBlur' ? [node.options.sigma] : []));

test('radii scale with the picture', () => {
  expect(sigmasOf(scaleGraph(blurs(8, 40), 0.25))).toEqual([2, 10]);
});

test('down to what does nothing, never to what is refused', () => {
  expect(sigmasOf(scaleGraph(blurs(0.3), 0.25))).toEqual([0.2]);
});

test('everything else stays, and so does a graph without radii', () => {
  const given = blurs(8);
  expect(scaleGraph(given, 0.5).nodes.filter(({ op }) => op !== 'gaussianBlur')).toEqual(
    given.nodes.filter(({ op }) => op !== 'gaussianBlur'),
  );
  const plain = graph(({ frame }) => conv2d(frame, box(3)));
  expect(scaleGraph(plain, 0.5)).toBe(plain);
  expect(scaleGraph(given, 1)).toBe(given);
});
