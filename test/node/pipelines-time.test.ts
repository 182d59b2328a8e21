/** The filters that remember frames, each against plain arithmetic on real footage. */
import { describe, expect, test } from 'vitest';
import {
  backgroundDifference,
  conv3d,
  filters,
  longExposure,
  motion,
  spatiotemporalBlur,
  temporalEdge,
  trail,
} from '../../pipelines/index.ts';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import type { Filter, ParamValues } from '../../src/graph/filter.ts';
import { fromJSON, toJSON } from '../../src/graph/json.ts';
import { hasMemory, latencyOf } from '../../src/graph/latency.ts';
import { temporalWeights } from '../../src/kernels/temporal-window.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { motionOf } from '../../src/session/motion.ts';
import { FACE_FRAME_US, faceFootage, withNoise } from '../support/face-footage.ts';

const FRAME_MS = FACE_FRAME_US / 1000;
const clip = faceFootage().slice(0, 12);
const overTime = filters.filter((filter) => hasMemory(filter.build()));

/** Runs a filter over frames and keeps its last output. */
function last(
  filter: Filter,
  params: ParamValues,
  frames: readonly Tensor[],
): Tensor & Pick<ReferenceSequence, 'measurements'> {
  const sequence = new ReferenceSequence(filter.build(params));
  const outputs = frames.map((frame, i) => sequence.next({ frame }, i * FACE_FRAME_US));
  return { ...outputs.at(-1)!, measurements: sequence.measurements };
}

const width = ({ shape }: Tensor): number => shape[1]!;
const height = ({ shape }: Tensor): number => shape[0]!;
const lumaAt = ({ data }: Tensor, pixel: number): number =>
  0.299 * data[3 * pixel]! + 0.587 * data[3 * pixel + 1]! + 0.114 * data[3 * pixel + 2]!;

/** The pixel at these places, or the nearest one inside. */
function nearest(image: Tensor, y: number, x: number): number {
  const within = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
  return within(y, height(image)) * width(image) + within(x, width(image));
}

/** A part of a picture: two numbers say rows and two columns, each the first and the one after the last. */
type Part = Readonly<{ top: number; bottom: number; left: number; right: number }>;

/** `image` with one colour in a part of it. */
function painted(image: Tensor, { top, bottom, left, right }: Part, level: number): Tensor {
  const data = image.data.map((value, i) => {
    const [y, x] = [Math.floor(i / 3 / width(image)), Math.floor(i / 3) % width(image)];
    return y >= top && y < bottom && x >= left && x < right ? level : value;
  });
  return { shape: image.shape, data };
}

function worst(a: ArrayLike<number>, expected: (index: number) => number): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - expected(i))), 0);
}

/** The running mean of value `i` of every frame. */
function runningMean(frames: readonly Tensor[], i: number, ms: number): number {
  const kept = Math.exp(-FRAME_MS / ms);
  return frames.reduce((mean, { data }, t) => (t === 0 ? data[i]! : kept * mean + (1 - kept) * data[i]!), 0);
}

const peak = (frames: readonly Tensor[], i: number, ms: number): number =>
  Math.max(...frames.map(({ data }, t) => data[i]! * Math.exp((-FRAME_MS * (frames.length - 1 - t)) / ms)));

