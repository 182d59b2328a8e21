/** The planner's prices: kept per device and browser, measured once, and anew when the device is another one by now. */
import { describe, expect, test, vi } from 'vitest';
import { PriceBook } from '../../src/engine/price-book.ts';
import type { PriceStore } from '../../src/engine/price-store.ts';
import { DEFAULT_PRICES, type Prices } from '../../src/plan/prices.ts';
import { deferred, settled } from './fakes/deferred.ts';

const times = (factor: number): Prices => ({ ...DEFAULT_PRICES, passMs: factor * DEFAULT_PRICES.passMs });
const MEASURED = times(3);

class MapStore implements PriceStore {
  readonly kept = new Map<string, unknown>();
  // A database clones what it keeps.
  readonly load = vi.fn(async (key: string) => structuredClone(this.kept.get(key)));
  readonly save = vi.fn(async (key: string, value: unknown) => {
    this.kept.set(key, structuredClone(value));
  });
  readonly remove = vi.fn(async (key: string) => {
    this.kept.delete(key);
  });
}

class Rig {
  nowMs = 0;
  readonly store: MapStore;
  readonly book: PriceBook;
  readonly backend = {
    deviceName: 'device',
    calibrate: vi.fn(async (_defaults: Prices): Promise<Prices | null> => MEASURED),
  };

  constructor(store = new MapStore(), userAgent = 'browser') {
    this.store = store;
    this.book = new PriceBook({ store, userAgent, now: () => this.nowMs });
  }

  /** Frames at 30 a second; answers whether prices were stale after each. */
  frames(count: number, predictedMs: number, measuredMs: number): boolean[] {
    return Array.from({ length: count }, () => {
      this.nowMs += 33;
      return this.book.observe(predictedMs, measuredMs);
    });
  }
}

/** Calibrated, then two minutes of frames that cost what was predicted for them, and a half. */
async function running(): Promise<Rig> {
  const rig = new Rig();
  await rig.book.open(rig.backend);
  expect(rig.frames(3600, 4, 6)).not.toContain(true);
  return rig;
}

describe('what is kept', () => {
  test('until something is known, the defaults hold', async () => {
    const rig = new Rig();
    expect(rig.book.prices).toBe(DEFAULT_PRICES);
    const under = rig.book.open(rig.backend);
    expect(rig.book.prices).toBe(DEFAULT_PRICES);
    await under;
    expect(rig.book.prices).toEqual(MEASURED);
    expect(rig.backend.calibrate).toHaveBeenCalledExactlyOnceWith(DEFAULT_PRICES);
  });

  test('measured once, read by the next book', async () => {
    const first = new Rig();
    await first.book.open(first.backend);
    const second = new Rig(first.store);
    await second.book.open(second.backend);
    expect(second.book.prices).toEqual(MEASURED);
    expect(second.backend.calibrate).not.toHaveBeenCalled();
    expect(first.store.save).toHaveBeenCalledTimes(1);
  });

  test('another device and another browser are others', async () => {
    const first = new Rig();
    await first.book.open(first.backend);
    const device = new Rig(first.store);
    device.backend.deviceName = 'another device';
    await device.book.open(device.backend);
    const browser = new Rig(first.store, 'another browser');
    await browser.book.open(browser.backend);
    for (const { backend } of [device, browser]) expect(backend.calibrate).toHaveBeenCalledTimes(1);
    expect(first.store.kept.size).toBe(3);
  });

  test.each<[string, unknown]>([
    ['text', 'prices'],
    ['null', null],
    ['an empty record', {}],
    ['a price that is missing', { ...MEASURED, texelNs: undefined }],
    ['a price of nothing', { ...MEASURED, passMs: 0 }],
    ['a price below nothing', { ...MEASURED, multiplyAddNs: -1 }],
    ['no number', { ...MEASURED, texelNs: Number.NaN }],
    ['no end', { ...MEASURED, texelNs: Infinity }],
    ['a number as text', { ...MEASURED, texelNs: '5' }],
    ['fetches that are missing', { ...MEASURED, fetchNs: null }],
    ['a format that is missing', { ...MEASURED, fetchNs: { ...MEASURED.fetchNs, rgba32ui: undefined } }],
  ])('garbage is measured anew: %s', async (_, garbage) => {
    const store = new MapStore();
    const first = new Rig(store);
    await first.book.open(first.backend);
    const key = [...store.kept.keys()][0]!;
    store.kept.set(key, garbage);
    const { book, backend } = new Rig(store);
    await book.open(backend);
    expect(backend.calibrate).toHaveBeenCalledTimes(1);
    expect(book.prices).toEqual(MEASURED);
    expect(store.kept.get(key)).toEqual(MEASURED);
  });

  test('fields that nobody knows are left behind', async () => {
    const store = new MapStore();
    const first = new Rig(store);
    await first.book.open(first.backend);
    store.kept.set([...store.kept.keys()][0]!, {
      ...MEASURED,
      more: 1,
      fetchNs: { ...MEASURED.fetchNs, more: 1 },
    });
    const second = new Rig(store);
    await second.book.open(second.backend);
    expect(second.book.prices).toEqual(MEASURED);
  });

  test('a store that keeps nothing costs a measurement each time', async () => {
    const store = new MapStore();
    store.save.mockResolvedValue(undefined);
    for (let i = 0; i < 2; i++) {
      const rig = new Rig(store);
      await rig.book.open(rig.backend);
      expect(rig.book.prices).toEqual(MEASURED);
      expect(rig.backend.calibrate).toHaveBeenCalledTimes(1);
    }
  });

  test('a device that can not tell keeps the defaults, and nothing is kept for it', async () => {
    const rig = new Rig();
    rig.backend.calibrate.mockResolvedValue(null);
    await rig.book.open(rig.backend);
    expect(rig.book.prices).toEqual(DEFAULT_PRICES);
    expect(rig.store.save).not.toHaveBeenCalled();
    expect(await rig.book.calibrate()).toBe(false);
  });
});

