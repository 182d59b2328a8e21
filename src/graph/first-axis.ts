/**
 * What each node of a graph reads along the first axis (a signal's length, a volume's depth): from which positions an
 * output position is made. A graph whose nodes all look at a bounded neighbourhood can be run in blocks of that axis
 * that overlap; one that looks at all of it at once, or counts positions from a fixed one, can not.
 *
 * Such graphs are shift-equivariant: a block that begins `b` elements later gives what the whole gives
 * b · rate elements later, where every rate · b is whole. It is wrong only where it read past a cut.
 */
import { at } from '../core/assert.ts';
import type { Shape } from '../core/tensor.ts';
import { checkAxis } from '../ops/broadcast.ts';
import type { OpName } from '../ops/registry.ts';
import {
  checkPerAxis,
  checkWindow,
  effectiveExtent,
  MAX_WINDOW_SIDE,
  placeWindow,
  splitPadding,
  type AxisPadding,
  type Padding,
  type Window,
} from '../ops/window-geometry.ts';
import type { OpNode } from './graph.ts';

/** Output position q is made of the input's ⌈(q · stride + first) / up⌉ … ⌊(q · stride + last) / up⌋. */
export type FirstAxisRead = Readonly<{
  stride: number;
  /** Output positions per input position, of a transposed convolution. */
  up: number;
  first: number;
  last: number;
  /** Elements that lie before the begin and after the end are those so far inside it; 0, 0 where none are. */
  mirrored: AxisPadding;
}>;

const NO_PADS: AxisPadding = [0, 0];

/** Each position by itself. */
const EACH: ReadonlySet<OpName> = new Set<OpName>([
  'abs', 'add', 'batchNorm', 'celu', 'clamp', 'colorMap', 'div', 'elu', 'exp', 'gelu', 'hardSigmoid', 'hardSwish',
  'leakyRelu', 'log', 'magnitude', 'max', 'min', 'mish', 'mix', 'mul', 'neg', 'pow', 'prelu', 'relu', 'relu6', 'rgbToYuv',
  'quantize', 'selu', 'sigmoid', 'sliceChannels', 'smoothstep', 'softplus', 'softsign', 'sqrt', 'sub', 'swish', 'tanh', 'threshold',
  'yuvToRgb',
]); // prettier-ignore

/** What to do where blocks don't work. */
const WAY_OUT = 'run the graph as a whole with engine.run()';

const EACH_BY_ITSELF: FirstAxisRead = { stride: 1, up: 1, first: 0, last: 0, mirrored: NO_PADS };

/** A refusal: `what` says why this node can't be run in blocks. */
function refusal(where: string, what: string, wayOut: string = WAY_OUT): RangeError {
  return new RangeError(`${where} ${what}, so it can not run in blocks: ${wayOut}`);
}

/**
 * How `node` reads along the first axis.
 * @param inputs the shapes of its inputs in the whole run.
 * @throws RangeError when it can not run in blocks; it names the node and the way out.
 */
export function firstAxisRead(node: OpNode, inputs: readonly Shape[], where: string): FirstAxisRead {
  if (EACH.has(node.op)) return EACH_BY_ITSELF;
  const input = at(inputs, 0);
  switch (node.op) {
    case 'conv1d':
      return runsAlongFirst(input, node.options.axis) ? convolution(node, 1, input, where) : EACH_BY_ITSELF;
    case 'conv3d':
      return convolution(node, 3, input, where);
    case 'convTranspose1d':
      return transposed(node, 1, where);
    case 'convTranspose3d':
      return transposed(node, 3, where);
    case 'maxPool1d':
    case 'averagePool1d':
    case 'lpPool1d':
    case 'l2Pool1d':
      return pool(node, 1, input, where);
    case 'maxPool3d':
    case 'averagePool3d':
    case 'lpPool3d':
    case 'l2Pool3d':
      return pool(node, 3, input, where);
    default:
      return moved(node, input, where);
  }
}

/** conv1d's `axis` of a signal, an image and a stack of images. */
function runsAlongFirst(input: Shape, axis: string | undefined): boolean {
  return input.length === 2 || (input.length === 3 ? axis === 'y' : axis === 't');
}

type Convolution = Extract<OpNode, { op: 'conv1d' | 'conv3d' }>;
type Transposed = Extract<OpNode, { op: 'convTranspose1d' | 'convTranspose3d' }>;
type Pool = Extract<OpNode, { op: `${'max' | 'average' | 'lp' | 'l2'}Pool${'1d' | '3d'}` }>;

/**
 * What lies around the input along the first axis. Of 'same' with strides it depends on what is left over when the length is
 * divided by the stride.
 */
function padsOf(window: Window, input: Shape): AxisPadding {
  return at(placeWindow(window, input.slice(0, window.extent.length)).pads, 0);
}

/** q · stride − begin … q · stride − begin + (K − 1) · dilation */
function windowed(window: Window, [begin]: AxisPadding): FirstAxisRead {
  const first = -begin;
  return { stride: at(window.strides, 0), up: 1, first, last: first + effectiveExtent(window, 0) - 1, mirrored: NO_PADS }; // prettier-ignore
}

