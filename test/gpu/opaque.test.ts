/** Colour pixels are opaque: what browsers do with the fourth byte of RGBX is theirs. */
import { expect, test } from 'vitest';
import { network } from '../../pipelines/network.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { graph } from '../../src/graph/builder.ts';
import { abs, conv2d, maxPool2d, mul, sub } from '../../src/graph/operators.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { box } from '../../src/kernels/box.ts';
import { sobelX } from '../../src/kernels/fixed.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { frameOfPlanes, realPlanes } from './real-frame.ts';

test.each<[string, Graph]>([
  ['the frame itself', graph(({ frame }) => frame)],
  ['a filter whose weights sum to 0', graph(({ frame }) => abs(conv2d(frame, sobelX)))],
  ['a blur that is taken off', graph(({ frame }) => sub(frame, conv2d(frame, box(3))))],
  ['a product', graph(({ frame }) => mul(frame, 0.5))],
  ['a pool', graph(({ frame }) => maxPool2d(frame, { windowDimensions: 2, strides: 2 }))],
  ['a network', network.build()],
])('%s', async (_, one) => {
  for (const upload of ['planes', 'rgbx'] as const) {
    const ledger = new Ledger();
    const backend = new WebGl2Backend({ ledger, upload });
    const frame = frameOfPlanes(await realPlanes(35, 24), false);
    const form = await backend.upload(frame);
    frame.close();
    const prepared = await backend.prepare(makePlan(one, form, backend.capabilities));
    backend.execute(prepared);
    const { layout, data } = backend.read(prepared);
    if (layout === 'rgbx')
      expect(
        data.every((byte, i) => i % 4 < 3 || byte === 255),
        upload,
      ).toBe(true);
    else expect(layout).toBe('i420');
    prepared.dispose();
    backend.dispose();
    expect(isSettled(ledger.balance())).toBe(true);
  }
});
