/** Signals in blocks: the same as the whole run, for whatever can be cut; and a clear word where it can't. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { runSignal } from '../../src/engine/run-signal.ts';
import { describe as describeGraph } from '../../src/graph/describe.ts';
import type { Graph } from '../../src/graph/graph.ts';
import {
  add, averagePool1d, batchNorm, concat, conv1d, convTranspose1d, crop, globalAveragePool, graph, instanceNorm, l2Pool1d,
  maxPool1d, mul, pad, reduceMean, relu, reshape, slice, softmax, temporal, transpose, type GraphValue,
} from '../../src/index.ts'; // prettier-ignore
import type { Padding } from '../../src/ops/window-geometry.ts';
import { EDGE_MODES } from '../../src/primitives/primitive.ts';
import { layerWeights, sound, waveNet } from '../support/wavenet.ts';

const engine = createEngine({ backend: 'reference' });
const RATE = 16000;

const overSignal = (build: (x: GraphValue) => GraphValue, channels = 1): Graph =>
  graph({ x: [null, channels] }, ({ x }) => build(x));

function isPossible(over: Graph, length: number): boolean {
  try {
    describeGraph(over, { x: [length, 1] });
    return true;
  } catch {
    return false;
  }
}

/** How the engine was asked, block by block. */
function counting(): Readonly<{ engine: Engine; lengths: number[] }> {
  const lengths: number[] = [];
  const run: Engine['run'] = (ofBlock, inputs, options) => {
    for (const { shape } of Object.values(inputs)) lengths.push(shape[0] ?? NaN);
    return engine.run(ofBlock, inputs, options);
  };
  return { engine: { ...engine, run }, lengths };
}

/** Runs in blocks and as a whole; the results are the same number for number. */
async function bothWays(
  over: Graph,
  channels: readonly Float32Array[],
  blockLength: number,
): Promise<number[]> {
  const length = channels[0]?.length ?? 0;
  const data = Float32Array.from(
    { length: length * channels.length },
    (_, i) => channels[i % channels.length]?.[Math.floor(i / channels.length)] ?? NaN,
  );
  const input: Tensor = { shape: [length, channels.length], data };
  const name = over.nodes.flatMap((node) => (node.op === 'input' ? [node.name] : []))[0] ?? '';
  const expected = runReference(over, { [name]: input });
  const { engine: counted, lengths } = counting();
  const shown = await runSignal(counted, over, { channels }, { blockLength });
  const [rows = 0, columns = 0] = expected.shape;
  expect(shown.channels.map((channel) => channel.length)).toEqual(new Array(columns).fill(rows));
  shown.channels.forEach((channel, c) => {
    channel.forEach((value, i) => {
      const whole = expected.data[i * columns + c] ?? NaN;
      if (Math.abs(value - whole) <= 1e-6 * Math.max(1, Math.abs(whole))) return;
      throw new Error(`sample ${i} of channel ${c}, blocks of ${blockLength}: ${value}, as a whole ${whole}`);
    });
  });
  return lengths;
}

