/** The steps of planGaussian in float64, step by step as they are defined. */
import type { Axis, GaussianStep } from '../../src/kernels/gaussian-pyramid.ts';

export type ImageSize = Readonly<{ width: number; height: number }>;

export type GrayImage = ImageSize & Readonly<{ data: Float64Array }>;

/** The size of each step's output, for an image of `size`. */
export function gaussianStepSizes(steps: readonly GaussianStep[], size: ImageSize): readonly ImageSize[] {
  const before: Record<Axis, number[]> = { x: [], y: [] };
  const sizes: ImageSize[] = [];
  let [x, y] = [size.width, size.height];
  for (const step of steps) {
    const n = step.axis === 'x' ? x : y;
    const stack = before[step.axis];
    if (step.kind === 'line' && step.stride > 1) stack.push(n);
    const out = step.kind === 'cubic' ? stack.pop()! : Math.ceil(n / step.stride) + 2 * step.margin;
    if (step.axis === 'x') x = out;
    else y = out;
    sizes.push({ width: x, height: y });
  }
  return sizes;
}

const clamp = (i: number, n: number) => Math.min(n - 1, Math.max(0, i));

/** What output `p` of an axis reads: the first position, and the weights from there on. */
function readsOf(step: GaussianStep, p: number): readonly [first: number, weights: ArrayLike<number>] {
  if (step.kind === 'line') return [step.stride * p + step.first, step.weights];
  const s = step.scale * p + step.offset;
  const t = s - Math.floor(s);
  return [
    Math.floor(s) - 1,
    [
      (1 - t) ** 3 / 6,
      (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
      (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6,
      t ** 3 / 6,
    ],
  ];
}

function runStep(step: GaussianStep, image: GrayImage, { width, height }: ImageSize): GrayImage {
  const data = new Float64Array(width * height);
  const alongX = step.axis === 'x';
  const [n, pitch] = alongX ? [image.width, 1] : [image.height, image.width];
  for (let p = 0; p < (alongX ? width : height); p++) {
    const [first, weights] = readsOf(step, p);
    for (let q = 0; q < (alongX ? height : width); q++) {
      const base = alongX ? q * image.width : q;
      let sum = 0;
      for (let i = 0; i < weights.length; i++)
        sum += weights[i]! * image.data[base + clamp(first + i, n) * pitch]!;
      data[alongX ? q * width + p : p * width + q] = sum;
    }
  }
  return { width, height, data };
}

/** @param store what becomes of step i's output when it is written: rounding, for example. */
export function runGaussianSteps(
  steps: readonly GaussianStep[],
  image: GrayImage,
  store: (value: number, step: number) => number = (value) => value,
): GrayImage {
  const sizes = gaussianStepSizes(steps, image);
  return steps.reduce((from, step, i) => {
    const to = runStep(step, from, sizes[i]!);
    return { ...to, data: to.data.map((value) => store(value, i)) };
  }, image);
}

/** exp(−x² / 2σ²) over ⌈6σ⌉ + 1 pixels to each side, normalised, borders repeated; along x and y. */
export function exactGaussian(image: GrayImage, sigmaX: number, sigmaY = sigmaX): GrayImage {
  const line = (axis: 'x' | 'y', sigma: number): GaussianStep => {
    const radius = Math.ceil(6 * sigma) + 1;
    const raw = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
      Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
    );
    const sum = raw.reduce((a, b) => a + b, 0);
    return { kind: 'line', axis, first: -radius, weights: raw.map((w) => w / sum), stride: 1, margin: 0 };
  };
  const steps = [...(sigmaX > 0 ? [line('x', sigmaX)] : []), ...(sigmaY > 0 ? [line('y', sigmaY)] : [])];
  return runGaussianSteps(steps, image);
}

/** Taps and written pixels of all steps, per pixel of the image. */
export function costOf(steps: readonly GaussianStep[], size: ImageSize): { taps: number; written: number } {
  const sizes = gaussianStepSizes(steps, size);
  const share = (i: number) => (sizes[i]!.width * sizes[i]!.height) / (size.width * size.height);
  return {
    taps: steps.reduce((sum, s, i) => sum + share(i) * (s.kind === 'line' ? s.weights.length : 4), 0),
    written: steps.reduce((sum, _, i) => sum + share(i), 0),
  };
}
