/** Plans graphs for the frames that come, with what things cost now, and knows at which sizes a graph has an output. */
import { sizeAtScale } from '../core/frame-size.ts';
import type { Graph } from '../graph/graph.ts';
import { scaleGraph } from '../graph/scale-graph.ts';
import { makePlan, type PlanOptions } from '../plan/make-plan.ts';
import type { DeviceCapabilities, FrameForm, FrameSize, Plan } from '../plan/plan.ts';
import { DEFAULT_PRICES, type Prices } from '../plan/prices.ts';
import { checkMeasurements } from './check-measurements.ts';
import type { PriceBook } from './price-book.ts';

export type GraphPlannerOptions = Readonly<{
  capabilities: DeviceCapabilities;
  book: PriceBook | null;
  /** Shares of the full size that frames may come at, on a side. */
  scales: readonly number[];
}>;

export class GraphPlanner {
  /** Where outputs go, which decides how they are planned. */
  output: NonNullable<PlanOptions['output']> = 'bytes';
  readonly #options: GraphPlannerOptions;
  /** At which sizes a graph has an output. */
  #feasible: Readonly<{ graph: Graph | null; sizes: Map<string, boolean> }> = {
    graph: null,
    sizes: new Map(),
  };

  constructor(options: GraphPlannerOptions) {
    this.#options = options;
  }

  /** What things cost, as far as that is known. */
  get prices(): Prices {
    return this.#options.book?.prices ?? DEFAULT_PRICES;
  }

  /**
   * How `graph` is computed for frames of `form`, shown at `scale`, with the prices of now.
   * @throws what `makePlan` throws, and RangeError for a measurement that is too large to be read with each frame.
   */
  plan(graph: Graph, form: FrameForm, scale: number, output = this.output): Plan {
    const { capabilities } = this.#options;
    const plan = makePlan(scaleGraph(graph, scale), form, capabilities, { prices: this.prices, output });
    checkMeasurements(plan);
    return plan;
  }

  planIfAny(graph: Graph, form: FrameForm, scale: number): Plan | null {
    try {
      return this.plan(graph, form, scale);
    } catch {
      return null;
    }
  }

  /**
   * The scale at which a frame is to be taken: the one that is asked for, or the next larger one at which the graph has an
   * output at all.
   * @param form of frames like it, whatever their size.
   */
  feasibleScale(graph: Graph, scale: number, full: FrameSize, form: FrameForm): number {
    if (scale === 1) return scale;
    const larger = this.#options.scales.filter((one) => one >= scale).toSorted((a, b) => a - b);
    return larger.find((one) => one === 1 || this.#isFeasible(graph, one, full, form)) ?? 1;
  }

  #isFeasible(graph: Graph, scale: number, full: FrameSize, form: FrameForm): boolean {
    const size = sizeAtScale(full, scale);
    const key = `${size.width}×${size.height}`;
    if (this.#feasible.graph !== graph) this.#feasible = { graph, sizes: new Map() };
    const known = this.#feasible.sizes.get(key);
    if (known !== undefined) return known;
    const found = this.planIfAny(graph, { ...form, ...size }, scale) !== null;
    this.#feasible.sizes.set(key, found);
    return found;
  }
}
