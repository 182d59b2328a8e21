/** Which of our ops a case's op is, and what its parameters are called there. The one place where that stands. */
import type { Tensor } from '../../src/core/tensor.ts';
import { GraphValue } from '../../src/graph/builder.ts';
import { opFields } from '../../src/graph/op-fields.ts';
import { ops, type OpName } from '../../src/ops/registry.ts';
import { filterCases } from './case-filters.ts';
import { given, ParamReader } from './case-params.ts';
import type { Case, CaseTensor } from './cases.ts';
import { asItIs, relayout, reshape } from './layouts.ts';
import { perSample, perSampleByAxes, SPATIAL, whole, type PreparedCase } from './prepare.ts';

type Options = Readonly<Record<string, unknown>>;
type Prepare = (one: Case, params: ParamReader) => PreparedCase;

/** @throws Error that says which op, parameter or layout is not supported. */
export function prepareCase(one: Case): PreparedCase {
  const prepare = Object.hasOwn(PREPARE, one.op) ? PREPARE[one.op] : undefined;
  if (prepare === undefined) throw new Error(`the op ${one.op} is not supported`);
  const params = new ParamReader(one.params);
  const prepared = prepare(one, params);
  params.finish();
  return prepared;
}

/** A node by the name of its op: the names and options come from a table, so that types can't follow them. */
function node(op: string, inputs: readonly (GraphValue | undefined)[], options: Options): GraphValue {
  if (!Object.hasOwn(ops, op)) throw new Error(`there is no op ${op} yet`);
  const name = op as OpName;
  const used = given(options);
  // An op reads the options that it knows, and one that it doesn't know would go unnoticed.
  const unknown = Object.keys(used).filter((option) => !Object.hasOwn(opFields[name].options, option));
  if (unknown.length > 0) throw new Error(`${op} has no options.${unknown.join(', options.')}`);
  const values = inputs.filter((input) => input !== undefined);
  return GraphValue.apply(name, values, used);
}

const EDGES = { zeros: 'zero', reflect: 'reflect', replicate: 'replicate', circular: 'wrap' };
const PADDINGS = { valid: 'valid', same: 'same', same_upper: 'same', same_lower: 'same-lower' };

function padding(params: ParamReader): unknown {
  return typeof params.value('padding') === 'string'
    ? params.choice('padding', PADDINGS, 'valid')
    : (params.pairs('padding') ?? 'valid');
}

/** What every windowed op has. */
const windowOptions = (params: ParamReader): Options => ({
  strides: params.numbers('stride'),
  dilations: params.numbers('dilation'),
  padding: padding(params),
});

const vector = (source: CaseTensor | null | undefined): Float32Array | undefined =>
  source ? asItIs(source).data : undefined;

function required(source: CaseTensor | null | undefined, name: string): CaseTensor {
  if (!source) throw new Error(`the case has no ${name}`);
  return source;
}

/** camelCase of our names, snake_case of the cases'. */
const ACTIVATIONS: Readonly<Record<string, readonly [name: string, ...params: string[]]>> = {
  relu: ['relu'],
  leaky_relu: ['leakyRelu', 'alpha'],
  elu: ['elu', 'alpha'],
  celu: ['celu', 'alpha'],
  selu: ['selu', 'alpha', 'gamma'],
  gelu: ['gelu', 'approximate'],
  sigmoid: ['sigmoid'],
  hard_sigmoid: ['hardSigmoid', 'alpha', 'beta'],
  swish: ['swish', 'alpha'],
  hard_swish: ['hardSwish'],
  mish: ['mish'],
  tanh: ['tanh'],
  softplus: ['softplus'],
  softsign: ['softsign'],
};

function activation(names: readonly [string, ...string[]]): Prepare {
  const [op, ...parameters] = names;
  return (one, params) => {
    const options = Object.fromEntries(parameters.map((name) => [name, params.value(name)]));
    return whole(one, ({ x }) => node(op, [x], options));
  };
}

/** What a layer applies after its bias. */
function fusedActivation(params: ParamReader): Options {
  const name = params.text('activation');
  const values = params.value('activationParams') as Options | undefined;
  if (name === undefined) return {};
  const [ours] = ACTIVATIONS[name] ?? (name === 'clamp' ? ['clamp'] : []);
  if (ours === undefined) throw new Error(`the activation ${name} is not supported`);
  return { activation: { name: ours, ...values } };
}

