/**
 * Camera frames as planes of codes, and what filters make of them: written from the standards and from what an op says
 * of itself, apart from the planner and from the shaders. What both of them are held against.
 */
import { opNamed } from '../../src/ops/registry.ts';
import type { ColorMatrix, FrameColor } from '../../src/core/frame-color.ts';
import { tensor, type Tensor, type Tensor64 } from '../../src/core/tensor.ts';
import type { Graph, OpNode } from '../../src/graph/graph.ts';

/** Y at full size, U and V at half, rounded up: one byte a sample. */
export type FramePlanes = Readonly<{
  width: number;
  height: number;
  y: Uint8Array;
  u: Uint8Array;
  v: Uint8Array;
  color: FrameColor;
}>;

/** H.273, table 4: of red and of blue. */
const WEIGHTS: Readonly<Record<ColorMatrix, readonly [red: number, blue: number]>> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
};

/** Codes from `low` to `high`, the same in every run. */
function codes(count: number, low: number, high: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return low + Math.floor(((high - low + 1) * state) / 2147483648);
  });
}

function noisy(
  width: number,
  height: number,
  color: FrameColor,
  luma: readonly [number, number],
  chroma: readonly [number, number],
): FramePlanes {
  const samples = Math.ceil(width / 2) * Math.ceil(height / 2);
  return {
    width,
    height,
    y: codes(width * height, ...luma, 1),
    u: codes(samples, ...chroma, 2),
    v: codes(samples, ...chroma, 3),
    color,
  };
}

/** Noise so calm that no colour of it is outside R'G'B', which would cut it off. */
export const calmPlanes = (width: number, height: number, color: FrameColor): FramePlanes =>
  noisy(width, height, color, [72, 180], [106, 150]);

/** Noise of all codes. */
export const wildPlanes = (width: number, height: number, color: FrameColor): FramePlanes =>
  noisy(width, height, color, [0, 255], [0, 255]);

const half = (size: number) => Math.ceil(size / 2);
const limit = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const lumaValue = (code: number, { fullRange }: FrameColor) => (fullRange ? code / 255 : (code - 16) / 219);
const lumaCode = (value: number, { fullRange }: FrameColor) => (fullRange ? value * 255 : value * 219 + 16);
const chromaRange = ({ fullRange }: FrameColor) => (fullRange ? 255 : 224);

/** Interpolated linearly between its samples, which lie in the middle of four luma pixels. */
function chromaAt(plane: Uint8Array, { width, height, color }: FramePlanes, x: number, y: number): number {
  const [columns, rows] = [half(width), half(height)];
  const [sx, sy] = [(x - 0.5) / 2, (y - 0.5) / 2];
  let sum = 0;
  for (const row of [Math.floor(sy), Math.floor(sy) + 1]) {
    for (const column of [Math.floor(sx), Math.floor(sx) + 1]) {
      const share = (1 - Math.abs(sy - row)) * (1 - Math.abs(sx - column));
      const code = plane[limit(row, 0, rows - 1) * columns + limit(column, 0, columns - 1)]!;
      sum += share * (code - 128);
    }
  }
  return sum / chromaRange(color);
}

/** R'G'B' in 0..1, `[height, width, 3]`. */
export function rgbOf(planes: FramePlanes): Tensor {
  const { width, height, y, u, v, color } = planes;
  const [red, blue] = WEIGHTS[color.matrix];
  const green = 1 - red - blue;
  const data = new Float64Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const luma = lumaValue(y[i]!, color);
    const cb = chromaAt(u, planes, i % width, Math.floor(i / width));
    const cr = chromaAt(v, planes, i % width, Math.floor(i / width));
    const [r, b] = [luma + 2 * (1 - red) * cr, luma + 2 * (1 - blue) * cb];
    const g = (luma - red * r - blue * b) / green;
    data.set(
      [r, g, b].map((value) => limit(value, 0, 1)),
      3 * i,
    );
  }
  return tensor([height, width, 3], data);
}

/** Luma in 0..1 as a grey picture, for graphs that look at luma only. */
export function greyOf({ width, height, y, color }: FramePlanes): Tensor {
  const data = Float64Array.from({ length: 3 * width * height }, (_, i) => limit(lumaValue(y[Math.floor(i / 3)]!, color), 0, 1)); // prettier-ignore
  return tensor([height, width, 3], data);
}

