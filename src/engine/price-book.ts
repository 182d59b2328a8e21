/**
 * The planner's prices for one device: measured once, kept per device and browser, measured anew after a context loss
 * and when frames show that the device has changed. Until prices are known, the defaults hold. Runs where the engine does.
 */
import type { Backend } from '../backends/port.ts';
import { DEFAULT_PRICES, type Prices } from '../plan/prices.ts';
import { DriftWatch } from './drift-watch.ts';
import { IndexedDbPriceStore, type PriceStore } from './price-store.ts';

export type PriceBookOptions = Readonly<{
  /** Default IndexedDB. */
  store?: PriceStore;
  /** Default `performance.now`. */
  now?: () => number;
  /** Which browser this is. Default its own word. */
  userAgent?: string;
}>;

type PricedBackend = Pick<Backend, 'deviceName' | 'calibrate'>;

/** Of what is measured, and how: prices of another version are no prices. */
const VERSION = 1;

export class PriceBook {
  readonly #store: PriceStore;
  readonly #now: () => number;
  readonly #userAgent: string;
  readonly #drift: DriftWatch;
  #prices: Prices = DEFAULT_PRICES;
  #backend: PricedBackend | null = null;
  /** The calibration under way; one at a time. */
  #calibration: Promise<boolean> | null = null;
  /** Counts devices: what is measured on one that is gone is no longer wanted. */
  #device = 0;

  constructor({ store, now, userAgent }: PriceBookOptions = {}) {
    this.#store = store ?? new IndexedDbPriceStore();
    this.#now = now ?? (() => performance.now());
    this.#userAgent = userAgent ?? navigator.userAgent;
    this.#drift = new DriftWatch(this.#now());
  }

  /** What to plan with now. */
  get prices(): Prices {
    return this.#prices;
  }

  /** Whether frames cost twice or half of what they did, so that it is time to `calibrate`. */
  get isStale(): boolean {
    return this.#drift.isDrifted;
  }

  /**
   * Takes the prices of a device: those that were kept, else measured ones. Without either, what was known before
   * stays.
   */
  async open(backend: PricedBackend): Promise<void> {
    this.#backend = backend;
    const device = ++this.#device;
    this.#calibration = null;
    const kept = pricesIn(await this.#store.load(this.#key(backend)));
    if (device !== this.#device) return;
    if (kept === null) await this.calibrate();
    else this.#take(kept);
  }

  /**
   * Measures now and keeps what comes of it. Takes the device for up to 150 ms: for moments without frames to lose.
   * @returns whether there are new prices.
   */
  calibrate(): Promise<boolean> {
    if (this.#backend === null) return Promise.resolve(false);
    this.#calibration ??= this.#calibrate(this.#backend, this.#device);
    return this.#calibration;
  }

  /**
   * One frame's time, as its plan's prices say and as it was.
   * @returns `isStale`
   */
  observe(predictedMs: number, measuredMs: number): boolean {
    this.#drift.observe(predictedMs, measuredMs, this.#now());
    return this.isStale;
  }

  /** The context is lost, and with it what is known of its device: the next `open` measures. */
  async forget(): Promise<void> {
    const backend = this.#backend;
    this.#backend = null;
    this.#device++;
    this.#calibration = null;
    this.#prices = DEFAULT_PRICES;
    this.#drift.restart(this.#now());
    if (backend !== null) await this.#store.remove(this.#key(backend));
  }

  async #calibrate(backend: PricedBackend, device: number): Promise<boolean> {
    let measured: Prices | null = null;
    try {
      measured = pricesIn(await backend.calibrate(DEFAULT_PRICES));
    } finally {
      if (device === this.#device) this.#calibration = null;
    }
    if (device !== this.#device) return false;
    // Also where nothing came of it: not again at once.
    this.#take(measured ?? this.#prices);
    if (measured !== null) await this.#store.save(this.#key(backend), measured);
    return measured !== null;
  }

  #take(prices: Prices): void {
    this.#prices = prices;
    this.#drift.restart(this.#now());
  }

  #key({ deviceName }: PricedBackend): string {
    return `${VERSION} | ${deviceName} | ${this.#userAgent}`;
  }
}

/** Prices, if it is that and nothing else that was kept: every one there, and a number that can be one. */
function pricesIn(value: unknown): Prices | null {
  if (!isRecord(value) || !isRecord(value['fetchNs'])) return null;
  const { passMs, texelNs, multiplyAddNs, fetchNs } = value;
  const fetches = Object.keys(DEFAULT_PRICES.fetchNs).map((format) => [format, fetchNs[format]] as const);
  const all = [passMs, texelNs, multiplyAddNs, ...fetches.map(([, price]) => price)];
  if (!all.every((price) => typeof price === 'number' && price > 0 && Number.isFinite(price))) return null;
  return { passMs, texelNs, multiplyAddNs, fetchNs: Object.fromEntries(fetches) } as Prices;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
