/**
 * What the planner's prices are on this device: each kind of work is drawn a few times and more times, and the
 * difference is its price. Takes no longer than its budget; what was not measured until then follows from what was.
 */
import { PipelineError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { Prices } from '../../plan/prices.ts';
import type { GlDevice } from './context.ts';
import { PriceProbes, PROBE_STAGES, type Probe, type Work } from './price-probes.ts';
import { solvePrices } from './solve-prices.ts';

export type MeasureOptions = Readonly<{
  ledger: Ledger;
  /** Whose ratios hold for what there was no time to measure. */
  defaults: Prices;
  /** In all, compiling included, unless the first program alone takes most of it. Default 150 ms. */
  budgetMs?: number;
  /** Default `performance.now`. */
  now?: () => number;
}>;

/** Differences are at least so long, and so many steps of the clock: browsers round it to 0.005 … 100 ms. */
const ENOUGH_MS = 1;
const ENOUGH_STEPS = 5;
/** A clock with longer steps measures nothing within any budget. */
const MOST_STEP_MS = 2;
const STEP_TRIES = 200;
const STEPS_SEEN = 5;
const MOST_ROUNDS = 7;
const MOST_COUNT = 65_536;
const MOST_GROWTH = 6;
/** Of the budget; the last measurement may take longer than it should, and all is given back then. */
const MEASURING_SHARE = 0.95;
/** Of the budget, left for measuring however long the first program took to compile. */
const LEAST_SHARE = 1 / 3;

/** A probe, how often its work is added to see a difference, and the least time that it took without and with that. */
type Measured = { readonly probe: Probe; readonly count: number; fewMs: number; manyMs: number };

/**
 * Draws on the device between frames; frames may be drawn between its rounds.
 * @returns null when the context is lost, or when the clock is too coarse to tell.
 */
export async function measurePrices(device: GlDevice, options: MeasureOptions): Promise<Prices | null> {
  const { ledger, defaults, budgetMs = 150, now = () => performance.now() } = options;
  if (device.gl.isContextLost()) return null;
  const probes = new PriceProbes(device, ledger);
  try {
    const costs = await new Stopwatch(device, probes, now, budgetMs).costs();
    return costs === null || device.gl.isContextLost() ? null : solvePrices(costs, probes.texels, defaults);
  } catch (error) {
    // Nobody waits for prices: a device that can't tell them keeps the defaults, and frames tell what is wrong.
    if (error instanceof PipelineError) return null;
    throw error;
  } finally {
    probes.dispose();
  }
}

class Stopwatch {
  readonly #device: GlDevice;
  readonly #probes: PriceProbes;
  readonly #now: () => number;
  readonly #budgetMs: number;
  #deadline: number;
  #enoughMs = ENOUGH_MS;

  constructor(device: GlDevice, probes: PriceProbes, now: () => number, budgetMs: number) {
    this.#device = device;
    this.#probes = probes;
    this.#now = now;
    this.#budgetMs = budgetMs;
    this.#deadline = now() + MEASURING_SHARE * budgetMs;
  }

  /** What one more of each kind of work costs, ms; null when the clock can't tell. */
  async costs(): Promise<Partial<Record<Work, number>> | null> {
    const stepMs = this.#clockStep();
    if (stepMs === null) return null;
    this.#enoughMs = Math.max(ENOUGH_MS, ENOUGH_STEPS * stepMs);
    const all = await this.#open();
    for (let round = 1; round < MOST_ROUNDS && this.#isTimeFor(0); round++) {
      await macrotask();
      if (this.#device.gl.isContextLost()) return null;
      this.#probes.drain();
      for (const measured of all) {
        if (this.#isTimeFor(measured.fewMs + measured.manyMs)) this.#again(measured);
      }
    }
    const costs = all.map(
      ({ probe, count, fewMs, manyMs }) => [probe.work, (manyMs - fewMs) / count] as const,
    );
    return Object.fromEntries(costs.filter(([, ms]) => ms > 0));
  }

  /** Compiles while there is time, and finds for each probe how much of its work can be seen. */
  async #open(): Promise<readonly Measured[]> {
    const found: Measured[] = [];
    let longestMs = 0;
    for (const stage of PROBE_STAGES) {
      if (!this.#isTimeFor(longestMs)) break;
      const start = this.#now();
      const probes = await this.#probes.open(stage);
      await macrotask();
      longestMs = Math.max(longestMs, this.#now() - start);
      if (stage === PROBE_STAGES[0])
        this.#deadline = Math.max(this.#deadline, this.#now() + LEAST_SHARE * this.#budgetMs);
      for (const probe of probes) found.push(...this.#grow(probe));
    }
    return found;
  }

  /** The probe with enough work to tell from the clock's steps; none where the device or the time does not give it. */
  #grow(probe: Probe): readonly Measured[] {
    for (let count = 1; count <= MOST_COUNT && this.#isTimeFor(4 * this.#enoughMs);) {
      const measured: Measured = { probe, count, fewMs: Infinity, manyMs: Infinity };
      let ms = this.#again(measured);
      // Once may be an accident: something else had the device meanwhile.
      if (ms >= this.#enoughMs) ms = this.#again(measured);
      if (ms >= this.#enoughMs) return [measured];
      const factor =
        ms <= 0 ? MOST_GROWTH : Math.min(MOST_GROWTH, Math.max(1.5, (1.2 * this.#enoughMs) / ms));
      count = Math.ceil(factor * count);
    }
    return [];
  }

  /**
   * Times a probe once more. What disturbs a measurement only adds to it, so that the least time is the best one.
   * @returns the difference that its work makes, ms.
   */
  #again(measured: Measured): number {
    const { probe, count } = measured;
    measured.fewMs = Math.min(
      measured.fewMs,
      this.#time(() => probe.draw(1)),
    );
    measured.manyMs = Math.min(
      measured.manyMs,
      this.#time(() => probe.draw(1 + count)),
    );
    return measured.manyMs - measured.fewMs;
  }

  #time(draw: () => void): number {
    const start = this.#now();
    draw();
    this.#probes.drain();
    return this.#now() - start;
  }

  /** The least time that the clock tells apart, or that it takes to hear of the device; null if that is too long. */
  #clockStep(): number | null {
    this.#probes.drain();
    let [stepMs, steps, last] = [Infinity, 0, this.#now()];
    for (let i = 0; i < STEP_TRIES && steps < STEPS_SEEN; i++) {
      this.#probes.drain();
      const time = this.#now();
      if (time > last) [stepMs, steps] = [Math.min(stepMs, time - last), steps + 1];
      last = time;
    }
    return stepMs <= MOST_STEP_MS ? stepMs : null;
  }

  #isTimeFor(ms: number): boolean {
    return this.#now() + ms < this.#deadline;
  }
}

/** Lets what waits on the thread have its turn. */
const macrotask = () => new Promise((resolve) => setTimeout(resolve));
