/** Filters of OpenCV and SciPy that are one convolution: each is a kernel, an anchor and an edge mode of `conv…d`. */
import { at } from '../../src/core/assert.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import type { GraphValue } from '../../src/graph/builder.ts';
import { given, type ParamReader } from './case-params.ts';
import type { Case } from './cases.ts';
import { asItIs } from './layouts.ts';
import { asImage, type PreparedCase } from './prepare.ts';

type Node = (
  op: string,
  inputs: readonly GraphValue[],
  options: Readonly<Record<string, unknown>>,
) => GraphValue;
type Prepare = (one: Case, params: ParamReader) => PreparedCase;

const BORDERS = { reflect101: 'reflect', reflect: 'symmetric', replicate: 'replicate', constant: 'zero' };
const MODES = {
  reflect: 'symmetric',
  mirror: 'reflect',
  nearest: 'replicate',
  wrap: 'wrap',
  constant: 'zero',
};

/** (1 + z)ⁿ, and the same times (z − 1): rows of Pascal's triangle, the kernels that smooth and derive. */
function timesEach(kernel: readonly number[], a: number, b: number): number[] {
  return [...kernel, 0].map((value, i) => value * a + (kernel[i - 1] ?? 0) * b);
}

/** OpenCV's getDerivKernels: `order` derivations and smoothing over `size` taps. A size of 1 means 3, or no smoothing. */
function sobelKernel(order: number, size: number): readonly number[] {
  if (size === 1 && order === 0) return [1];
  const taps = size === 1 ? 3 : size;
  let kernel: number[] = [1];
  for (let i = 0; i < taps - order - 1; i++) kernel = timesEach(kernel, 1, 1);
  for (let i = 0; i < order; i++) kernel = timesEach(kernel, -1, 1);
  return kernel;
}

const scharrKernel = (order: number): readonly number[] => (order === 0 ? [3, 10, 3] : [-1, 0, 1]);

/** OpenCV's getGaussianKernel: fixed kernels where sigma is not given, up to 7 taps. */
function gaussianKernel(size: number, sigma: number): readonly number[] {
  const fixed: Readonly<Record<number, readonly number[]>> = {
    1: [1],
    3: [1 / 4, 1 / 2, 1 / 4],
    5: [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16],
    7: [1 / 32, 3.5 / 32, 7 / 32, 9 / 32, 7 / 32, 3.5 / 32, 1 / 32],
  };
  const known = fixed[size];
  if (sigma <= 0 && known !== undefined) return known;
  const width = sigma > 0 ? sigma : 0.3 * ((size - 1) * 0.5 - 1) + 0.8;
  const values = Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * width ** 2)),
  );
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

const outer = (column: readonly number[], row: readonly number[], scale = 1): Tensor =>
  tensor(
    [column.length, row.length],
    column.flatMap((y) => row.map((x) => x * y * scale)),
  );

/** The image under `kernel`, whose `anchor` (per axis of it) lies on the pixel. */
function filtered(node: Node, one: Case, kernel: Tensor, edge: string, anchor: readonly number[], delta = 0) {
  const padding = kernel.shape.map((side, axis) => [at(anchor, axis), side - 1 - at(anchor, axis)]);
  const channels =
    one.input.layout?.endsWith('C') === true ? at(one.input.shape, one.input.shape.length - 1) : 1;
  const bias = delta === 0 ? undefined : new Float32Array(channels).fill(delta);
  const options = given({ weights: kernel, padding, edge, bias });
  return asImage(one, ({ x }) => node(`conv${kernel.shape.length}d`, x === undefined ? [] : [x], options));
}

const centre = (kernel: Tensor): readonly number[] => kernel.shape.map((side) => Math.floor(side / 2));

function isFloat(params: ParamReader): void {
  const depth = params.text('ddepth') ?? 'float32';
  if (depth !== 'float32') throw new Error(`params.ddepth ${depth} is not supported`);
}