describe('calibrating', () => {
  test('asked for twice at once it measures once, later again', async () => {
    const rig = new Rig();
    await rig.book.open(rig.backend);
    rig.backend.calibrate.mockResolvedValue(times(5));
    expect(await Promise.all([rig.book.calibrate(), rig.book.calibrate()])).toEqual([true, true]);
    expect(rig.backend.calibrate).toHaveBeenCalledTimes(2);
    expect(rig.book.prices).toEqual(times(5));
    expect([...rig.store.kept.values()]).toEqual([times(5)]);
    await rig.book.calibrate();
    expect(rig.backend.calibrate).toHaveBeenCalledTimes(3);
  });

  test('without a device there is nothing to measure', async () => {
    expect(await new Rig().book.calibrate()).toBe(false);
  });

  test('one that fails does not stand in the way of the next', async () => {
    const rig = await running();
    rig.backend.calibrate.mockRejectedValueOnce(new Error('broken'));
    await expect(rig.book.calibrate()).rejects.toThrow('broken');
    expect(rig.book.prices).toEqual(MEASURED);
    expect(await rig.book.calibrate()).toBe(true);
  });
});

describe('a lost context', () => {
  test('what was known goes, and the next device is measured whatever was kept', async () => {
    const rig = await running();
    await rig.book.forget();
    expect(rig.book.prices).toBe(DEFAULT_PRICES);
    expect(await rig.book.calibrate()).toBe(false);
    rig.backend.calibrate.mockResolvedValue(times(5));
    await rig.book.open(rig.backend);
    expect(rig.book.prices).toEqual(times(5));
  });

  test('what was being measured on it is not taken, nor kept', async () => {
    const rig = new Rig();
    const old = deferred<Prices | null>();
    rig.backend.calibrate.mockReturnValueOnce(old.promise);
    const opening = rig.book.open(rig.backend);
    await settled();
    await rig.book.forget();
    rig.backend.calibrate.mockResolvedValue(times(5));
    await rig.book.open(rig.backend);
    old.resolve(MEASURED);
    await opening;
    expect(rig.book.prices).toEqual(times(5));
    expect([...rig.store.kept.values()]).toEqual([times(5)]);
  });

  test('what was being read for it is not taken', async () => {
    const store = new MapStore();
    const first = new Rig(store);
    await first.book.open(first.backend);
    const rig = new Rig(store);
    const opening = rig.book.open(rig.backend);
    await Promise.all([rig.book.forget(), opening]);
    expect(rig.book.prices).toBe(DEFAULT_PRICES);
    expect(rig.backend.calibrate).not.toHaveBeenCalled();
  });
});

