/**
 * The worker's entry: runs graphs on plain arrays, on an engine per backend that lives as long as the worker. Owns the
 * sequences that the page opened until it closes them.
 */
import { expose, transfer } from 'comlink';
import { assert } from '../../src/core/assert.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { createEngine, type BackendName, type Engine, type Sequence } from '../../src/engine/engine.ts';
import { installThrowHandler } from '../throw-handler.ts';
import type { TensorsContract } from './tensors.contract.ts';

installThrowHandler();

const engines = new Map<BackendName, Engine>();

const sequences = new Map<number, Sequence>();

function engineOf(backend: BackendName): Engine {
  const engine = engines.get(backend) ?? createEngine({ backend });
  engines.set(backend, engine);
  return engine;
}

const moved = (output: Tensor): Tensor => transfer(output, [output.data.buffer]);

const contract: TensorsContract = {
  async run(backend, graph, inputs, options) {
    return moved(await engineOf(backend).run(graph, inputs, options));
  },

  async openSequence(id, backend, graph, options) {
    sequences.set(id, engineOf(backend).sequence(graph, options));
    return Promise.resolve();
  },

  async nextOfSequence(id, inputs, timestampUs) {
    const sequence = sequences.get(id);
    assert(sequence, `sequence ${id} is open`);
    const output = await sequence.next(inputs, timestampUs);
    return output === null ? null : moved(output);
  },

  async closeSequence(id) {
    sequences.get(id)?.dispose();
    sequences.delete(id);
    return Promise.resolve();
  },
};

expose(contract);