function gradient(node: Node, kernelOf: (order: number, size: number) => readonly number[]): Prepare {
  return (one, params) => {
    isFloat(params);
    const size = params.number('ksize') ?? 3;
    const [dx, dy] = [params.number('dx') ?? 0, params.number('dy') ?? 0];
    const kernel = outer(kernelOf(dy, size), kernelOf(dx, size), params.number('scale') ?? 1);
    return filtered(
      node,
      one,
      kernel,
      params.choice('border', BORDERS, 'reflect101'),
      centre(kernel),
      params.number('delta'),
    );
  };
}

/** Of 1: the five-point star; larger: ∂²/∂x² + ∂²/∂y² by Sobel's kernels. */
function laplacianKernel(size: number): Tensor {
  if (size === 1) return tensor([3, 3], [0, 1, 0, 1, -4, 1, 0, 1, 0]);
  const second = sobelKernel(2, size);
  const smooth = sobelKernel(0, size);
  const [along, across] = [outer(smooth, second), outer(second, smooth)];
  return tensor(
    [size, size],
    along.data.map((value, i) => value + at(across.data, i)),
  );
}

/** SciPy centres a kernel at ⌊side / 2⌋ + origin; convolving flips the kernel, and its centre with it. */
function correlation(node: Node, flips: boolean): Prepare {
  return (one, params) => {
    if (one.weight === null) throw new Error('the case has no weight');
    const weights = asItIs(one.weight);
    if ((params.number('cval') ?? 0) !== 0) throw new Error('params.cval other than 0 is not supported');
    const origin = params.numbers('origin') ?? weights.shape.map(() => 0);
    const anchor = weights.shape.map((side, axis) =>
      flips ? side - 1 - Math.floor(side / 2) - at(origin, axis) : Math.floor(side / 2) + at(origin, axis),
    );
    const kernel = flips ? { shape: weights.shape, data: weights.data.slice().reverse() } : weights;
    return filtered(node, one, kernel, params.choice('mode', MODES, 'reflect'), anchor);
  };
}

/** OpenCV's anchors and sizes are [x, y]; kernels are [height, width]. */
const rowsFirst = (pair: readonly number[] | undefined, name: string): readonly [number, number] => {
  const [x, y] = pair ?? [];
  if (x === undefined || y === undefined) throw new Error(`params.${name} must be [x, y]`);
  return [y, x];
};

export function filterCases(node: Node): Readonly<Record<string, Prepare>> {
  const border = (params: ParamReader) => params.choice('border', BORDERS, 'reflect101');
  return {
    cv_sobel: gradient(node, sobelKernel),
    cv_scharr: gradient(node, scharrKernel),
    cv_laplacian: (one, params) => {
      isFloat(params);
      const kernel = laplacianKernel(params.number('ksize') ?? 1);
      return filtered(node, one, kernel, border(params), centre(kernel), params.number('delta'));
    },
    cv_gaussian_blur: (one, params) => {
      const [height, width] = rowsFirst(params.numbers('ksize'), 'ksize');
      const sigmaX = params.number('sigmaX') ?? 0;
      const sigmaY = params.number('sigmaY') ?? 0;
      const kernel = outer(
        gaussianKernel(height, sigmaY > 0 ? sigmaY : sigmaX),
        gaussianKernel(width, sigmaX),
      );
      return filtered(node, one, kernel, border(params), centre(kernel));
    },
    cv_box_filter: (one, params) => {
      const [height, width] = rowsFirst(params.numbers('ksize'), 'ksize');
      const weight = params.flag('normalize') ? 1 / (height * width) : 1;
      const kernel = tensor([height, width], new Array<number>(height * width).fill(weight));
      return filtered(node, one, kernel, border(params), rowsFirst(params.numbers('anchor'), 'anchor'));
    },
    cv_filter2d: (one, params) => {
      isFloat(params);
      if (one.weight === null) throw new Error('the case has no weight');
      const anchor = rowsFirst(params.numbers('anchor'), 'anchor');
      return filtered(node, one, asItIs(one.weight), border(params), anchor, params.number('delta'));
    },
    ndimage_correlate: correlation(node, false),
    ndimage_convolve: correlation(node, true),
  };
}
