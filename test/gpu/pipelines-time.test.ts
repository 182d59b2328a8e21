/** The filters that remember frames on WebGL2 against the float64 reference: a real picture that is panned over. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filters } from '../../pipelines/index.ts';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { Filter, ParamValues } from '../../src/graph/filter.ts';
import { hasMemory } from '../../src/graph/latency.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { cameraTimes } from '../support/camera-sequences.ts';
import { rgbTensor, tightly } from './compare.ts';
import { frameOfRgb, realPicture, type Rgb } from './real-frame.ts';

const [WIDTH, HEIGHT] = [93, 61];
const TIMES = cameraTimes(14);
const BT709 = { matrix: 'bt709', fullRange: true } as const;
/** In levels: the rounding of the output, and of what is remembered in bytes. */
const CLOSE = 1.01;
/** Where a filter decides for each pixel, or rounds, the last bit of a float may decide otherwise: so few may differ. */
const MOST_UNDECIDED = 0.002;

const ledger = new Ledger();
let backend: WebGl2Backend;
let clip: readonly Rgb[];
beforeAll(async () => {
  backend = new WebGl2Backend({ ledger, upload: 'rgbx' });
  const picture = await realPicture(WIDTH + 60, HEIGHT + 20);
  clip = TIMES.map((_, n) => part(picture, 3 * n, n));
});
afterAll(() => {
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
});

function part({ width, data }: Rgb, left: number, top: number): Rgb {
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const start = 4 * ((top + y) * width + left);
    return [...data.subarray(start, start + 4 * WIDTH)];
  });
  return { width: WIDTH, height: HEIGHT, data: new Uint8ClampedArray(rows.flat()) };
}

const settings = (filter: Filter): ParamValues[] => [
  {},
  ...Object.entries(filter.params).flatMap(([name, spec]) =>
    spec.type === 'choice' ? spec.choices.slice(1).map((choice) => ({ [name]: choice })) : [],
  ),
];
const cases = filters
  .filter((filter) => hasMemory(filter.build()))
  .flatMap((filter) => settings(filter).map((params) => [filter.name, params, filter] as const));

test.each(cases)('%s with %j', async (_name, params, filter) => {
  const of = filter.build(params);
  const reference = new ReferenceSequence(of, { color: BT709 });
  let [values, wrong] = [0, 0];
  let prepared = null;
  try {
    for (const [n, timestampUs] of TIMES.entries()) {
      const picture = clip[n]!;
      const frame = frameOfRgb(picture);
      const form = await backend.upload(frame);
      frame.close();
      prepared ??= await backend.prepare(makePlan(of, form, backend.capabilities));
      backend.execute(prepared, timestampUs);
      const output = tightly(backend.read(prepared));
      const expected = reference.next({ frame: rgbTensor(picture) }, timestampUs);
      if (output.channels === 'planes') throw new Error('RGB stays RGB');
      expect([output.height, output.width, output.channels]).toEqual(expected.shape);
      expected.data.forEach((value, i) => {
        values += 1;
        if (Math.abs(255 * Math.min(1, Math.max(0, value)) - output.data[i]!) > CLOSE) wrong += 1;
      });
      for (const [name, { shape, data }] of Object.entries(backend.readMeasurements(prepared))) {
        const measured = reference.measurements[name]!;
        expect(shape).toEqual(measured.shape);
        data.forEach((value, i) => expect(Math.abs(value - measured.data[i]!)).toBeLessThan(0.01));
      }
    }
    expect(wrong / values).toBeLessThan(MOST_UNDECIDED);
  } finally {
    prepared?.dispose();
  }
});