describe('the same as the whole run', () => {
  test('a causal WaveNet of 8 layers, in blocks that see less than they hold', async () => {
    const net = waveNet({ dilations: [1, 2, 4, 8, 16, 32, 64, 128], channels: 4, kernel: 2 });
    const lengths = await bothWays(net, [sound(3000, RATE)], 700);
    expect(lengths.length).toBeGreaterThan(3);
    expect(new Set(lengths).size).toBe(1);
  });

  test('what is cut comes from the blocks alone: a sample at each boundary is no louder than its neighbours', async () => {
    const smooth = overSignal((x) => conv1d(x, { weights: layerWeights([31], 3) }));
    const signal = new Float32Array(4000).fill(1);
    const { channels } = await runSignal(engine, smooth, signal, { blockLength: 100 });
    const [first = NaN] = channels[0] ?? [];
    expect(channels[0]?.every((value) => Math.abs(value - first) < 1e-6)).toBe(true);
  });

  test.each(EDGE_MODES.filter((edge) => edge !== 'wrap'))('edge %s, at the ends only', async (edge) => {
    const two = overSignal((x) =>
      conv1d(conv1d(x, { weights: layerWeights([9], 5), edge }), {
        weights: layerWeights([5], 6),
        edge,
        dilations: 7,
      }),
    );
    expect((await bothWays(two, [sound(500, RATE)], 90)).length).toBeGreaterThan(5);
  });

  test('mirrors that show more than the window itself needs', async () => {
    for (const edge of ['reflect', 'symmetric'] as const) {
      const shifted = overSignal((x) =>
        conv1d(x, { weights: layerWeights([1], 5), edge, padding: [[4, 3]] }),
      );
      expect((await bothWays(shifted, [sound(60, RATE)], 1)).length).toBeGreaterThan(5);
      const behind = overSignal((x) => {
        const causal = conv1d(x, { weights: layerWeights([9], 6), padding: [[8, 0]] });
        return conv1d(causal, { weights: layerWeights([1], 5), edge, padding: [[0, 6]] });
      });
      expect((await bothWays(behind, [sound(60, RATE)], 10)).length).toBeGreaterThan(3);
      const padded = overSignal((x) => pad(x, { padding: [[5, 6], [0, 0]], mode: edge })); // prettier-ignore
      expect((await bothWays(padded, [sound(60, RATE)], 1)).length).toBeGreaterThan(3);
    }
  });

  test('stereo, into another number of channels', async () => {
    const mixed = overSignal((x) => conv1d(x, { weights: layerWeights([8, 2, 3], 7), padding: 'same' }), 2);
    await bothWays(mixed, [sound(400, RATE, 1), sound(400, RATE, 2)], 60);
  });

  test.each(['same', 'same-lower', 'valid', [[3, 1]], [[0, 6]]] satisfies Padding[])(
    'strides, pools and transposed convolutions with padding %j',
    async (padding) => {
      const hourglass = overSignal((x) => {
        const down = conv1d(x, { weights: layerWeights([5, 1, 3], 8), strides: 3, padding });
        const lower = maxPool1d(down, { windowDimensions: 4, strides: 2, padding, rounding: 'ceil' });
        return convTranspose1d(relu(lower), {
          weights: layerWeights([5, 2, 3], 9),
          strides: 3,
          padding: 'same',
        });
      });
      for (const length of [701, 702, 703, 704, 705, 706]) {
        expect((await bothWays(hourglass, [sound(length, RATE)], 100)).length).toBeGreaterThan(5);
      }
    },
  );

  test('moves, pads and what works on each sample', async () => {
    const shaped = overSignal((x) => {
      const own = pad(crop(x, [[3, 4]]), { padding: [[2, 5], [0, 1]], mode: 'reflect' }); // prettier-ignore
      const thinned = slice(own, { starts: [1, 0], sizes: [null, 2], strides: [2, 1] });
      const mean = reduceMean(thinned, { axes: [1], keepDimensions: true });
      return concat([softmax(thinned), mul(mean, thinned), averagePool1d(mean, { windowDimensions: 3, padding: 'same', countIncludePad: true })]); // prettier-ignore
    });
    expect((await bothWays(shaped, [sound(333, RATE)], 40)).length).toBeGreaterThan(5);
  });

  test('random stacks, lengths and blocks', async () => {
    const layer = fc.record({
      kind: fc.constantFrom('conv', 'max', 'average', 'l2', 'up', 'residual'),
      taps: fc.integer({ min: 1, max: 6 }),
      strides: fc.integer({ min: 1, max: 3 }),
      dilations: fc.integer({ min: 1, max: 4 }),
      padding: fc.constantFrom<Padding>('same', 'same-lower', 'valid', [[2, 0]], [[0, 3]], [[4, 1]]),
      edge: fc.constantFrom('zero', 'replicate', 'reflect', 'symmetric'),
      rounding: fc.constantFrom('floor', 'ceil'),
    });
    const stack = fc.array(layer, { minLength: 1, maxLength: 5 });
    const length = fc.integer({ min: 260, max: 420 });
    const blockLength = fc.integer({ min: 1, max: 250 });
    await fc.assert(
      fc.asyncProperty(stack, length, blockLength, async (layers, samples, block) => {
        const built = overSignal((x) =>
          layers.reduce((value, { kind, taps, edge, rounding, ...window }, seed) => {
            const pool = { windowDimensions: taps, ...window, rounding } as const;
            if (kind === 'max') return maxPool1d(value, pool);
            if (kind === 'average') return averagePool1d(value, pool);
            if (kind === 'l2') return l2Pool1d(value, pool);
            if (kind === 'residual') return add(value, conv1d(value, { weights: layerWeights([taps], seed), edge, dilations: window.dilations })); // prettier-ignore
            if (kind === 'conv')
              return conv1d(value, { weights: layerWeights([taps, 1, 1], seed), edge, ...window });
            return convTranspose1d(value, { weights: layerWeights([taps, 1, 1], seed), strides: window.strides, dilations: window.dilations }); // prettier-ignore
          }, x),
        );
        // Windows that are longer than what is left have no whole run either.
        fc.pre(isPossible(built, samples));
        await bothWays(built, [sound(samples, RATE)], block);
      }),
      { numRuns: 150 },
    );
  });

  test('a signal shorter than what the graph sees', async () => {
    const net = waveNet({ dilations: [1, 8, 64], channels: 2, kernel: 2 });
    expect(await bothWays(net, [sound(20, RATE)], 8)).toEqual([20]);
    const mirrored = overSignal((x) => conv1d(x, { weights: layerWeights([9], 1), edge: 'reflect' }));
    expect(await bothWays(mirrored, [sound(3, RATE)], 1)).toEqual([3]);
  });
});

