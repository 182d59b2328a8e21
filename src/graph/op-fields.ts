/**
 * What a node of each op may hold: how many inputs, and the names of its options. The types prove that no op and no
 * option is missing here.
 */
import type { OpName, OpOptions } from '../ops/registry.ts';

type KeysOf<Options> = Options extends unknown ? keyof Options : never;

type Fields<Options> = Readonly<{
  /** The least and the most. */
  inputs: readonly [number, number];
  options: Readonly<Record<KeysOf<Options>, true>>;
}>;

const MANY = 4096;

/** An op of one input, with these options. */
const one = <const Options>(options: Options) => ({ inputs: [1, 1] as const, options });
const plain = one({});
const alpha = one({ alpha: true });
/** Of two inputs, or of one and a constant. */
const arithmetic = { inputs: [1, 2], options: { constant: true } } as const;

const window = { strides: true, dilations: true, padding: true } as const;
const layer = { ...window, weights: true, bias: true, activation: true } as const;
const conv = { ...layer, edge: true, groups: true } as const;
const transposed = one({ ...layer, groups: true, outputPadding: true, outputShape: true });
const pool = { ...window, windowDimensions: true, rounding: true, outputSizes: true } as const;
const maxPool = one(pool);
const averagePool = one({ ...pool, countIncludePad: true, divisor: true });
const lpPool = one({ ...pool, p: true });
const reduction = one({ axes: true, keepDimensions: true });

const convolutionFields = {
  conv1d: one({ ...conv, axis: true }),
  conv2d: one(conv),
  conv3d: one(conv),
  depthwiseConv2d: one({ ...layer, edge: true }),
  separableConv2d: one({ ...layer, edge: true, pointwiseWeights: true }),
  convTranspose1d: transposed,
  convTranspose2d: transposed,
  convTranspose3d: transposed,
  deformConv2d: { inputs: [2, 3], options: { ...layer, groups: true, offsetGroups: true } },
  gaussianBlur: one({ sigma: true, edge: true }),
  maxPool1d: maxPool,
  maxPool2d: maxPool,
  maxPool3d: maxPool,
  averagePool1d: averagePool,
  averagePool2d: averagePool,
  averagePool3d: averagePool,
  l2Pool1d: maxPool,
  l2Pool2d: maxPool,
  l2Pool3d: maxPool,
  lpPool1d: lpPool,
  lpPool2d: lpPool,
  lpPool3d: lpPool,
  globalMaxPool: plain,
  globalAveragePool: plain,
  globalL2Pool: plain,
} as const;

const pointwiseFields = {
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  div: arithmetic,
  min: arithmetic,
  max: arithmetic,
  pow: arithmetic,
  abs: plain,
  neg: plain,
  sqrt: plain,
  exp: plain,
  log: plain,
  magnitude: { inputs: [2, 2], options: {} },
  mix: { inputs: [2, 3], options: { amount: true } },
  threshold: one({ threshold: true }),
  quantize: one({ bits: true }),
  smoothstep: one({ edge0: true, edge1: true }),
  relu: plain,
  relu6: plain,
  leakyRelu: alpha,
  elu: alpha,
  celu: alpha,
  selu: one({ alpha: true, gamma: true }),
  gelu: one({ approximate: true }),
  sigmoid: plain,
  hardSigmoid: one({ alpha: true, beta: true }),
  swish: alpha,
  hardSwish: plain,
  mish: plain,
  tanh: plain,
  softplus: plain,
  softsign: plain,
  clamp: one({ min: true, max: true }),
  prelu: { inputs: [1, 2], options: { slope: true } },
  luma: plain,
  rgbToYuv: plain,
  yuvToRgb: plain,
  colorMap: one({ table: true }),
} as const;

const shapingFields = {
  softmax: one({ axis: true }),
  batchNorm: one({ mean: true, variance: true, scale: true, shift: true, axis: true, epsilon: true }),
  instanceNorm: one({ scale: true, shift: true, epsilon: true }),
  reduceSum: reduction,
  reduceMean: reduction,
  reduceMax: reduction,
  reduceMin: reduction,
  reduceL2: reduction,
  resample2d: one({ mode: true, scales: true, sizes: true, axes: true, coordinates: true }),
  pad: one({ padding: true, mode: true, value: true }),
  slice: one({ starts: true, sizes: true, strides: true }),
  crop: one({ margins: true }),
  sliceChannels: one({ start: true, size: true }),
  concat: { inputs: [1, MANY], options: { axis: true } },
  transpose: one({ permutation: true }),
  reshape: one({ shape: true }),
} as const;

const memory = { frames: true, alignment: true, warmUp: true, maxGapMs: true } as const;

const timeFields = {
  stack: one(memory),
  temporal: one({ ...memory, window: true, shape: true }),
  frameAt: one({ index: true }),
} as const;

const fields = { ...convolutionFields, ...pointwiseFields, ...shapingFields, ...timeFields };

export const opFields: { readonly [Name in OpName]: Fields<OpOptions<Name>> } = fields;
