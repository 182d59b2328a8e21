/** From what kinds of work cost to prices, and what the planner makes of them. */
import { describe, expect, test } from 'vitest';
import { solvePrices, type WorkCosts } from '../../src/backends/webgl2/solve-prices.ts';
import { graph } from '../../src/graph/builder.ts';
import { conv2d, luma } from '../../src/graph/operators.ts';
import { box } from '../../src/kernels/box.ts';
import { kernel } from '../../src/kernels/kernel.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { DEFAULT_PRICES, type Prices } from '../../src/plan/prices.ts';
import { DEVICE, formOf } from './fakes/device.ts';

const TEXELS = 1e6;
/** A target of a million texels: nanoseconds a texel are milliseconds. */
const COSTS: WorkCosts = {
  pass: 0.1,
  texel: 0.1 + 7 + 2,
  multiplyAdd: 8 * 0.5,
  rgba8: 8 * (2 + 0.5),
  r8: 8 * (3 + 0.5),
  rgba16f: 8 * (4 + 0.5),
  rgba32f: 8 * (5 + 0.5),
  rgba32ui: 4 * (6 + 4 * 0.5),
};

const planes = formOf(640, 480, 'planar420');

const numbersOf = ({ fetchNs, ...others }: Prices): number[] => [
  ...Object.values(others),
  ...Object.values(fetchNs),
];

const near = (value: number) => expect.closeTo(value, 6) as number;

function expectPrices(actual: Prices | null, expected: Prices): void {
  expect(actual).toEqual({
    passMs: near(expected.passMs),
    texelNs: near(expected.texelNs),
    multiplyAddNs: near(expected.multiplyAddNs),
    fetchNs: Object.fromEntries(Object.entries(expected.fetchNs).map(([format, ns]) => [format, near(ns)])),
  });
}

const ALL: Prices = {
  passMs: 0.1,
  texelNs: 7,
  multiplyAddNs: 0.5,
  fetchNs: { rgba8: 2, r8: 3, rgba16f: 4, rgba32f: 5, rgba32ui: 6 },
};

describe('solving', () => {
  test('each price is what is left of its work', () => {
    expectPrices(solvePrices(COSTS, TEXELS, DEFAULT_PRICES), ALL);
  });

  test('what was not measured is as many times its default as what was', () => {
    const tenth = (ns: number) => ns / 10;
    const { fetchNs, multiplyAddNs, texelNs, passMs } = DEFAULT_PRICES;
    const costs = { multiplyAdd: 0.8 * multiplyAddNs, rgba8: 0.8 * (fetchNs.rgba8 + multiplyAddNs) };
    expectPrices(solvePrices(costs, TEXELS, DEFAULT_PRICES), {
      passMs,
      texelNs: tenth(texelNs),
      multiplyAddNs: tenth(multiplyAddNs),
      fetchNs: Object.fromEntries(
        Object.entries(fetchNs).map(([format, ns]) => [format, tenth(ns)]),
      ) as Prices['fetchNs'],
    });
  });

  test('a fetch without its arithmetic known has the share that the defaults give it', () => {
    const { fetchNs, multiplyAddNs } = DEFAULT_PRICES;
    const prices = solvePrices(
      { rgba32ui: 4 * (fetchNs.rgba32ui + 4 * multiplyAddNs) },
      TEXELS,
      DEFAULT_PRICES,
    );
    expectPrices(prices, DEFAULT_PRICES);
  });

  test('noise makes nothing free, and nothing endless', () => {
    const noisy: WorkCosts[] = [
      { ...COSTS, multiplyAdd: 1000 },
      { ...COSTS, pass: 1000 },
      { ...COSTS, rgba8: 1e-12, multiplyAdd: 1e-12, rgba32ui: 1e-12 },
      { ...COSTS, texel: 1e-12, pass: 1e-12 },
      { rgba8: 1e12 },
    ];
    for (const costs of noisy) {
      const prices = solvePrices(costs, TEXELS, DEFAULT_PRICES);
      expect(prices).not.toBeNull();
      for (const price of numbersOf(prices!)) {
        expect(price).toBeGreaterThanOrEqual(1e-4);
        expect(price).toBeLessThanOrEqual(1e4);
      }
    }
  });

  test('a single price far from the others is an accident', () => {
    const costs = { ...COSTS, rgba8: 100 * 8 * 2.5, multiplyAdd: 8 * 0.001 };
    const prices = solvePrices(costs, TEXELS, DEFAULT_PRICES)!;
    const ratio = (format: 'rgba16f' | 'rgba32ui' | 'rgba8') =>
      prices.fetchNs[format] / DEFAULT_PRICES.fetchNs[format];
    expect(ratio('rgba8')).toBeLessThan(20 * ratio('rgba16f'));
    expect(ratio('rgba16f')).toBeGreaterThan(0.1);
    expect(ratio('rgba32ui')).toBeGreaterThan(0.1);
    expect(prices.multiplyAddNs).toBeGreaterThan(0.01);
  });

  test('nothing measured is no prices', () => {
    expect(solvePrices({}, TEXELS, DEFAULT_PRICES)).toBeNull();
    expect(solvePrices({ pass: 0.1 }, TEXELS, DEFAULT_PRICES)).toBeNull();
  });
});

describe('planning with prices', () => {
  const passes = (side: number, prices: Prices, options = {}): number => {
    const of = graph(({ frame }) => conv2d(luma(frame), box(side)));
    return makePlan(of, planes, DEVICE, { prices, ...options }).passes.length;
  };

  test('dear passes are few, dear fetches are separated', () => {
    const dearPasses = { ...DEFAULT_PRICES, passMs: 50 };
    const freePasses = { ...DEFAULT_PRICES, passMs: 1e-3, texelNs: 1e-3 };
    const dearFetches: Prices = {
      ...freePasses,
      fetchNs: { r8: 100, rgba8: 100, rgba16f: 100, rgba32f: 100, rgba32ui: 100 },
    };
    expect(passes(9, dearPasses)).toBe(1);
    expect(passes(9, dearFetches)).toBe(2);
    // Forced, the prices have no say.
    expect(passes(9, dearPasses, { techniques: { separate: true } })).toBe(2);
  });

  test('what they are separated into, floats, may cost more than it saves', () => {
    const line = [-1, 2, -3, 4, 6, 4, -3, 2, -1];
    const of = graph(({ frame }) =>
      conv2d(luma(frame), kernel(line.map((a) => line.map((b) => (a * b) / 100)))),
    );
    const passesOf = (floats: number): number => {
      const fetchNs = { ...DEFAULT_PRICES.fetchNs, rgba32f: floats, rgba16f: floats };
      return makePlan(of, planes, DEVICE, { prices: { ...DEFAULT_PRICES, fetchNs } }).passes.length;
    };
    expect(passesOf(0.1)).toBe(2);
    expect(passesOf(1000)).toBe(1);
  });
});