describe('motion', () => {
  const square = (left: number): Part => ({ top: 32, bottom: 64, left, right: left + 32 });
  const moving = Array.from({ length: 8 }, (_, i) => painted(clip[0]!, square(40 + 4 * i), 0.9));
  const still = Array.from({ length: 8 }, () => clip[0]!);

  test('a picture that stands still, with the noise of a camera, does not move', () => {
    const { data, measurements } = last(motion, { view: 'mask' }, withNoise(still, 2));
    expect(Math.max(...data)).toBe(0);
    expect(motionOf(measurements['cells']!)).toEqual({ amount: 0, box: null });
  });

  test('the box lies about what moves, and the amount is its share', () => {
    const { data, measurements } = last(motion, { view: 'mask' }, moving);
    const { amount, box } = motionOf(measurements['cells']!);
    expect(measurements['cells']!.shape).toEqual([6, 10, 1]);
    expect(amount).toBeCloseTo(data.reduce((sum, value) => sum + value, 0) / data.length, 5);
    // The square's middle was at 76 px a moment's half ago, and cells are of 16 px.
    expect(box!.y).toBeCloseTo(32 / 96);
    expect(box!.height).toBeCloseTo(32 / 96);
    expect(box!.x * 160).toBeGreaterThanOrEqual(32);
    expect((box!.x + box!.width) * 160).toBeLessThanOrEqual(112);
  });

  test('of real footage it is where values change, and nowhere else', () => {
    const { data } = last(motion, { view: 'mask' }, clip);
    const recent = clip.slice(-5);
    let [moved, found, quiet, wrong] = [0, 0, 0, 0];
    data.forEach((value, pixel) => {
      const levels = recent.map((frame) => lumaAt(frame, pixel));
      const range = Math.max(...levels) - Math.min(...levels);
      if (range > 0.3) [moved, found] = [moved + 1, found + value];
      if (range < 0.02) [quiet, wrong] = [quiet + 1, wrong + value];
    });
    expect(moved).toBeGreaterThan(50);
    expect(found / moved).toBeGreaterThan(0.7);
    expect(wrong / quiet).toBeLessThan(0.02);
  });

  test('more sensitivity finds more; heat paints it over the picture in grey, and a spotlight dims the rest', () => {
    const amounts = [2, 10, 50].map((sensitivity) => motionOf(last(motion, { sensitivity }, clip).measurements['cells']!).amount); // prettier-ignore
    expect(amounts[1]! / amounts[0]!).toBeGreaterThan(1.5);
    expect(amounts[2]! / amounts[1]!).toBeGreaterThan(1.5);
    const mask = last(motion, { view: 'mask' }, clip).data;
    const heat = last(motion, { view: 'heat' }, clip).data;
    const lit = last(motion, {}, clip).data;
    expect(worst(lit, (pixel) => lumaAt(clip.at(-1)!, pixel) * (0.3 + 0.7 * mask[pixel]!))).toBeLessThan(
      1e-6,
    );
    mask.forEach((value, pixel) => {
      const [red, green, blue] = heat.subarray(3 * pixel, 3 * pixel + 3) as unknown as [
        number,
        number,
        number,
      ];
      if (value === 0) expect([red, green, blue]).toEqual([red, red, red]);
      if (value === 1) expect(red - blue).toBeGreaterThan(0.4);
    });
  });
});

describe('long exposure and trail', () => {
  test('the mean of an exposure counts older frames less, by the closed form', () => {
    const { data } = last(longExposure, { seconds: 0.4 }, clip);
    expect(worst(data, (i) => runningMean(clip, i, 200))).toBeLessThan(1e-6);
  });

  test('the lightest of an exposure, which fades', () => {
    const { data } = last(longExposure, { seconds: 0.4, mode: 'lightest' }, clip);
    expect(worst(data, (i) => peak(clip, i, 400))).toBeLessThan(1e-6);
  });

  test('a trail: the frame, and behind it its running mean, or its light', () => {
    const ghost = last(trail, { ms: 150 }, clip).data;
    expect(worst(ghost, (i) => 0.3 * clip.at(-1)!.data[i]! + 0.7 * runningMean(clip, i, 150))).toBeLessThan(1e-6); // prettier-ignore
    const light = last(trail, { ms: 150, blend: 'light' }, clip).data;
    expect(worst(light, (i) => peak(clip, i, 150))).toBeLessThan(1e-6);
  });
});

