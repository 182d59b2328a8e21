/** Prices as this device tells them: in time, in proportion, and with everything given back. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { edge } from '../../pipelines/index.ts';
import { openDevice, type GlDevice } from '../../src/backends/webgl2/context.ts';
import { measurePrices } from '../../src/backends/webgl2/measure-prices.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { DeviceCapabilities } from '../../src/plan/plan.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { DEFAULT_PRICES, type Prices } from '../../src/plan/prices.ts';
import { frameOfPlanes, realPlanes } from './real-frame.ts';

const defaults = DEFAULT_PRICES;

let device: GlDevice;
let ledger: Ledger;

beforeEach(() => {
  device = openDevice(new OffscreenCanvas(1, 1));
  ledger = new Ledger();
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(isSettled(ledger.balance())).toBe(true);
  device.gl.getExtension('WEBGL_lose_context')?.loseContext();
});

const capped = (cap: Partial<DeviceCapabilities>): GlDevice => ({
  ...device,
  capabilities: { ...device.capabilities, ...cap },
});

const numbersOf = ({ fetchNs, ...others }: Prices): number[] => [
  ...Object.values(others),
  ...Object.values(fetchNs),
];

function expectSane(prices: Prices | null): asserts prices is Prices {
  expect(prices).not.toBeNull();
  for (const price of numbersOf(prices!)) {
    expect(price).toBeGreaterThan(0);
    expect(Number.isFinite(price)).toBe(true);
  }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

test('prices are in proportion, within their time', async ({ annotate }) => {
  const runs: { ms: number; prices: Prices | null }[] = [];
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    const prices = await measurePrices(device, { ledger, defaults });
    runs.push({ ms: performance.now() - start, prices });
  }
  const ms = median(runs.map((run) => run.ms));
  const middle = (of: (prices: Prices) => number) => median(runs.map(({ prices }) => of(prices!)));
  for (const { prices } of runs) expectSane(prices);
  const told = runs.map((run) => `${run.ms.toFixed(0)} ms ${JSON.stringify(run.prices, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value))}`); // prettier-ignore
  await annotate(
    [`measured in ${ms.toFixed(0)} ms`, ...told, `defaults ${JSON.stringify(defaults)}`].join('\n'),
  );
  // The budget, and the one program that may come at its very end.
  expect(ms).toBeLessThanOrEqual(150 + 50);
  const byte = middle(({ fetchNs }) => fetchNs.rgba8);
  for (const format of ['r8', 'rgba16f', 'rgba32f', 'rgba32ui'] as const) {
    expect(
      middle(({ fetchNs }) => fetchNs[format]),
      format,
    ).toBeLessThan(10 * byte);
    expect(
      middle(({ fetchNs }) => fetchNs[format]),
      format,
    ).toBeGreaterThan(byte / 10);
  }
  expect(middle(({ multiplyAddNs }) => multiplyAddNs)).toBeLessThan(2 * byte);
  // A pass costs at least what a hundred texels do, and less than a megapixel.
  const texelMs = middle(({ texelNs }) => texelNs) / 1e6;
  expect(middle(({ passMs }) => passMs)).toBeGreaterThan(100 * texelMs);
  expect(middle(({ passMs }) => passMs)).toBeLessThan(1e6 * texelMs);
  expect(device.gl.getError()).toBe(device.gl.NO_ERROR);
});

test('with time, no price is left to the defaults', async () => {
  const strange: Prices = {
    passMs: 7,
    texelNs: 7000,
    multiplyAddNs: 7000,
    fetchNs: { r8: 7000, rgba8: 7000, rgba16f: 7000, rgba32f: 7000, rgba32ui: 7000 },
  };
  const prices = await measurePrices(device, { ledger, defaults: strange, budgetMs: 2000 });
  expectSane(prices);
  for (const price of numbersOf(prices)) expect(price).toBeLessThan(1000);
  expect(prices.passMs).toBeLessThan(5);
});

test('when time is up, the rest follows from the defaults', async () => {
  const linked = vi.spyOn(device.gl, 'linkProgram');
  const now = () => performance.now() + (linked.mock.calls.length < 2 ? 0 : 1e6);
  const prices = await measurePrices(device, { ledger, defaults, now, budgetMs: 5000 });
  expectSane(prices);
  expect(linked).toHaveBeenCalledTimes(2);
  expect(prices.passMs).not.toBe(defaults.passMs);
  const ratio = prices.texelNs / defaults.texelNs;
  for (const format of ['rgba32ui', 'r8', 'rgba16f'] as const) {
    expect(prices.fetchNs[format] / defaults.fetchNs[format], format).toBeCloseTo(ratio, 6);
  }
  const { fetchNs, multiplyAddNs } = prices;
  const measured = [
    fetchNs.rgba8 / defaults.fetchNs.rgba8,
    fetchNs.rgba32f / defaults.fetchNs.rgba32f,
    multiplyAddNs / defaults.multiplyAddNs,
  ];
  expect(Math.max(...measured)).toBeGreaterThan(Math.min(...measured));
  // The middle one is what the rest follows.
  expect(measured.sort((a, b) => a - b)[1]).toBeCloseTo(ratio, 6);
});

test('no time at all is no answer, and costs little', async () => {
  expect(await measurePrices(device, { ledger, defaults, budgetMs: 0 })).toBeNull();
});

test.each<[string, Partial<DeviceCapabilities>, string[]]>([
  ['half floats only', { floatFormat: 'rgba16f' }, ['RGBA32F']],
  ['no floats', { floatFormat: null }, ['RGBA32F', 'RGBA16F']],
  ['small textures', { maxTextureSize: 64 }, []],
])('a poorer device: %s', async (_, cap, never) => {
  const allocated = vi.spyOn(device.gl, 'texImage2D');
  const prices = await measurePrices(capped(cap), { ledger, defaults, budgetMs: 400 });
  expectSane(prices);
  const { gl } = device;
  const formats = allocated.mock.calls.map(([, , internal]) => internal);
  expect(formats).toContain(gl.RGBA8);
  for (const name of never) expect(formats, name).not.toContain(gl[name as 'RGBA32F' | 'RGBA16F']);
  const most = cap.maxTextureSize ?? 4096;
  for (const [, , , width, height] of allocated.mock.calls as unknown as number[][]) {
    expect(Math.max(width!, height!)).toBeLessThanOrEqual(most);
  }
});

test.each<[string, (started: number) => number]>([
  ['stands still', () => 5],
  ['goes by steps of 100 ms', (ms) => 100 * Math.floor(ms / 100)],
  ['goes by steps of 5 ms', (ms) => 5 * Math.floor(ms / 5)],
])('a clock that %s can not tell', async (_, clock) => {
  const start = performance.now();
  const now = () => clock(performance.now() - start);
  expect(await measurePrices(device, { ledger, defaults, now })).toBeNull();
});

test('a clock of whole milliseconds can', async () => {
  const now = () => Math.floor(performance.now());
  expectSane(await measurePrices(device, { ledger, defaults, now, budgetMs: 1000 }));
});

test('a lost context gives null: before, and while it measures', async () => {
  const lose = device.gl.getExtension('WEBGL_lose_context')!;
  const measuring = measurePrices(device, { ledger, defaults, budgetMs: 1000 });
  setTimeout(() => lose.loseContext());
  expect(await measuring).toBeNull();
  expect(await measurePrices(device, { ledger, defaults })).toBeNull();
});

test('a driver that refuses a program gives null', async () => {
  vi.spyOn(device.gl, 'shaderSource').mockImplementation(function (this: WebGL2RenderingContext, shader) {
    WebGL2RenderingContext.prototype.shaderSource.call(device.gl, shader, 'nonsense');
  });
  expect(await measurePrices(device, { ledger, defaults })).toBeNull();
});

test('frames that are drawn between its rounds are none the worse', async () => {
  const backend = new WebGl2Backend({ ledger });
  const frame = frameOfPlanes(await realPlanes(64, 48), false);
  const form = await backend.upload(frame);
  frame.close();
  const prepared = await backend.prepare(makePlan(edge.build(), form, backend.capabilities));
  const draw = () => {
    backend.execute(prepared);
    return [...backend.read(prepared).data];
  };
  const expected = draw();
  const measuring = backend.calibrate(defaults);
  const drawn: number[][] = [];
  let isMeasuring = true as boolean;
  void measuring.then(() => (isMeasuring = false));
  while (isMeasuring) {
    drawn.push(draw());
    await new Promise((resolve) => setTimeout(resolve));
  }
  expectSane(await measuring);
  expect(drawn.length).toBeGreaterThan(1);
  for (const pixels of [...drawn, draw()]) expect(pixels).toEqual(expected);
  expect(backend.deviceName).not.toBe('');
  prepared.dispose();
  backend.dispose();
});