describe('blocks', () => {
  const net = waveNet({ dilations: [1, 2, 4, 8], channels: 2, kernel: 3 });

  test('are long enough for what the graph sees, however short they are asked for', async () => {
    const lengths = await bothWays(net, [sound(400, RATE)], 1);
    expect(Math.min(...lengths)).toBeGreaterThan(30);
    expect(lengths.length).toBeGreaterThan(2);
  });

  test('are chosen by the work: a minute of a heavy network is many, a second of a light filter is one', async () => {
    const light = counting();
    await runSignal(light.engine, overSignal((x) => conv1d(x, { weights: layerWeights([3], 1) })), sound(RATE, RATE)); // prettier-ignore
    expect(light.lengths).toEqual([RATE]);
    const heavy = counting();
    await runSignal(heavy.engine, waveNet({ dilations: [1, 2], channels: 16, kernel: 2 }), sound(RATE, RATE)); // prettier-ignore
    expect(heavy.lengths.length).toBeGreaterThan(5);
  });

  test('tell how far they are, and let others run in between', async () => {
    const shares: number[] = [];
    let others = 0;
    const timer = setInterval(() => others++, 0);
    await runSignal(engine, net, sound(4000, RATE), { blockLength: 100, onProgress: (share) => shares.push(share) }); // prettier-ignore
    clearInterval(timer);
    expect(others).toBeGreaterThan(5);
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  test('end with the signal, at once and on the way', async () => {
    const aborted = AbortSignal.abort(new Error('no more'));
    const run = counting();
    await expect(runSignal(run.engine, net, sound(4000, RATE), { signal: aborted })).rejects.toThrow(
      'no more',
    );
    expect(run.lengths).toEqual([]);
    const controller = new AbortController();
    const onProgress = (share: number): void => {
      if (share > 0.3) controller.abort();
    };
    const running = runSignal(run.engine, net, sound(4000, RATE), { blockLength: 200, onProgress, signal: controller.signal }); // prettier-ignore
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(run.lengths.length).toBeGreaterThan(1);
    expect(run.lengths.length).toBeLessThan(15);
  });

  test('are halved where a device refuses them, and say so when the graph sees too much for it', async () => {
    const refusing = (most: number): Engine => ({
      ...engine,
      run: (over, inputs) => {
        const length = Object.values(inputs)[0]?.shape[0] ?? 0;
        return length > most
          ? Promise.reject(new RangeError(`at most ${most} on a side`))
          : engine.run(over, inputs);
      },
    });
    const whole = runReference(net, { sound: { shape: [2000, 1], data: sound(2000, RATE) } });
    const { channels } = await runSignal(refusing(256), net, sound(2000, RATE), { blockLength: 1800 });
    expect([...(channels[0] ?? [])]).toEqual([...whole.data]);
    await expect(runSignal(refusing(16), net, sound(2000, RATE))).rejects.toThrow(
      /this device can't hold a block of \d+, and the graph sees too much at once for a shorter one: .*at most 16 on a side/,
    );
  });
});

describe('what can not be cut is refused by name, with the way out', () => {
  const signal = sound(300, RATE);
  test.each([
    [
      'a global pool',
      (x) => globalAveragePool(x),
      'node 1 (globalAveragePool) takes the first axis as a whole',
    ],
    ['a normalisation', (x) => instanceNorm(x), 'node 1 (instanceNorm) takes the first axis as a whole'],
    ['a reshape', (x) => reshape(x, [null, 1]), 'node 1 (reshape) takes the first axis as a whole'],
    ['a wrap', (x) => conv1d(x, { weights: layerWeights([3], 1), edge: 'wrap' }), "node 1 (conv1d) reads the other end"], // prettier-ignore
    [
      'a memory',
      (x) => temporal(x, { window: { ms: 100 }, shape: 'box' }),
      'node 1 (temporal) remembers frames',
    ],
    ['a turn', (x) => transpose(x), 'node 1 (transpose) works along the first axis'],
    ['a softmax over time', (x) => softmax(x, 0), 'node 1 (softmax) works along the first axis'],
    [
      'a mean over time',
      (x) => reduceMean(x, { axes: [0] }),
      'node 1 (reduceMean) works along the first axis',
    ],
    ['a mean of all', (x) => reduceMean(x), 'node 1 (reduceMean) works along the first axis'],
    ['a fixed part', (x) => slice(x, { starts: [0, 0], sizes: [5, 1] }), 'node 1 (slice) has a fixed size'],
    ['a fixed size', (x) => convTranspose1d(x, { weights: layerWeights([2, 1, 1], 1), outputShape: [301] }), 'node 1 (convTranspose1d) has a fixed size'], // prettier-ignore
    ['a join along time', (x) => concat([x, x], { axis: 0 }), 'node 1 (concat) works along the first axis'],
  ] satisfies [string, (x: GraphValue) => GraphValue, string][])('%s', async (_name, build, message) => {
    const refused = expect(runSignal(engine, overSignal(build), signal)).rejects;
    await refused.toThrow(message);
    await expect(runSignal(engine, overSignal(build), signal)).rejects.toThrow(
      /so it can not run in blocks: (use|run)/u,
    );
  });

  test('ways of different rates that meet', async () => {
    const meeting = overSignal((x) => {
      const thin = slice(x, { starts: [0, 0], sizes: [null, 1], strides: [2, 1] });
      return add(thin, crop(x, [[0, 150]]));
    });
    await expect(runSignal(engine, meeting, signal)).rejects.toThrow(
      'node 3 (add): its inputs run at different rates',
    );
  });

  test('statistics that were learned are no statistics of the signal', async () => {
    const numbers = new Float32Array([0.5]);
    await bothWays(
      overSignal((x) => batchNorm(x, { mean: numbers, variance: numbers })),
      [signal],
      50,
    );
  });
});

describe('signals that do not fit', () => {
  const net = overSignal((x) => conv1d(x, { weights: layerWeights([3], 1) }));
  test.each([
    [new Float32Array(0), 'signal must hold at least one channel of one sample, got none'],
    [{ channels: [] }, 'signal must hold at least one channel of one sample, got none'],
    [{ channels: [new Float32Array(3), new Float32Array(4)] }, 'channel 0 has 3 samples, channel 1 has 4'],
    [Float32Array.of(0, NaN), 'signal.channels[0][1] must be a finite number, got NaN'],
    [
      { channels: [new Float32Array(3), new Float32Array(3)] },
      "the graph's input 'x' must be [?, 1], got [3, 2]",
    ],
    [[1, 2] as unknown as Float32Array, 'signal must be a Float32Array or { channels: Float32Array[] }'],
  ])('%#', async (signal, message) => {
    await expect(runSignal(engine, net, signal)).rejects.toThrow(message);
  });

  test('graphs of a fixed length, and of two inputs', async () => {
    const fixed = graph({ x: [8, 1] }, ({ x }) => relu(x));
    await expect(runSignal(engine, fixed, new Float32Array(8))).rejects.toThrow('build the graph with null as its first size'); // prettier-ignore
    const two = graph({ x: [null, 1], y: [null, 1] }, ({ x, y }) => add(x, y));
    await expect(runSignal(engine, two, new Float32Array(8))).rejects.toThrow(
      'must have one input, got 2: x, y',
    );
    await expect(runSignal(engine, net, new Float32Array(8), { blockLength: 0 })).rejects.toThrow('options.blockLength must be ≥ 1'); // prettier-ignore
  });
});
