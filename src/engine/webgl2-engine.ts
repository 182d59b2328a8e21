/** The engine on WebGL2, in this thread. */
import { WebGl2Backend } from '../backends/webgl2/webgl2-backend.ts';
import type { Ledger } from '../core/ledger.ts';
import type { Graph } from '../graph/graph.ts';
import { PriceBook } from './price-book.ts';
import { LiveEngine, type LiveEngineOptions } from './live-engine.ts';

export type WebGl2EngineOptions = Omit<LiveEngineOptions, 'openBackend'> & Readonly<{ ledger: Ledger }>;

/** @throws PipelineError `webgl2-missing` */
export function openWebGl2Engine(graph: Graph, { ledger, ...options }: WebGl2EngineOptions): LiveEngine {
  const openBackend = () => new WebGl2Backend({ ledger });
  return new LiveEngine(graph, { prices: new PriceBook(), ...options, openBackend });
}