test('temporal edge: the length of three Sobel slopes of the last three frames', () => {
  const frames = clip.slice(-3);
  const { data, shape } = last(temporalEdge, { strength: 0.5, time: 2 }, clip);
  const bell = [1, 2, 1];
  const expected = (pixel: number): number => {
    const [y, x] = [Math.floor(pixel / shape[1]!), pixel % shape[1]!];
    const slopes = [0, 0, 0];
    frames.forEach((frame, t) => {
      for (const dy of [-1, 0, 1]) {
        for (const dx of [-1, 0, 1]) {
          const value = lumaAt(frame, nearest(frame, y + dy, x + dx)) / 4;
          slopes[0]! += (t - 1) * bell[dy + 1]! * bell[dx + 1]! * value;
          slopes[1]! += bell[t]! * dy * bell[dx + 1]! * value;
          slopes[2]! += bell[t]! * bell[dy + 1]! * dx * value;
        }
      }
    });
    return Math.min(1, 0.5 * Math.hypot(2 * slopes[0]!, slopes[1]!, slopes[2]!));
  };
  expect(worst(data, expected)).toBeLessThan(1e-5);
  expect(latencyOf(temporalEdge.build())).toEqual({ frames: 1, ms: 0 });
});

describe('background difference', () => {
  const still = Array.from({ length: 20 }, () => clip[0]!);
  const object = { top: 20, bottom: 50, left: 100, right: 130 };
  const withObject = (frames: readonly Tensor[]) => frames.map((frame) => painted(frame, object, 0.95));
  /** The share of the object that is found, and of the rest; the object's rim is soft. */
  const found = ({ data, shape }: Tensor): Readonly<{ object: number; rest: number }> => {
    const sums = { object: [0, 0], rest: [0, 0] };
    data.forEach((value, pixel) => {
      const [y, x] = [Math.floor(pixel / shape[1]!), pixel % shape[1]!];
      const away = Math.max(object.top - y, y - object.bottom + 1, object.left - x, x - object.right + 1);
      const of = away < -2 ? sums.object : away > 3 ? sums.rest : [0, 0];
      of[0]! += value;
      of[1]! += 1;
    });
    return { object: sums.object[0]! / sums.object[1]!, rest: sums.rest[0]! / sums.rest[1]! };
  };
  const noisy = (frames: readonly Tensor[]) => withNoise(frames, 3);

  test('what comes into a picture is found at once, and nothing else', () => {
    const shares = found(last(backgroundDifference, { view: 'mask' }, noisy([...still, ...withObject(still.slice(0, 1))]))); // prettier-ignore
    expect(shares.object).toBeGreaterThan(0.99);
    expect(shares.rest).toBeLessThan(0.01);
  });

  test('even where a frame counts much: it is judged before anything is learned from it', () => {
    const quick = { view: 'mask', seconds: 0.5, k: 8, floor: 1 };
    const shares = found(last(backgroundDifference, quick, [...still, ...withObject(still.slice(0, 1))]));
    expect(shares.object).toBe(1);
  });

  test('what stays becomes background', () => {
    const stays = [...still, ...withObject(still), ...withObject(still), ...withObject(still)];
    expect(found(last(backgroundDifference, { view: 'mask', seconds: 0.5 }, stays)).object).toBe(0);
  });

  test('more threshold and more floor find less; the cut-out dims the rest', () => {
    const share = (params: ParamValues) => {
      const { data } = last(backgroundDifference, { view: 'mask', ...params }, clip);
      return data.reduce((sum, value) => sum + value, 0) / data.length;
    };
    expect(share({ k: 1 })).toBeGreaterThan(share({ k: 3 }));
    expect(share({ k: 3, floor: 1 })).toBeGreaterThan(share({ k: 3, floor: 30 }));
    const mask = last(backgroundDifference, { view: 'mask' }, clip).data;
    const { data } = last(backgroundDifference, {}, clip);
    expect(worst(data, (i) => clip.at(-1)!.data[i]! * (mask[Math.floor(i / 3)] === 1 ? 1 : 0.15))).toBeLessThan(1e-6); // prettier-ignore
  });
});

test('a Gaussian in space and time: a flash spreads over its neighbours, and fades as its window says', () => {
  const dark = tensor([41, 41, 3], new Float32Array(41 * 41 * 3));
  const flash = painted(dark, { top: 20, bottom: 21, left: 20, right: 21 }, 1);
  const weights = temporalWeights({ shape: 'gaussian', ms: 200, centered: false }, Array.from({ length: 8 }, (_, k) => k * FRAME_MS)); // prettier-ignore
  for (const age of [0, 1, 4]) {
    const frames = Array.from({ length: 12 }, (_, i) => (i === 11 - age ? flash : dark));
    const { data } = last(spatiotemporalBlur, { sigma: 2, ms: 200 }, frames);
    const green = data.filter((_, i) => i % 3 === 1);
    const total = green.reduce((sum, value) => sum + value, 0);
    expect(total).toBeCloseTo(weights[age]!, 4);
    const spread = green.reduce((sum, value, i) => sum + value * ((i % 41) - 20) ** 2, 0) / total;
    expect(Math.sqrt(spread)).toBeCloseTo(2, 1);
  }
});

