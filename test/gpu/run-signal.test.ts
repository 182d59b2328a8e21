/** Sound through a WaveNet's stack on WebGL2, in this thread and in a worker: the reference's numbers. */
import { expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { runSignal, type SignalOptions } from '../../src/engine/run-signal.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { conv1d, convTranspose1d, createWorkerEngine, graph, l2Pool1d, relu } from '../../src/index.ts';
import { layerWeights, sound, waveNet } from '../support/wavenet.ts';

const RATE = 16000;
const LAYERS = { dilations: [1, 2, 4, 8, 16, 32, 64, 128], kernel: 2 };

/** The farthest from the reference's whole run. */
async function worst(
  engine: Engine,
  over: Graph,
  signal: Float32Array,
  options?: SignalOptions,
): Promise<number> {
  const { channels } = await runSignal(engine, over, signal, options);
  engine.dispose();
  const { data } = runReference(over, { sound: { shape: [signal.length, 1], data: signal } });
  expect(channels[0]?.length).toBe(data.length);
  return data.reduce((most, value, i) => Math.max(most, Math.abs(value - (channels[0]?.[i] ?? Infinity))), 0);
}

test('8 dilated layers over a second at 16 kHz, within 1e-4', async () => {
  const shares: number[] = [];
  const onProgress = (share: number) => shares.push(share);
  const net = waveNet({ ...LAYERS, channels: 8 });
  expect(await worst(createEngine(), net, sound(RATE, RATE), { onProgress })).toBeLessThan(1e-4);
  // More than this device's textures hold side by side.
  expect(shares.length).toBeGreaterThan(1);
});

test('the same in a worker, in short blocks', async () => {
  const net = waveNet({ ...LAYERS, channels: 4 });
  expect(await worst(createWorkerEngine(), net, sound(4000, RATE), { blockLength: 1200 })).toBeLessThan(1e-4);
});

test('strides, pools and transposed convolutions, in blocks', async () => {
  const hourglass = graph({ sound: [null, 1] }, ({ sound: x }) => {
    const down = conv1d(x, { weights: layerWeights([5, 1, 3], 8), strides: 3, padding: 'same' });
    const lower = l2Pool1d(down, { windowDimensions: 4, strides: 2, padding: 'same' });
    return convTranspose1d(relu(lower), { weights: layerWeights([9, 1, 3], 9), strides: 6, padding: 'same' });
  });
  expect(await worst(createEngine(), hourglass, sound(1501, RATE), { blockLength: 300 })).toBeLessThan(1e-4);
});