/** The codes of a filtered frame before they are rounded, limited to 0..255. */
export type FilteredPlanes = Readonly<Record<'y' | 'u' | 'v', Float64Array>>;

type RunNode = (node: OpNode, operands: readonly Tensor64[]) => Tensor64;

/** Node by node; what the output's own limits cut off is the codes' to cut off. */
function runNodes(graph: Graph, frame: Tensor64, run: RunNode): Tensor64 {
  const values: Tensor64[] = [];
  graph.nodes.forEach((node, index) => {
    if (node.op === 'input') values.push(frame);
    else if (node.op === 'clamp' && index === graph.output) values.push(values[node.inputs[0]!]!);
    else values.push(run(node, node.inputs.map((input) => values[input]!))); // prettier-ignore
  });
  return values[graph.output]!;
}

/** An op by its own definition. */
const byDefinition: RunNode = (node, operands) =>
  opNamed(node.op).reference(operands, node.options, { luma: [1 / 3, 1 / 3, 1 / 3] });

/** u0, (u0 + u1) / 2, u1, …: chroma at the places of luma, of which every second is its own. */
function doubled({ shape: [rows = 1, columns = 1], data }: Tensor64): Tensor64 {
  const [height, width] = [2 * rows - 1, 2 * columns - 1];
  const read = (y: number, x: number) => data[y * columns + x]!;
  return {
    shape: [height, width, 1],
    data: Float64Array.from({ length: height * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width) / 2, (i % width) / 2];
      const [above, below, left, right] = [Math.floor(y), Math.ceil(y), Math.floor(x), Math.ceil(x)];
      return (read(above, left) + read(above, right) + read(below, left) + read(below, right)) / 4;
    }),
  };
}

function halved(
  { shape: [, width = 1], data }: Tensor64,
  [rows = 1, columns = 1]: readonly number[],
): Tensor64 {
  const place = (i: number) => 2 * Math.floor(i / columns) * width + 2 * (i % columns);
  return {
    shape: [rows, columns, 1],
    data: Float64Array.from({ length: rows * columns }, (_, i) => data[place(i)]!),
  };
}

/** Each frame of a stack by itself. */
function ofFrames({ shape, data }: Tensor64, one: (frame: Tensor64) => Tensor64): Tensor64 {
  const [count = 0, ...sides] = shape;
  const size = data.length / count;
  const frames = Array.from({ length: count }, (_, t) => one({ shape: sides, data: data.slice(t * size, (t + 1) * size) })); // prettier-ignore
  return {
    shape: [count, ...frames[0]!.shape],
    data: Float64Array.from(frames.flatMap((frame) => [...frame.data])),
  };
}

/** A filter sees chroma between its samples too; a number that is added to R, G and B alike is luma's alone. */
const onChroma: RunNode = (node, operands) => {
  if (node.op === 'conv2d' || node.op === 'gaussianBlur') {
    const [input] = operands;
    return halved(byDefinition(node, [doubled(input!)]), input!.shape);
  }
  if (node.op === 'conv3d') {
    const [input] = operands;
    const filtered = byDefinition(node, [ofFrames(input!, doubled)]);
    return ofFrames(filtered, (frame) => halved(frame, input!.shape.slice(1)));
  }
  const zeros = operands.map(({ shape, data }) => ({ shape, data: data.map(() => 0) }));
  const [result, atZero] = [byDefinition(node, operands), byDefinition(node, zeros)];
  return { shape: result.shape, data: result.data.map((value, i) => value - atZero.data[i]!) };
};

/** What a linear filter that treats R, G and B alike makes of each plane. */
export function filterPlanes(graph: Graph, { width, height, y, u, v, color }: FramePlanes): FilteredPlanes {
  const code = (value: number) => limit(value, 0, 255);
  const luma: Tensor64 = {
    shape: [height, width, 1],
    data: Float64Array.from(y, (one) => lumaValue(one, color)),
  };
  const chroma = (plane: Uint8Array) => {
    const values: Tensor64 = {
      shape: [half(height), half(width), 1],
      data: Float64Array.from(plane, (one) => (one - 128) / chromaRange(color)),
    };
    return runNodes(graph, values, onChroma).data.map((value) => code(value * chromaRange(color) + 128));
  };
  return {
    y: runNodes(graph, luma, byDefinition).data.map((value) => code(lumaCode(value, color))),
    u: chroma(u),
    v: chroma(v),
  };
}