describe('a kernel of the user', () => {
  const kernel = '1 2; 3 -4; 0 1 | -2 1; 0 0; 5 2';
  const frames = clip.slice(-4);
  const rows = kernel
    .split('|')
    .map((frame) => frame.split(';').map((row) => row.trim().split(' ').map(Number)));

  /** Σ weight · value, the newest frame under the last part of the kernel. */
  function filtered(i: number): number {
    const newest = frames.at(-1)!;
    const [channel, pixel] = [i % 3, Math.floor(i / 3)];
    const [y, x] = [Math.floor(pixel / width(newest)), pixel % width(newest)];
    let sum = 0;
    rows.forEach((plane, t) => {
      const frame = frames[frames.length - rows.length + t]!;
      // Three rows: one on each side. Two columns: this one and the next.
      plane.forEach((row, dy) => row.forEach((weight, dx) => (sum += weight * frame.data[3 * nearest(frame, y + dy - 1, x + dx) + channel]!))); // prettier-ignore
    });
    return sum;
  }

  test.each([
    [{ divide: false, gain: 0.1, negative: 'black' }, (sum: number) => 0.1 * sum],
    [{ divide: true, gain: 1, negative: 'black' }, (sum: number) => sum / 9],
    [{ divide: true, gain: 2, negative: 'mirrored' }, (sum: number) => Math.abs((2 * sum) / 9)],
    [{ divide: false, gain: 0.1, negative: 'around grey' }, (sum: number) => 0.5 + 0.1 * sum],
  ])('%j', (params, shown) => {
    const { data } = last(conv3d, { kernel, ...params }, frames);
    expect(worst(data, (i) => Math.min(1, Math.max(0, shown(filtered(i)))))).toBeLessThan(1e-5);
  });

  test('weights that sum to 0 are divided by what is positive of them; zeros stay', () => {
    const { data } = last(conv3d, { kernel: '-2 | 2', negative: 'around grey' }, frames);
    const [before, now] = frames.slice(-2) as [Tensor, Tensor];
    expect(worst(data, (i) => 0.5 + now.data[i]! - before.data[i]!)).toBeLessThan(1e-6);
    expect(Math.max(...last(conv3d, { kernel: '0 0' }, frames).data)).toBe(0);
  });
});

describe('each of them', () => {
  const forms = ['planar420', 'rgba'].map((layout) => ({ width: 1280, height: 720, layout, color: { matrix: 'bt709', fullRange: false } })); // prettier-ignore
  const settings = ({ params }: Filter): ParamValues[] => [
    {},
    ...Object.entries(params).flatMap(([name, spec]): ParamValues[] => {
      switch (spec.type) {
        case 'number':
          return [{ [name]: spec.min }, { [name]: spec.max }];
        case 'choice':
          return spec.choices.map((choice) => ({ [name]: choice }));
        case 'boolean':
          return [{ [name]: true }, { [name]: false }];
        case 'kernel':
          return spec.presets.map(({ value }) => ({ [name]: value }));
      }
    }),
  ];
  const all = overTime.flatMap((filter) => settings(filter).map((params) => [filter.name, params, filter] as const)); // prettier-ignore

  test.each(all)('%s with %j has a plan, and comes back from JSON', (_name, params, filter) => {
    const of = filter.build(params);
    expect(fromJSON(JSON.stringify(toJSON(of)))).toEqual(of);
    for (const form of forms) {
      const { memories } = makePlan(of, form as Parameters<typeof makePlan>[1]);
      expect(memories.length).toBe(hasMemory(of) ? memories.length : 0);
      if (hasMemory(of)) expect(memories.length).toBeGreaterThan(0);
    }
  });
});
