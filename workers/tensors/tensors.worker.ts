/** The worker's entry: runs graphs on plain arrays, on an engine per backend that lives as long as the worker. */
import { expose, transfer } from 'comlink';
import { createEngine, type BackendName, type Engine } from '../../src/engine/engine.ts';
import { installThrowHandler } from '../throw-handler.ts';
import type { TensorsContract } from './tensors.contract.ts';

installThrowHandler();

const engines = new Map<BackendName, Engine>();

const contract: TensorsContract = {
  async run(backend, graph, inputs, options) {
    const engine = engines.get(backend) ?? createEngine({ backend });
    engines.set(backend, engine);
    const output = await engine.run(graph, inputs, options);
    return transfer(output, [output.data.buffer]);
  },
};

expose(contract);
