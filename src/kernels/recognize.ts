/** Whether given weights are a Gaussian's, so that a faster way to the same result can be taken. */
import { at } from '../core/assert.ts';

/** What all weights together may be off: a quarter of one of 255 levels for pixel values in 0..1. */
const TOLERANCE = 0.25 / 255;

/** Weights below this share of the centre's tell nothing of σ: float32 may have lost them. */
const FAINT = 1e-6;

export type RecognizedGaussian = Readonly<{
  /** Standard deviation in pixels, before the cut. */
  sigma: number;
  /** Pixels from the centre to the last weight that is not 0. */
  radius: number;
  /** The share of the whole Gaussian's weight that lies beyond the radius: what a pixel in 0..1 is off without the cut. */
  lost: number;
}>;

function deviation(line: ArrayLike<number>, expected: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < line.length; i++) sum += Math.abs(at(line, i) - expected(i));
  return sum;
}

/** Σ exp(−x² / 2σ²) over the whole numbers from `from` on. */
function tail(sigma: number, from: number): number {
  let sum = 0;
  for (let x = from; ; x++) {
    const value = Math.exp((-x * x) / (2 * sigma * sigma));
    sum += value;
    if (value <= 1e-17) return sum;
  }
}

/**
 * 1/(2σ²): the slope of −ln w(x) over x², by least squares. As d ln w = dw / w, weighing by w² makes it the least
 * squares of the weights themselves.
 */
function slope(line: ArrayLike<number>, centre: number): number {
  let [sum, toSquare, toLog, squareToSquare, squareToLog] = [0, 0, 0, 0, 0];
  for (let i = 0; i < line.length; i++) {
    const weight = at(line, i);
    if (weight < FAINT * at(line, centre)) continue;
    const [share, square, log] = [weight * weight, (i - centre) ** 2, -Math.log(weight)];
    sum += share;
    toSquare += share * square;
    toLog += share * log;
    squareToSquare += share * square * square;
    squareToLog += share * square * log;
  }
  return (sum * squareToLog - toSquare * toLog) / (sum * squareToSquare - toSquare * toSquare);
}

/**
 * Whether `line` is exp(−x² / 2σ²) at whole pixels, cut anywhere and normalised to the sum 1 (see gaussian.ts).
 * @returns its σ, or null when the line is even in length, has a single weight that is not 0, has no end to its
 * width (a box), or is off by more than a quarter of a level in total.
 */
export function recognizeGaussian(line: ArrayLike<number>): RecognizedGaussian | null {
  const centre = (line.length - 1) / 2;
  if (!Number.isInteger(centre) || !(at(line, centre) > 0)) return null;
  let radius = centre;
  while (radius > 0 && at(line, centre - radius) === 0 && at(line, centre + radius) === 0) radius--;
  const steepness = slope(line, centre);
  // Less than a thousandth of a change from the centre to the end is a box, and its σ is noise.
  if (!(steepness * radius * radius > 1e-3) || !Number.isFinite(steepness)) return null;
  const sigma = Math.sqrt(1 / (2 * steepness));
  const beyond = 2 * tail(sigma, radius + 1);
  const all = 2 * tail(sigma, 0) - 1;
  const off = deviation(line, (i) =>
    Math.abs(i - centre) > radius ? 0 : Math.exp(-((i - centre) ** 2) * steepness) / (all - beyond),
  );
  return off <= TOLERANCE ? { sigma, radius, lost: beyond / all } : null;
}
