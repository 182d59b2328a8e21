/**
 * A stack of dilated causal convolutions with gates, residuals and skips, as WaveNet has them
 * (van den Oord et al., https://arxiv.org/abs/1609.03499, figure 4 and equation 2), and a sound to run it on.
 */
import {
  add,
  conv1d,
  graph,
  mul,
  relu,
  sigmoid,
  tanh,
  tensor,
  type Graph,
  type GraphValue,
} from '../../src/index.ts';
import { sizeOf, type Shape, type Tensor } from '../../src/core/tensor.ts';

/** Numbers in −1..1, the same in every run. */
function noise(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Of a size at which a layer neither grows nor dies away. */
export function layerWeights(shape: Shape, seed: number): Tensor {
  const next = noise(seed);
  const scale = Math.sqrt(3 / sizeOf(shape.slice(0, -1)));
  return tensor(
    shape,
    Array.from({ length: sizeOf(shape) }, () => scale * next()),
  );
}

export type WaveNetOptions = Readonly<{
  dilations: readonly number[];
  channels: number;
  kernel: number;
  inputs?: number;
}>;

/** `[length, inputs]` → `[length, 1]` */
export function waveNet({ dilations, channels, kernel, inputs = 1 }: WaveNetOptions): Graph {
  const pointwise = (x: GraphValue, from: number, to: number, seed: number) =>
    conv1d(x, { weights: layerWeights([1, from, to], seed) });
  return graph({ sound: [null, inputs] }, ({ sound }) => {
    let residual = pointwise(sound, inputs, channels, 1);
    const skips = dilations.map((dilation, layer) => {
      const causal = (seed: number) =>
        conv1d(residual, {
          weights: layerWeights([kernel, channels, channels], seed),
          dilations: dilation,
          padding: [[(kernel - 1) * dilation, 0]],
        });
      const gated = mul(tanh(causal(10 * layer + 2)), sigmoid(causal(10 * layer + 3)));
      residual = add(residual, pointwise(gated, channels, channels, 10 * layer + 5));
      return pointwise(gated, channels, channels, 10 * layer + 4);
    });
    return pointwise(relu(skips.reduce((sum, skip) => add(sum, skip))), channels, 1, 99);
  });
}

/** Two gliding tones under noise, in −1..1. */
export function sound(length: number, sampleRate: number, seed = 1): Float32Array {
  const next = noise(seed);
  return Float32Array.from({ length }, (_, i) => {
    const s = i / sampleRate;
    const glide = Math.sin(2 * Math.PI * (220 * s + 90 * s * s));
    return 0.5 * glide + 0.25 * Math.sin(2 * Math.PI * 1730 * s) + 0.1 * next();
  });
}
