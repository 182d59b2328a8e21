/** Sound and other signals of any length through conv1d graphs, in blocks. */
import { at } from '../core/assert.ts';
import { checkFinite, show } from '../core/check.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Engine } from './engine.ts';
import { runBlocks, type BlockOptions } from './run-blocks.ts';

/** Channels of one length each, as an AudioBuffer gives them. */
export type Signal = Readonly<{ channels: readonly Float32Array[] }>;

export type SignalOptions = BlockOptions;

/**
 * A signal through a graph over `[length, channels]`: convolutions of any dilation and stride (a WaveNet's stack of causal
 * ones, say), pools, transposed ones, activations and arithmetic. Minutes of sound are worked on in blocks that overlap by
 * what the graph sees, so the result is that of the whole run, to float precision; the thread is given back in between.
 * @param signal one channel, or several.
 * @returns as many samples and channels as the graph makes.
 * @throws TypeError | RangeError when the signal doesn't fit the graph, a sample is not finite, or a node takes the signal as
 *   a whole (a global pool, say): it is named.
 * @throws as `Engine.run`, and the reason of `options.signal`.
 * @example const { channels: [clean] } = await runSignal(createWorkerEngine(), denoiser, buffer.getChannelData(0));
 */
export async function runSignal(
  engine: Engine,
  graph: Graph,
  signal: Float32Array | Signal,
  options: SignalOptions = {},
): Promise<Signal> {
  return toSignal(await runBlocks(engine, graph, fromSignal(signal), options));
}

/** `[length, channels]` */
function fromSignal(signal: Float32Array | Signal): Tensor {
  const channels: unknown =
    signal instanceof Float32Array ? [signal] : (signal as Partial<Signal> | null)?.channels;
  if (!Array.isArray(channels) || !channels.every((one) => one instanceof Float32Array)) {
    throw new TypeError(`signal must be a Float32Array or { channels: Float32Array[] }, got ${show(signal)}`);
  }
  const length = channels[0]?.length ?? 0;
  if (length === 0) throw new RangeError('signal must hold at least one channel of one sample, got none');
  const data = new Float32Array(length * channels.length);
  channels.forEach((channel, c) => {
    if (channel.length !== length) {
      throw new RangeError(
        `signal.channels must be of one length: channel 0 has ${length} samples, channel ${c} has ${channel.length}`,
      );
    }
    checkFinite(`signal.channels[${c}]`, channel);
    for (let i = 0; i < length; i++) data[i * channels.length + c] = at(channel, i);
  });
  return { shape: [length, channels.length], data };
}

function toSignal({ shape, data }: Tensor): Signal {
  const [length = 0, count = 0] = shape;
  const channels = Array.from({ length: count }, (_, c) => {
    const channel = new Float32Array(length);
    for (let i = 0; i < length; i++) channel[i] = at(data, i * count + c);
    return channel;
  });
  return { channels };
}