function convolution(node: Convolution, n: number, input: Shape, where: string): FirstAxisRead {
  const { options } = node;
  const isFilter = options.weights.shape.length === n;
  const window = checkWindow(options.weights.shape.slice(0, n), options, { padding: isFilter ? 'same' : 'valid' }, where); // prettier-ignore
  const pads = padsOf(window, input);
  const edge = options.edge ?? (isFilter ? 'replicate' : 'zero');
  if (edge === 'wrap' && pads[0] + pads[1] > 0) throw wraps(where);
  const isMirrored = edge === 'reflect' || edge === 'symmetric';
  return { ...windowed(window, pads), mirrored: isMirrored ? pads : NO_PADS };
}

const wraps = (where: string): RangeError =>
  refusal(where, "reads the other end of the input (edge 'wrap')", `use another edge, or ${WAY_OUT}`);

function pool(node: Pool, n: number, input: Shape, where: string): FirstAxisRead {
  const { options } = node;
  if (options.outputSizes !== undefined) {
    throw refusal(where, 'has a fixed size (options.outputSizes)', 'use options.rounding');
  }
  const side = { min: 1, max: MAX_WINDOW_SIDE };
  const extent = checkPerAxis(`${where}: options.windowDimensions`, options.windowDimensions, n, side);
  const window = checkWindow(extent, options, { padding: 'valid' }, where);
  return windowed(window, padsOf(window, input));
}

/** Position i writes i · stride + k · dilation − begin, so q is made of (q + begin − k · dilation) / stride. */
function transposed(node: Transposed, n: number, where: string): FirstAxisRead {
  const { options } = node;
  if (options.outputShape !== undefined) {
    throw refusal(where, 'has a fixed size (options.outputShape)', 'use options.outputPadding');
  }
  const minPad = { padding: 'valid', minPad: -1024 } as const;
  const window = checkWindow(options.weights.shape.slice(0, n), options, minPad, where);
  const up = at(window.strides, 0);
  const last = transposedBegin(window.padding, effectiveExtent(window, 0), up, outputPaddingOf(options));
  const first = last - effectiveExtent(window, 0) + 1;
  return { stride: 1, up, first, last, mirrored: NO_PADS };
}

const outputPaddingOf = ({ outputPadding = 0 }: Transposed['options']): number =>
  typeof outputPadding === 'number' ? outputPadding : at(outputPadding, 0);

/** What is left out of the full result's begin; the same for every length. */
function transposedBegin(padding: Padding, extent: number, stride: number, outputPadding: number): number {
  if (padding === 'valid') return 0;
  if (typeof padding !== 'string') return at(padding, 0)[0];
  return splitPadding(Math.max(0, extent + outputPadding - stride), padding)[0];
}

/** Elements put elsewhere, and whatever is fine as long as it leaves the first axis alone. */
function moved(node: OpNode, input: Shape, where: string): FirstAxisRead {
  const offset = (first: number, stride = 1): FirstAxisRead => ({
    ...EACH_BY_ITSELF,
    first,
    last: first,
    stride,
  });
  switch (node.op) {
    case 'crop':
      return offset(node.options.margins[0]?.[0] ?? 0);
    case 'slice': {
      const { starts, sizes, strides } = node.options;
      if (sizes[0] !== null) {
        throw refusal(where, 'has a fixed size (options.sizes[0])', `use null there, or ${WAY_OUT}`);
      }
      return offset(at(starts, 0), strides?.[0]);
    }
    case 'pad': {
      const [begin, end] = at(node.options.padding, 0);
      const { mode } = node.options;
      if (mode === 'wrap' && begin + end > 0) throw wraps(where);
      const isMirrored = mode === 'reflect' || mode === 'symmetric';
      return { ...offset(-begin), mirrored: isMirrored ? [begin, end] : NO_PADS };
    }
    case 'softmax':
      return alone([node.options.axis ?? -1], input, where);
    case 'concat':
      return alone([node.options.axis ?? -1], input, where);
    case 'resample2d':
      return alone(node.options.axes ?? [-3, -2], input, where);
    case 'transpose':
      return alone(node.options.permutation?.[0] === 0 ? [] : [0], input, where);
    case 'reduceSum':
    case 'reduceMean':
    case 'reduceMax':
    case 'reduceMin':
    case 'reduceL2':
      return reduced(node.options, input, where);
    case 'stack':
    case 'temporal':
      throw refusal(where, 'remembers frames', 'use engine.sequence(), frame by frame');
    default:
      throw refusal(where, 'takes the first axis as a whole');
  }
}

/** `axes`: those that the node works along. */
function alone(axes: readonly number[], input: Shape, where: string): FirstAxisRead {
  const resolved = axes.map((axis) => checkAxis(`${where}: axis`, axis, input.length));
  if (resolved.includes(0)) throw refusal(where, 'works along the first axis');
  return EACH_BY_ITSELF;
}

function reduced(
  { axes, keepDimensions }: Readonly<{ axes?: readonly number[]; keepDimensions?: boolean }>,
  input: Shape,
  where: string,
): FirstAxisRead {
  const along = alone(axes ?? [0], input, where);
  if (keepDimensions !== true) {
    throw refusal(where, 'drops an axis', 'use options.keepDimensions');
  }
  return along;
}