describe('drift', () => {
  test('frames at twice their first cost say so, once most of the last sixty are', async () => {
    const rig = await running();
    expect(rig.frames(29, 4, 12)).not.toContain(true);
    expect(rig.frames(31, 4, 12).at(-1)).toBe(true);
    expect(rig.book.isStale).toBe(true);
  });

  test('so do frames at half', async () => {
    const rig = await running();
    expect(rig.frames(60, 4, 3).at(-1)).toBe(true);
  });

  test('nothing less does, and single frames never do', async () => {
    const rig = await running();
    expect(rig.frames(600, 4, 11.5)).not.toContain(true);
    expect(rig.frames(600, 4, 3.1)).not.toContain(true);
    for (let i = 0; i < 20; i++) {
      expect(rig.frames(1, 4, 500)).not.toContain(true);
      expect(rig.frames(59, 4, 6)).not.toContain(true);
    }
  });

  test('it ends well below where it began', async () => {
    const rig = await running();
    rig.frames(60, 4, 12);
    expect(rig.frames(600, 4, 10)).not.toContain(false);
    expect(rig.frames(60, 4, 8.9).at(-1)).toBe(false);
    expect(rig.frames(600, 4, 10)).not.toContain(true);
  });

  test('a calibration ends it: what frames cost then is what they are held against', async () => {
    const rig = await running();
    rig.frames(60, 4, 12);
    expect(await rig.book.calibrate()).toBe(true);
    expect(rig.book.isStale).toBe(false);
    expect(rig.frames(3600, 4, 12)).not.toContain(true);
    expect(rig.frames(60, 4, 24).at(-1)).toBe(true);
  });

  test('one that tells nothing ends it as well, for a minute at least', async () => {
    const rig = await running();
    rig.frames(60, 4, 12);
    rig.backend.calibrate.mockResolvedValue(null);
    expect(await rig.book.calibrate()).toBe(false);
    expect(rig.book.isStale).toBe(false);
    expect(rig.book.prices).toEqual(MEASURED);
  });

  test('not within a minute of the last', async () => {
    const rig = new Rig();
    await rig.book.open(rig.backend);
    rig.frames(60, 4, 6);
    const stale = rig.frames(2000, 4, 12);
    // Frame 60 + i comes at 33 · (60 + i) ms.
    expect(33 * (61 + stale.indexOf(true))).toBeGreaterThanOrEqual(60_000);
    expect(33 * (60 + stale.indexOf(true))).toBeLessThan(60_000);
  });

  test('another plan has frames of its own to be held against', async () => {
    const rig = await running();
    // Twice as dear beside its passes from the start: no drift.
    expect(rig.frames(600, 1, 3.5)).not.toContain(true);
    expect(rig.frames(60, 1, 7.5).at(-1)).toBe(true);
    await rig.book.calibrate();
    rig.frames(3600, 4, 6);
    // Back on a plan that was seen before, dearer by now.
    rig.frames(60, 1, 2);
    expect(rig.frames(120, 4, 13).at(-1)).toBe(true);
  });

  test('of very many plans the oldest are forgotten', async () => {
    const rig = await running();
    for (let plan = 0; plan < 16; plan++) rig.frames(61, 10 + plan, 20 + 2 * plan);
    expect(rig.frames(120, 4, 13)).not.toContain(true);
    expect(rig.frames(120, 25, 110).at(-1)).toBe(true);
  });

  test('times that can not be are no frames', async () => {
    const rig = await running();
    for (const [predicted, measured] of [
      [0, 5],
      [4, 0],
      [4, Number.NaN],
      [Infinity, 5],
      [-4, 5],
    ] as const) {
      expect(rig.frames(120, predicted, measured)).not.toContain(true);
    }
    expect(rig.frames(60, 4, 12).at(-1)).toBe(true);
  });
});