function conv(rank: 1 | 2 | 3): Prepare {
  return (one, params) => {
    const options = {
      ...windowOptions(params),
      ...fusedActivation(params),
      edge: params.choice('padMode', EDGES, 'zeros'),
      groups: params.number('groups'),
      weights: relayout(required(one.weight, 'weight'), `${SPATIAL[rank]}IO`),
      bias: vector(one.bias),
    };
    return perSample(one, rank, {}, ({ x }) => node(`conv${rank}d`, [x], options));
  };
}

/** `[height, width, in, multiplier]`, from that or from the weights of as many groups as there are channels. */
function depthwiseWeights(weight: CaseTensor, groups: number | undefined): Tensor {
  if (weight.layout === 'HWCM') return asItIs(weight);
  const weights = relayout(weight, 'HWIO');
  const [height = 0, width = 0, perGroup, out = 0] = weights.shape;
  if (perGroup !== 1 || groups === undefined)
    throw new Error('depthwise weights must have one channel per group');
  return reshape(weights, [height, width, groups, out / groups]);
}

const depthwise = (params: ParamReader, one: Case): Options => ({
  ...windowOptions(params),
  ...fusedActivation(params),
  edge: params.choice('padMode', EDGES, 'zeros'),
  weights: depthwiseWeights(required(one.weight, 'weight'), params.number('groups')),
  bias: vector(one.bias),
});

const depthwiseConv: Prepare = (one, params) => {
  const options = depthwise(params, one);
  return perSample(one, 2, {}, ({ x }) => node('depthwiseConv2d', [x], options));
};

const separableConv: Prepare = (one, params) => {
  const pointwise = relayout(required(one.extra?.['pointwise'], 'extra.pointwise'), 'HWIO');
  const options = { ...depthwise(params, one), pointwiseWeights: pointwise };
  return perSample(one, 2, {}, ({ x }) => node('separableConv2d', [x], options));
};

function convTranspose(rank: 1 | 2 | 3): Prepare {
  return (one, params) => {
    const options = {
      ...windowOptions(params),
      ...fusedActivation(params),
      outputPadding: params.numbers('outputPadding'),
      outputShape: params.numbers('outputShape'),
      groups: params.number('groups'),
      weights: relayout(required(one.weight, 'weight'), `${SPATIAL[rank]}OI`),
      bias: vector(one.bias),
    };
    return perSample(one, rank, {}, ({ x }) => node(`convTranspose${rank}d`, [x], options));
  };
}

const deformConv: Prepare = (one, params) => {
  const options = {
    ...windowOptions(params),
    ...fusedActivation(params),
    groups: params.number('groups'),
    offsetGroups: params.number('offsetGroups'),
    weights: relayout(required(one.weight, 'weight'), 'HWIO'),
    bias: vector(one.bias),
  };
  const { offset, mask } = one.extra ?? {};
  const others = { offset: required(offset, 'extra.offset'), ...(mask === undefined ? {} : { mask }) };
  return perSample(one, 2, others, (values) =>
    node('deformConv2d', [values['x'], values['offset'], values['mask']], options),
  );
};

const POOLS = { max: 'maxPool', avg: 'averagePool', l2: 'l2Pool', lp: 'lpPool' } as const;

function pool(kind: keyof typeof POOLS, rank: 1 | 2 | 3): Prepare {
  return (one, params) => {
    const options: Options = {
      ...windowOptions(params),
      windowDimensions: params.numbers('kernel'),
      rounding: params.flag('ceilMode') ? 'ceil' : 'floor',
      outputSizes: params.numbers('outputShape'),
    };
    const counted = params.flag('countIncludePad');
    const average = { countIncludePad: counted, divisor: params.number('divisor') };
    const power = { p: params.number('p') };
    const own = kind === 'avg' ? average : kind === 'lp' ? power : {};
    if (params.flag('global')) return perSample(one, rank, {}, ({ x }) => node(globalPool(kind), [x], {}));
    return perSample(one, rank, {}, ({ x }) => node(`${POOLS[kind]}${rank}d`, [x], { ...options, ...own }));
  };
}

const globalPool = (kind: keyof typeof POOLS): string =>
  `global${POOLS[kind].replace(/^./, (letter) => letter.toUpperCase())}`;

