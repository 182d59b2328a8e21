/** Frames that run through plans over tensors and are remembered there: what is shown and measured, against the reference. */
import { afterAll, describe, expect, test } from 'vitest';
import type { PreparedGraph } from '../../src/backends/port.ts';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { lumaWeights } from '../../src/core/frame-color.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import {
  abs,
  add,
  concat,
  conv3d,
  difference,
  frameAt,
  luma,
  mul,
  reduceMean,
  runningMean,
  sliceChannels,
  stack,
  temporal,
} from '../../src/graph/operators.ts';
import { lower } from '../../src/plan/lower.ts';
import type { FrameForm } from '../../src/plan/plan.ts';
import { simplify } from '../../src/plan/simplify.ts';
import { planFrameTensors } from '../../src/plan/tensor-plan.ts';
import { tightly } from './compare.ts';
import { frameOfRgb, type Rgb } from './real-frame.ts';

const ledger = new Ledger();
const backend = new WebGl2Backend({ ledger, upload: 'texture' });

afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

/** In ms: one twice, one before those before it, one long after. */
const TIMES = [0, 30, 75, 75, 110, 60, 90, 3000, 3040];

const picture = (width: number, height: number, level: (i: number) => number): Rgb => ({
  width,
  height,
  data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : level(i))),
});

const noise = (width: number, height: number, seed: number): Rgb =>
  picture(width, height, (i) => 127.5 + 127.5 * Math.sin(seed * 12.9898 + i * 78.233));

const tensorOf = ({ width, height, data }: Rgb): Tensor =>
  tensor(
    [height, width, 3],
    Float64Array.from(
      { length: 3 * width * height },
      (_, i) => (data[4 * Math.floor(i / 3) + (i % 3)] ?? 0) / 255,
    ),
  );

async function upload(rgb: Rgb): Promise<FrameForm> {
  const frame = frameOfRgb(rgb);
  const form = await backend.upload(frame);
  frame.close();
  return form;
}

const prepare = (made: Graph, form: FrameForm): Promise<PreparedGraph> => {
  const program = lower(made, { frame: [form.height, form.width, 3] }, { luma: lumaWeights(form.color) });
  return backend.prepare(planFrameTensors(simplify(program), form, backend.capabilities));
};

function shown(prepared: PreparedGraph): Uint8Array {
  const output = tightly(backend.read(prepared));
  if (output.channels === 'planes') throw new Error('a plan over tensors shows no planes');
  return output.data;
}

/** The worst difference over all frames, in levels of what is shown and relative to 1 of what is measured. */
async function worstOver(made: Graph): Promise<Readonly<{ level: number; measured: number }>> {
  const form = await upload(noise(9, 7, 0));
  const prepared = await prepare(made, form);
  backend.prime(prepared);
  const reference = new ReferenceSequence(made, { color: form.color });
  let [level, measured] = [0, 0];
  for (const [i, ms] of TIMES.entries()) {
    const rgb = noise(9, 7, i);
    const expected = reference.next({ frame: tensorOf(rgb) }, 1000 * ms);
    await upload(rgb);
    backend.execute(prepared, 1000 * ms);
    await backend.finished();
    expect(prepared.isWarm).toBe(reference.isWarm);
    const got = shown(prepared);
    expect(got).toHaveLength(expected.data.length);
    expected.data.forEach((value, element) => {
      level = Math.max(level, Math.abs(255 * Math.min(1, Math.max(0, value)) - got[element]!));
    });
    const values = backend.readMeasurements(prepared);
    expect(Object.keys(values)).toEqual(Object.keys(reference.measurements));
    for (const [name, { shape, data }] of Object.entries(reference.measurements)) {
      expect(values[name]?.shape).toEqual(shape);
      data.forEach((value, element) => {
        measured = Math.max(measured, Math.abs(value - (values[name]?.data[element] ?? Infinity)));
      });
    }
  }
  prepared.dispose();
  return { level, measured };
}

const weights = tensor(
  [3, 3, 3],
  Float64Array.from({ length: 27 }, (_, i) => Math.sin(i * 78.233) / 9),
);
const SPACE = { padding: [[0, 0], [1, 1], [1, 1]] } as const; // prettier-ignore

describe('what is shown', () => {
  const graphs: Readonly<Record<string, Graph>> = {
    'a filter over a stack, shown as the one frame that it gives': graph(({ frame }) =>
      add(abs(conv3d(stack(frame, { frames: 3 }), { weights, ...SPACE })), 0.1),
    ),
    'five channels, filtered over time': graph(({ frame }) => {
      const five = concat([frame, mul(sliceChannels(frame, 0, 2), 0.5)], { axis: 2 });
      const filtered = conv3d(stack(five, { frames: 4, warmUp: 'ramp' }), { weights, ...SPACE });
      return sliceChannels(add(abs(frameAt(filtered)), 0.1), 2, 3);
    }),
    'windows and what follows from the frame before': graph(({ frame }) => {
      const slow = temporal(luma(frame), { window: { ms: 80 }, shape: 'gaussian' });
      return abs(add(slow, mul(runningMean(luma(frame), { ms: 40 }), -0.5)));
    }),
    'a memory that waits until it is full': graph(({ frame }) =>
      abs(frameAt(conv3d(stack(frame, { frames: 3, warmUp: 'none' }), { weights, ...SPACE }))),
    ),
  };
  test.each(Object.entries(graphs))('%s', async (_name, made) => {
    // Half a level is what 8 bits round.
    expect((await worstOver(made)).level).toBeLessThan(0.51);
  });
});

test('what is measured: the frame, what is remembered, and numbers of it', async () => {
  const made = graph(({ frame }) => {
    const change = abs(difference(luma(frame)));
    const slow = runningMean(frame, { ms: 60 });
    return { output: change, measurements: { frame, slow, amount: reduceMean(change, { axes: [0, 1] }) } };
  });
  const { level, measured } = await worstOver(made);
  expect(level).toBeLessThan(0.51);
  expect(measured).toBeLessThan(1e-4);
});

describe('from one plan to the next', () => {
  const made = graph(({ frame }) => {
    const five = concat([frame, sliceChannels(frame, 0, 2)], { axis: 2 });
    const old = frameAt(stack(five, { frames: 3 }), 0);
    return sliceChannels(runningMean(old, { ms: 1e4 }), 0, 3);
  });
  const flat = (width: number, height: number, level: number) => picture(width, height, () => level);

  async function show(prepared: PreparedGraph, rgb: Rgb, ms: number): Promise<Uint8Array> {
    await upload(rgb);
    backend.execute(prepared, 1000 * ms);
    await backend.finished();
    return shown(prepared);
  }

  test.each([
    ['as large', 8, 6],
    ['larger', 12, 10],
    ['smaller', 5, 3],
  ])('what is remembered goes on, %s', async (_name, width, height) => {
    const before = await prepare(made, await upload(flat(8, 6, 200)));
    for (const ms of [0, 30, 60]) await show(before, flat(8, 6, 200), ms);
    const after = await prepare(made, await upload(flat(width, height, 0)));
    backend.carry(before, after);
    before.dispose();
    const next = await show(after, flat(width, height, 0), 90);
    expect(next).toHaveLength(3 * width * height);
    expect(next.every((level) => Math.abs(level - 200) <= 1)).toBe(true);
    backend.forget(after);
    expect((await show(after, flat(width, height, 40), 120)).every((level) => level === 40)).toBe(true);
    after.dispose();
  });
});
