/**
 * Executes a plan pass by pass in float64, as plan.ts defines it: what the planner wrote can be held against the
 * reference without a GPU. Images live in the textures that the plan gives them, so one that is overwritten too early
 * is a fault here too.
 */
import type { Tensor } from '../../src/core/tensor.ts';
import type {
  ComputePass,
  CubicTerm,
  FramePlane,
  Image,
  LineTerm,
  Plan,
  TapsTerm,
  Term,
} from '../../src/plan/plan.ts';
import { evaluate } from '../../src/primitives/expression.ts';
import { rgbOf, type FramePlanes } from '../support/frame-planes.ts';

/** An image of the plan with what is stored of it, `[height, width, channels]`. */
export type PlanImage = Readonly<{ image: Image; values: Float64Array }>;

/** R'G'B' in 0..1, or planes of codes. */
export type PlanFrame = Tensor | FramePlanes;

export type RunOptions = Readonly<{
  /** Whether images hold what their format holds. Default: all that float64 does. */
  round?: boolean;
}>;

export type PlanRun = Readonly<{
  /** The image of each pass, in order, as it was written. */
  passes: readonly PlanImage[];
  /** The output, then its chroma where that is apart, as they are after the last pass. */
  outputs: readonly PlanImage[];
}>;

export function runPlan(plan: Plan, frame: PlanFrame, { round = false }: RunOptions = {}): PlanRun {
  const textures = new Map<number, Readonly<{ index: number; values: Float64Array }>>();
  const write = (index: number, values: Float64Array): PlanImage => {
    const image = plan.images[index]!;
    const stored = round ? values.map((value) => roundTo(image.format, value)) : values;
    textures.set(plan.storage[index]!, { index, values: stored });
    return { image, values: stored };
  };
  const read = (index: number): PlanImage => {
    const held = textures.get(plan.storage[index]!);
    if (held?.index !== index) throw new Error(`image ${index} is not in its texture`);
    return { image: plan.images[index]!, values: held.values };
  };
  plan.images.forEach(({ source }, index) => {
    if (source.kind === 'frame') write(index, planeOf(source.plane, frame));
  });
  const passes = plan.passes.map((pass) => {
    switch (pass.kind) {
      case 'compute': {
        const sources = new Map(pass.terms.map(({ image }) => [image, read(image)]));
        return write(pass.output, compute(pass, plan.images[pass.output]!, sources));
      }
      case 'convert':
        [pass.y, pass.u, pass.v].forEach(read);
        return write(pass.output, Float64Array.from(rgbOf(planesOf(frame)).data));
      default:
        throw new Error('this runs plans of images');
    }
  });
  const shown = plan.chroma === null ? [plan.output] : [plan.output, plan.chroma.u, plan.chroma.v];
  return { passes, outputs: shown.map(read) };
}

function planesOf(frame: PlanFrame): FramePlanes {
  if ('shape' in frame) throw new Error('the plan wants planes');
  return frame;
}

/** Codes of a plane are read as code / 255. */
function planeOf(plane: FramePlane, frame: PlanFrame): Float64Array {
  if (plane !== 'rgba') return Float64Array.from(planesOf(frame)[plane], (code) => code / 255);
  if (!('shape' in frame)) throw new Error('the plan wants RGB');
  return Float64Array.from(frame.data);
}

function roundTo(format: Image['format'], value: number): number {
  switch (format) {
    case 'r8':
    case 'rgba8':
    case 'rgba32ui':
      return Math.round(255 * Math.min(1, Math.max(0, value))) / 255;
    case 'rgba16f': {
      if (value === 0) return 0;
      // 11 bits, of which the first is not stored.
      const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
      return Math.round(value / step) * step;
    }
    case 'rgba32f':
      return Math.fround(value);
  }
}

function compute({ terms, expression }: ComputePass, output: Image, sources: ReadonlyMap<number, PlanImage>) {
  const { width, height, channels } = output;
  return Float64Array.from({ length: width * height * channels }, (_, i) => {
    const [channel, pixel] = [i % channels, Math.floor(i / channels)];
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return evaluate(
      expression,
      terms.map((term) => termAt(term, sources.get(term.image)!, y, x, channel)),
    );
  });
}

/** One operand at one position. */
function termAt(term: Term, source: PlanImage, y: number, x: number, channel: number): number {
  switch (term.kind) {
    case 'taps':
      return tapsAt(term, source, y, x, channel);
    case 'line':
      return lineAt(term, source, y, x, channel);
    case 'cubic':
      return cubicAt(term, source, y, x, channel);
    case 'time':
      throw new Error('this runs plans of single frames');
  }
}

/** A pixel as a value, by the edge mode where it is outside. One channel stands for all. */
function pixelAt(
  { image, values }: PlanImage,
  y: number,
  x: number,
  channel: number,
  edge: TapsTerm['edge'],
): number {
  const { width, height, channels, expansion } = image;
  const isInside = y >= 0 && y < height && x >= 0 && x < width;
  if (!isInside && edge === 'zero') return 0;
  if (!isInside && edge !== 'replicate') throw new Error(`no pass reads ${edge} edges`);
  const [row, column] = [Math.min(height - 1, Math.max(0, y)), Math.min(width - 1, Math.max(0, x))];
  const stored = values[(row * width + column) * channels + (channels === 1 ? 0 : channel)]!;
  return expansion === null ? stored : Math.min(1, Math.max(0, stored * expansion.scale + expansion.offset));
}

/** Σ over taps of weights · image, plus a bias. */
function tapsAt(
  { taps, weights, bias, edge, channels }: TapsTerm,
  source: PlanImage,
  y: number,
  x: number,
  channel: number,
): number {
  const inputs = source.image.channels;
  const outputs = channels === 'shared' ? inputs : weights.length / taps.length / inputs;
  const o = outputs === 1 ? 0 : channel;
  let sum = bias === null ? 0 : bias[bias.length === 1 ? 0 : o]!;
  taps.forEach(({ dy, dx }, tap) => {
    if (channels === 'shared') {
      sum += weights[tap]! * pixelAt(source, y + dy, x + dx, o, edge);
      return;
    }
    for (let c = 0; c < inputs; c++) {
      sum += weights[(tap * inputs + c) * outputs + o]! * pixelAt(source, y + dy, x + dx, c, edge);
    }
  });
  return sum;
}

/** Σ_i weights[i] · image(p · stride + first + i) along the axis. */
function lineAt(
  { axis, first, weights, stride, edge }: LineTerm,
  source: PlanImage,
  y: number,
  x: number,
  channel: number,
): number {
  return weights.reduce((sum, weight, i) => {
    const [row, column] = axis === 'x' ? [y, x * stride + first + i] : [y * stride + first + i, x];
    return sum + weight * pixelAt(source, row, column, channel, edge);
  }, 0);
}

/** The cubic B-spline at p · scale + offset along the axis. */
function cubicAt(
  { axis, scale, offset }: CubicTerm,
  source: PlanImage,
  y: number,
  x: number,
  channel: number,
): number {
  const s = (axis === 'x' ? x : y) * scale + offset;
  const [j, t] = [Math.floor(s), s - Math.floor(s)];
  const weights = [(1 - t) ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, -3 * t ** 3 + 3 * t ** 2 + 3 * t + 1, t ** 3];
  return weights.reduce((sum, weight, i) => {
    const [row, column] = axis === 'x' ? [y, j + i - 1] : [j + i - 1, x];
    return sum + (weight / 6) * pixelAt(source, row, column, channel, 'replicate');
  }, 0);
}
