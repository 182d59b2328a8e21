/** One pass over bytes that are known, for tests of its emitters; and what it should give, in float64. */
import type { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { lumaExpansion } from '../../src/core/frame-color.ts';
import type { Image, Plan, TapsTerm, TexelLayout, Term } from '../../src/plan/plan.ts';
import { operand, type Expression } from '../../src/primitives/expression.ts';
import { frameOfPlanes } from './real-frame.ts';
import { STATELESS } from '../support/stateless.ts';

export type Size = readonly [width: number, height: number];
export type Sample = Readonly<{ width: number; height: number; fullRange: boolean; y: Uint8Array }>;
export type Job = Readonly<{
  terms: readonly Term[];
  expression?: Expression;
  size?: Size;
  from?: TexelLayout;
  to?: TexelLayout;
  bake?: boolean;
}>;
export type Edge = 'zero' | 'replicate';

export const SIZES: readonly Size[] = [[1, 1], [2, 9], [15, 3], [16, 4], [17, 5], [33, 17], [35, 15], [64, 8], [1, 40]]; // prettier-ignore
export const EDGES: readonly Edge[] = ['zero', 'replicate'];
export const RANGES = [true, false] as const;
const BT601 = { matrix: 'bt601', fullRange: false } as const;
/** Half a level is rounding; the rest is float32 beside float64. */
export const ROUNDED = 0.51;

/** Every code from 0 to 255, in no order: limited range is left at both ends. */
export function sampleOf([width, height]: Size, fullRange = true): Sample {
  return {
    width,
    height,
    fullRange,
    y: Uint8Array.from({ length: width * height }, (_, i) => (i * 151 + (i >> 3) * 89 + 7) % 256),
  };
}

function imageOf(
  [width, height]: Size,
  layout: TexelLayout,
  source: Image['source'],
  isLimited = false,
): Image {
  return {
    source,
    width,
    height,
    channels: 1,
    layout,
    format: layout === 'packed16' ? 'rgba32ui' : 'rgba8',
    interval: { low: 0, high: 1 },
    expansion: isLimited ? lumaExpansion(BT601) : null,
    atlas: null,
  };
}

/** Runs one pass over the frame's luma; the output's pixels, row by row. */
export async function runPass(
  backend: WebGl2Backend,
  sample: Sample,
  { terms, expression = operand(0), ...job }: Job,
): Promise<number[]> {
  const { width, height, fullRange, y } = sample;
  const chroma = new Uint8Array(Math.ceil(width / 2) * Math.ceil(height / 2)).fill(128);
  const frame = frameOfPlanes({ width, height, y, u: chroma, v: chroma }, fullRange);
  const form = await backend.upload(frame);
  frame.close();
  const size = job.size ?? [width, height];
  const plan: Plan = {
    frame: form,
    images: [
      imageOf([width, height], job.from ?? 'packed16', { kind: 'frame', plane: 'y' }, !fullRange),
      imageOf(size, job.to ?? 'packed16', { kind: 'pass', index: 0 }),
    ],
    passes: [{ kind: 'compute', label: 'test', terms, expression, bake: job.bake ?? false, output: 1 }],
    storage: [0, 1],
    output: 1,
    chroma: null,
    ...STATELESS,
  };
  const prepared = await backend.prepare(plan);
  if (job.bake === true) while (await backend.refine(prepared));
  backend.execute(prepared);
  const pixels = backend.read(prepared);
  prepared.dispose();
  const row = (line: number) => [...pixels.data.subarray(line * pixels.strideBytes).subarray(0, size[0])];
  return Array.from({ length: size[1] }, (_, line) => row(line)).flat();
}

/** The pixel's value, with what lies outside. */
export function valueAt({ width, height, fullRange, y }: Sample, px: number, py: number, edge: Edge): number {
  const inside = px >= 0 && py >= 0 && px < width && py < height;
  if (!inside && edge === 'zero') return 0;
  const [cx, cy] = [Math.min(width - 1, Math.max(0, px)), Math.min(height - 1, Math.max(0, py))];
  const code = y[cy * width + cx] ?? Number.NaN;
  return fullRange ? code / 255 : Math.min(1, Math.max(0, (code - 16) / 219));
}

/** The worst distance in levels from what `valueOf` says, before rounding. */
export function worst(
  actual: readonly number[],
  width: number,
  valueOf: (x: number, y: number) => number,
): number {
  return Math.max(
    ...actual.map((level, i) => {
      const value = 255 * Math.min(1, Math.max(0, valueOf(i % width, Math.floor(i / width))));
      return Math.abs(level - value);
    }),
  );
}

export type Tap = readonly [dx: number, dy: number, weight: number];

export function taps(list: readonly Tap[], edge: Edge, options: Partial<TapsTerm> = {}): TapsTerm {
  return {
    kind: 'taps',
    image: 0,
    taps: list.map(([dx, dy]) => ({ dx, dy })),
    channels: 'shared',
    weights: Float32Array.from(list, ([, , weight]) => weight),
    bias: null,
    edge,
    ...options,
  };
}

export function sumOfTaps(sample: Sample, list: readonly Tap[], edge: Edge) {
  return (x: number, y: number): number =>
    list.reduce(
      (sum, [dx, dy, weight]) => sum + Math.fround(weight) * valueAt(sample, x + dx, y + dy, edge),
      0,
    );
}

/** A kernel without symmetry, so that a flip, a shift or a swapped axis shows. */
export function lopsided(width: number, height: number, x0 = -(width >> 1), y0 = -(height >> 1)): Tap[] {
  return Array.from({ length: width * height }, (_, i): Tap => {
    const [dx, dy] = [(i % width) + x0, Math.floor(i / width) + y0];
    return [dx, dy, (1 + (i % 5)) / (3 * width * height)];
  });
}

/** Both edges in both ranges. */
export const CASES = EDGES.flatMap((edge) => RANGES.map((fullRange) => ({ edge, fullRange })));