const clamp: Prepare = (one, params) => {
  const low = params.number('min') ?? -Infinity;
  const high = params.number('max') ?? Infinity;
  if (low <= high) return whole(one, ({ x }) => node('clamp', [x], { min: low, max: high }));
  // ONNX gives `max` where `min` is above it. Our clamp refuses that, as WebNN's does, so this is what Clip is made of.
  return whole(one, ({ x }) => node('min', [node('max', [x], { constant: low })], { constant: high }));
};

const prelu: Prepare = (one) => {
  const slope = asItIs(required(one.extra?.['slope'], 'extra.slope'));
  return whole(one, ({ x }) => node('prelu', [x], { slope }));
};

const softmax: Prepare = (one, params) => {
  const axis = params.number('axis');
  return whole(one, ({ x }) => node('softmax', [x], { axis }));
};

const batchNorm: Prepare = (one, params) => {
  const { mean, variance, scale, shift } = one.extra ?? {};
  const options = {
    axis: params.number('axis'),
    epsilon: params.number('epsilon'),
    mean: vector(required(mean, 'extra.mean')),
    variance: vector(required(variance, 'extra.variance')),
    scale: vector(scale),
    shift: vector(shift),
  };
  return whole(one, ({ x }) => node('batchNorm', [x], options));
};

/** Channels to the end: the statistics are over all axes between N and them. */
const instanceNorm: Prepare = (one, params) => {
  const { scale, shift } = one.extra ?? {};
  const axis = params.number('axis') ?? 1;
  const spatial = one.input.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  const options = { epsilon: params.number('epsilon'), scale: vector(scale), shift: vector(shift) };
  return perSampleByAxes(one, [0, ...spatial, axis], ({ x }) => node('instanceNorm', [x], options));
};

const pad: Prepare = (one, params) => {
  const options = { padding: params.pairs('pads'), mode: params.text('mode'), value: params.number('value') };
  return whole(one, ({ x }) => node('pad', [x], options));
};

const SAMPLING = {
  linear: 'linear',
  bilinear: 'linear',
  'nearest-neighbor': 'nearest-neighbor',
  nearest: 'nearest-neighbor',
};

/** WebNN's resample2d works on any two axes; `sizes` overrides `scales`. */
const resample: Prepare = (one, params) => {
  const axes = params.numbers('axes') ?? [2, 3];
  const [outer = 0, inner = 1] = one.input.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const options = {
    mode: params.choice('mode', SAMPLING, 'nearest-neighbor'),
    sizes: params.numbers('sizes'),
    scales: params.numbers('scales'),
  };
  return perSampleByAxes(one, [outer, ...axes, inner], ({ x }) => node('resample2d', [x], options));
};

const interpolate: Prepare = (one, params) => {
  if (params.flag('antialias')) throw new Error('params.antialias is not supported');
  const mode = params.choice('mode', SAMPLING, 'nearest');
  const options = {
    mode,
    sizes: params.numbers('size'),
    // PyTorch's nearest takes ⌊p · in / out⌋: no half pixels.
    coordinates: params.flag('alignCorners')
      ? 'align-corners'
      : mode === 'nearest-neighbor'
        ? 'asymmetric'
        : 'half-pixel',
  };
  return perSample(one, 2, {}, ({ x }) => node('resample2d', [x], options));
};

const RANKS = [1, 2, 3] as const;

const PREPARE: Readonly<Record<string, Prepare>> = {
  ...Object.fromEntries(Object.entries(ACTIVATIONS).map(([op, names]) => [op, activation(names)])),
  ...Object.fromEntries(
    RANKS.flatMap((rank): [string, Prepare][] => [
      [`conv${rank}d`, conv(rank)],
      [`conv_transpose${rank}d`, convTranspose(rank)],
      ...(Object.keys(POOLS) as (keyof typeof POOLS)[]).map((kind): [string, Prepare] => [
        `${kind}_pool${rank}d`,
        pool(kind, rank),
      ]),
    ]),
  ),
  depthwise_conv2d: depthwiseConv,
  separable_conv2d: separableConv,
  deform_conv2d: deformConv,
  clamp,
  prelu,
  softmax,
  batch_norm: batchNorm,
  instance_norm: instanceNorm,
  pad,
  resample2d: resample,
  interpolate2d: interpolate,
  ...filterCases(node),
};
